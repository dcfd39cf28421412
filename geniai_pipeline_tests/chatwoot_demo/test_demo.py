"""The Chatwoot stand-in: answers field by field as the real one, in a world that holds together."""
# ruff: noqa: E501  (tables of requests and answers)

import asyncio
import json
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx2
import phonenumbers
import pytest
from starlette.requests import Request
from starlette.responses import Response

from chatwoot_demo.event_log import Journal
from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import ACTIVITY, INCOMING, OUTGOING, TEMPLATE, Account, Conversation
from chatwoot_demo.server import DemoServer
from chatwoot_demo.world import World

ANCHOR = datetime(2026, 6, 10, 15, tzinfo=timezone.utc)
GYM = GYMS[0]
SMALL = GYMS[9]
A = f"/api/v1/accounts/{GYM.account_id}"


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """One that nobody changes."""
    with DemoServer(seed=3, anchor=ANCHOR, requests_per_minute=100_000) as server:
        yield server


@pytest.fixture(scope="module")
def api(server: DemoServer) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server.url, headers={"Api-Access-Token": GYM.token}) as client:
        yield client


@pytest.fixture(scope="module")
def live() -> Iterator[tuple[DemoServer, httpx2.Client]]:
    """One for tests to change, each a conversation of its own."""
    server = DemoServer(seed=3, anchor=ANCHOR)
    headers = {"api_access_token": SMALL.token}
    base = f"{server.url}/api/v1/accounts/{SMALL.account_id}"
    with server, httpx2.Client(base_url=base, headers=headers) as client:
        yield server, client


def wait_for_room_in_the_minute() -> None:
    """Throttles count by the minute: do not begin near its end."""
    if time.time() % 60 > 57:
        time.sleep(61 - time.time() % 60)


def get(client: httpx2.Client, path: str, **params: Any) -> Any:
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def account(server: DemoServer, gym: Any = GYM) -> Account:
    return server.world.accounts[gym.account_id]


def fingerprint(world: World) -> str:
    """Everything that can be read of a world."""
    return json.dumps(
        [
            [
                record.account.id, record.display_id, record.uuid, record.status, record.labels,
                record.updated_at, record.custom_attributes, record.contact.name,
                record.contact.phone_number,
                [[each.id, each.content, each.created_at, each.content_attributes]
                 for each in record.messages],
            ]
            for record in world.conversations()
        ]
    )  # fmt: skip


# The gyms and what is said in them


def test_the_ten_gyms_have_the_conversations_they_promise(server: DemoServer) -> None:
    counts = {gym.slug: len(account(server, gym).conversations) for gym in GYMS}
    assert counts == {gym.slug: gym.conversations for gym in GYMS}
    assert counts.pop("gralha-azul") == 1293
    assert all(90 <= count <= 420 for count in counts.values())
    assert 2200 < sum(counts.values()) < 2400


def test_tokens_slugs_and_logos_are_each_gyms_own() -> None:
    for field in ("slug", "name", "account_id", "token", "agent_token", "brand_color", "logo"):
        assert len({getattr(gym, field) for gym in GYMS}) == 10


def test_the_same_seed_and_anchor_make_the_same_world(server: DemoServer) -> None:
    assert fingerprint(World(seed=3, anchor=ANCHOR.timestamp())) == fingerprint(server.world)
    assert fingerprint(World(seed=4, anchor=ANCHOR.timestamp())) != fingerprint(server.world)


def test_no_two_conversations_of_a_gym_read_alike(server: DemoServer) -> None:
    for gym in GYMS:
        seen: dict[str, int] = {}
        for record in account(server, gym).conversations.values():
            said = [each.content for each in record.messages if each.message_type == INCOMING]
            if len(said) >= 2:
                text = " ".join(each or "" for each in said)
                assert text not in seen, (gym.slug, record.display_id, seen.get(text), text)
                seen[text] = record.display_id


