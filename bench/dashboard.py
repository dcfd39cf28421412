"""What the panel's charts ask of Postgres, on five million conversations in a hundred tenants.

Every chart of the tenants' dashboards, as its tenant's login, over the thirty days it opens with;
nothing is cached but what Postgres keeps itself. The peer answers the charts of the rollup as a
panel without one would, from the conversations.

    python bench/dashboard.py                           # five million conversations, made once
    python bench/dashboard.py --conversations 200000    # the same with fewer
"""

import statistics
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import yaml
from _five_million import TENANTS, ZONE, five_million, options, slug

from geniai_pipeline.settings import ROOT
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import role_url

ASSETS = ROOT / "superset" / "assets"
PANELS = ("painel", "lead")
RANKS = (1, 20, TENANTS)
PERIOD = "{0} >= current_date - 30 and {0} < current_date"
WITHOUT_ROLLUP = """(
    select tenant_id, created_at::date as day, inbox_name, situation, score_meaning,
        1 as conversations, is_lead::integer as leads, visit_scheduled::integer as visits,
        crm_converted::integer as conversions
    from dashboards.conversations
) daily"""
_GOAL_MS = 300


def main(repetitions: int) -> None:
    """Prints a line per chart: the 95th percentile of each tenant's times, in milliseconds."""
    tenants = {row["slug"]: row["tenant_id"] for row in registry.describe_tenants()}
    datasets = {d["uuid"]: d for d in _read("datasets")}
    charts = [c for c in _read("charts") if c["uuid"] in _shown()]
    heading = "".join(f"{f'tenant {rank}':>12}" for rank in RANKS)
    print(f"{'chart, p95 in ms':34}{heading}{'no rollup':>12}")
    over = []
    for chart in charts:
        dataset = datasets[chart["dataset_uuid"]]
        times = [_p95(rank, tenants, chart, dataset, repetitions) for rank in RANKS]
        peer = ""
        if dataset["table_name"] == "daily":
            slow = _p95(1, tenants, chart, dataset, repetitions, source=WITHOUT_ROLLUP)
            peer = f"{slow:,.1f}"
        print(
            f"{chart['slice_name'][:33]:34}"
            + "".join(f"{t:>12,.1f}" for t in times)
            + f"{peer:>12}"
        )
        over += [chart["slice_name"]] * (max(times) > _GOAL_MS)
    print(f"above {_GOAL_MS} ms: {', '.join(over) or 'none'}")


def _p95(
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


def _query(asked: dict[str, Any], dataset: dict[str, Any], tenant: int, source: str | None) -> str:
    """The chart's query as Superset writes it, but for its quotes and aliases."""
    groups = asked.get("groupby", [])
    groups = [*([asked["x_axis"]] if "x_axis" in asked else []), *_list(groups)]
    expressions = {m["metric_name"]: m["expression"] for m in dataset["metrics"]}
    metrics = [
        expressions[name] for name in [*asked.get("metrics", []), *_list(asked.get("metric"))]
    ]
    filters = [f"tenant_id = {tenant}"]
    filters += [
        PERIOD.format(f["subject"])
        for f in asked["adhoc_filters"]
        if f["operator"] == "TEMPORAL_RANGE" and f["comparator"] != "No filter"
    ]
    sql = f"select {', '.join([*groups, *metrics] or asked['all_columns'])}"
    sql += f" from {source or 'dashboards.' + dataset['table_name']} where {' and '.join(filters)}"
    if groups:
        sql += f" group by {', '.join(groups)}"
    return f"{sql} limit {asked.get('row_limit', 1000)}"


def _list(one_or_many: str | list[str] | None) -> list[str]:
    return [one_or_many] if isinstance(one_or_many, str) else one_or_many or []


def _shown() -> set[str]:
    boards = [
        yaml.safe_load((ASSETS / "dashboards" / f"{name}.yaml").read_text()) for name in PANELS
    ]
    parts = [part for board in boards for part in board["position"].values()]
    return {p["meta"]["uuid"] for p in parts if isinstance(p, dict) and p["type"] == "CHART"}


def _read(folder: str) -> list[dict[str, Any]]:
    return [yaml.safe_load(Path(p).read_text()) for p in sorted((ASSETS / folder).rglob("*.yaml"))]


if __name__ == "__main__":
    chosen = options(__doc__, repetitions=40)
    with five_million(chosen.conversations):
        main(chosen.repetitions)
