"""Catalogue of requests that try to read another tenant's data, and their detection."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx2
import jwt

from geniai_pipeline.settings import get_settings
from geniai_pipeline_tests.browser.gyms import BOTH, FORTE, STRANGER
from geniai_pipeline_tests.browser.visitor import Visitor

_OF_LEVE = re.compile(
    rb"contato leve|c\d+@leve\.|lise leve|tenant_leve|bi_[ta]_leve|dono@leve|gerente@leve"
    rb"|dio leve|l., leve|leve \d"
)
"""Text that only rows, roles and users of the other tenant contain."""


@dataclass(frozen=True)
class Question:
    """A chart query that a user composes."""

    name: str
    query: dict[str, Any]
    dataset: str = "leads"
    result_type: str = "full"
    result_format: str = "json"
    staff_reads: bool = False
    """Whether staff get the other tenant's data by it."""

    def asks(self, dataset: Callable[[str], int]) -> dict[str, Any]:
        """Returns the request body; Superset knows datasets by id."""
        return {
            "datasource": {"id": dataset(self.dataset), "type": "table"},
            "queries": [{"metrics": [], "columns": [], "row_limit": 1000} | self.query],
            "result_format": self.result_format,
            "result_type": self.result_type,
        }


def _sql(sql: str, label: str = "own") -> dict[str, str]:
    return {"label": label, "sqlExpression": sql, "expressionType": "SQL"}


_NAMES = ["tenant_name", "contact_name", "contact_email", "reasoning"]
_OTHER = "(select string_agg(contact_name, ',') from analytics.conversations_analytics)"
QUESTIONS = (
    Question("columns", {"columns": _NAMES}, staff_reads=True),
    Question("samples", {"columns": _NAMES}, result_type="samples", staff_reads=True),
    Question("drill to detail", {"columns": _NAMES}, result_type="drill_detail", staff_reads=True),
    Question("the query itself", {"columns": _NAMES}, result_type="query"),
    Question("columns of it", {"columns": _NAMES}, result_type="columns"),
    Question("results", {"columns": _NAMES}, result_type="results", staff_reads=True),
    Question("post-processed", {"columns": _NAMES}, result_type="post_processed"),
    Question("spreadsheet", {"columns": _NAMES}, result_format="csv"),
    Question("workbook", {"columns": _NAMES}, result_format="xlsx"),
    Question("the list as a file", {"columns": _NAMES, "metrics": None}, result_format="csv",
             staff_reads=True),
    Question("the list as a workbook", {"columns": _NAMES, "metrics": None}, result_format="xlsx",
             staff_reads=True),
    Question("row count", {"columns": _NAMES, "is_rowcount": True}),
    Question(
        "filter", {"columns": _NAMES, "filters": [
            {"col": "tenant_id", "op": ">", "val": 0}]}, staff_reads=True,
    ),
    Question(
        "filter of all", {"columns": _NAMES, "filters": [
            {"col": "contact_name", "op": "LIKE", "val": "%"}]}, staff_reads=True,
    ),
    Question(
        "filter by expression", {"columns": _NAMES, "filters": [
            {"col": _sql("1"), "op": "==", "val": 1}]},
    ),
    Question(
        "filter that ends", {"columns": _NAMES, "filters": [
            {"col": "contact_name", "op": "==", "val": "x') or ('1' = '1"}]},
    ),
    Question("or true", {"columns": _NAMES, "extras": {"where": "1 = 1 or 1 = 1"}},
             staff_reads=True),
    Question("where that ends", {"columns": _NAMES, "extras": {"where": "1 = 1) or (1 = 1"}}),
    Question("where, commented", {"columns": _NAMES, "extras": {"where": "1 = 1) -- "}}),
    Question("where, union", {"columns": _NAMES, "extras": {
        "where": "1 = 0 union all select name, name, name, name from ops.tenants"}}),
    Question("where, subquery", {"columns": _NAMES, "extras": {"where": f"{_OTHER} is not null"}}),
    Question("having", {"columns": ["lead"], "metrics": [_sql("max(contact_name)")],
                        "extras": {"having": f"{_OTHER} <> ''"}}),
    Question("having or true", {"columns": ["contact_name"], "metrics": [_sql("count(*)", "n")],
                                "extras": {"having": "count(*) > 0 or 1 = 1"}}, staff_reads=True),
    Question("metric", {"metrics": [_sql("max(contact_name)")]}, staff_reads=True),
    Question("metric, subquery", {"metrics": [_sql(f"max({_OTHER})")]}),
    Question("metric over all", {"metrics": [_sql("string_agg(contact_name, ',') over ()")]}),
    Question("column, subquery", {"columns": [_sql(_OTHER)]}),
    Question("order, subquery", {"columns": _NAMES, "orderby": [[_sql(_OTHER), True]]}),
    Question("order by a function", {"columns": _NAMES, "orderby": [[_sql("pg_sleep(0)"), True]]}),
    Question("time grain", {"columns": _NAMES, "granularity": "created_at",
                            "extras": {"time_grain_sqla": "P1D') union select 1 --"}}),
    Question("time range", {"columns": _NAMES, "granularity": "created_at",
                            "time_range": "2020-01-01' or '1'='1 : 2030-01-01"}),
    Question("another column of time", {"columns": _NAMES, "granularity": _OTHER}),
    Question("series", {"columns": ["contact_name"], "metrics": ["conversas"], "series_limit": 5,
                        "series_columns": [_sql(_OTHER)]}),
    Question("template", {"columns": [_sql("'{{ dataset(1) }}{{ current_username() }}'")]}),
    Question("links", {"columns": _NAMES, "url_params": {"tenant": "leve"},
                       "applied_time_extras": {"tenant_id": "2"}, "custom_params": {"t": 2}}),
    Question("annotation", {"columns": _NAMES, "annotation_layers": [
        {"name": "own", "annotationType": "EVENT", "sourceType": "table", "value": 1, "show": True,
         "style": "solid"}]}),
    *(
        Question(sql.partition("(")[0] + " column", {"columns": [_sql(sql)]})
        for sql in (
            "(ts_stat('select array_to_tsvector(array[contact_name])"
            " from analytics.conversations_analytics')).word",
            "query_to_xml('select * from dashboards.leads', true, true, '')::text",
            "table_to_xml('dashboards.leads', true, true, '')::text",
            "database_to_xml(true, true, '')::text",
            "set_config('app.current_tenant_id', '2', false) || contact_name",
            "pg_read_file('PG_VERSION')",
            "dblink('', 'select 1')",
            "lo_get(1)::text",
            "current_setting('data_directory')",
        )
    ),
    Question("people", {"columns": ["tenant_name", "email"]}, dataset="people", staff_reads=True),
    Question("books", {"columns": ["tenant_name", "actor", "change"]}, dataset="audit",
             staff_reads=True),
    Question("clients", {"columns": ["tenant_name", "slug"]}, dataset="clients", staff_reads=True),
    Question("runs", {"columns": ["tenant_name", "result"]}, dataset="runs", staff_reads=True),
)  # fmt: skip