def test_no_sentence_is_worn_out(server: DemoServer) -> None:
    for gym in GYMS:
        sentences: Counter[str] = Counter()
        messages = 0
        for record in account(server, gym).conversations.values():
            for each in record.messages:
                if each.message_type == INCOMING and each.content:
                    messages += 1
                    parts = re.split(r"(?<=[.!?])\s+|\n", each.content)
                    sentences.update({part for part in parts if len(part) > 25})
        worn, times = sentences.most_common(1)[0]
        assert times <= 0.03 * messages, (gym.slug, worn, times, messages)


def test_every_text_is_finished(server: DemoServer) -> None:
    """No slot left open, no bracket, no doubled space or punctuation."""
    unfinished = re.compile(r"[{}|\[\]]|  |,\.|,,|//")
    for record in server.world.conversations():
        for each in record.messages:
            assert not unfinished.search(each.content or ""), (record.kind, each.content)
            assert each.content or each.attachments


def test_greetings_fit_the_hour_of_the_gym(server: DemoServer) -> None:
    checked = 0
    for gym in GYMS:
        zone = ZoneInfo(gym.timezone)
        for record in account(server, gym).conversations.values():
            for each in record.messages:
                if match := re.search(
                    r"\b(bom dia|boa tarde|boa noite)\b", each.content or "", re.I
                ):
                    hour = datetime.fromtimestamp(each.created_at, zone).hour
                    at_night = hour >= 18 or hour < 4
                    said = match[1].lower()
                    expected = "boa noite" if at_night else "bom dia" if hour < 12 else "boa tarde"
                    checked += 1
                    assert said == expected, (gym.slug, record.display_id, hour, each.content)
    assert checked > 500


def test_times_run_forward_and_stay_within_the_history(server: DemoServer) -> None:
    anchor = ANCHOR.timestamp()
    for record in server.world.conversations():
        times = [each.created_at for each in record.messages]
        assert times == sorted(times)
        assert [each.id for each in record.messages] == sorted(each.id for each in record.messages)
        assert anchor - 125 * 86400 < record.created_at <= times[0]
        assert record.last_activity_at == times[-1] <= anchor


def test_phones_are_valid_brazilian_mobiles_of_the_gyms_city(server: DemoServer) -> None:
    for gym in GYMS:
        for contact in account(server, gym).contacts.values():
            if contact.phone_number:
                number = phonenumbers.parse(contact.phone_number)
                assert phonenumbers.is_valid_number(number), contact.phone_number
                assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
                assert contact.phone_number.startswith(f"+55{gym.area_code}90")
            if contact.email:
                assert contact.email.endswith("@example.com")


def test_some_contacts_have_no_name_and_some_no_phone(server: DemoServer) -> None:
    contacts = account(server).contacts.values()
    assert any(contact.name == "" for contact in contacts)
    assert any(contact.phone_number is None for contact in contacts)


def test_every_gym_has_leads_members_conversions_and_unanswered(server: DemoServer) -> None:
    for gym in GYMS:
        records = account(server, gym).conversations.values()
        kinds = {record.kind for record in records}
        assert {"price", "visit_booked"} <= kinds
        assert any(kind.startswith("member_") for kind in kinds)
        converted = [record for record in records if gym.converted_label in record.labels]
        assert 0.02 < len(converted) / len(records) < 0.25
        assert all(gym.converted_label in record.contact.labels for record in converted)
        assert any(record.first_reply_created_at is None for record in records)
        assert len({record.status for record in records}) >= 2


def test_adverts_notes_files_deletions_and_surveys_occur(server: DemoServer) -> None:
    messages = [each for record in server.world.conversations() for each in record.messages]
    assert any("referral" in each.content_attributes for each in messages)
    assert any(each.content_attributes == {"deleted": True} for each in messages)
    assert any(each.private for each in messages)
    assert any(each.content is None and each.attachments for each in messages)
    submitted = [
        (each.content_type, each.message_type, list(each.content_attributes["submitted_values"]))
        for each in messages
        if "submitted_values" in each.content_attributes
    ]
    assert ("input_csat", TEMPLATE, ["csat_survey_response"]) in submitted
    assert ("input_select", OUTGOING, ["name", "title", "value"]) in submitted
    assert any(record.contact.blocked for record in server.world.conversations())
    assert any("external_error" in each.content_attributes for each in messages)
    assert any("template_params" in each.content_attributes for each in messages)


# Who may come in


