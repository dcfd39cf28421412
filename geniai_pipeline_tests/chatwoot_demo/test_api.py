"""The endpoints: authorization, and the answers about messages, contacts and small lists."""

import re
from datetime import datetime, timedelta
from typing import Any

import httpx2
import pytest

from chatwoot_demo.records import ACTIVITY, DemoConversation
from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.support.samples import ANCHOR, GYM, SMALL, A, account, get


@pytest.mark.parametrize("name", ["Api-Access-Token", "api_access_token", "API_ACCESS_TOKEN"])
def test_every_spelling_of_the_token_header_is_accepted(server: DemoServer, name: str) -> None:
    assert httpx2.get(f"{server.url}{A}/agents", headers={name: GYM.token}).status_code == 200


@pytest.mark.parametrize(
    ("path", "token", "status", "body"),
    [
        (
            f"{A}/agents",
            None,
            401,
            {"errors": ["You need to sign in or sign up before continuing."]},
        ),
        (f"{A}/agents", "nobody's", 401, {"error": "Invalid Access Token"}),
        (
            "/api/v1/accounts/2/agents",
            GYM.token,
            401,
            {"error": "You are not authorized to access this account"},
        ),
        ("/api/v1/accounts/99/agents", GYM.token, 404, {"error": "Resource could not be found"}),
        (
            f"{A}/webhooks",
            GYM.agent_token,
            401,
            {"error": "You are not authorized to do this action"},
        ),
        (f"{A}/conversations/99999", GYM.token, 404, {"error": "Resource could not be found"}),
        (f"{A}/contacts/99999999", GYM.token, 404, {"error": "Resource could not be found"}),
        (
            f"{A}/conversations?team_id=999",
            GYM.token,
            404,
            {"error": "Resource could not be found"},
        ),
        (f"{A}/reporting_events", GYM.token, 404, {"status": 404, "error": "Not Found"}),
        ("/nowhere", None, 404, {"status": 404, "error": "Not Found"}),
    ],
)
def test_refusals_have_chatwoots_status_and_body(
    server: DemoServer, path: str, token: str | None, status: int, body: Any
) -> None:
    headers = {"Api-Access-Token": token} if token else {}
    response = httpx2.get(f"{server.url}{path}", headers=headers)
    assert (response.status_code, response.json()) == (status, body)


