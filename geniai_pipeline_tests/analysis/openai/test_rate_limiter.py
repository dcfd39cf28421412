"""The rate limiter keeps a provider's limits, against a third-party server."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from llmock.chaos import ChaosSettings
from llmock.ratelimit import LimitSettings
from llmock.testing import LLMockServer
from pydantic import SecretStr

from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.analysis.openai.ledger import InMemoryLedger
from geniai_pipeline.analysis.openai.rate_limiter import (
    SHARE,
    USUAL,
    Limits,
    LocalRateLimiter,
    RateLimiter,
    RequestQueue,
    parse_duration,
    read_limits,
)
from geniai_pipeline.gcra import apply_gcra
from geniai_pipeline.tenant_facts import TenantFacts
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.llm import SharedRateLimiter
from geniai_pipeline_tests.analysis.openai.conftest import NOW, build_transcript


def call_llmock(server: LLMockServer, count: int, rate_limiter: RateLimiter) -> OpenAIAnalyzer:
    from decimal import Decimal

    analyzer = OpenAIAnalyzer(
        model="gpt-6-luna", api_key=SecretStr("k"), base_url=server.base_url("openai"),
        brl_per_usd=Decimal(5), ledger=InMemoryLedger(Decimal(9)), rate_limiter=rate_limiter,
        read_clock=lambda: NOW, facts=TenantFacts(), only_unsure=False,
    )  # fmt: skip
    list(analyzer.analyze(build_transcript("Quanto custa?", id=n) for n in range(count)))
    return analyzer


TOKENS = 2000
"""What one request is charged with, about."""
PER_MINUTE, LEFT, COUNT = 120, 16, 24
"""What is left is enough for a burst, five seconds' worth; not for all who would ask at once."""
BY_REQUESTS = LimitSettings(rpm=PER_MINUTE)
BY_TOKENS = LimitSettings(rpm=3000, tpm=PER_MINUTE * TOKENS)


@pytest.fixture
def server() -> Iterator[LLMockServer]:
    with LLMockServer(chaos=ChaosSettings(latency_ms=200)) as running:
        yield running


def limit(server: LLMockServer, limits: LimitSettings) -> None:
    """Two requests a second, and not the whole minute's left."""
    limiter = server.state.limiter
    limiter.configure(limits)
    for _ in range(PER_MINUTE - LEFT):
        limiter.admit("openai", "Bearer k", TOKENS)


def statuses(server: LLMockServer) -> list[int]:
    return [
        record.status for record in server.state.journal.records() if "responses" in record.path
    ]


@pytest.mark.parametrize("limits", [BY_REQUESTS, BY_TOKENS], ids=["requests", "tokens"])
def test_a_limit_is_kept_without_running_into_it(
    limits: LimitSettings, server: LLMockServer
) -> None:
    limit(server, limits)
    analyzer = call_llmock(server, COUNT, LocalRateLimiter())
    assert analyzer.bill.rate_limited == 0
    assert analyzer.bill.calls == COUNT
    assert statuses(server) == [200] * COUNT


@pytest.fixture
def fresh(embedded: None) -> str:
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.llm_pace")
    return "api gpt"


def test_runs_at_once_share_one_keys_limits(server: LLMockServer, fresh: str) -> None:
    limit(server, BY_REQUESTS)
    runs = [
        threading.Thread(target=call_llmock, args=(server, COUNT // 3, SharedRateLimiter(fresh)))
        for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert statuses(server) == [200] * COUNT


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.usefixtures("embedded")
def test_postgres_and_a_process_grant_the_same_instants(seed: int) -> None:
    random = Random(seed)
    burst, now = random.choice([0, 5]), 0.0
    free: tuple[float, object] = (float("-inf"), "-infinity")
    with connect(admin_url()) as connection:
        for _ in range(25):
            now += random.choice([0, random.uniform(0, 1), random.uniform(0, 30)])
            units = random.randint(1, 3000)
            per_minute = random.choice([None, 60 * SHARE, random.uniform(100, 200_000)])
            wait, next_free = apply_gcra(free[0], units, per_minute, burst, now)
            row = connection.execute(
                "select wait, next_free, extract(epoch from next_free)::float8 from ops.apply_gcra("
                "%s, %s, %s, make_interval(secs => %s), to_timestamp(%s))",
                [free[1], units, per_minute, burst, now],
            ).fetchone()
            assert row is not None
            assert (row[0], row[2]) == pytest.approx((wait, next_free), abs=1e-4)
            free = next_free, row[1]


def clocks() -> tuple[float, float]:
    """The instants from which requests, and tokens, are free."""
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select extract(epoch from requests_free)::float8,"
            " extract(epoch from tokens_free)::float8 from ops.llm_pace"
        ).fetchone()
    assert row is not None
    return row[0], row[1]


def test_an_instant_is_granted_once_whoever_asks(fresh: str) -> None:
    one, two = SharedRateLimiter(fresh), SharedRateLimiter(fresh)
    assert one.reserve(1, 1) is None
    one.learn(Limits(60, 60_000))
    one.hold(0)  # no idle time to make up for
    began = clocks()
    assert all(rate_limiter.reserve(1, 2000) for rate_limiter in (one, two, one))
    ended = clocks()
    assert [after - before for after, before in zip(ended, began, strict=True)] == [
        pytest.approx(3 * 60 / (60 * SHARE), abs=0.001),
        pytest.approx(3 * 2000 * 60 / (60_000 * SHARE), abs=0.001),
    ]
    two.hold(30)
    held = one.reserve(1, 1)
    assert held is not None
    assert held.request_wait > 25
    one.learn(Limits(None, None))
    assert two.reserve(1, 1) is not None


@pytest.mark.parametrize(
    ("headers", "limits"),
    [
        ({}, None),
        ({"limit-requests": "500", "limit-tokens": "200000"}, Limits(500, 200_000)),
        ({"limit-tokens": "200000"}, Limits(None, 200_000)),
        ({"limit-requests": "500", "remaining-requests": "499", "reset-requests": "120ms"},
         Limits(500, None)),
        ({"limit-requests": "10000", "remaining-requests": "9999", "reset-requests": "8.64s",
          "limit-tokens": "200000"}, Limits(USUAL.requests, 200_000)),
        ({"limit-requests": "many"}, None),
    ],
)  # fmt: skip
def test_limits_are_read_from_the_headers(headers: dict[str, str], limits: Limits | None) -> None:
    assert read_limits({f"x-ratelimit-{name}": value for name, value in headers.items()}) == limits


def test_durations_are_read_as_the_headers_write_them() -> None:
    assert [parse_duration(t) for t in ("6m0s", "100ms", "1.2s", "1h2m", "", None)] == [
        360, 0.1, 1.2, 3720, 0, 0,
    ]  # fmt: skip


def test_when_the_provider_says_it_is_nearly_used_up_nothing_goes_for_a_moment() -> None:
    async def rest() -> float:
        rate_limiter = LocalRateLimiter()
        queue = RequestQueue(rate_limiter)
        rate_limiter.learn(Limits(6000, 6_000_000))
        headers = {
            "x-ratelimit-limit-requests": "6000", "x-ratelimit-remaining-requests": "20",
            "x-ratelimit-limit-tokens": "6000000", "x-ratelimit-remaining-tokens": "5000000",
        }  # fmt: skip
        await queue.observe(headers, time.monotonic())
        started = time.monotonic()
        await queue.wait(10)
        return time.monotonic() - started

    with ThreadPoolExecutor(1) as thread:  # a browser's tests leave a loop running in this one
        assert thread.submit(asyncio.run, rest()).result() > 1
