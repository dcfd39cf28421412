"""What a tenant's user can get out of Superset over HTTP, beside the pages made for him."""

import json
import time
from collections.abc import Callable

import httpx2
import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline_tests.browser.gyms import (
    BOTH,
    FORTE,
    LEVE,
    PASSWORD,
    STAFF,
    STRANGER,
    VAZIA,
    count,
    number,
)
from geniai_pipeline_tests.browser.visitor import Visitor

_WORDS = "(ts_stat('select array_to_tsvector(array[{}]) from {}')).word"
"""Reads a whole table inside an expression, where no row filter of Superset's looks."""


@pytest.fixture(scope="session")
def viewer(superset: Superset) -> Visitor:
    """The owner of one gym."""
    return Visitor(FORTE.viewer)


@pytest.mark.parametrize("name", ["daily", "funnel", "conversations", "leads", "runs"])
def test_every_dataset_holds_the_viewers_own_rows_alone(
    viewer: Visitor, dataset: Callable[[str], int], name: str
) -> None:
    rows = viewer.rows(dataset(name), columns=["tenant_id", "tenant_name"])

    assert {(r["tenant_id"], r["tenant_name"]) for r in rows} == {(number(FORTE), FORTE.name)}


def test_a_filter_for_another_gym_finds_nothing(
    viewer: Visitor, dataset: Callable[[str], int]
) -> None:
    other = {"col": "tenant_id", "op": "==", "val": number(LEVE)}

    assert viewer.rows(dataset("leads"), columns=["contact_name"], filters=[other]) == []


@pytest.mark.parametrize(
    "sql",
    [
        _WORDS.format("contact_name", "dashboards.leads"),
        "(select string_agg(contact_name, ',') from dashboards.leads)",
        "set_config('app.current_tenant_id', '2', false) || contact_name",
        "set_config('role', 'bi_staff', false) || contact_name",
    ],
    ids=["ts_stat", "subquery", "setting", "role"],
)
def test_a_column_of_his_own_making_shows_a_viewer_nothing_of_another_gym(
    viewer: Visitor, dataset: Callable[[str], int], sql: str
) -> None:
    answer = viewer.ask(dataset("leads"), columns=[_column(sql)])

    assert LEVE.slug not in answer.text.lower()


@pytest.mark.parametrize("where", ["tenant_id = 2 or 1 = 1", "1 = 1) or (1 = 1"])
def test_a_condition_of_his_own_making_shows_a_viewer_nothing_of_another_gym(
    viewer: Visitor, dataset: Callable[[str], int], where: str
) -> None:
    answer = viewer.ask(dataset("leads"), columns=["contact_name"], extras={"where": where})

    assert LEVE.slug not in answer.text.lower()


def test_postgres_refuses_what_reads_a_table_where_no_row_filter_looks(
    viewer: Visitor, dataset: Callable[[str], int]
) -> None:
    sql = _WORDS.format("tenant_id::text", "analytics.conversations_analytics")

    answer = viewer.ask(dataset("daily"), columns=[_column(sql)])

    assert answer.status_code != 200
    assert "permission denied for function ts_stat" in answer.text


def test_what_the_staff_has_cached_is_never_a_gyms_answer(dataset: Callable[[str], int]) -> None:
    query = {"metrics": ["conversas"], "time_range": "Last 30 days", "granularity": "day"}
    staff, first, second = Visitor(STAFF), Visitor(FORTE.viewer), Visitor(LEVE.viewer)

    def ask(who: Visitor) -> tuple[int, bool]:
        result = who.ask(dataset("daily"), **query).json()["result"][0]
        return result["data"][0]["conversas"], bool(result["is_cached"])

    everyone = count(FORTE, LEVE).conversations
    ask(staff)
    assert ask(staff) == (everyone, True), "without a live cache this proves nothing"
    assert ask(first) == (count(FORTE).conversations, False)
    assert ask(second) == (count(LEVE).conversations, False)
    assert ask(Visitor(FORTE.viewer)) == (count(FORTE).conversations, True), "one login, one cache"
    # an administrator's login sees more than a reader's
    assert ask(Visitor(FORTE.admin)) == (count(FORTE).conversations, False)
    for nobody in (STRANGER, BOTH):
        assert Visitor(nobody).ask(dataset("daily"), **query).status_code != 200


def test_what_a_sync_has_brought_is_shown_at_once(dataset: Callable[[str], int]) -> None:
    query = {"metrics": ["leads"], "time_range": "Last 30 days", "granularity": "day"}
    owner = Visitor(LEVE.viewer)

    def is_cached() -> bool:
        answer = owner.ask(dataset("daily"), **query).json()["result"][0]
        return bool(answer["is_cached"])

    is_cached()
    assert is_cached()
    with tenant_transaction(number(LEVE)) as connection:
        connection.execute("update ops.etl_control set ended_at = now()")
    time.sleep(3.5)  # the cache looks for news every three seconds
    assert not is_cached()


def test_a_gym_that_was_disabled_sees_nothing_more(dataset: Callable[[str], int]) -> None:
    owner = Visitor(VAZIA.viewer)
    assert owner.rows(dataset("runs"), columns=["tenant_name"]) == [{"tenant_name": VAZIA.name}]

    registry.set_active(VAZIA.slug, False)
    try:
        assert owner.ask(dataset("runs"), columns=["result"]).status_code != 200
    finally:
        registry.set_active(VAZIA.slug, True)


def test_a_viewer_changes_his_own_password_and_no_more(superset: Superset) -> None:
    owner = Visitor(VAZIA.viewer)
    assert owner.http.put("/api/v1/me/", json={"password": "outra senha"}).status_code == 200
    try:
        assert "/login" not in str(Visitor(VAZIA.viewer, "outra senha").answer.headers["Location"])
        assert owner.http.put("/api/v1/me/", json={"roles": [1]}).status_code == 400
    finally:
        owner.http.put("/api/v1/me/", json={"password": PASSWORD})


def test_guessing_a_password_is_stopped(superset: Superset) -> None:
    answers = [Visitor("alvo@example.com", f"tentativa {i}").answer.status_code for i in range(12)]

    assert answers[0] == 302
    assert 429 in answers
    assert Visitor(FORTE.viewer).answer.status_code == 302, "others may still sign in"


def test_a_download_over_the_api_has_the_byte_order_mark(
    viewer: Visitor, dataset: Callable[[str], int]
) -> None:
    body = {
        "datasource": {"id": dataset("leads"), "type": "table"},
        "queries": [{"columns": ["conversation_link", "contact_phone"], "metrics": []}],
        "result_format": "csv",
        "result_type": "full",
    }

    def download(who: Visitor) -> httpx2.Response:
        return who.http.post("/api/v1/chart/data", data={"form_data": json.dumps(body)})

    answer = download(Visitor(FORTE.admin))
    assert answer.content.startswith(b"\xef\xbb\xbf" + b"Conversa;Telefone\n")
    assert "href" not in answer.text
    assert 'filename="leads_forte_inicio_' in answer.headers["Content-Disposition"]
    assert download(viewer).status_code == 403, "downloads are an administrator's"


def _column(sql: str) -> dict[str, str]:
    return {"label": "own", "sqlExpression": sql, "expressionType": "SQL"}
