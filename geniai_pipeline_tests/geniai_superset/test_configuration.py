"""Superset's configuration, in the parts that need no running Superset."""

import csv
import io
import json
import re
import runpy
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import psycopg2
import pytest
import yaml
from flask import Flask, g
from sqlalchemy.engine.url import make_url

from geniai_pipeline.colors import contrast_to_white, rgb
from geniai_pipeline.dashboards import passwords
from geniai_pipeline.settings import ROOT, get_settings
from geniai_pipeline.warehouse.connections import admin_url
from geniai_superset import branding, caches, exports, expressions, frontend, statements, tenancy


def _user(*roles: str, active: bool = True, groups: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        is_anonymous=False,
        is_active=active,
        roles=[SimpleNamespace(name=role) for role in roles],
        groups=[SimpleNamespace(roles=[SimpleNamespace(name=role)]) for role in groups],
    )


@pytest.mark.parametrize(
    ("user", "login"),
    [
        (_user("dashboard_viewer", "tenant_alfa"), "bi_t_alfa"),
        (_user("dashboard_viewer", groups=("tenant_alfa",)), "bi_t_alfa"),
        (_user("dashboard_admin", "tenant_alfa"), "bi_a_alfa"),
        (_user("dashboard_admin"), "bi_none"),
        (_user("Admin"), "bi_staff"),
        (_user("platform_staff"), "bi_staff"),
        (_user("dashboard_viewer"), "bi_none"),
        (_user("tenant_alfa", "tenant_beta"), "bi_none"),
        (_user("tenant_alfa", groups=("tenant_beta",)), "bi_none"),
        (_user("tenant_alfa", "Admin"), "bi_none"),
        (_user("tenant_alfa", active=False), "bi_none"),
        (_user("Admin", active=False), "bi_none"),
        (SimpleNamespace(is_anonymous=True), "bi_none"),
        (SimpleNamespace(), "bi_none"),
        (None, "bi_none"),
    ],
)
def test_a_user_is_in_postgres_whom_his_roles_say_or_nobody(user: Any, login: str) -> None:
    with Flask("test").app_context():
        g.user = user

        assert tenancy.postgres_login() == login


def test_without_a_request_the_login_is_nobodys() -> None:
    assert tenancy.postgres_login() == "bi_none"


def test_the_stored_connection_becomes_the_users_own_and_others_are_left_alone(
    embedded: None,
) -> None:
    stored = make_url("postgresql://bi_none@127.0.0.1/geniai")
    foreign = make_url("postgresql://somebody@elsewhere/other")
    with Flask("test").app_context():
        g.user = _user("tenant_alfa")

        uri, _ = tenancy.connect_as_user(stored, {}, None, None, None)

        assert uri.username == "bi_t_alfa"
        assert uri.password == get_settings().derive("pg:bi_t_alfa")
        assert tenancy.connect_as_user(foreign, {}, None, None, None)[0] == foreign


@pytest.mark.parametrize("color", ["#ffee00", "#ffffff", "#0f766e", "#000000", "#ff0000"])
def test_white_letters_can_be_read_on_every_brand(color: str) -> None:
    theme = branding._theme(branding.Brand("Academia", color))

    assert contrast_to_white(rgb(theme["token"]["colorPrimary"])) >= 4.5


def test_a_brands_name_is_never_markup() -> None:
    assert "<script" not in branding._wordmark("<script>alert(1)</script>", "#000000")


@pytest.mark.parametrize("name", frontend.CORRECTIONS)
def test_each_correction_finds_its_text_in_this_version_of_superset(name: str) -> None:
    """If it does not: a new version of Superset. See whether the correction is needed still."""
    pattern, _ = frontend.CORRECTIONS[name]

    scripts = (frontend.PACKAGE / "static" / "assets").glob("*.js")
    assert any(pattern.search(script.read_text(encoding="utf-8")) for script in scripts)


def test_corrected_words_keep_to_the_gaps_superset_fills() -> None:
    file = ROOT / "superset" / "geniai_superset" / "translations" / "pt_BR.json"
    words = json.loads(file.read_text())
    gap = re.compile(r"%\(\w+\)\w|%\w")

    for word, translation in words.items():
        for form in translation if isinstance(translation, list) else [translation]:
            assert set(gap.findall(form)) <= set(gap.findall(word)), word


def _metrics() -> list[str]:
    """Every expression of the datasets' own."""
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
def test_what_the_dashboards_ask_may_be_asked(expression: str) -> None:
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
def test_no_other_function_table_type_or_spelling_may_be(expression: str) -> None:
    assert expressions.find_fault(f"SELECT {expression} FROM dashboards.leads")


