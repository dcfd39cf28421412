"""SQL allow-list: which expressions of a chart are accepted."""

import pytest
import yaml

from geniai_pipeline.settings import ROOT
from geniai_superset import expressions


def _metrics() -> list[str]:
    """Lists every metric expression of the datasets."""
    files = (ROOT / "superset" / "assets" / "datasets").rglob("*.yaml")
    datasets = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    return [
        part["expression"]
        for dataset in datasets
        for part in (*dataset["metrics"], *dataset["columns"])
        if part.get("expression")
    ]


@pytest.mark.parametrize(
    "expression",
    [
        *_metrics(),
        "to_char(created_at, 'DD/MM')", "contact_name || ' (' || status || ')'",
        "cast(lead_score as numeric(10, 2))", "date '2026-01-01' + interval '1 day'",
        "count(distinct contact_name) filter (where lead_score in (1, 2.5))", "\"função(x)\"",
        "created_at at time zone 'America/Sao_Paulo'", "'repeat(''x'', 2)'", "session_user::text",
        "format('%s: %s%%', status, lead_score)", "extract(hour from created_at)",
        "status is distinct from 'open'", "substring(status from 1 for 2)",
    ],
)  # fmt: skip
def test_the_expressions_of_the_dashboards_are_allowed(expression: str) -> None:
    sql = f'SELECT {expression} AS "x"\nFROM dashboards.leads\nWHERE tenant_id = 1\n LIMIT 10'

    assert expressions.find_fault(sql) is None


@pytest.mark.parametrize(
    "expression",
    [
        "pg_get_userbyid(10)", "PG_STAT_GET_BACKEND_PID(1)", "to_regclass('x')", "repeat('x', 9)",
        "generate_series(1, 9)", "pg_catalog.max(1)", "pg_catalog . repeat ('x', 9)",
        '"repeat"(\'x\', 9)', 'U&"r\\0065peat"(\'x\', 9)', "repeat/**/('x', 9)", "1 -- x",
        "10::regrole", "10::pg_catalog.regrole", "cast(10 as regrole)", "regrole '10'",
        '"regrole" \'10\'', "$$x$$", "E'\\''", "x[1]", "1e999", "9" * 31, "row(1)",
        "x.dashboards.f(1)",
        "max(version())", "dashboards.bar(repeat('x', 9), 1, '')",
        "query_to_xml('x', true, true, '')",
        "cast(cast(1 as text) as regrole)", "f(1)", "a.f(1)",
        "format('%9s', 'x')", "format('%' || '9s', 'x')", "format('%*s', 9, 'x')", "format(x)",
        "'a' 'b' repeat('x', 9)",
        "rolname FROM pg_roles UNION SELECT contact_name", "1 EXCEPT SELECT 1",
        "EXISTS(SELECT 1 FROM pg_catalog.pg_roles)", "1 > ALL (SELECT 1 FROM pg_roles)",
        "1 FROM dashboards.leads, pg_roles", "1 FROM dashboards.leads CROSS JOIN pg_roles",
        "1 FROM dashboards.leads JOIN dashboards.runs ON true, pg_roles",
        "1 FROM (pg_roles CROSS JOIN dashboards.leads)", "1 FROM ((SELECT 1) AS a, pg_roles)",
        "1 FROM LATERAL (SELECT 1)", "1 FROM ONLY pg_roles", "(TABLE pg_roles)", "1 INTO x",
        "1 FROM x.dashboards.y", "extract(x FROM (SELECT 1 FROM pg_roles))", "1; SELECT 1",
    ],
)  # fmt: skip
def test_any_other_function_table_type_or_spelling_is_rejected(expression: str) -> None:
    assert expressions.find_fault(f"SELECT {expression} FROM dashboards.leads")
