"""A run after kill -9 repeats only calls in flight; all are booked, within the budget."""

import asyncio
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from starlette.responses import Response

from geniai_pipeline_tests.analysis.openai.conftest import Gym, MakeGym
from geniai_pipeline_tests.analysis.openai.provider import Provider, sane

CONVERSATIONS = 40
few_or_many = pytest.mark.parametrize(
    "kills", [1, pytest.param(24, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]
)


@pytest.fixture
def slow_provider(provider: Provider) -> Provider:
    """Each answer takes a while, and some thirty calls a second may go."""

    async def play(body: dict[str, Any]) -> Response:
        await asyncio.sleep(random.uniform(0.2, 0.6))
        return sane(body)

    provider.play = play
    provider.headers["x-ratelimit-limit-requests"] = "1800"
    return provider


def start(gym: Gym) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen(
        [sys.executable, "-m", "geniai_pipeline_tests.analysis.openai.run", gym.tenant.slug],
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    return process


def end(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.communicate()


@contextmanager
def watched(gym: Gym, budget: Decimal) -> Iterator[list[Decimal]]:
    """Looks at the month's total as often as it can, while the block lasts."""
    seen: list[Decimal] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            seen.append(gym.booked)
            time.sleep(0.01)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()
    assert seen
    assert max(seen) <= budget


@few_or_many
def test_a_killed_run_repeats_its_calls_in_flight_and_no_other(
    kills: int, make_gym: MakeGym, slow_provider: Provider
) -> None:
    gym = make_gym(f"killed-{kills}", budget=2)
    gym.put([f"Quanto custa o plano {n}?" for n in range(CONVERSATIONS)])
    rng = random.Random(kills)
    with watched(gym, Decimal(2)):
        for _ in range(kills):
            run = start(gym)
            time.sleep(rng.uniform(0.2, 2.5))
            end(run)
            if len(gym.spoke) == CONVERSATIONS:  # all is done: something new is to be killed in
                gym.put([f"E o plano {rng.random()}?" for _ in range(CONVERSATIONS)])
        gym.analyse()
    assert gym.spoke == [("openai", None)] * CONVERSATIONS
    ((dead,),) = gym.sql("select count(*) from ops.llm_calls where state = 'reserved'")
    ((answered, questions),) = gym.sql(
        "select count(*), count(distinct (conversation_id, content_hash)) from ops.llm_calls"
        " where state = 'answered'"
    )
    assert answered == questions, "no finished answer is paid twice"
    assert answered <= len(slow_provider.requests) <= answered + dead, "all that left is booked"
    worst = gym.sql("select sum(reserved_brl) from ops.llm_calls where state = 'reserved'")[0][0]
    paid = gym.sql("select sum(cost_brl) from ops.llm_calls where state = 'answered'")[0][0]
    assert gym.booked == (worst or 0) + paid


@few_or_many
def test_several_runs_at_once_some_of_them_killed_never_pass_the_budget(
    kills: int, make_gym: MakeGym, slow_provider: Provider
) -> None:
    budget = Decimal("0.12") * max(1, kills // 4)
    gym = make_gym(f"crowd-{kills}", budget=float(budget))
    rng = random.Random(kills)
    with watched(gym, budget) as seen:
        for number in range(max(1, kills // 2)):
            gym.put([f"Quanto custa o plano {number}/{n}?" for n in range(CONVERSATIONS)])
            runs = [start(gym) for _ in range(3)]
            time.sleep(rng.uniform(0.2, 1.5))
            end(runs.pop())
            for run in runs:
                assert run.wait() == 0
                run.communicate()
    assert max(seen) > budget / 2
    assert {spoke for spoke, _ in gym.spoke} <= {"openai", "rules"}
    assert len(gym.spoke) == CONVERSATIONS
    booked = gym.sql("select count(*) from ops.llm_calls where state <> 'unanswered'")[0][0]
    assert len(slow_provider.requests) <= booked, "all that left is booked"
