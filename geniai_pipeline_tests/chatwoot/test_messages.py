"""The messages of a conversation, of any number and order."""

import time

import pytest
from starlette.requests import Request
from starlette.responses import Response

from geniai_pipeline.chatwoot import Client
from geniai_pipeline.chatwoot.messages import END
from geniai_pipeline.chatwoot.refusals import NotFoundError, UnansweredError
from geniai_pipeline_tests.support.chatwoot import FIRST_DAY, Chatwoot
from geniai_pipeline_tests.support.extraction import read_messages
from geniai_pipeline_tests.support.faults import fails


def test_messages_that_take_the_server_too_long_are_not_asked_for_as_they_were(
    chatwoot: Chatwoot, slow_client: Client
) -> None:
    chatwoot.add(1, messages=150)

    def heavy(request: Request) -> Response | None:
        if f"before={END}" not in str(request.url):
            return None
        time.sleep(0.25)
        return fails()

    chatwoot.fault = heavy
    assert len(read_messages(slow_client)) == 150
    assert len([request for request in chatwoot.requests if f"before={END}" in request]) == 1


def test_messages_cost_one_request_for_a_conversation_of_any_usual_length(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, messages=999)
    assert read_messages(client) == chatwoot.message_ids(1)
    assert client.requests == 1


@pytest.mark.parametrize("order", ["by id", "reversed", "shuffled", "one late"])
@pytest.mark.parametrize("count", [1000, 1001, 2500])
def test_no_message_is_lost_whatever_the_order_of_ids_and_times(
    chatwoot: Chatwoot, client: Client, order: str, count: int
) -> None:
    chatwoot.add(1, messages=count)
    for n, message in enumerate(chatwoot.conversations[1].messages):
        if order == "reversed":
            message.created_at -= 2 * n
        elif order == "shuffled":
            message.created_at = FIRST_DAY + (n * 7919) % count
    if order == "one late":
        chatwoot.conversations[1].messages[3].created_at += 10**6
    assert read_messages(client) == chatwoot.message_ids(1)


def test_a_thread_too_heavy_for_a_thousand_is_read_by_hundreds(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, messages=730)

    def heavy(request: Request) -> Response | None:
        query = request.query_params
        if "before" not in query:
            return None
        low, high = int(query["after"]), int(query["before"])
        wanted = sum(low <= each < high for each in chatwoot.message_ids(1))
        return fails() if wanted > 100 else None

    chatwoot.fault = heavy
    assert read_messages(client) == chatwoot.message_ids(1)


@pytest.mark.parametrize("count", [0, 19, 20, 21, 95])
def test_an_old_server_that_knows_no_windows_is_paged_back(
    chatwoot: Chatwoot, client: Client, count: int
) -> None:
    chatwoot.play("2.15.0")
    chatwoot.add(1, messages=count)
    assert read_messages(client) == chatwoot.message_ids(1)


def test_messages_of_no_conversation_are_not_found(client: Client) -> None:
    with pytest.raises(NotFoundError):
        read_messages(client, 99)


def test_messages_that_always_fail_say_so(chatwoot: Chatwoot, client: Client) -> None:
    chatwoot.fault = fails
    with pytest.raises(
        UnansweredError, match=r"^azul: .* fails on api/v1/accounts/3/conversations"
    ):
        read_messages(client)
