"""Probes of request limits: filters, expressions, sizes, headers and malformed input."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import httpx2

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, STAFF
from geniai_pipeline_tests.browser.probes.scene import Probe, Scene, make_column
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
    """Stored filters belong to one session, though all sessions come from one address."""
    owner, other = Visitor(LEVE.viewer), Visitor(FORTE.viewer)
    path = f"/api/v1/dashboard/{_number(scene)}/filter_state"
    key = _keep(owner, path, "leve")
    if key in (_keep(other, path, "forte"), _keep(Visitor(LEVE.viewer), path, "leve 2")):
        yield "two people keep their filters in one place"
    if other.http.get(f"{path}/{key}").status_code != httpx2.codes.NOT_FOUND:
        yield "another gym's filters are found"
    other.http.put(f"{path}/{key}?tab_id=7", json={"value": '{"mine": "forte"}'})
    other.http.delete(f"{path}/{key}?tab_id=7")
    if owner.http.get(f"{path}/{key}").json().get("value") != '{"mine": "leve"}':
        yield "one's own filters are changed by another"
    with connect(admin_url(SUPERSET)) as connection:
        latest = connection.execute(
            "select value from key_value where resource = 'superset_metastore_cache'"
            " order by id desc limit 1"
        ).fetchone()
    if latest is None or not latest[0].startswith((b"{", b'"')):
        yield "filters are kept in a form that can hold code"


def expressions(scene: Scene) -> Iterator[str]:
    """A function that no dashboard needs is rejected wherever an expression may stand."""
    who, leads = scene.visitor(FORTE.viewer), scene.dataset("leads")
    for sql in _REFUSED_SQL:
        for place, query in _places(sql).items():
            answer = who.ask(leads, **query)
            if answer.status_code in _CLIENT_ERRORS:
                if "Esta consulta" not in answer.text:
                    yield f"{sql} as {place} is refused by another: {answer.text[:200]}"
            elif sql.split("(")[0].lower() in answer.json()["result"][0]["query"].lower():
                yield f"{sql} is asked as {place} ({answer.status_code})"
    for query in _catalogue_queries():
        answer = who.ask(leads, **query)
        if answer.status_code not in _CLIENT_ERRORS:
            yield f"the catalogue is asked by {query}: {answer.text[:200]}"


def sizes(scene: Scene) -> Iterator[str]:
    """A response has a size limit in bytes, however few its rows are."""
    # the value is three times as long as its format; the statement, limited in length, has it twice
    wide = make_column(f"to_char(created_at, '{'Day' * 32_000}')")
    answer = scene.visitor(FORTE.viewer).ask(
        scene.dataset("leads"), columns=["contact_email", wide], row_limit=60
    )
    if answer.status_code not in _CLIENT_ERRORS:
        yield f"an answer of {len(answer.content)} bytes is given ({answer.status_code})"
    elif "A resposta passa" not in answer.text:
        yield f"a wide answer is refused by another: {answer.text[:200]}"


def pages(scene: Scene) -> Iterator[str]:
    """Browsers do not cache personal pages; they may cache the frame of the user's charts."""
    http = scene.visitor(FORTE.viewer).http
    for path in ("/superset/dashboard/painel/", "/api/v1/me/", "/user_info/", "/api/v1/menu/",
                 "/api/v1/dashboard/", "/geniai/clientes/"):  # fmt: skip
        policy = http.get(path).headers.get("Cache-Control", "")
        if "no-store" not in policy:
            yield f"{path} may be kept ({policy or 'nothing said'})"


def headers(scene: Scene) -> Iterator[str]:
    """No page loads from another host, is framed by one, or accepts a forged form."""
    http = scene.visitor(FORTE.viewer).http
    answer_headers = http.get("/login/", headers={"Origin": "https://evil.example"}).headers
    policy = answer_headers.get("Content-Security-Policy", "")
    if not policy or "http:" in policy or "https:" in policy:
        yield "pages may ask other hosts"
    if "frame-ancestors 'self'" not in policy.split("; "):
        yield "pages may be framed"
    if answer_headers.get("X-Content-Type-Options") != "nosniff":
        yield "a browser may guess what a file is"
    if "Access-Control-Allow-Origin" in answer_headers:
        yield "another host's page may ask"
    token = http.headers["X-CSRFToken"]
    del http.headers["X-CSRFToken"]
    try:
        answer = http.put("/api/v1/me/", json={"first_name": "Outro"})
    finally:
        http.headers["X-CSRFToken"] = token
    if answer.status_code != httpx2.codes.BAD_REQUEST:
        yield "a form needs no token"


def avatars(_: Scene) -> Iterator[str]:
    """Requests for avatars do not tell which users exist."""
    nobody = Visitor("", "")
    answers = {
        (answer.status_code, answer.content)
        for n in (1, 2, 3, 999_999)
        for answer in [nobody.http.get(f"/api/v1/user/{n}/avatar.png")]
    }
    if len(answers) > 1:
        yield "pictures tell who is there"


