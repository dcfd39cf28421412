"""Dashboard files: datasets, charts, filters, texts, and errors without Superset."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from croniter import croniter

from geniai_pipeline.dashboards.client import Superset
from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.dashboards.server import initialise_command, serve_command
from geniai_pipeline.errors import TransientError
from geniai_pipeline.orchestration import cron
from geniai_pipeline.reports import kpis
from geniai_pipeline.reports.figures import read_week
from geniai_pipeline.reports.kpis import KPIS, Kpi
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import runs
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect, role_url
from geniai_pipeline.warehouse.publish import roll_up
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.published import publish


def _read(folder: str) -> dict[str, dict[str, Any]]:
    paths = (ASSETS / folder).rglob("*.yaml")
    return {path.stem: yaml.safe_load(path.read_text()) for path in sorted(paths)}


DATABASES, DATASETS = _read("databases"), _read("datasets")
CHARTS, DASHBOARDS = _read("charts"), _read("dashboards")


def _chosen_from() -> set[tuple[str, str]]:
    """Returns the tables and columns whose values a filter offers."""
    tables = {dataset["uuid"]: dataset["table_name"] for dataset in DATASETS.values()}
    return {
        (tables[target["datasetUuid"]], target["column"]["name"])
        for dashboard in DASHBOARDS.values()
        for rule in dashboard["metadata"]["native_filter_configuration"]
        for target in rule["targets"]
        if target
    }


def test_the_error_without_superset_tells_how_to_start_it() -> None:
    with pytest.raises(TransientError, match=r"does not answer .*`geniai up`"):
        Superset("http://127.0.0.1:24997", "geniai", "geheim")


def test_the_commands_that_start_superset_exist() -> None:
    for command in [initialise_command(), serve_command(22000)]:
        assert Path(command[0]).is_file()
    assert "127.0.0.1:22000" in serve_command(22000)


def test_every_uuid_is_unique() -> None:
    everything = [*DATABASES.values(), *DATASETS.values(), *CHARTS.values(), *DASHBOARDS.values()]

    assert len({asset["uuid"] for asset in everything}) == len(everything)


@pytest.mark.parametrize("name", DATASETS)
def test_a_dataset_has_the_columns_of_its_view_and_the_tenant(embedded: None, name: str) -> None:
    with connect(admin_url()) as connection:
        found = connection.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'dashboards' and table_name = %s",
            [DATASETS[name]["table_name"]],
        ).fetchall()
    columns = {c["column_name"]: c["type"].lower() for c in DATASETS[name]["columns"]}

    assert columns.items() <= dict(found).items()
    assert {"tenant_id", "tenant_name"} <= columns.keys()
    assert DATASETS[name]["main_dttm_col"] in columns


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_uses_columns_and_metrics_of_its_dataset(name: str) -> None:
    dataset = _dataset(name)
    columns = {column["column_name"] for column in dataset["columns"]}
    metrics = {metric["metric_name"] for metric in dataset["metrics"]}
    params = CHARTS[name]["params"]

    assert {f["subject"] for f in params["adhoc_filters"]} <= columns
    assert {*params.get("all_columns", []), *_groups(params)} <= columns
    assert _metrics(params) <= metrics
    assert _sorted_by(params) <= columns | metrics
    compared = {f"{kind} {metric}" for kind in ("Main", "#", "△", "%") for metric in metrics}
    assert params.get("column_config", {}).keys() <= columns | metrics | compared


_EPISODES = {
    DATASETS[name]["uuid"] for name in ("conversations", "outcomes", "responses", "visits")
}
"""Datasets with a row for each episode of a period: a large tenant has a hundred thousand."""


@pytest.mark.parametrize("name", [n for n in CHARTS if CHARTS[n]["dataset_uuid"] in _EPISODES])
def test_a_chart_of_episodes_reads_an_index_alone(
    embedded: None, make_tenant: MakeTenant, name: str
) -> None:
    dataset, params = _dataset(name), CHARTS[name]["params"]
    metrics = {metric["metric_name"]: metric["expression"] for metric in dataset["metrics"]}
    columns = {column["column_name"]: column.get("expression") for column in dataset["columns"]}
    groups = ", ".join(columns[group] or group for group in sorted(_groups(params)))
    shown = ", ".join(filter(None, [groups, *(metrics[m] for m in sorted(_metrics(params)))]))
    instant = dataset["main_dttm_col"]
    with connect(role_url(login_name(make_tenant("indice").slug))) as connection:
        for way in ("seqscan", "bitmapscan", "indexscan"):
            connection.execute(f"set enable_{way} = off".encode())
        lines = connection.execute(
            f"explain select {shown} from dashboards.{dataset['table_name']} where tenant_id = 1"
            f" and {instant} > current_date - 30 {'group by ' + groups if groups else ''}".encode()
        ).fetchall()
    plan = "\n".join(line for (line,) in lines)
    assert "Index Only Scan using conversations_analytics_" in plan
    assert "Seq Scan on conversations_analytics" not in plan


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.name)
def test_a_kpi_has_one_label_meaning_and_format(kpi: Kpi) -> None:
    found = {
        (metric["verbose_name"], metric.get("description"), metric.get("d3format"))
        for dataset in DATASETS.values()
        for metric in dataset["metrics"]
        if metric["metric_name"] == kpi.name
    }
    under_a_figure = {
        chart["params"]["column_config"][f"# {kpi.name}"]["customColumnName"]
        for chart in CHARTS.values()
        if f"# {kpi.name}" in chart["params"].get("column_config", {})
    }

    assert found == {(kpi.label, kpi.meaning, kpi.number_format)}
    assert under_a_figure <= {kpi.meaning}


def test_a_kpi_is_the_same_by_day_by_conversation_in_the_funnel_and_in_the_report(
    make_tenant: MakeTenant,
) -> None:
    tenant = make_tenant("etapas")
    monday = datetime(2026, 11, 2, 12, tzinfo=tenant.timezone)
    for number in range(7):
        publish(
            tenant.tenant_id, number, monday + timedelta(hours=20 * number), is_lead=number < 5,
            visit_scheduled=number < 3, crm_converted=number < 2,
            status=("open", "resolved")[number % 2],
        )  # fmt: skip
    with TenantSession(tenant.tenant_id) as session:
        roll_up(session, tenant.timezone.key)
    week = read_week(tenant, monday.date(), monday + timedelta(days=8)).this

    def read(dataset: str, name: str) -> object:
        expression = next(
            m["expression"] for m in DATASETS[dataset]["metrics"] if m["metric_name"] == name
        )
        question = f"select {expression} from dashboards.{dataset} where tenant_id = %s"
        with connect(admin_url()) as connection:
            return (connection.execute(question, [tenant.tenant_id]).fetchone() or [None])[0]

    expected = {
        kpis.CONVERSATIONS: 7, kpis.LEADS: 5, kpis.LEAD_RATE: 5 / 7, kpis.VISITS: 3,
        kpis.CONVERSIONS: 2, kpis.CONVERSION_RATE: 2 / 5,
    }  # fmt: skip
    for dataset in ("daily", "conversations"):
        assert {kpi: read(dataset, kpi.name) for kpi in expected} == pytest.approx(expected)
    assert (week.conversations, week.leads, week.visits, week.conversions) == (7, 5, 3, 2)
    assert week.lead_rate == expected[kpis.LEAD_RATE]
    with connect(admin_url()) as connection:
        steps = connection.execute(
            "select step, sum(reached)::integer from dashboards.funnel where tenant_id = %s"
            " group by step, position order by position",
            [tenant.tenant_id],
        ).fetchall()
    assert steps == [
        (kpis.CONVERSATIONS.label, 7), (kpis.LEADS.label, 5), ("Leads com visita", 3),
        ("Matrículas depois da visita", 2), ("Matrículas sem visita", 0),
    ]  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_writes_a_figure_as_its_metric_does(name: str) -> None:
    formats = {m["metric_name"]: m.get("d3format") for m in _dataset(name)["metrics"]}
    params = CHARTS[name]["params"]
    if "y_axis_format" in params:
        assert {formats[metric] for metric in _metrics(params)} == {params["y_axis_format"]}
    assert not [
        column
        for column, config in params.get("column_config", {}).items()
        if column in formats and {"d3NumberFormat", "customColumnName"} & config.keys()
    ]
    assert all(isinstance(metric, str) for metric in _metrics(params)), "not a saved metric"


@pytest.mark.parametrize("name", CHARTS)
def test_postgres_can_plan_the_query_of_each_chart(embedded: None, name: str) -> None:
    dataset, params = _dataset(name), CHARTS[name]["params"]
    expressions = {m["metric_name"]: m["expression"] for m in dataset["metrics"]}
    groups = ", ".join(_groups(params))
    selected = [*_groups(params), *(expressions[metric] for metric in sorted(_metrics(params)))]
    with connect(admin_url()) as connection:
        connection.execute(
            f"select {', '.join(selected or params['all_columns'])}"
            f" from dashboards.{dataset['table_name']}" + (f" group by {groups}" if groups else "")
        )


@pytest.mark.parametrize("name", DASHBOARDS)
def test_a_dashboard_has_existing_charts_and_filters_that_act_on_each(name: str) -> None:
    titles = {chart["uuid"]: chart["slice_name"] for chart in CHARTS.values()}
    cards = [c for c in DASHBOARDS[name]["position"].values() if _is(c, "CHART")]
    rows = [c for c in DASHBOARDS[name]["position"].values() if _is(c, "ROW")]
    widths = {c["id"]: c["meta"]["width"] for c in DASHBOARDS[name]["position"].values() if _is(c)}

    assert {c["meta"]["uuid"]: c["meta"]["sliceName"] for c in cards}.items() <= titles.items()
    assert len({c["meta"]["chartId"] for c in cards}) == len(cards)
    for row in rows:
        assert sum(widths[child] for child in row["children"]) == 12
    for rule in DASHBOARDS[name]["metadata"]["native_filter_configuration"]:
        for card in cards:
            if card["meta"]["chartId"] not in rule["scope"]["excluded"]:
                assert _can_be_filtered(card["meta"]["uuid"], rule), (rule["name"], card["id"])


@pytest.mark.parametrize(("table", "column"), sorted(_chosen_from()))
def test_the_choices_of_a_filter_need_no_function_call_per_row(
    embedded: None, table: str, column: str
) -> None:
    question = f"explain (verbose, costs off) select distinct {column} from dashboards.{table}"
    with connect(admin_url()) as connection:
        plan = "\n".join(line for (line,) in connection.execute(question))

    assert re.findall(r"dashboards\.\w+\(", plan) == []


@pytest.mark.parametrize("name", CHARTS)
def test_the_texts_of_a_chart_are_portuguese(name: str) -> None:
    params, dataset = CHARTS[name]["params"], _dataset(name)
    shown = {*_groups(params), *params.get("all_columns", []), *_metrics(params)}
    texts = [
        CHARTS[name]["slice_name"],
        CHARTS[name].get("description"),
        params.get("subtitle"),
        *(config.get("customColumnName") for config in params.get("column_config", {}).values()),
    ]
    for kind, key in (("columns", "column_name"), ("metrics", "metric_name")):
        for part in dataset[kind]:
            if part[key] in shown:
                assert part.get("verbose_name"), f"{part[key]} is shown by its technical name"
                texts += [part["verbose_name"], part.get("description")]
    assert [text for text in texts if text and _is_english(text)] == []


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_texts_of_a_dashboard_are_portuguese(name: str) -> None:
    parts = [
        p["meta"]
        for p in DASHBOARDS[name]["position"].values()
        if isinstance(p, dict) and "meta" in p
    ]
    texts = [DASHBOARDS[name]["dashboard_title"], *(p.get("text") or p.get("code") for p in parts)]
    for rule in DASHBOARDS[name]["metadata"]["native_filter_configuration"]:
        texts += [rule["name"], rule["description"]]
    assert [text for text in texts if text and _is_english(text)] == []


def test_english_words_are_noticed() -> None:
    assert _is_english("Leads per day")
    assert _is_english("Last activity")
    assert not _is_english("Leads por dia e canal")


def test_no_stored_connection_has_a_right_or_a_password() -> None:
    assert [d["sqlalchemy_uri"] for d in DATABASES.values()] == [
        "postgresql://bi_none@127.0.0.1/geniai"
    ]


# none of them is Portuguese, too, as "no" and "total" are
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        """the of and per by with from without to in on at is are was not all any new last first
        next day days week month year date time hour conversation conversations visit visits rate
        score reply answer wait waiting name phone message messages activity channel inbox client
        clients user users open closed count value previous period change conversion""",
    )
)


def _is_english(text: str) -> bool:
    words = re.findall(r"\w+", text.lower())
    return not _ENGLISH.isdisjoint(words)


def _dataset(chart: str) -> dict[str, Any]:
    return next(d for d in DATASETS.values() if d["uuid"] == CHARTS[chart]["dataset_uuid"])


def _groups(params: dict[str, Any]) -> list[str]:
    groups = params.get("groupby", [])
    axis = [params["x_axis"]] if "x_axis" in params else []
    return [*axis, *([groups] if isinstance(groups, str) else groups)]


def _metrics(params: dict[str, Any]) -> set[str]:
    return {*params.get("metrics", []), *([params["metric"]] if "metric" in params else [])}


def _sorted_by(params: dict[str, Any]) -> set[str]:
    columns = (json.loads(by)[0] for by in params.get("order_by_cols", []))
    return {
        *columns,
        *(params[k] for k in ("timeseries_limit_metric", "x_axis_sort") if k in params),
    }


def _is(part: Any, *kinds: str) -> bool:
    return isinstance(part, dict) and part["type"] in (kinds or ("CHART", "MARKDOWN"))


def _can_be_filtered(chart_uuid: str, rule: dict[str, Any]) -> bool:
    chart = next(c for c in CHARTS.values() if c["uuid"] == chart_uuid)
    if rule["filterType"] == "filter_time":
        return any(f["operator"] == "TEMPORAL_RANGE" for f in chart["params"]["adhoc_filters"])
    dataset = next(d for d in DATASETS.values() if d["uuid"] == chart["dataset_uuid"])
    names = {column["column_name"] for column in dataset["columns"]}
    return {target["column"]["name"] for target in rule["targets"]} <= names


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"), (-5, "menos de 1 min"), (0, "menos de 1 min"), (59.4, "menos de 1 min"),
        (59.6, "1 min"), (119.7, "2 min"), (300, "5 min"), (3569, "59 min"), (3599, "1 h"),
        (3599.6, "1 h"), (5_400, "1 h 30 min"), (10_800, "3 h"), (53_999, "15 h"),
        (86_340, "23 h 59 min"), (86_399, "1 dia"), (88_000, "1 dia"), (88_300, "1 dia 1 h"),
        (147_600, "1 dia 17 h"), (172_799, "2 dias"), (172_800, "2 dias"),
        (522_000, "6 dias 1 h"), (604_799, "7 dias"), (622_800, "7 dias"),
        (691_199, "8 dias"), (8_640_000, "100 dias"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("embedded")
def test_a_duration_is_rounded_before_it_is_split(seconds: float | None, text: str) -> None:
    with connect(admin_url()) as connection:
        assert connection.execute(
            "select dashboards.duration(%s::numeric)", [seconds]
        ).fetchone() == (text,)


@pytest.mark.parametrize(
    ("e164", "markup"),
    [
        ("+5511987654321", '<a href="tel:+5511987654321">55 11 98765-4321</a>'),
        ("+351912345678", '<a href="tel:+351912345678">351 912 345678</a>'),
        ('+55"><script>', '55"›‹script›'), ("+5511987654321\n<b>", "5511987654321\n‹b›"),
        ("", ""), (None, ""),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("embedded")
def test_a_phone_number_is_a_link_and_other_words_are_text(e164: str | None, markup: str) -> None:
    with connect(admin_url()) as connection:
        assert connection.execute("select dashboards.phone_link(%s)", [e164]).fetchone() == (
            markup,
        )


@pytest.mark.usefixtures("embedded")
def test_zero_draws_no_bar() -> None:
    with connect(admin_url()) as connection:
        assert connection.execute(
            "select dashboards.bar(0, 7, '0'), dashboards.bar(0, 0, '0'), dashboards.bar(1, 4, '1')"
        ).fetchone() == (
            '<div class="g-bar"></div> <b>0</b>',
            '<div class="g-bar"></div> <b>0</b>',
            '<div class="g-bar"><div style="width:25%"></div></div> <b>1</b>',
        )


def test_a_heat_map_has_a_scale() -> None:
    maps = [c["params"] for c in CHARTS.values() if c["viz_type"] == "heatmap_v2"]
    assert maps
    assert all(params["show_legend"] for params in maps)


@pytest.mark.usefixtures("embedded")
def test_the_next_sync_is_shown_only_while_the_scheduler_runs(
    make_tenant: MakeTenant,
) -> None:
    slug = make_tenant("promised").slug

    def freshness(*, has_failed: bool = False) -> str:
        with connect(role_url(login_name(slug))) as connection:
            row = connection.execute(
                "select dashboards.freshness('2026-11-28 10:00', %s)", [has_failed]
            ).fetchone()
        return str(row)

    def next_run() -> datetime | None:
        (found,) = (t["next_run_at"] for t in runs.status() if t["slug"] == slug)
        assert found is None or isinstance(found, datetime)
        return found

    with connect(admin_url()) as connection:
        connection.execute("delete from ops.scheduler")
    assert "a atualização automática está parada" in freshness()
    assert next_run() is None

    runs.note_scheduler()
    ahead = next_run()
    assert ahead == croniter(cron.SYNC, datetime.now(ZoneInfo(cron.TIMEZONE))).get_next(datetime)
    assert "próxima atualização às" in freshness()
    assert "a última atualização falhou" in freshness(has_failed=True)
    assert "próxima" not in freshness(has_failed=True)

    with connect(admin_url()) as connection:
        connection.execute("update ops.scheduler set seen_at = now() - interval '6 minutes'")
    assert "parada" in freshness()
    assert next_run() is None


def test_the_unit_of_a_difference_of_rates_stands_at_nothing_else() -> None:
    with_a_unit = [
        line.split(":")[0].strip()
        for path in ASSETS.rglob("*.yaml")
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"[fF]ormat: \"[^\"]*\$", line)
    ]
    assert with_a_unit == ['"△ taxa_leads"', '"△ taxa_conversao"']