_DOORS = ("dashboard", "chart", "dataset", "database", "rowlevelsecurity", "log", "query", "tag",
          "saved_query", "report", "annotation_layer", "css_template", "theme")  # fmt: skip
PATHS = (
    *(f"/api/v1/{door}/" for door in _DOORS),
    *(f"/api/v1/{door}/_info" for door in _DOORS),
    *(f"/api/v1/{door}/related/{field}" for door in ("dashboard", "chart", "dataset", "report")
      for field in ("owners", "created_by", "changed_by", "roles", "database")),
    *(f"/api/v1/{door}/distinct/{field}" for door in ("dataset", "query", "database")
      for field in ("schema", "user", "owner")),
    *(f"/api/v1/security/{door}/" for door in (
        "users", "roles", "permissions", "resources", "groups", "permissions-resources",
        "user_registrations", "roles/search")),
    "/api/v1/me/", "/api/v1/me/roles/", "/api/v1/menu/", "/api/v1/assets/export/",
    "/api/v1/dashboard/export/?q=!(1,2,3)", "/api/v1/chart/export/?q=!(1,2,3)",
    "/api/v1/dataset/export/?q=!(1,2,3)", "/api/v1/database/export/?q=!(1)",
    *(f"/api/v1/dashboard/{slug}{more}"
      for slug in ("painel", "plataforma", "administracao", "1", "2")
      for more in ("", "/charts", "/datasets", "/tabs", "/embedded", "/thumbnail/x/")),
    *(f"/api/v1/chart/{n}{more}" for n in (1, 2, 3)
      for more in ("", "/data/", "/thumbnail/x/", "/screenshot/x/", "/cache_screenshot/")),
    *(f"/api/v1/dataset/{n}" for n in range(1, 4)), "/api/v1/dataset/1/related_objects",
    "/api/v1/database/1", "/api/v1/database/1/tables/?q=(schema_name:analytics)",
    "/api/v1/database/1/schemas/", "/api/v1/database/1/connection",
    "/api/v1/database/1/table_metadata/?name=leads&schema=dashboards",
    "/api/v1/database/1/select_star/leads/dashboards/", "/api/v1/sqllab/", "/sqllab/",
    "/api/v1/sqllab/results/?q=(key:x)", "/api/v1/sqllab/export/x/", "/api/v1/available_domains/",
    "/api/v1/explore/?datasource_id=1&datasource_type=table", "/explore/?slice_id=1",
    "/api/v1/advanced_data_type/types", "/api/v1/_openapi", "/swagger/v1", "/health",
    "/superset/welcome/", "/superset/dashboard/plataforma/", "/superset/dashboard/administracao/",
    "/superset/explore_json/?form_data=%7B%22slice_id%22%3A1%7D", "/superset/profile/",
    "/users/list/", "/roles/list/", "/logs/", "/rowlevelsecurity/list/", "/tablemodelview/list/",
    "/actionlog/list/",
    "/embedded/00000000-0000-0000-0000-000000000001", "/superset/slice/1/", "/superset/log/",
    "/api/v1/async_event/?last_id=0", "/superset/file-handler", "/geniai/cliente/leve",
    "/geniai/protections", "/datasource/get/table/1/",
    "/api/v1/datasource/table/1/column/email/values/",
    "/nothing-of-this-name", "/static/../superset_config.py",
)  # fmt: skip