@pytest.mark.parametrize("name", ["Api-Access-Token", "api_access_token", "API_ACCESS_TOKEN"])
def test_every_spelling_of_the_token_header_is_accepted(server: DemoServer, name: str) -> None:
    assert httpx2.get(f"{server.url}{A}/agents", headers={name: GYM.token}).status_code == 200


@pytest.mark.parametrize(
    ("path", "token", "status", "body"),
    [
        (f"{A}/agents", None, 401, {"errors": ["You need to sign in or sign up before continuing."]}),
        (f"{A}/agents", "nobody's", 401, {"error": "Invalid Access Token"}),
        ("/api/v1/accounts/2/agents", GYM.token, 401, {"error": "You are not authorized to access this account"}),
        ("/api/v1/accounts/99/agents", GYM.token, 404, {"error": "Resource could not be found"}),
        (f"{A}/webhooks", GYM.agent_token, 401, {"error": "You are not authorized to do this action"}),
        (f"{A}/conversations/99999", GYM.token, 404, {"error": "Resource could not be found"}),
        (f"{A}/contacts/99999999", GYM.token, 404, {"error": "Resource could not be found"}),
        (f"{A}/conversations?team_id=999", GYM.token, 404, {"error": "Resource could not be found"}),
        (f"{A}/reporting_events", GYM.token, 404, {"status": 404, "error": "Not Found"}),
        ("/nowhere", None, 404, {"status": 404, "error": "Not Found"}),
    ],
)  # fmt: skip
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


def test_an_agent_sees_only_the_conversations_of_his_inboxes(server: DemoServer) -> None:
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


# Listing conversations


def test_the_default_is_open_conversations_latest_first(api: httpx2.Client) -> None:
    data = get(api, f"{A}/conversations")["data"]
    assert {item["status"] for item in data["payload"]} == {"open"}
    times = [item["last_activity_at"] for item in data["payload"]]
    assert times == sorted(times, reverse=True)
    assert len(times) == 25


def test_pages_hold_25_and_the_page_past_the_end_is_empty(api: httpx2.Client) -> None:
    ids: list[int] = []
    for page in range(1, 53):
        payload = get(api, f"{A}/conversations", status="all", sort_by="created_at_asc", page=page)[
            "data"
        ]["payload"]
        ids += [item["id"] for item in payload]
        assert len(payload) == (25 if page < 52 else 1293 - 51 * 25)
    assert ids == list(range(1, 1294))
    past = get(api, f"{A}/conversations", status="all", page=53)["data"]
    assert past["payload"] == []
    assert past["meta"]["all_count"] == 1293


@pytest.mark.parametrize(
    ("sort_by", "field", "reverse"),
    [
        ("last_activity_at_asc", "last_activity_at", False),
        ("last_activity_at_desc", "last_activity_at", True),
        ("latest", "last_activity_at", True),
        ("created_at_desc", "created_at", True),
        ("sort_on_created_at", "created_at", False),
        ("unheard_of", "last_activity_at", True),
    ],
)
def test_orders(api: httpx2.Client, sort_by: str, field: str, reverse: bool) -> None:
    payload = get(api, f"{A}/conversations", status="all", sort_by=sort_by)["data"]["payload"]
    values = [item[field] for item in payload]
    assert values == sorted(values, reverse=reverse)
    assert len(set(values)) > 10


def test_priority_and_waiting_orders(api: httpx2.Client) -> None:
    rank = {None: 0, "low": 0, "medium": 1, "high": 2, "urgent": 3}
    first = get(api, f"{A}/conversations", status="all", sort_by="priority_desc")["data"]["payload"]
    ranks = [rank[item["priority"]] for item in first]
    assert ranks[0] == 3
    assert ranks == sorted(ranks, reverse=True)
    waiting = get(api, f"{A}/conversations", status="all", sort_by="waiting_since_asc")["data"]
    since = [item["waiting_since"] for item in waiting["payload"]]
    assert since == sorted(since)
    assert since[0] > 0


