"""The filter endpoint: conditions, how they join, and how they fail."""

from datetime import datetime, timezone
from typing import Any

import httpx2
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline_tests.support.samples import GYM, A, account


def condition(
    key: str, operator: str, values: list[Any], joint: str | None = None
) -> dict[str, Any]:
    return {
        "attribute_key": key,
        "filter_operator": operator,
        "values": values,
        "query_operator": joint,
    }


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
        (
            {"payload": [condition("status", "is_greater_than", ["open"])]},
            422,
            "Invalid operator. The allowed operators for status are [equal_to,not_equal_to].",
        ),
        (
            {"payload": [condition("updated_at", "is_greater_than", ["2026-06-08"])]},
            422,
            "Invalid attribute key - [updated_at].",
        ),
        (
            {"payload": [condition("created_at", "is_less_than", ["1749546235"])]},
            422,
            "Invalid value. The values provided for created_at are invalid",
        ),
        (
            {"payload": [condition("status", "equal_to", ["all"], "AND")]},
            500,
            "Internal Server Error",
        ),
        ({"payload": [condition("status", "equal_to", ["all"])] * 2}, 500, "Internal Server Error"),
        ([condition("status", "equal_to", ["all"])], 500, "Internal Server Error"),
    ],
)
def test_bad_filters_fail_as_in_chatwoot(
    api: httpx2.Client, body: Any, status: int, words: str
) -> None:
    response = api.post(f"{A}/conversations/filter", json=body)
    assert response.status_code == status
    assert response.json()["error"].startswith(words)