def test_no_cell_of_a_charts_csv_begins_a_line_of_its_own() -> None:
    table = pd.DataFrame({"Nome": ["Ana\r=1+1"]}, index=pd.Index(["Bia\r=1+1"], name="=Canal"))

    file = exports._csv(table, set(), {})

    # as a spreadsheet reads it, to which each sign of a line's end is one
    rows = list(csv.reader(io.StringIO(file, newline=""), delimiter=";"))
    assert rows == [["'=Canal", "Nome"], ["Bia\r=1+1", "Ana\r=1+1"]]


def test_a_cache_takes_no_more_of_the_disk_than_it_may(tmp_path: Path) -> None:
    most = 1_000_000
    cache = caches.BoundedFileCache(str(tmp_path), threshold=10_000, max_bytes=most)

    for n in range(100):
        cache.set(f"answer {n}", "x" * 100_000)

    taken = sum(file.stat().st_size for file in tmp_path.iterdir())
    assert most / 2 < taken <= most * 1.2
    assert cache.get("answer 99") is not None, "the latest is kept"
    assert cache.get("answer 0") is None


def test_a_cache_counts_what_it_has_from_before(tmp_path: Path) -> None:
    for n in range(20):
        (tmp_path / f"{n}").write_bytes(b"\0" * 100_000)

    caches.BoundedFileCache(str(tmp_path), max_bytes=500_000).set("answer", "x")

    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 600_000


@pytest.mark.parametrize(
    "queries",
    [[{}] * 11, [{"time_offsets": ["1 day ago"] * 10}], [{"annotation_layers": [{}] * 9}, {}]],
)
def test_a_question_does_not_consist_of_many(queries: list[dict[str, Any]]) -> None:
    from superset.exceptions import QueryObjectValidationError

    create = statements._few_statements(lambda _, **named: len(named["queries"]))

    assert create(None, queries=queries[:1] if len(queries) > 1 else [{}] * 10)
    with pytest.raises(QueryObjectValidationError):
        create(None, queries=queries)


@pytest.mark.parametrize(("rows", "fits"), [(1_000, True), (2_000, False)])
def test_a_table_is_turned_as_far_as_it_fits(rows: int, fits: bool) -> None:
    from superset.exceptions import QueryObjectValidationError
    from superset.utils.pandas_postprocessing import pivot

    table = pd.DataFrame({"a": range(rows), "b": range(rows), "n": 1})
    turn = partial(statements._few_cells(pivot), aggregates={"n": {"operator": "sum"}})

    if fits:
        assert turn(table, index=["a"], columns=["b"]).size == rows**2
    else:
        with pytest.raises(QueryObjectValidationError):
            turn(table, index=["a"], columns=["b"])
    assert len(turn(table, index=["a", "b"])) == rows


@pytest.mark.parametrize(
    ("row", "rows", "fits"),
    [("1", 5_000, True), ("repeat('x', 100)", 5_000, True), ("repeat('x', 100000)", 100, True),
     ("repeat('x', 100000)", 300, False),
     ("array[repeat('x', 9000000), repeat('x', 9000000)]", 1, False),
     ("repeat('x', case when n < 200 then 1 else 100000 end)", 2_000, False)],
)  # fmt: skip
def test_an_answer_is_read_as_far_as_it_fits(
    embedded: None, row: str, rows: int, fits: bool
) -> None:
    with closing(psycopg2.connect(admin_url())) as connection, connection.cursor() as cursor:
        cursor.execute(statements._open(f"select {row} from generate_series(1, {rows}) n;\n"))
        answer = statements.BoundedRows(cursor)

        assert len(answer.description) == 1
        if fits:
            assert len(answer.fetchall()) == rows
        else:
            with pytest.raises(Exception, match="A resposta passa de 16 MB"):
                answer.fetchall()


@pytest.mark.parametrize("number", ["", "0", "2"])
def test_an_address_is_believed_from_as_many_proxies_as_there_are(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIAI_TRUSTED_PROXIES", number)
    get_settings.cache_clear()
    try:
        config = runpy.run_path(str(ROOT / "superset" / "superset_config.py"))
    finally:
        monkeypatch.undo()
        get_settings.cache_clear()

    believed = config["PROXY_FIX_CONFIG"]["x_for"] if config["ENABLE_PROXY_FIX"] else 0
    assert believed == int(number or 0)


@pytest.mark.parametrize(
    ("password", "is_strong"),
    [("outra senha", True), ("a1B2-c3D4-", True), ("curta", False), ("aaaaaaaaaaaa", False),
     ("dono@forte.example.com", False), ("DONO@forte.example.com ", False), ("", False)],
)  # fmt: skip
def test_a_password_is_long_and_not_its_owners_address(password: str, is_strong: bool) -> None:
    assert passwords.is_strong(password, "dono@forte.example.com") is is_strong