def test_filters_narrow_the_list_and_its_counts(server: DemoServer, api: httpx2.Client) -> None:
    records = account(server).conversations.values()
    inbox = account(server).inboxes[1].id
    team = account(server).teams[0].id
    for params, keep in (
        ({"inbox_id": inbox}, lambda record: record.inbox.id == inbox),
        ({"labels[]": [GYM.converted_label, "spam"]}, lambda r: {"spam", "matriculado"} & {*r.labels}),
        ({"team_id": team}, lambda record: record.team and record.team.id == team),
        ({"status": "resolved"}, lambda record: record.status == "resolved"),
    ):  # fmt: skip
        meta = get(api, f"{A}/conversations", **{"status": "all"} | params)["data"]["meta"]
        assert meta["all_count"] == sum(bool(keep(record)) for record in records) > 0
    assert get(api, f"{A}/conversations", status="nonsense")["data"]["payload"] == []


def test_counts_are_taken_before_assignee_type_and_the_window(api: httpx2.Client) -> None:
    everything = get(api, f"{A}/conversations", status="all")["data"]["meta"]
    for narrowed in ({"assignee_type": "unassigned"}, {"updated_within": 3600}):
        data = get(api, f"{A}/conversations", status="all", **narrowed)["data"]
        assert data["meta"] == everything
    assert everything["assigned_count"] + everything["unassigned_count"] == 1293
    unassigned = get(api, f"{A}/conversations", status="all", assignee_type="unassigned")
    assert all("assignee" not in item["meta"] for item in unassigned["data"]["payload"])


def test_the_window_is_unpaged_and_ignores_page(server: DemoServer, api: httpx2.Client) -> None:
    params = {"status": "all", "updated_within": 30 * 86400}
    since = server.world.now() - 30 * 86400
    expected = {
        c.display_id for c in account(server).conversations.values() if c.updated_at > since
    }
    for page in (1, 7):
        payload = get(api, f"{A}/conversations", page=page, **params)["data"]["payload"]
        assert {item["id"] for item in payload} == expected
        assert len(payload) > 100


def test_meta_answers_counts_alone_and_is_throttled_at_30(server: DemoServer) -> None:
    other = GYMS[4]
    url = f"{server.url}/api/v1/accounts/{other.account_id}/conversations/meta?status=all"
    headers = {"Api-Access-Token": other.token}
    wait_for_room_in_the_minute()
    answers = [httpx2.get(url, headers=headers) for _ in range(31)]
    assert [each.status_code for each in answers] == [200] * 30 + [429]
    assert answers[0].json()["meta"]["all_count"] == other.conversations


def test_conversation_items_have_chatwoots_fields_and_types(
    server: DemoServer, api: httpx2.Client
) -> None:
    items = get(api, f"{A}/conversations", status="all", updated_within=120 * 86400)["data"]
    kinds: dict[str, set[type]] = defaultdict(set)
    for item in items["payload"]:
        for name, value in item.items():
            kinds[name].add(type(value))
        assert len(item["messages"]) == 1
        assert item["last_activity_at"] == item["timestamp"]
        assert item["unread_count"] <= 10
        assert ("assignee" in item["meta"]) == ("assignee_type" in item["meta"])
    none = type(None)
    assert kinds["updated_at"] == {float}
    for name in ("created_at", "waiting_since", "first_reply_created_at", "agent_last_seen_at",
                 "assignee_last_seen_at", "contact_last_seen_at", "id", "unread_count"):  # fmt: skip
        assert kinds[name] == {int}, name
    assert kinds["snoozed_until"] <= {str, none}
    assert kinds["priority"] == {str, none}
    assert kinds["labels"] == {list}
    assert any(item["waiting_since"] == 0 for item in items["payload"])
    assert {"contact_id", "team_id", "assignee_id"}.isdisjoint(kinds)
    shown = get(api, f"{A}/conversations/{items['payload'][0]['id']}")
    assert shown == items["payload"][0]


def test_a_snoozed_conversation_says_until_when_in_iso_8601(server: DemoServer) -> None:
    record = next(each for each in server.world.conversations() if each.status == "snoozed")
    gym = next(gym for gym in GYMS if gym.account_id == record.account.id)
    headers = {"Api-Access-Token": gym.token}
    with httpx2.Client(base_url=server.url, headers=headers) as client:
        path = f"/api/v1/accounts/{gym.account_id}/conversations/{record.display_id}"
        until = datetime.fromisoformat(get(client, path)["snoozed_until"].replace("Z", "+00:00"))
    assert until > ANCHOR


