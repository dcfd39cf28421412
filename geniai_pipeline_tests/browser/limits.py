"""What may be asked of Superset and how much of it, and what it keeps and tells of whoever asks."""

import uuid
from collections.abc import Iterator
from typing import Any

import httpx2

from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STAFF
from geniai_pipeline_tests.browser.probes import Probe, Scene
from geniai_pipeline_tests.browser.visitor import Visitor

_CLIENT_ERRORS = range(400, 500)
_REFUSED_SQL = (
    "pg_get_userbyid(10)::text", "pg_stat_get_backend_activity(1)",
    "to_regclass('ops.tenants')::text",
    "repeat('x', 1000)", "generate_series(1, 3)::text", "pg_sleep(0)::text", "version()",
    "lpad('x', 1000)", "pg_database_size('geniai')::text", "string_agg(contact_name, ',')",
    "pg_catalog.repeat('x', 2)", '"repeat"(\'x\', 2)', "REPEAT /* */ ('x', 2)",
    "10::regrole::text", "cast(10 as regrole)::text", "regclass 'pg_class'",
    "inet_server_addr()::text",
    "has_table_privilege('ops.tenants', 'select')::text", "array_fill(1, array[3])::text",
    "replace(contact_name, 'a', 'aaaaaaaa')", "coalesce(version(), 'x')",
)  # fmt: skip


def filters(scene: Scene) -> Iterator[str]:
    """Kept filters are found by the session that keeps them, though all come from one address."""
    owner, other = Visitor(LEVE.viewer), Visitor(FORTE.viewer)
    path = f"/api/v1/dashboard/{_number(scene)}/filter_state"
    kept = _keep(owner, path, "leve")
    if kept in (_keep(other, path, "forte"), _keep(Visitor(LEVE.viewer), path, "leve 2")):
        yield "two people keep their filters in one place"
    if other.http.get(f"{path}/{kept}").status_code != httpx2.codes.NOT_FOUND:
        yield "another gym's filters are found"
    other.http.put(f"{path}/{kept}?tab_id=7", json={"value": '{"mine": "forte"}'})
    other.http.delete(f"{path}/{kept}?tab_id=7")
    if owner.http.get(f"{path}/{kept}").json().get("value") != '{"mine": "leve"}':
        yield "one's own filters are changed by another"
    with connect(admin_url(SUPERSET)) as connection:
        latest = connection.execute(
            "select value from key_value where resource = 'superset_metastore_cache'"
            " order by id desc limit 1"
        ).fetchone()
    if latest is None or not latest[0].startswith((b"{", b'"')):
        yield "filters are kept in a form that can hold code"


def expressions(scene: Scene) -> Iterator[str]:
    """A function that no dashboard needs is refused, wherever an expression may stand."""
    who, leads = scene.visitor(FORTE.viewer), scene.dataset("leads")
    for sql in _REFUSED_SQL:
        for place, query in _places(sql).items():
            answer = who.ask(leads, **query)
            if answer.status_code in _CLIENT_ERRORS:
                if "Esta consulta" not in answer.text:
                    yield f"{sql} as {place} is refused by another: {answer.text[:200]}"
            elif sql.split("(")[0].lower() in answer.json()["result"][0]["query"].lower():
                yield f"{sql} is asked as {place} ({answer.status_code})"


def sizes(scene: Scene) -> Iterator[str]:
    """An answer has no more than so many bytes, however few its rows are."""
    # each row as wide as three times what is asked for
    wide = _column(f"to_char(created_at, '{'Day' * 60_000}')")
    answer = scene.visitor(FORTE.viewer).ask(
        scene.dataset("leads"), columns=["contact_email", wide], row_limit=60
    )
    if answer.status_code not in _CLIENT_ERRORS:
        yield f"an answer of {len(answer.content)} bytes is given ({answer.status_code})"


PROBES: tuple[Probe, ...] = (filters, expressions, sizes)


def _places(sql: str) -> dict[str, dict[str, Any]]:
    """The places of a chart's query in which an expression may stand."""
    own = _column(sql)
    names: list[Any] = ["contact_name"]
    return {
        "a column": {"columns": [own]},
        "a metric": {"columns": [], "metrics": [own | {"sqlExpression": f"max({sql})"}]},
        "a filter": {"columns": names, "filters": [{"col": own, "op": "IS NOT NULL"}]},
        "a condition": {"columns": names, "extras": {"where": f"{sql} is not null"}},
        "a condition of groups": {
            "columns": names, "metrics": [own | {"sqlExpression": "count(*)"}],
            "extras": {"having": f"max({sql}) is not null"}},
        "an order": {"columns": names, "orderby": [[own, True]]},
    }  # fmt: skip


def _column(sql: str) -> dict[str, str]:
    return {"label": uuid.uuid4().hex, "sqlExpression": sql, "expressionType": "SQL"}


def _number(scene: Scene) -> int:
    answer = scene.visitor(STAFF).http.get("/api/v1/dashboard/painel").json()
    return int(answer["result"]["id"])


def _keep(who: Visitor, path: str, value: str) -> str:
    answer = who.http.post(f"{path}?tab_id=7", json={"value": f'{{"mine": "{value}"}}'})
    return str(answer.json()["key"])
