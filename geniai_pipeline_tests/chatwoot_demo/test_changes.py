"""Changes to conversations, and the timestamps that each of them moves."""

from typing import Any

import httpx2

from chatwoot_demo.records import ACTIVITY
from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.support.samples import SMALL, account, get


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
    message = server.world.add_message(record, "oi, ainda tem vaga?")
    clocks = (record.updated_at, record.last_activity_at)
    server.world.edit_message(message, "oi, ainda tem vaga hoje?")
    rows = get(client, "/conversations/4/messages")["payload"]
    assert rows[-1]["content"] == "oi, ainda tem vaga hoje?"
    server.world.delete_message(message)
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