# The filter endpoint


def condition(
    key: str, operator: str, values: list[Any], joint: str | None = None
) -> dict[str, Any]:
    return {
        "attribute_key": key, "filter_operator": operator, "values": values, "query_operator": joint,
    }  # fmt: skip


def test_the_filter_compares_whole_utc_days_strictly(
    server: DemoServer, api: httpx2.Client
) -> None:
    after = [condition("last_activity_at", "is_greater_than", ["2026-06-08T18:00:00Z"])]
    answer = api.post(f"{A}/conversations/filter", json={"payload": after}).json()
    day = datetime(2026, 6, 9, tzinfo=timezone.utc).timestamp()
    expected = [c for c in account(server).conversations.values() if c.last_activity_at >= day]
    assert answer["meta"].keys() == {"mine_count", "unassigned_count", "all_count"}
    assert answer["meta"]["all_count"] == len(expected) > 0
    assert len(answer["payload"]) == min(25, len(expected))


def test_the_filter_binds_and_before_or(server: DemoServer, api: httpx2.Client) -> None:
    payload = [
        condition("status", "equal_to", ["open"], "OR"),
        condition("status", "equal_to", ["resolved"], "AND"),
        condition("labels", "equal_to", [GYM.converted_label]),
    ]
    answer = api.post(f"{A}/conversations/filter", json={"payload": payload}).json()
    expected = [
        record
        for record in account(server).conversations.values()
        if record.status == "open"
        or (record.status == "resolved" and GYM.converted_label in record.labels)
    ]
    assert answer["meta"]["all_count"] == len(expected)


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"payload": [condition("status", "is_greater_than", ["open"])]}, 422,
         "Invalid operator. The allowed operators for status are [equal_to,not_equal_to]."),
        ({"payload": [condition("updated_at", "is_greater_than", ["2026-06-08"])]}, 422,
         "Invalid attribute key - [updated_at]."),
        ({"payload": [condition("created_at", "is_less_than", ["1749546235"])]}, 422,
         "Invalid value. The values provided for created_at are invalid"),
        ({"payload": [condition("status", "equal_to", ["all"], "AND")]}, 500, "Internal Server Error"),
        ({"payload": [condition("status", "equal_to", ["all"])] * 2}, 500, "Internal Server Error"),
        ([condition("status", "equal_to", ["all"])], 500, "Internal Server Error"),
    ],
)  # fmt: skip
def test_bad_filters_fail_as_in_chatwoot(
    api: httpx2.Client, body: Any, status: int, words: str
) -> None:
    response = api.post(f"{A}/conversations/filter", json=body)
    assert response.status_code == status
    assert response.json()["error"].startswith(words)


# Messages


def longest(server: DemoServer) -> Conversation:
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
    kept = [m.id for m in record.messages if not m.private and m.message_type != ACTIVITY]
    assert [each["id"] for each in payload] == kept
    assert len(kept) < len(record.messages)


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


# Contacts


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


# What moves which clock


def test_custom_attributes_are_replaced_and_move_updated_at_alone(
    live: tuple[DemoServer, httpx2.Client],
) -> None:
    server, client = live
    record = account(server, SMALL).conversations[2]
    activity, updated = record.last_activity_at, record.updated_at
    path = "/conversations/2/custom_attributes"
    client.post(path, json={"custom_attributes": {"old": 1}})
    answer = client.post(path, json={"custom_attributes": {"lead_score": 87}})
    assert answer.json() == {"custom_attributes": {"lead_score": 87}}
    item = get(client, "/conversations", status="all", updated_within=600)["data"]["payload"]
    assert [each["custom_attributes"] for each in item if each["id"] == 2] == [{"lead_score": 87}]
    assert record.last_activity_at == activity
    moved = record.updated_at
    assert moved > updated
    client.post(path, json={"custom_attributes": {"lead_score": 87}})
    assert record.updated_at == moved
    assert client.post(path, json={}).status_code == 500
    assert client.post(path, json={"custom_attributes": {"x": "y" * 1501}}).status_code == 422


