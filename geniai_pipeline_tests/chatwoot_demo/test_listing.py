"""The conversation list: pages, orders, filters, counts and the window of changes."""

from collections import defaultdict
from datetime import datetime

import httpx2
import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.support.samples import (
    ANCHOR,
    GYM,
    A,
    account,
    get,
    wait_for_room_in_the_minute,
)


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
        (
            {"labels[]": [GYM.converted_label, "spam"]},
            lambda record: {"spam", "matriculado"} & {*record.labels},
        ),
        ({"team_id": team}, lambda record: record.team and record.team.id == team),
        ({"status": "resolved"}, lambda record: record.status == "resolved"),
    ):
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
    for name in (
        "created_at",
        "waiting_since",
        "first_reply_created_at",
        "agent_last_seen_at",
        "assignee_last_seen_at",
        "contact_last_seen_at",
        "id",
        "unread_count",
    ):
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
