"""Answers beyond the bounds: too large, too many values, compressed, or endless."""

import json
import tracemalloc

import pytest
from starlette.requests import Request
from starlette.responses import Response

from geniai_pipeline.chatwoot import Client, extract
from geniai_pipeline.chatwoot.extraction import WORKERS
from geniai_pipeline.chatwoot.refusals import UnansweredError
from geniai_pipeline.errors import TransientError
from geniai_pipeline_tests.support.chatwoot import Chatwoot
from geniai_pipeline_tests.support.extraction import (
    conversations,
    follow,
    none_landed,
    read_all,
    read_messages,
    rejections,
)
from geniai_pipeline_tests.support.faults import gzipped


@pytest.mark.parametrize(
    ("pieces", "says"),
    [
        ([(b'{"payload": [', 1), (b" " * 2**20, 200), (b"]}", 1)], "more than 16 MiB"),
        ([(b'{"payload": [{}', 1), (b",{}" * 1000, 5000), (b"]}", 1)], "more than 524,288 values"),
        ([(b'{"payload": [[]', 1), (b",[]" * 1000, 5000), (b"]}", 1)], "more than 524,288 values"),
        ([(b'{"payload": [1', 1), (b",1" * 1000, 5000), (b"]}", 1)], "more than 524,288 values"),
        ([(b'{"payload": [{}', 1), (b",{}" * 1000, 10_000), (b"]}", 1)], "more than 16 MiB"),
    ],
    ids=["bomb", "objects", "lists", "numbers", "30 MB of objects"],
)
def test_an_answer_without_measure_costs_one_clear_error_and_little_memory(
    chatwoot: Chatwoot, client: Client, pieces: list[tuple[bytes, int]], says: str
) -> None:
    answer = gzipped(*pieces)
    chatwoot.fault = lambda r: answer if "conversations" in r.url.path else None
    client.get("inboxes")
    tracemalloc.start()
    try:
        with pytest.raises(UnansweredError, match=f"^azul: .* answers .* with {says}"):
            client.get("conversations")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 40 * 2**20
    assert len(chatwoot.requests) == 2, "it is not asked for again"


@pytest.mark.parametrize("encoding", ["br", "zstd", "deflate", "gzip, gzip"])
def test_an_encoding_that_nobody_asked_for_is_not_inflated(
    chatwoot: Chatwoot, client: Client, encoding: str
) -> None:
    accepted: list[str | None] = []

    def encoded(request: Request) -> Response:
        accepted.append(request.headers.get("accept-encoding"))
        return Response(b"{}", headers={"content-encoding": encoding})

    chatwoot.fault = encoded
    with pytest.raises(UnansweredError, match="cannot be decompressed"):
        client.get("inboxes")
    assert set(accepted) == {"gzip"}


def test_a_packed_answer_is_read_and_one_cut_off_is_asked_for_again(
    chatwoot: Chatwoot, client: Client
) -> None:
    whole = gzipped((b'{"payload": [{"id": 7, "name": "Recep\xc3\xa7\xc3\xa3o"}]}', 1))
    half = Response(whole.body[:-12], headers={"content-encoding": "gzip"})
    chatwoot.fault = lambda r: whole if len(chatwoot.requests) == 2 else half
    assert client.rows("inboxes") == [{"id": 7, "name": "Recepção"}]
    assert len(chatwoot.requests) == 2


def test_a_window_of_more_than_an_answer_may_have_is_read_in_parts(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.fill_busy(400, custom_attributes={"historico": "x" * 60_000})
    found = conversations(follow(client))
    assert found.keys() == chatwoot.conversations.keys()
    windows = [request for request in chatwoot.requests if "updated_within" in request]
    assert len(windows) == len(set(windows))


def test_a_thread_of_more_than_an_answer_may_have_is_read_in_parts(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, messages=130)
    for message in chatwoot.conversations[1].messages:
        message.content = "<p>" * 100_000
    assert read_messages(client) == chatwoot.message_ids(1)


def test_a_server_that_never_answers_with_measure_costs_its_tenant_one_error(
    chatwoot: Chatwoot, client: Client
) -> None:
    answer = gzipped((b'{"payload": [{}', 1), (b",{}" * 1000, 10_000), (b"]}", 1))
    chatwoot.fault = lambda r: None if r.url.path.endswith("profile") else answer
    with pytest.raises(TransientError, match=r"^azul: .* answers .*inboxes with more than 16 MiB"):
        read_all(client)
    chatwoot.fault = lambda r: answer if "conversations" in r.url.path else None
    for full in (True, False):
        with pytest.raises(TransientError, match=r"^azul: .* with more than 16 MiB"):
            follow(client, full=full)
    assert len(chatwoot.requests) < 40


def test_messages_without_measure_are_held_a_few_conversations_at_a_time(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 61):
        chatwoot.add(number, messages=1)
    content = "x" * 8 * 2**20

    def huge(request: Request) -> Response | None:
        if "/messages" not in request.url.path:
            return None
        (row,) = chatwoot.message_rows(int(request.url.path.split("/")[-2]))
        return Response(json.dumps({"payload": [{**row, "content": content}]}))

    chatwoot.fault = huge
    found, most = set(), 0
    for batch in extract(client, since=None, full=True, unchanged=none_landed):
        found |= {row.conversation_id for row in batch.conversations}
        most = max(most, sum(len(row.json) for row in batch.messages))
        ahead = len([request for request in chatwoot.requests if "/messages" in request])
        assert ahead - len(found) <= WORKERS + 5, "what waits to land leaves no room for more"
    assert found == chatwoot.conversations.keys()
    assert most <= 41 * 2**20


def test_a_conversation_without_end_is_refused_and_costs_no_other(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in (1, 2):
        chatwoot.add(number, messages=1)
    (row,) = chatwoot.message_rows(1)

    def endless(request: Request) -> Response | None:
        query = request.query_params
        if "/1/messages" not in request.url.path:
            return None
        ids = range(int(query["after"]) + 1, int(query["after"]) + 1001)
        rows = [{**row, "id": number, "content": "x" * 10_000} for number in ids]
        return Response(json.dumps({"payload": rows}))

    chatwoot.fault = endless
    batches = read_all(client)
    assert conversations(batches).keys() == {1, 2}
    assert rejections(batches) == {
        "raw.messages/1/": "Conversation 1 has more than 64 MiB of messages."
    }
    assert len(chatwoot.requests) < 40


def test_a_message_of_a_megabyte_lands_whole(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.add(1)
    chatwoot.conversations[1].messages[0].content = "x" * 2**20
    assert len(read_all(client)[1].messages[0].payload["content"]) == 2**20