def test_labels_are_replaced_and_move_both_clocks(
    live: tuple[DemoServer, httpx2.Client],
) -> None:
    server, client = live
    record = account(server, SMALL).conversations[3]
    activity = record.last_activity_at
    answer = client.post("/conversations/3/labels", json={"labels": ["quente", "vip"]})
    assert answer.json() == {"payload": ["quente", "vip"]}
    assert get(client, "/conversations/3/labels") == {"payload": ["quente", "vip"]}
    assert record.last_activity_at > activity
    line = next(each for each in record.messages if "adicionou quente, vip" in (each.content or ""))
    assert line.message_type == ACTIVITY
    assert line.sender is None


def test_edits_and_deletions_of_messages_move_no_clock(
    live: tuple[DemoServer, httpx2.Client],
) -> None:
    server, client = live
    record = account(server, SMALL).conversations[4]
    said = server.world.add_message(record, "oi, ainda tem vaga?")
    clocks = (record.updated_at, record.last_activity_at)
    server.world.edit_message(said, "oi, ainda tem vaga hoje?")
    rows = get(client, "/conversations/4/messages")["payload"]
    assert rows[-1]["content"] == "oi, ainda tem vaga hoje?"
    server.world.delete_message(said)
    row = get(client, "/conversations/4/messages")["payload"][-1]
    assert row["content_attributes"] == {"deleted": True}
    assert row["content"] == "Esta mensagem foi excluída"
    assert (record.updated_at, record.last_activity_at) == clocks


def test_a_message_to_a_resolved_conversation_reopens_it(
    live: tuple[DemoServer, httpx2.Client],
) -> None:
    server, client = live
    record = account(server, SMALL).conversations[5]
    server.world.resolve(record)
    assert get(client, "/conversations/5")["status"] == "resolved"
    server.world.add_message(record, "voltei!")
    item = get(client, "/conversations/5")
    assert (item["status"], item["messages"][0]["content"]) == ("open", "voltei!")
    assert item["waiting_since"] == item["last_activity_at"]
    server.world.add_message(record, "oi! que bom", by="agent")
    assert get(client, "/conversations/5")["waiting_since"] == 0