POSTS: dict[str, dict[str, Any]] = {
    "/api/v1/sqllab/execute/": {"database_id": 1, "sql": "select * from dashboards.leads"},
    "/api/v1/sqllab/estimate/": {"database_id": 1, "sql": "select * from dashboards.leads"},
    "/api/v1/sqllab/export_streaming/": {"client_id": "x"},
    "/api/v1/database/1/validate_sql/": {"sql": "select * from dashboards.leads"},
    "/api/v1/dataset/": {"database": 1, "schema": "ops", "table_name": "tenants"},
    "/api/v1/dataset/get_or_create/": {"database_id": 1, "schema": "ops", "table_name": "tenants"},
    "/api/v1/security/guest_token/": {
        "user": {"username": "x"}, "resources": [{"type": "dashboard", "id": "painel"}], "rls": []},
    "/api/v1/security/users/": {"username": "x", "roles": [1], "email": "x@example.com"},
    "/api/v1/rowlevelsecurity/": {"name": "x", "clause": "1 = 1", "filter_type": "Regular"},
    "/api/v1/dashboard/1/cache_dashboard_screenshot/": {"dataMask": {}},
    "/api/v1/cachekey/invalidate": {"datasource_uids": ["1__table"]},
    "/superset/explore_json/": {"form_data": {"datasource": "1__table", "viz_type": "table"}},
}  # fmt: skip


def attackers() -> dict[str, Visitor]:
    """Returns a visitor per identity that must not read the other tenant's data."""
    nobody, guest = Visitor("", ""), Visitor("", "")
    guest.http.headers["X-GuestToken"] = _guest_token()
    return {
        "a viewer": Visitor(FORTE.viewer),
        "an administrator": Visitor(FORTE.admin),
        "without a tenant": Visitor(STRANGER),
        "with two tenants": Visitor(BOTH),
        "nobody": nobody,
        "a guest": guest,
    }


def contains_other_tenant(answer: httpx2.Response, who: str = "") -> bool:
    """Whether a response holds data of the other tenant, also inside an archive."""
    content = answer.content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"\n".join(packed.read(name) for name in packed.namelist())
    text = content + repr(answer.headers.items()).encode()
    if who == "with two tenants":
        text = text.replace(b"tenant_leve", b"")  # the visitor's own role
    return bool(_OF_LEVE.search(text.lower()))


def _guest_token() -> str:
    """Returns a forged guest token, signed with Superset's key."""
    return jwt.encode(
        {
            "user": {"username": "dono@leve.example.com"},
            "resources": [{"type": "dashboard", "id": "painel"}],
            "rls_rules": [],
            "iat": 0, "exp": 9_999_999_999, "aud": get_settings().superset_url, "type": "guest",
        },
        get_settings().derive("superset:guest"),
        algorithm="HS256",
    )  # fmt: skip