def test_a_suspended_account_is_refused(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, client = live
    account(server, SMALL).status = "suspended"
    response = client.get("/agents")
    account(server, SMALL).status = "active"
    assert (response.status_code, response.json()) == (401, {"error": "Account is suspended"})


def test_an_agent_sees_only_the_conversations_of_their_inboxes(server: DemoServer) -> None:
    headers = {"Api-Access-Token": GYM.agent_token}
    mine = account(server).users[0].inbox_ids
    foreign = next(c for c in account(server).conversations.values() if c.inbox.id not in mine)
    with httpx2.Client(base_url=server.url, headers=headers) as client:
        listed = get(client, f"{A}/conversations", status="all")["data"]
        assert listed["meta"]["all_count"] < 1293
        assert {item["inbox_id"] for item in listed["payload"]} <= mine
        refused = client.get(f"{A}/conversations/{foreign.display_id}")
        assert refused.json() == {"error": "You are not authorized to do this action"}
        assert "provider_config" not in client.get(f"{A}/inboxes").text


def test_version_and_health_need_no_token(server: DemoServer) -> None:
    answer = get(httpx2.Client(base_url=server.url), "/api")
    assert answer["version"] == "4.14.2"
    stamp = datetime.fromisoformat(answer["timestamp"] + "+00:00")
    assert ANCHOR <= stamp < ANCHOR + timedelta(minutes=10)
    assert httpx2.get(f"{server.url}/health").json() == {"status": "woot"}


def test_an_administrator_is_handed_secrets(api: httpx2.Client) -> None:
    profile = get(api, "/api/v1/profile")
    assert profile["access_token"] == GYM.token
    assert profile["pubsub_token"]
    assert profile["accounts"][0]["role"] == "administrator"
    inboxes = {each["channel_type"]: each for each in get(api, f"{A}/inboxes")["payload"]}
    assert inboxes["Channel::Whatsapp"]["provider_config"]["api_key"]
    assert inboxes["Channel::WebWidget"]["hmac_token"]
    assert inboxes["Channel::Instagram"]["timezone"] == GYM.timezone


def longest(server: DemoServer) -> DemoConversation:
    return max(account(server).conversations.values(), key=lambda record: len(record.messages))


def test_the_four_message_windows(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, client = live
    record = account(server, SMALL).conversations[1]
    for number in range(130):
        server.world.add_message(record, f"mensagem {number}")
    path = f"/conversations/{record.display_id}/messages"
    ids = [each.id for each in record.messages]
    for params, expected in (
        ({}, ids[-20:]),
        ({"before": ids[50]}, ids[30:50]),
        ({"after": 0}, ids[:100]),
        ({"after": ids[99]}, ids[100:]),
        ({"after": ids[3], "before": ids[120]}, ids[3:120]),
        ({"after": 1, "before": ids[-1] + 1}, ids),
    ):
        got = [each["id"] for each in get(client, path, **params)["payload"]]
        assert got == expected, params


def test_internal_messages_can_be_left_out(server: DemoServer, api: httpx2.Client) -> None:
    record = next(
        record
        for record in account(server).conversations.values()
        if any(each.private for each in record.messages) and len(record.messages) < 90
    )
    path = f"{A}/conversations/{record.display_id}/messages"
    payload = get(api, path, after=1, before=10**9, filter_internal_messages=1)["payload"]
    expected = [m.id for m in record.messages if not m.private and m.message_type != ACTIVITY]
    assert [each["id"] for each in payload] == expected
    assert len(expected) < len(record.messages)


def test_messages_have_chatwoots_shape(server: DemoServer, api: httpx2.Client) -> None:
    record = longest(server)
    answer = get(api, f"{A}/conversations/{record.display_id}/messages", after=1, before=10**9)
    assert len(answer["payload"]) == len(record.messages)
    for row, truth in zip(answer["payload"], record.messages, strict=True):
        assert row["content"] == truth.content
        assert row["message_type"] == truth.message_type
        assert row["created_at"] == int(truth.created_at)
        assert ("sender" in row) == (truth.sender is not None)
        assert ("attachments" in row) == bool(truth.attachments)
        assert "updated_at" not in row
    seen = answer["meta"]["agent_last_seen_at"]
    assert seen is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", seen)
    assert answer["meta"]["contact"]["type"] == "contact"


def test_contacts_come_15_a_page_and_only_those_with_an_address(
    server: DemoServer, api: httpx2.Client
) -> None:
    contacts = account(server).contacts.values()
    reachable = {each.id for each in contacts if each.email or each.phone_number}
    listed: list[int] = []
    page = 1
    while payload := get(api, f"{A}/contacts", sort="created_at", page=page)["payload"]:
        assert len(payload) <= 15
        listed += [each["id"] for each in payload]
        page += 1
    assert set(listed) == reachable < {each.id for each in contacts}
    assert len(listed) == len(reachable)
    assert get(api, f"{A}/contacts")["meta"] == {"count": len(reachable), "current_page": 1}


def test_a_hidden_contact_is_shown_with_its_conversations(
    server: DemoServer, api: httpx2.Client
) -> None:
    record = next(c for c in account(server).conversations.values() if not c.contact.phone_number)
    path = f"{A}/contacts/{record.contact.id}"
    assert get(api, path)["payload"]["phone_number"] is None
    found = get(api, f"{path}/conversations")["payload"]
    assert record.display_id in {each["id"] for each in found}


def test_the_small_lists(server: DemoServer, api: httpx2.Client) -> None:
    assert get(api, f"{A}/agents")[-1]["role"] == "administrator"
    assert {each["name"] for each in get(api, f"{A}/teams")} == {"comercial", "recepção"}
    assert GYM.converted_label in {each["title"] for each in get(api, f"{A}/labels")["payload"]}
    definitions = get(api, f"{A}/custom_attribute_definitions", attribute_model="contact_attribute")
    assert [each["attribute_key"] for each in definitions] == ["aniversario"]
    survey = get(api, f"{A}/csat_survey_responses")
    assert 1 <= survey[0]["rating"] <= 5
    assert len(survey) == 25