def test_a_deleted_conversation_leaves_no_trace(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, client = live
    before = get(client, "/conversations/meta", status="all")["meta"]["all_count"]
    server.world.delete_conversation(account(server, SMALL).conversations[6])
    assert client.get("/conversations/6").status_code == 404
    assert get(client, "/conversations/meta", status="all")["meta"]["all_count"] == before - 1


def test_one_conversation_whose_contact_is_gone_fails_whatever_shows_it(
    live: tuple[DemoServer, httpx2.Client],
) -> None:
    server, client = live
    orphan = account(server, SMALL).conversations[8]
    server.world.delete_contact(orphan)
    filtered: dict[str, Any] = {
        "attribute_key": "display_id",
        "filter_operator": "equal_to",
        "values": [8],
    }
    others = {**filtered, "filter_operator": "not_equal_to"}
    every: dict[str, Any] = {"status": "all", "updated_within": 10**9}
    try:
        assert client.get("/conversations", params=every).status_code == 500
        assert client.get("/conversations/8").status_code == 500
        assert client.get("/conversations/8/messages").status_code == 500
        for condition, status in ((filtered, 500), (others, 200)):
            answer = client.post("/conversations/filter", json={"payload": [condition]})
            assert answer.status_code == status
    finally:
        server.world.delete_conversation(orphan)
    assert client.get("/conversations", params=every).status_code == 200
    assert client.get("/conversations/8").status_code == 404


def test_time_can_be_let_pass(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, client = live
    record = server.world.start_conversation(SMALL.account_id, "Ana", "+5585900000001", "oi!")
    params = {"status": "all", "updated_within": 3600}
    assert record.display_id in {
        each["id"] for each in get(client, "/conversations", **params)["data"]["payload"]
    }
    server.world.advance(6 * 3600)
    assert get(client, "/conversations", **params)["data"]["payload"] == []


# Sickness


def test_the_throttle_answers_429_in_plain_text(tmp_path: Path) -> None:
    with DemoServer(seed=3, anchor=ANCHOR, requests_per_minute=5) as server:
        wait_for_room_in_the_minute()
        answers = [httpx2.get(f"{server.url}/api") for _ in range(6)]
        assert [each.status_code for each in answers] == [200] * 5 + [429]
        assert answers[-1].text == "Retry later\n"
        assert answers[-1].headers["content-type"].startswith("text/plain")
        assert "retry-after" not in answers[-1].headers
        assert httpx2.get(f"{server.url}/health").status_code == 200


def test_faults_can_answer_break_off_and_delay(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, client = live
    asked: list[str] = []

    def poisoned(request: Request) -> Response | None:
        asked.append(request.url.path)
        return Response("<h1>", 502) if request.query_params.get("page") == "2" else None

    async def slow(request: Request) -> Response | None:
        await asyncio.sleep(0.2)
        return None

    def torn(request: Request) -> Response:
        return Response(b'{"data"', headers={"content-length": "900"})

    server.faults.append(poisoned)
    assert client.get("/conversations", params={"page": 1}).status_code == 200
    assert client.get("/conversations", params={"page": 2}).status_code == 502
    assert len(asked) == 2
    server.faults[:] = [slow]
    with pytest.raises(httpx2.ReadTimeout):
        client.get("/agents", timeout=0.05)
    server.faults[:] = [torn]
    with pytest.raises(httpx2.RemoteProtocolError):
        client.get("/agents")
    server.faults.clear()
    assert client.get("/agents").status_code == 200


# Life


def test_the_world_lives(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, _ = live
    before = {c.uuid: c.updated_at for c in server.world.conversations()}
    messages = sum(len(c.messages) for c in server.world.conversations())
    for _ in range(60):
        server.world.tick()
    after = {c.uuid: c.updated_at for c in server.world.conversations()}
    assert len(after) > len(before)
    assert sum(len(c.messages) for c in server.world.conversations()) >= messages + 30
    assert any(after[uuid] != before[uuid] for uuid in before)


def test_a_restart_changes_nothing_even_after_a_torn_write(tmp_path: Path) -> None:
    world = World(tmp_path, seed=5)
    for _ in range(40):
        world.tick()
    record = world.accounts[SMALL.account_id].conversations[1]
    world.add_message(record, "oi de novo")
    world.relabel(record, ["quente"])
    world.set_custom_attributes(record, {"lead_score": 5})
    world.advance(3600)
    before, now = fingerprint(world), world.now()
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"at":1780000')
    again = World(tmp_path)
    assert fingerprint(again) == before
    assert again.seed == 5
    assert abs(again.now() - now) < 60
    again.tick()
    assert fingerprint(World(tmp_path)) == fingerprint(again)


def test_a_folder_of_another_seed_is_refused(tmp_path: Path) -> None:
    Journal(tmp_path, seed=5, anchor=None)
    with pytest.raises(ValueError, match="began with seed 5, not 6"):
        World(tmp_path, seed=6)


def test_a_journal_damaged_in_its_middle_is_refused(tmp_path: Path) -> None:
    Journal(tmp_path, seed=5, anchor=None).write({"at": 1.0, "do": "tick"})
    journal = tmp_path / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"do"', "do", 1))
    with pytest.raises(ValueError, match="line 2 is damaged"):
        World(tmp_path)


def test_the_command_serves_and_the_world_ticks(tmp_path: Path) -> None:
    port = 21090
    command = [sys.executable, "-m", "chatwoot_demo", "--port", str(port), "--data",
               str(tmp_path), "--seed", "9", "--pace", "0.05"]  # fmt: skip
    with subprocess.Popen(command) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            for _ in range(300):
                try:
                    assert httpx2.get(f"{url}/health").status_code == 200
                    break
                except httpx2.ConnectError:
                    time.sleep(0.1)
            journal = tmp_path / "journal.jsonl"
            for _ in range(100):
                if journal.read_text().count('"tick"') > 3:
                    break
                time.sleep(0.1)
            assert journal.read_text().count('"tick"') > 3
        finally:
            process.terminate()
    assert process.returncode in (0, -15)
