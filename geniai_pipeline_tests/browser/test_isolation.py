"""Tenant isolation of Superset over HTTP: datasets, caches, sessions and passwords."""

import json
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.dashboards.provisioning import VIEWER, role_ids
from geniai_pipeline.dashboards.sessions import end_sessions
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import SUPERSET, connect, role_url, tenant_transaction
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
    """A viewer of one tenant."""
    return Visitor(FORTE.viewer)


@pytest.mark.parametrize("name", ["daily", "funnel", "conversations", "leads", "runs"])
def test_every_dataset_returns_only_rows_of_the_viewers_tenant(
    viewer: Visitor, dataset: Callable[[str], int], name: str
) -> None:
    rows = viewer.rows(dataset(name), columns=["tenant_id", "tenant_name"])

    assert {(r["tenant_id"], r["tenant_name"]) for r in rows} == {(number(FORTE), FORTE.name)}


def test_a_filter_for_another_tenant_finds_nothing(
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
def test_a_custom_column_returns_nothing_of_another_tenant(
    viewer: Visitor, dataset: Callable[[str], int], sql: str
) -> None:
    answer = viewer.ask(dataset("leads"), columns=[_column(sql)])

    assert LEVE.slug not in answer.text.lower()


@pytest.mark.parametrize("where", ["tenant_id = 2 or 1 = 1", "1 = 1) or (1 = 1"])
def test_a_custom_condition_returns_nothing_of_another_tenant(
    viewer: Visitor, dataset: Callable[[str], int], where: str
) -> None:
    answer = viewer.ask(dataset("leads"), columns=["contact_name"], extras={"where": where})

    assert LEVE.slug not in answer.text.lower()


def test_a_query_that_row_filters_do_not_cover_does_not_reach_postgres(
    viewer: Visitor, dataset: Callable[[str], int]
) -> None:
    sql = _WORDS.format("tenant_id::text", "analytics.conversations_analytics")

    answer = viewer.ask(dataset("daily"), columns=[_column(sql)])

    assert answer.status_code == 400
    assert "esta consulta não é permitida: ts_stat" in answer.json()["message"].lower()


def test_a_result_cached_for_staff_is_not_served_to_a_tenant(dataset: Callable[[str], int]) -> None:
    query: dict[str, Any] = {
        "metrics": ["conversas"],
        "time_range": "Last 30 days",
        "granularity": "day",
    }
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


def test_charts_show_new_rows_right_after_a_sync(dataset: Callable[[str], int]) -> None:
    query: dict[str, Any] = {
        "metrics": ["leads"],
        "time_range": "Last 30 days",
        "granularity": "day",
    }
    owner = Visitor(LEVE.viewer)

    def is_cached() -> bool:
        answer = owner.ask(dataset("daily"), **query).json()["result"][0]
        return bool(answer["is_cached"])

    def shown() -> bytes:
        return owner.ask(dataset("daily"), page=1, **query).content

    is_cached()
    assert is_cached()
    before = shown()
    with tenant_transaction(number(LEVE)) as connection:
        connection.execute("update ops.etl_control set ended_at = now()")
    time.sleep(1)  # the cache checks for a new sync twice a second
    assert not is_cached()
    assert shown() != before, "the time it was cached at is in it"


def test_a_chart_is_served_from_the_response_cache_unless_forced(
    dataset: Callable[[str], int],
) -> None:
    label = uuid.uuid4().hex
    query: dict[str, Any] = {
        "columns": [_column("clock_timestamp()::text") | {"label": label}],
        "row_limit": 1,
    }
    owner, other = Visitor(LEVE.viewer), Visitor(LEVE.admin)

    def clock(who: Visitor, **how: bool) -> str:
        result = who.ask(dataset("daily"), page=1, **query, **how).json()["result"][0]
        return f"{result['data'][0][label]} {bool(result['is_cached'])}"

    first = clock(owner)
    assert first.endswith("False")
    assert clock(owner) == first, "Superset's own would say that it is cached"
    assert clock(other) != first
    anew = clock(owner, force=True)
    assert anew != first
    assert clock(owner) == anew, "what was wanted anew is what is shown from then on"


def test_a_cached_response_is_no_older_than_supersets_own_cache(
    dataset: Callable[[str], int],
) -> None:
    owner, label, lifetime = Visitor(LEVE.viewer), uuid.uuid4().hex, 4
    clock = _column("extract(epoch from clock_timestamp())") | {"label": label}

    def age(page: int) -> float:
        """Returns the age of a page's data in seconds."""
        start = time.time()
        answer = owner.ask(
            dataset("daily"), page=page, seconds=lifetime, columns=[clock], row_limit=1
        )
        return start - float(answer.json()["result"][0]["data"][0][label])

    age(page=1)
    until = time.monotonic() + 2 * lifetime - 1
    time.sleep(lifetime / 2)
    shown = []
    while time.monotonic() < until:
        shown.append(age(page=2))  # asks for itself, and is made of the same
        time.sleep(0.5)

    assert max(shown) < lifetime + 1.5


def test_a_cached_response_is_not_served_after_its_session_ends(
    dataset: Callable[[str], int],
) -> None:
    owner = Visitor(VAZIA.viewer)

    def status() -> int:
        return owner.ask(dataset("runs"), page=1, columns=["tenant_name"]).status_code

    assert [status(), status()] == [200, 200]
    end_sessions(email=VAZIA.viewer)
    assert status() == 401


def test_a_disabled_tenant_reads_nothing(dataset: Callable[[str], int]) -> None:
    owner = Visitor(VAZIA.viewer)
    assert owner.rows(dataset("runs"), columns=["tenant_name"]) == [{"tenant_name": VAZIA.name}]

    registry.set_active(VAZIA.slug, False)
    try:
        assert owner.ask(dataset("runs"), columns=["result"]).status_code != 200
    finally:
        registry.set_active(VAZIA.slug, True)


def test_a_viewer_can_change_their_own_password_and_nothing_else(superset: Superset) -> None:
    owner = Visitor(VAZIA.viewer)
    changed = {"password": "outra senha", "current_password": PASSWORD}
    assert owner.http.put("/api/v1/me/", json=changed).status_code == 200
    try:
        assert "/login" not in str(Visitor(VAZIA.viewer, "outra senha").answer.headers["Location"])
        assert owner.http.put("/api/v1/me/", json={"roles": [1]}).status_code == 400
    finally:
        back = {"password": PASSWORD, "current_password": "outra senha"}
        assert owner.http.put("/api/v1/me/", json=back).status_code == 200


def test_password_guesses_are_throttled(superset: Superset) -> None:
    answers = [Visitor("alvo@example.com", f"tentativa {i}").answer.status_code for i in range(12)]

    assert answers[0] == 302
    assert 429 in answers
    assert Visitor(FORTE.viewer).answer.status_code == 302, "others may still sign in"


def test_a_revoked_permission_is_gone_with_the_next_request(
    superset: Superset, dataset: Callable[[str], int]
) -> None:
    visitor, daily = Visitor(FORTE.viewer), dataset("daily")
    ways = (None, 1)

    def answered() -> list[int]:
        return [visitor.ask(daily, page=way, columns=["day"]).status_code for way in ways]

    assert answered() == [200, 200]
    path = f"/api/v1/security/roles/{role_ids(superset)[VIEWER]}/permissions"
    own = {entry["id"]: entry for entry in superset.get(f"{path}/")["result"]}
    left = [
        key for key, entry in own.items() if not entry["view_menu_name"].endswith(f"(id:{daily})")
    ]
    assert len(left) == len(own) - 1

    superset.post(path, {"permission_view_menu_ids": left})
    try:
        assert answered() == [403, 403]
    finally:
        superset.post(path, {"permission_view_menu_ids": list(own)})
    assert answered() == [200, 200]


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/dashboard/painel", "/api/v1/dashboard/painel/charts",
        "/api/v1/dashboard/painel/datasets", "/api/v1/time_range/?q='Last 30 days'",
        "/superset/language_pack/pt_BR/",
    ],
)  # fmt: skip
def test_browsers_cache_responses_without_rows_for_one_session(path: str) -> None:
    visitor = Visitor(FORTE.viewer)

    answer = visitor.http.get(path)

    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert "Cookie" in answer.headers["Vary"]
    assert "Set-Cookie" not in answer.headers
    assert not re.search(rf"{FORTE.slug}|{FORTE.name}", answer.text)
    visitor.http.cookies.clear()
    cache_control = visitor.http.get("/api/v1/dashboard/painel/charts").headers["Cache-Control"]
    assert cache_control == "no-store"


def test_browsers_cache_no_rows_and_superset_logs_no_page_views(
    viewer: Visitor, dataset: Callable[[str], int]
) -> None:
    answer = viewer.ask(dataset("daily"), columns=["day"])

    assert "max-age" not in answer.headers.get("Cache-Control", "")
    with connect(role_url("superset", SUPERSET)) as connection:
        assert connection.execute("select count(*) from logs").fetchone() == (0,)


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
    assert answer.content.startswith(b"\xef\xbb\xbf" + b"Conversa;Telefone\r\n")
    assert "href" not in answer.text
    assert 'filename="leads_forte_inicio_' in answer.headers["Content-Disposition"]
    assert download(viewer).status_code == 403, "downloads are an administrator's"


def _column(sql: str) -> dict[str, str]:
    return {"label": "own", "sqlExpression": sql, "expressionType": "SQL"}