def malformed_requests(scene: Scene) -> Iterator[str]:
    """A malformed request is answered with 4xx, never with 500."""
    leads = scene.dataset("leads")
    people = {"a viewer": scene.visitor(FORTE.viewer), "nobody": Visitor("", "")}
    for (who, visitor), path in itertools.product(people.items(), _ODD_PATHS):
        answer = visitor.http.get(path)
        if answer.is_server_error:
            yield f"{who} at {path}: {answer.status_code}"
    for what, body in _odd_charts(leads):
        answer = people["a viewer"].http.post("/api/v1/chart/data", **_json(body))
        if answer.is_server_error:
            yield f"a chart with {what}: {answer.status_code}"
    dashboard = f"/api/v1/dashboard/{_number(scene)}/filter_state"
    for path, body in (
        ("/api/v1/security/login", {"username": "a\0b", "password": "x", "provider": "db"}),
        ("/api/v1/security/login", {"username": "ab", "password": "x\0", "provider": "db"}),
        ("/api/v1/security/login", {"username": "\ud800", "password": "x", "provider": "db"}),
        ("/api/v1/security/login", {"username": ["a"], "password": ["x"], "provider": "db"}),
        ("/api/v1/security/login", []), ("/login/", {"username": ["a\0"], "password": "x"}),
        ("/login/", {"username": [["a"]], "password": "x"}),
        ("/login/", {"username": [7], "password": "x"}),
        ("/login/", {"username": FORTE.viewer, "password": [["x"]]}),
        ("/login/", {"username": SERVICE_ACCOUNT, "password": [["x"]]}),
        ("/login/", [7]), ("/login/", 7), ("/login/", "x"),
        (dashboard, {"value": "{"}), (dashboard, {"value": 7}), (dashboard, []),
        (f"{dashboard}?tab_id=x", {"value": "{}"}),
    ):  # fmt: skip
        # the sign-in page redirects a signed-in user
        who = "nobody" if path == "/login/" else "a viewer"
        answer = people[who].http.post(path, **_json(body))
        if answer.is_server_error:
            yield f"POST {path} {body!r}: {answer.status_code}"
    form = people["nobody"].http.post("/login/", data={"username": "a\0b", "password": "x"})
    if form.is_server_error:
        yield f"POST /login/ with a NUL: {form.status_code}"
    for body in ({"first_name": "A\0"}, {"first_name": "\ud800"}, {"first_name": 7}, []):
        answer = people["a viewer"].http.put("/api/v1/me/", **_json(body))
        if answer.status_code not in _CLIENT_ERRORS:
            yield f"PUT /api/v1/me/ {body!r}: {answer.status_code}"


PROBES: tuple[Probe, ...] = (
    filters, expressions, sizes, pages, headers, avatars, malformed_requests,
)  # fmt: skip

_ODD_PATHS = (
    "/lang/en", "/lang/pt_BR", "/lang/xx", "/lang/%00", "/login/?next=%00", "/login/?next=//x",
    "/superset/dashboard/%00/", "/api/v1/dashboard/%00", "/api/v1/dashboard/painel%00/charts",
    "/api/v1/dashboard/?q=((", "/api/v1/dashboard/?q=(page:-1,page_size:-5)",
    "/api/v1/dashboard/?q=(page:x)", "/api/v1/dashboard/?q=(order_column:x,order_direction:y)",
    "/api/v1/dashboard/?q=(filters:!((col:x,opr:y,value:z)))",
    "/api/v1/dashboard/?q=(filters:!((col:id,opr:eq,value:%2700%00%27)))",
    "/api/v1/dashboard/?q=(page:99999999999999999999)",
    "/api/v1/dashboard/99999999999999999999",
    "/api/v1/dashboard/99999999999999999999/filter_state/x",
    "/api/v1/dashboard/1/filter_state/%00", "/api/v1/time_range/?q=%27x%27",
    "/api/v1/time_range/?q=((", "/api/v1/time_range/?q=%27%00%27", "/api/v1/time_range/",
    "/api/v1/chart/99999999999999999999/data/", "/api/v1/chart/1/data/?format=x&type=y",
    "/api/v1/explore/?slice_id=abc", "/api/v1/explore/?datasource_id=abc&datasource_type=x",
    "/superset/language_pack/%00/", "/superset/language_pack/..%2f/", "/geniai/cliente/%00",
    "/api/v1/user/99999999999999999999/avatar.png", "/api/v1/user/x/avatar.png",
    "/users/userinfo/", "/static/assets/%00", "/static/%00", "/%00", "/%ff", "/?x=%ff", "/?x=%00",
    "/datasource/samples?datasource_type=x&datasource_id=1&force=false",
    "/api/v1/datasource/x/1/column/y/values/", "/geniai/relatorio/%00", "/geniai/%00",
)  # fmt: skip


