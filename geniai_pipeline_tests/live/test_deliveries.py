"""Deliveries: signatures and ids, by what two versions of Chatwoot were recorded to send."""

import json
from typing import Any

import pytest

from geniai_pipeline.live.deliveries import Event, RefusedError, check_signature, read_event
from geniai_pipeline_tests.support.deliveries import (
    ACCOUNT,
    VERSIONS,
    Delivery,
    read_deliveries,
    read_secret,
    sign,
)

SECRET = "of-the-webhook"
KINDS = {
    "conversation_created",
    "conversation_updated",
    "conversation_status_changed",
    "message_created",
    "message_updated",
    "contact_updated",
}


def _lower(delivery: Delivery) -> dict[str, str]:
    return {name.lower(): value for name, value in delivery.headers.items()}


def test_every_recorded_signature_is_that_of_the_secret() -> None:
    secret = read_secret("4.14.2")
    assert secret
    for delivery in read_deliveries("4.14.2"):
        headers = _lower(delivery)
        check_signature(secret, headers, delivery.body, float(headers["x-chatwoot-timestamp"]))
        with pytest.raises(RefusedError, match="signature"):
            check_signature(
                secret, headers, delivery.body + b" ", float(headers["x-chatwoot-timestamp"])
            )


@pytest.mark.parametrize("version", VERSIONS)
def test_every_recorded_delivery_is_understood(version: str) -> None:
    deliveries = read_deliveries(version)
    assert {delivery.ids[0] for delivery in deliveries} == KINDS
    for delivery in deliveries:
        event = read_event(delivery.body, ACCOUNT)
        assert event == Event(*delivery.ids)
        assert (event.conversation_id is None) == (event.kind == "contact_updated")


def test_a_recorded_conversation_is_the_number_that_people_see() -> None:
    """Not the row's in the database of all accounts, which a message also names."""
    (first, *_) = [d for d in read_deliveries("4.14.2") if d.ids[0] == "message_created"]
    assert read_event(first.body, ACCOUNT) == Event("message_created", 22, None)
    (changed, *_) = [d for d in read_deliveries("4.14.2") if d.ids[0] == "contact_updated"]
    assert read_event(changed.body, ACCOUNT) == Event("contact_updated", None, 322)


@pytest.mark.parametrize("kind", ["contact_created", "webwidget_triggered", None, 7, ["x"], {}])
def test_nothing_follows_from_other_kinds(kind: Any) -> None:
    assert read_event(json.dumps({"event": kind, "id": 1}).encode(), ACCOUNT) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\xff",
        b"[" * 100_000,
        b'{"event": "conversation_updated", "id": ' + b"9" * 10_000 + b"}",
        b'{"event": "conversation_updated"}',
        b'{"event": "conversation_updated", "id": true}',
        b'{"event": "conversation_updated", "id": "22"}',
        b'{"event": "conversation_updated", "id": 0}',
        b'{"event": "conversation_updated", "id": 9223372036854775808}',
        b'{"event": "message_created", "id": 5}',
        b'{"event": "message_created", "id": 5, "conversation": []}',
        b'{"event": "contact_updated", "id": null}',
    ],
)
def test_a_broken_delivery_is_refused(body: bytes) -> None:
    with pytest.raises(RefusedError) as refused:
        read_event(body, ACCOUNT)
    assert refused.value.status == 400


@pytest.mark.parametrize(
    "payload",
    [
        {"event": "contact_updated", "id": 1, "account": {"id": 3}},
        {"event": "conversation_updated", "id": 1, "messages": [{"account_id": 3}]},
        {"event": "message_created", "conversation": {"id": 1, "account": {"id": 3}}},
        {"event": "message_created", "conversation": {"id": 1, "messages": [{"account_id": 3}]}},
        {"event": "contact_updated", "id": 1, "account": {"id": [[["2"]]]}},
    ],
)
def test_another_accounts_event_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(RefusedError) as refused:
        read_event(json.dumps(payload).encode(), ACCOUNT)
    assert refused.value.status == 403


def test_no_text_of_a_payload_is_in_an_error() -> None:
    body = b'{"event": "message_created", "conversation": {"id": "segredo"}, "content": "segredo"}'
    for broken in (
        body,
        body[:-1],
        body.replace(b'"segredo"}', b'1, "account": {"id": "segredo"}}'),
    ):
        with pytest.raises(RefusedError) as refused:
            read_event(broken, ACCOUNT)
        error: BaseException | None = refused.value
        while error is not None:
            assert "segredo" not in str(error)
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


@pytest.mark.parametrize("seconds", [-299, 0, 299])
def test_a_signature_holds_for_five_minutes(seconds: int) -> None:
    headers = {k.lower(): v for k, v in sign(b"{}", SECRET, 1_000_000 + seconds, "1").items()}
    check_signature(SECRET, headers, b"{}", 1_000_000)


@pytest.mark.parametrize("seconds", [-302, 302, 86_400, 10**10])
def test_a_stale_or_future_signature_is_refused(seconds: int) -> None:
    headers = {k.lower(): v for k, v in sign(b"{}", SECRET, 1_000_000 + seconds, "1").items()}
    with pytest.raises(RefusedError, match="from this machine's"):
        check_signature(SECRET, headers, b"{}", 1_000_000)


@pytest.mark.parametrize("timestamp", ["", "now", "1e6", "-5", "²", "1" * 13])
def test_a_signed_time_that_is_no_number_is_refused(timestamp: str) -> None:
    headers = {k.lower(): v for k, v in sign(b"{}", SECRET, 0, "1").items()}
    headers["x-chatwoot-timestamp"] = timestamp
    with pytest.raises(RefusedError):
        check_signature(SECRET, headers, b"{}", 0)


@pytest.mark.parametrize("signature", [None, "", "sha256=", "sha256=" + "0" * 64, "é"])
def test_a_forged_signature_is_refused(signature: str | None) -> None:
    headers = {k.lower(): v for k, v in sign(b"{}", SECRET, 0, "1").items()}
    headers["x-chatwoot-signature"] = signature or ""
    if signature is None:
        del headers["x-chatwoot-signature"]
    with pytest.raises(RefusedError, match="signature"):
        check_signature(SECRET, headers, b"{}", 0)
