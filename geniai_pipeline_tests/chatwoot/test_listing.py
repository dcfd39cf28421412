"""The window of changes: too heavy for one answer, or unknown to an old server."""

import time
from collections.abc import Sequence
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from geniai_pipeline.chatwoot import Client, LandedConversation, extract
from geniai_pipeline_tests.support.chatwoot import FIRST_DAY, Chatwoot
from geniai_pipeline_tests.support.extraction import conversations, follow, none_landed, now
from geniai_pipeline_tests.support.faults import fails


@pytest.mark.parametrize("open_ones", [0, 800])
def test_a_window_that_takes_the_server_too_long_is_asked_for_once_and_then_in_parts(
    chatwoot: Chatwoot, slow_client: Client, open_ones: int
) -> None:
    chatwoot.fill_busy(1000)
    for number in range(1, open_ones + 1):
        chatwoot.change(number, inbox_id=7, status="open")
    landed: list[int] = []

    def all_landed(rows: Sequence[LandedConversation]) -> set[int]:
        landed.extend(row.conversation_id for row in rows)
        return set(landed)

    follow(slow_client, unchanged=all_landed)
    assert sorted(landed) == sorted(chatwoot.conversations)
    windows = [request for request in chatwoot.requests if "updated_within" in request]
    assert len(windows) == len(set(windows)), "what was too much is never asked for as it was"
    assert not any("inbox_id=7&status=open" in window for window in windows) or not open_ones
    assert len(chatwoot.requests) <= 3 + 2 * 8 + 1000 / 25 + 8, "each row once, or a page more"


@pytest.mark.parametrize("strange", [{"inbox_id": 99}, {"status": "parked"}])
def test_a_heavy_window_leaves_out_no_conversation_of_an_inbox_or_status_unknown(
    chatwoot: Chatwoot, slow_client: Client, strange: dict[str, Any]
) -> None:
    chatwoot.fill_busy(700)
    chatwoot.change(350, **strange)
    assert conversations(follow(slow_client)).keys() == chatwoot.conversations.keys()


def test_a_heavy_window_tells_how_many_conversations_there_are(
    chatwoot: Chatwoot, slow_client: Client
) -> None:
    chatwoot.fill_busy(700)
    totals: list[int | None] = []
    follow(slow_client, progress=lambda done, total: totals.append(total))
    assert totals[-1] == 700


def test_a_change_without_activity_in_a_heavy_window_is_seen(
    chatwoot: Chatwoot, slow_client: Client
) -> None:
    chatwoot.fill_busy(700)
    for number in range(1, 701):
        chatwoot.change(number, last_activity_at=FIRST_DAY + number)
    found = conversations(follow(slow_client))
    assert found.keys() == chatwoot.conversations.keys()


@pytest.mark.parametrize("heaviest", ["whole", "inbox 7", "inbox 7, resolved"])
def test_a_window_too_big_for_one_answer_is_asked_for_in_parts(
    chatwoot: Chatwoot, client: Client, heaviest: str
) -> None:
    for number in range(1, 61):
        chatwoot.add(
            number,
            inbox_id=7 + number % 2,
            status=("open", "resolved")[number // 2 % 2],
            updated_at=time.time(),
            last_activity_at=int(time.time()),
        )

    def too_big(request: Request) -> Response | None:
        query = request.query_params
        if "updated_within" not in query:
            return None
        fits = query.get("inbox_id") == "8" or "inbox_id" in query
        if heaviest == "inbox 7":
            fits = query.get("inbox_id") == "8" or query["status"] != "all"
        if heaviest == "inbox 7, resolved":
            fits = query.get("inbox_id") == "8"
        return None if fits else fails()

    chatwoot.fault = too_big
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() == chatwoot.conversations.keys()


@pytest.mark.parametrize("version", ["3.5.2", "2.16.0", "unknown"])
def test_a_server_that_does_not_know_the_window_is_paged_by_activity(
    chatwoot: Chatwoot, client: Client, version: str
) -> None:
    chatwoot.play(version)
    for number in range(1, 201):
        chatwoot.add(number)
    for number in range(1, 61):
        chatwoot.change(number, last_activity_at=time.time())
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() >= set(range(1, 61))
    pages = [request for request in chatwoot.requests if "last_activity_at_desc" in request]
    assert 3 <= len(pages) <= 4, "it stops at the first page that is older"


def test_a_server_between_3_6_and_4_0_2_tells_no_updated_at_and_is_trusted(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.play("3.6.0")
    for number in range(1, 61):
        chatwoot.add(number, updated_at=time.time())
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert all(row.updated_at is None for row in conversations(batches).values())
    assert not any("sort_by" in request for request in chatwoot.requests)