def _odd_charts(dataset: int) -> Iterator[tuple[str, Any]]:
    source: dict[str, Any] = {"id": dataset, "type": "table"}
    for what, changed in (
        ("a wrong kind of source", {"datasource": source | {"type": "tabela"}}),
        ("no kind of source", {"datasource": {"id": dataset}}),
        ("a source without number", {"datasource": source | {"id": "x"}}),
        ("a source that is not there", {"datasource": source | {"id": 10**6}}),
        ("a number that is none", {"datasource": source | {"id": 10**30}}),
        ("a source of a saved query", {"datasource": source | {"type": "query"}}),
        ("no source", {"datasource": None}),
        ("a wrong format", {"result_format": "pdf"}), ("a wrong type", {"result_type": "x"}),
        ("no question", {"queries": None}), ("a question that is none", {"queries": ["x"]}),
        ("a form that is none", {"form_data": "x"}),
    ):  # fmt: skip
        yield what, _body(source) | changed
    yield "nothing", []
    for what, query in (
        ("a wrong grain", {"granularity": "created_at", "columns": [_axis("created_at", "P1X")]}),
        ("a grain of the form", {
            "granularity": "created_at", "is_timeseries": True, "metrics": ["conversas"],
            "extras": {"time_grain_sqla": "P1D') --"}}),
        ("a NUL in a value", {"filters": [{"col": "contact_name", "op": "==", "val": "a\0b"}]}),
        ("half a letter", {"filters": [{"col": "contact_name", "op": "==", "val": "\ud800"}]}),
        ("a NUL in a column", {"columns": ["contact\0name"]}),
        ("a NUL in an expression", {"columns": [make_column("'a\0b'")]}),
        ("an unknown column", {"columns": ["nothing"]}),
        ("an unknown metric", {"columns": [], "metrics": ["nothing"]}),
        ("a metric that is none", {"columns": [], "metrics": [1]}),
        ("a column that is none", {"columns": [[]]}),
        ("an unknown filter", {"filters": [{"col": "contact_name", "op": "x", "val": 1}]}),
        ("a filter of nothing", {"filters": [{"col": "nothing", "op": "==", "val": 1}]}),
        ("a filter of the wrong type", {
            "filters": [{"col": "lead_score", "op": "==", "val": "x"}]}),
        ("a filter of many", {"filters": [{"col": "lead_score", "op": "IN", "val": 7}]}),
        ("a limit below nothing", {"row_limit": -1}), ("a limit of words", {"row_limit": "x"}),
        ("an offset below nothing", {"row_offset": -1}),
        ("an order that is none", {"orderby": ["x"]}),
        ("an order by nothing", {"orderby": [["nothing", True]]}),
        ("a time that is none", {"granularity": "created_at", "time_range": "ontem ou hoje"}),
        ("a time column that is none", {"granularity": "nothing", "time_range": "Last week"}),
        ("a treatment that is none", {"post_processing": [{"operation": "x", "options": {}}]}),
        ("a treatment of nothing", {
            "post_processing": [{"operation": "pivot", "options": {"index": ["x"]}}]}),
        ("SQL that is none", {"columns": [make_column("case when")]}),
        ("SQL that divides by nothing", {
            "columns": [make_column("1 / (lead_score - lead_score)")]}),
        ("SQL that has no end", {"extras": {"where": "'"}}),
    ):  # fmt: skip
        yield what, _body(source, **query)


def _body(source: dict[str, Any], **query: Any) -> dict[str, Any]:
    return {
        "datasource": source,
        "queries": [{"metrics": [], "columns": ["contact_name"], "filters": [],
                     "row_limit": 10} | query],
        "result_format": "json",
        "result_type": "full",
        "force": True,
    }  # fmt: skip


def _json(body: Any) -> dict[str, Any]:
    """Encodes the body with escapes, the only form of a lone surrogate."""
    return {"content": json.dumps(body), "headers": {"Content-Type": "application/json"}}


def _places(sql: str) -> dict[str, dict[str, Any]]:
    """Returns the places of a chart's query in which an expression may stand."""
    own = make_column(sql)
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


def _catalogue_queries() -> Iterator[dict[str, Any]]:
    """Yields queries of Postgres' catalogue that Superset does not recognise as subqueries."""
    logins = "rolname FROM pg_catalog.pg_roles UNION SELECT contact_name"
    yield {"columns": [make_column(logins)], "metrics": None}
    yield {"metrics": [make_column("count(*) FROM pg_catalog.pg_roles UNION SELECT 1")]}


def _axis(column: str, grain: str) -> dict[str, str]:
    return make_column(column) | {"columnType": "BASE_AXIS", "timeGrain": grain}


def _number(scene: Scene) -> int:
    answer = scene.visitor(STAFF).http.get("/api/v1/dashboard/painel").json()
    return int(answer["result"]["id"])


def _keep(who: Visitor, path: str, value: str) -> str:
    answer = who.http.post(f"{path}?tab_id=7", json={"value": f'{{"mine": "{value}"}}'})
    return str(answer.json()["key"])
