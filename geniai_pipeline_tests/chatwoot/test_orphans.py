"""Conversations that Chatwoot cannot show because their contact is deleted, and their cost."""

import time
from collections.abc import Sequence

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geniai_pipeline.chatwoot import Client, LandedConversation, extract
from geniai_pipeline_tests.support.chatwoot import FIRST_DAY, Chatwoot
from geniai_pipeline_tests.support.extraction import (
    conversations,
    follow,
    message_ids,
    none_landed,
    now,
    present,
    read_all,
    rejections,
    single_requests,
)
from geniai_pipeline_tests.support.faults import fails


@pytest.mark.parametrize(
    "orphans", [{1}, {30}, {60}, {20, 70}, {25, 26}, set(range(26, 76)) | {90}]
)
def test_poisoned_conversations_are_rejected_and_cost_no_other(
    chatwoot: Chatwoot, client: Client, orphans: set[int]
) -> None:
    for number in range(1, 91):
        chatwoot.add(number, messages=1)
    chatwoot.set_orphans(orphans)
    batches = read_all(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - orphans
    assert rejections(batches).keys() == {f"raw.conversations/{number}" for number in orphans}
    assert present(batches) == chatwoot.conversations.keys(), "what cannot be read is still there"


def import_history(chatwoot: Chatwoot, numbers: range, older_than: int) -> None:
    """What a bridge does: later numbers with the times of an earlier year."""
    for number in numbers:
        created = FIRST_DAY + older_than * 60 - 365 * 86400 + number
        chatwoot.change(number, created_at=created, last_activity_at=created)


def without_filter(request: Request) -> Response | None:
    """A server that has no filter."""
    return Response("Not Found", 404) if request.url.path.endswith("/filter") else None


@pytest.mark.parametrize("knows_filter", [True, False])
@pytest.mark.parametrize(
    ("count", "imported", "orphans"),
    [
        (90, range(61, 91), {70}),
        (296, range(101, 161), {130}),
        (296, range(101, 161), {1, 130, 296}),
        (296, range(271, 297), {296}),
    ],
)
def test_numbers_that_do_not_grow_with_time_cost_no_conversation_and_no_end(
    chatwoot: Chatwoot,
    client: Client,
    count: int,
    imported: range,
    orphans: set[int],
    knows_filter: bool,
) -> None:
    for number in range(1, count + 1):
        chatwoot.add(number, messages=1)
    import_history(chatwoot, imported, older_than=1)
    chatwoot.set_orphans(orphans)
    if not knows_filter:
        chatwoot.fault = without_filter
    batches = read_all(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - orphans
    assert rejections(batches).keys() == {f"raw.conversations/{number}" for number in orphans}
    assert present(batches) == chatwoot.conversations.keys()
    requested = single_requests(chatwoot)
    assert {number: requested.pop(number) for number in orphans} == dict.fromkeys(orphans, 2)
    assert all(times == 1 for times in requested.values())
    beyond = 0 if 296 not in orphans else 100
    assert all(number <= count + beyond for number in requested)
    if knows_filter:
        assert len(requested) + len([r for r in chatwoot.requests if "/filter?" in r]) <= 40


def test_a_contact_that_is_being_deleted_is_looked_at_once_more(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.set_orphans({40})

    def deletes(_: Request) -> None:
        if sum("page=2" in request for request in chatwoot.requests) == 2:
            chatwoot.set_orphans(set())
            chatwoot.conversations.pop(40, None)

    chatwoot.fault = deletes
    batches = read_all(client, full=True)
    assert rejections(batches) == {}
    assert present(batches) == chatwoot.conversations.keys() == set(range(1, 61)) - {40}


def test_one_that_is_gone_when_it_is_asked_for_alone_is_not_refused(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.set_orphans({40})

    def deletes(request: Request) -> None:
        if single_requests(chatwoot)[40] == 2:
            chatwoot.set_orphans(set())
            chatwoot.conversations.pop(40, None)

    chatwoot.fault = deletes
    batches = read_all(client, full=True)
    assert rejections(batches) == {}
    assert single_requests(chatwoot)[40] == 2
    assert 40 not in conversations(batches)


def test_a_conversation_known_to_fail_is_stepped_around_in_fifteen_requests(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.fill_busy(296)
    chatwoot.set_orphans({130})
    listed = [row.conversation_id for row in conversations(read_all(client)).values()]
    assert set(listed) == chatwoot.conversations.keys() - {130}
    chatwoot.requests.clear()
    before = client.requests
    read: list[int] = []

    def all_landed(rows: Sequence[LandedConversation]) -> set[int]:
        read.extend(row.conversation_id for row in rows)
        return set(read)

    batches = follow(client, failed=[130], unchanged=all_landed)
    assert set(read) == chatwoot.conversations.keys() - {130}
    assert rejections(batches) == {}
    assert client.requests - before <= 15
    assert single_requests(chatwoot) == {}, "what is known is not tried"


def test_around_one_known_to_fail_changes_without_activity_are_seen_too(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 201):
        chatwoot.add(number, messages=1, inbox_id=7 + number % 2)
    for number in (30, 50):
        chatwoot.touch(number)
    chatwoot.change(61, updated_at=time.time())
    chatwoot.set_orphans({50})
    batches = follow(client, failed=[50])
    assert {30, 61} <= conversations(batches).keys()
    assert len([request for request in chatwoot.requests if "/messages" not in request]) <= 15


@pytest.mark.parametrize("gone", [set(), {130}])
def test_a_full_sweep_asks_again_for_what_failed_before_and_is_still_there(
    chatwoot: Chatwoot, client: Client, gone: set[int]
) -> None:
    for number in range(1, 297):
        chatwoot.add(number, messages=1)
    chatwoot.set_orphans({130, 140} - gone)
    for number in gone:
        del chatwoot.conversations[number]
    batches = follow(client, failed=[130, 140], full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - {130, 140}
    assert rejections(batches).keys() == {
        f"raw.conversations/{number}" for number in {130, 140} - gone
    }
    assert present(batches) == chatwoot.conversations.keys()
    assert set(single_requests(chatwoot)) & {130, 140} == {130, 140} - gone
    # beside a page of the list for 25 and the messages of each: two chunks that are halved
    assert client.requests < 296 + 12 + 2 * 20


def test_more_pages_of_sick_rows_than_a_sick_server_would_have_cost_no_healthy_one(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 301):
        chatwoot.add(number, messages=1)
    orphans = set(range(30, 221))
    chatwoot.set_orphans(orphans)
    batches = read_all(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys() - orphans
    assert present(batches) == chatwoot.conversations.keys()


def test_an_account_of_sick_rows_alone_comes_to_an_end(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 141):
        chatwoot.add(number, messages=1)
    chatwoot.set_orphans(set(range(1, 141)))
    batches = read_all(client, full=True)
    assert len(rejections(batches)) == 140
    assert present(batches) == chatwoot.conversations.keys()


def test_poison_among_the_changed_is_stepped_around_too(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 61):
        chatwoot.add(number)
    for number in (5, 50):
        chatwoot.touch(number)
    chatwoot.set_orphans({50})
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert 5 in conversations(batches)
    assert rejections(batches).keys() == {"raw.conversations/50"}


def test_messages_that_cannot_be_read_are_rejected_and_asked_for_again_next_time(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in (1, 2, 3):
        chatwoot.add(number)
    chatwoot.fault = lambda r: fails() if "/2/messages" in r.url.path else None
    batches = read_all(client)
    found = conversations(batches)
    assert found.keys() == {1, 2, 3}
    assert found[2].content_hash == ""
    assert rejections(batches).keys() == {"raw.messages/2/"}
    assert len(message_ids(batches)) == 6


def test_a_conversation_deleted_before_its_messages_are_read_is_left_out(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in (1, 2):
        chatwoot.add(number)
    gone = JSONResponse({"error": "Resource could not be found"}, 404)
    chatwoot.fault = lambda r: gone if "/2/messages" in r.url.path else None
    batches = read_all(client, full=True)
    assert conversations(batches).keys() == {1}
    assert present(batches) == frozenset({1})
