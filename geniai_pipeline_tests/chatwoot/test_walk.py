"""The first extraction and the sweep, while the list of conversations moves."""

from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geniai_pipeline.chatwoot import Client, KnownConversations, extract
from geniai_pipeline.errors import TransientError
from geniai_pipeline_tests.support.chatwoot import FIRST_DAY, Chatwoot
from geniai_pipeline_tests.support.extraction import (
    conversations,
    message_ids,
    none_landed,
    now,
    present,
    read_all,
    single_requests,
    true_message_ids,
)
from geniai_pipeline_tests.support.faults import replace_count


def test_a_first_run_brings_all_statuses_and_ends_in_the_servers_truth(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 131):
        status = ("open", "resolved", "pending", "snoozed")[number % 4]
        chatwoot.add(number, messages=number % 7, status=status)
    seen: list[tuple[int, int | None]] = []
    batches = list(
        extract(
            client,
            since=None,
            full=False,
            unchanged=none_landed,
            progress=lambda done, total: seen.append((done, total)),
        )
    )
    found = conversations(batches)
    assert found.keys() == chatwoot.conversations.keys()
    for number, row in found.items():
        truth = chatwoot.row(number)
        for name in ("id", "uuid", "status", "inbox_id", "labels", "created_at", "updated_at"):
            assert row.payload[name] == truth[name]
    assert message_ids(batches) == true_message_ids(chatwoot)
    assert sum(batch.conversations_read for batch in batches) == 130
    assert [inbox.inbox_id for inbox in batches[0].inboxes] == [7, 8]
    assert [agent.payload["name"] for agent in batches[0].agents] == ["Ana"]
    assert seen[-1] == (130, 130)
    assert client.requests <= 1.1 * 130


@pytest.mark.parametrize("total", [0, 30, 10**6, None, "x"])
def test_a_count_that_lies_ends_the_list_neither_early_nor_never(
    chatwoot: Chatwoot, client: Client, total: Any
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.edit = replace_count(lambda count: total)
    assert conversations(read_all(client)).keys() == chatwoot.conversations.keys()


def test_conversations_deleted_and_made_while_the_list_is_paged_lose_none(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 151):
        chatwoot.add(number, messages=1)

    def move(request: Request) -> None:
        if request.query_params.get("page") == "3":
            for number in (1, 2, 30):
                chatwoot.conversations.pop(number, None)
            chatwoot.add(200, messages=1)

    chatwoot.fault = move
    batches = read_all(client, full=True)
    assert conversations(batches).keys() >= chatwoot.conversations.keys()
    assert present(batches) == chatwoot.conversations.keys(), "the deleted have no messages: gone"


def test_more_deletions_than_a_page_holds_lose_none_either(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 151):
        chatwoot.add(number, messages=1)

    def delete(request: Request) -> None:
        if request.query_params.get("page") == "5":
            for number in range(1, 61):
                chatwoot.conversations.pop(number, None)

    chatwoot.fault = delete
    assert conversations(read_all(client)).keys() >= set(range(61, 151))


def test_a_deletion_that_empties_the_last_page_hides_nobody(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 52):
        chatwoot.add(number, messages=1)

    def delete(request: Request) -> None:
        if request.query_params.get("page") == "3":
            chatwoot.conversations.pop(1, None)

    chatwoot.fault = delete
    assert 51 in conversations(read_all(client))


def test_pages_with_duplicates_yield_each_conversation_once(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)

    def insert_before(request: Request) -> None:
        if request.query_params.get("page") == "2":
            chatwoot.add(900, messages=1, created_at=FIRST_DAY)

    chatwoot.fault = insert_before
    batches = read_all(client)
    assert conversations(batches).keys() == chatwoot.conversations.keys()


def test_a_server_that_always_answers_the_first_page_does_not_hold_us_forever(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number)
    first = [chatwoot.row(number) for number in range(1, 26)]
    answer = {"data": {"meta": {"all_count": 60}, "payload": first}}
    chatwoot.fault = lambda r: JSONResponse(answer) if "page" in r.query_params else None
    with pytest.raises(TransientError, match="page 2 of the conversations with the previous page"):
        read_all(client)


def test_a_killed_first_run_does_not_read_again_what_landed(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 51):
        chatwoot.add(number)
    landed = {row.content_hash for row in conversations(read_all(client)).values()}
    chatwoot.requests.clear()
    batches = list(
        extract(
            client,
            since=None,
            full=False,
            unchanged=lambda rows: {r.conversation_id for r in rows if r.content_hash in landed},
        )
    )
    assert conversations(batches) == {}
    assert not any("messages" in request for request in chatwoot.requests)


def test_a_full_run_reads_every_message_again_for_edits_give_no_sign(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    read_all(client)
    chatwoot.conversations[1].messages[0].content = "editada"
    batches = list(extract(client, since=now(), full=True, unchanged=lambda rows: {1}))
    assert "editada" in [row.payload["content"] for batch in batches for row in batch.messages]


def test_what_an_agent_does_not_see_is_not_declared_gone(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    chatwoot.user.role = "agent"
    assert present(read_all(client, full=True)) is None


def test_an_account_without_conversations_is_whole(client: Client) -> None:
    assert present(read_all(client, full=True)) == frozenset()


def test_a_sweep_that_finds_fewer_than_the_account_counts_declares_nothing_gone(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    chatwoot.edit = replace_count(lambda count: count + 3)
    batches = read_all(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert present(batches) is None
    assert batches[-1].missing == 3
    assert len(single_requests(chatwoot)) <= 60


def test_conversations_of_one_moment_that_two_pages_share_out_badly_are_all_found(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1, created_at=FIRST_DAY)

    def shuffle(request: Request) -> Response | None:
        if request.query_params.get("page") != "2":
            return None
        rows = [chatwoot.row(number) for number in (*range(10, 20), *range(26, 41))]
        return JSONResponse({"data": {"meta": {"all_count": 60}, "payload": rows}})

    chatwoot.fault = shuffle
    batches = read_all(client, full=True)
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert present(batches) == chatwoot.conversations.keys()


def test_what_had_landed_is_asked_for_before_it_is_declared_gone(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)

    def hide(request: Request) -> Response | None:
        if request.query_params.get("page") != "2":
            return None
        rows = [chatwoot.row(number) for number in range(26, 51) if number != 40]
        return JSONResponse({"data": {"meta": {"all_count": 59}, "payload": rows}})

    chatwoot.fault, chatwoot.edit = hide, replace_count(lambda count: 59)
    known = KnownConversations(landed=frozenset(range(1, 62)))
    batches = list(
        extract(client, since=None, full=True, unchanged=none_landed, known=lambda: known)
    )
    assert present(batches) == chatwoot.conversations.keys(), "40 is there, 61 is not"
