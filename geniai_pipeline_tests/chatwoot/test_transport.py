"""Temporary and permanent failures of the server and its network."""

import time
from collections.abc import Callable

import pytest
import stamina
import stamina.instrumentation
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from geniai_pipeline.chatwoot import Batch, Client, extract
from geniai_pipeline.errors import TransientError
from geniai_pipeline_tests.support.chatwoot import Chatwoot
from geniai_pipeline_tests.support.extraction import (
    conversations,
    message_ids,
    none_landed,
    now,
    present,
    read_all,
    rejections,
    true_message_ids,
)
from geniai_pipeline_tests.support.faults import at_first, fails


@pytest.mark.parametrize(
    "fault",
    [
        fails,
        lambda _: PlainTextResponse("Retry later\n", 429),
        lambda _: Response("", 408),
        lambda _: Response("<html>Bad Gateway</html>", 502),
        lambda _: Response('{"data": {"payload": [{"id": 1, "sta'),
        lambda _: Response("{}", headers={"content-length": "100"}),
        lambda _: Response("<html>em manutenção</html>", media_type="text/html"),
        lambda _: Response(""),
        lambda _: Response("[" * 100_000),
    ],
    ids=["500", "429", "408", "502", "half", "cut", "html", "empty", "nested"],
)
def test_sick_answers_that_pass_change_nothing_in_the_end(
    chatwoot: Chatwoot, client: Client, fault: Callable[[Request], Response]
) -> None:
    for number in range(1, 31):
        chatwoot.add(number)
    chatwoot.fault = at_first(3, fault)
    batches = read_all(client)
    assert conversations(batches).keys() == chatwoot.conversations.keys()
    assert message_ids(batches) == true_message_ids(chatwoot)
    assert rejections(batches) == {}


def test_a_rate_limit_without_retry_after_is_waited_out_to_the_next_minute(
    chatwoot: Chatwoot, client: Client
) -> None:
    waits: list[float] = []
    stamina.set_testing(False)
    stamina.instrumentation.set_on_retry_hooks([lambda details: waits.append(details.wait_for)])
    date = {"date": "Sun, 14 Jun 2026 10:00:59 GMT"}
    chatwoot.fault = at_first(1, lambda _: PlainTextResponse("Retry later\n", 429, headers=date))
    try:
        client.get("inboxes")
    finally:
        stamina.instrumentation.set_on_retry_hooks(None)
    assert len(waits) == 1
    assert 1 <= waits[0] <= 3


def test_a_server_that_dies_midway_fails_the_run_and_rejects_nothing(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 301):
        chatwoot.add(number)
    chatwoot.fault = lambda request: fails() if len(chatwoot.requests) > 200 else None
    landed: list[Batch] = []
    with pytest.raises(TransientError):
        landed.extend(extract(client, since=None, full=True, unchanged=none_landed))
    assert rejections(landed) == {}
    assert present(landed) is None if landed else True


def test_a_server_that_dies_before_the_messages_is_not_taken_for_bad_messages(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 31):
        chatwoot.add(number, updated_at=time.time())
    chatwoot.fault = lambda request: (
        fails() if any("/messages" in each for each in chatwoot.requests) else None
    )
    with pytest.raises(TransientError):
        list(extract(client, since=now(), full=False, unchanged=none_landed))


def test_a_list_that_fails_altogether_is_the_servers_sickness(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.fault = lambda r: fails() if r.url.path.endswith("/conversations") else None
    with pytest.raises(TransientError, match="fails on api/v1/accounts/3/conversations"):
        read_all(client)
