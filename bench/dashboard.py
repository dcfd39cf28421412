"""Measures the panel's queries in Postgres on five million conversations in a hundred tenants.

It runs the query of each chart of the tenants' dashboards as the tenant's login, over the thirty
days that a chart shows by default; only Postgres caches. The peer answers the charts of the rollup
from the conversations, as a panel without a rollup would.

    python bench/dashboard.py                           # five million conversations, made once
    python bench/dashboard.py --conversations 200000    # the same with fewer
"""

import json
import statistics
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import yaml
from _five_million import TENANTS, ZONE, open_five_million, options, slug

from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import role_url

PANELS = ("painel", "lead")
RANKS = (1, 20, TENANTS)
# Superset writes its instants so, and its days as to_date: only a value of the column's own type
# may use the index under a policy.
INSTANT = "to_timestamp('{:%Y-%m-%d} 00:00:00.000000', 'YYYY-MM-DD HH24:MI:SS.US')"
DAY = "to_date('{:%Y-%m-%d}', 'YYYY-MM-DD')"
WITHOUT_ROLLUP = """(
    select tenant_id, created_at, created_at::date as day, inbox_name, situation, score_meaning,
        1 as conversations, is_lead::integer as leads, has_visit::integer as visits,
        has_enrolled::integer as conversions,
        (is_lead and has_enrolled)::integer as lead_conversions,
        (is_lead and has_visit)::integer as lead_visits,
        (is_lead and has_visit and has_enrolled)::integer as lead_visit_conversions
    from dashboards.conversations
) daily"""
_GOAL_MS = 300


def main(repetitions: int) -> None:
    """Prints a line per chart: the 95th percentile of each tenant's times, in milliseconds."""
    tenants = {row["slug"]: row["tenant_id"] for row in registry.describe_tenants()}
    datasets = {d["uuid"]: d for d in _read("datasets")}
    charts = [c for c in _read("charts") if c["uuid"] in _find_shown()]
    heading = "".join(f"{f'tenant {rank}':>12}" for rank in RANKS)
    print(f"{'chart, p95 in ms':34}{heading}{'no rollup':>12}")
    over = []
    for chart in charts:
        dataset = datasets[chart["dataset_uuid"]]
        times = [_measure_p95(rank, tenants, chart, dataset, repetitions) for rank in RANKS]
        peer = ""
        if dataset["table_name"] == "daily":
            slow = _measure_p95(1, tenants, chart, dataset, repetitions, source=WITHOUT_ROLLUP)
            peer = f"{slow:,.1f}"
        print(
            f"{chart['slice_name'][:33]:34}"
            + "".join(f"{t:>12,.1f}" for t in times)
            + f"{peer:>12}"
        )
        over += [chart["slice_name"]] * (max(times) > _GOAL_MS)
    print(f"above {_GOAL_MS} ms: {', '.join(over) or 'none'}")


def _measure_p95(
    rank: int,
    tenants: dict[str, int],
    chart: dict[str, Any],
    dataset: dict[str, Any],
    repetitions: int,
    *,
    source: str | None = None,
) -> float:
    sql = _query(chart["params"], dataset, tenants[slug(rank)], source)
    spent = []
    with closing(psycopg.connect(role_url(login_name(slug(rank))), autocommit=True)) as connection:
        connection.execute(f"set timezone = '{ZONE}'".encode())
        for _ in range(repetitions):
            begun = time.perf_counter()
            connection.execute(sql.encode()).fetchall()
            spent.append(1000 * (time.perf_counter() - begun))
    return statistics.quantiles(spent, n=20)[-1]


def _query(form: dict[str, Any], dataset: dict[str, Any], tenant: int, source: str | None) -> str:
    """Returns the chart's query as Superset writes it, except for quotes and aliases."""
    groups = form.get("groupby", [])
    groups = [*([form["x_axis"]] if "x_axis" in form else []), *_list(groups)]
    expressions = {m["metric_name"]: m["expression"] for m in dataset["metrics"]}
    metrics = [expressions[name] for name in [*form.get("metrics", []), *_list(form.get("metric"))]]
    filters = [f"tenant_id = {tenant}"]
    for f in form["adhoc_filters"]:
        if f["operator"] == "TEMPORAL_RANGE" and f["comparator"] != "No filter":
            filters += _last_30_days("created_at" if source else f["subject"])
    sql = f"select {', '.join([*groups, *metrics] or form['all_columns'])}"
    sql += f" from {source or 'dashboards.' + dataset['table_name']} where {' and '.join(filters)}"
    if groups:
        sql += f" group by {', '.join(groups)}"
    if form.get("order_by_cols"):
        orders = map(json.loads, form["order_by_cols"])
        sql += " order by " + ", ".join(f"{c} {'asc' if up else 'desc'}" for c, up in orders)
    return f"{sql} limit {form.get('server_page_length') or form.get('row_limit', 1000)}"


def _last_30_days(column: str) -> list[str]:
    today = date.today()  # noqa: DTZ011  (any thirty days will do)
    value = DAY if column == "day" else INSTANT
    since, until = value.format(today - timedelta(days=30)), value.format(today)
    return [f"{column} >= {since}", f"{column} < {until}"]


def _list(one_or_many: str | list[str] | None) -> list[str]:
    return [one_or_many] if isinstance(one_or_many, str) else one_or_many or []


def _find_shown() -> set[str]:
    boards = [
        yaml.safe_load((ASSETS / "dashboards" / f"{name}.yaml").read_text()) for name in PANELS
    ]
    parts = [part for board in boards for part in board["position"].values()]
    return {p["meta"]["uuid"] for p in parts if isinstance(p, dict) and p["type"] == "CHART"}


def _read(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(Path(p).read_text()) for p in sorted((ASSETS / folder).rglob("*.yaml"))]


if __name__ == "__main__":
    chosen = options(__doc__, repetitions=40)
    with open_five_million(chosen.conversations):
        main(chosen.repetitions)
