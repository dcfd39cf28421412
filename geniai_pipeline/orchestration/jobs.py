"""Dagster jobs, and the run requests that schedules and sensors yield for them."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import dagster as dg

from geniai_pipeline.orchestration import retention
from geniai_pipeline.orchestration.assets import chatwoot_raw
from geniai_pipeline.pipeline import change_checks
from geniai_pipeline.settings import get_settings

FULL_SWEEP = {"ops": {"chatwoot_raw": {"config": {"full": True}}}}
"""Run configuration of a sweep."""
LIST_ALL = {"ops": {"chatwoot_raw": {"config": {"list_all": True}}}}
"""Run configuration that lists all conversations."""
REREAD_RECENT = {"ops": {"chatwoot_raw": {"config": {"reread_recent": True}}}}
"""Run configuration that reads again what was active lately."""

TickResult = dg.RunRequest | dg.SkipReason

sync_tenant = dg.define_asset_job(
    "sync_tenant",
    selection=dg.AssetSelection.groups("leads"),
    description="Brings one tenant's dashboards up to date with its Chatwoot.",
    # a killed run restarts from its first step, which opens the run's row
    tags={"dagster/retry_strategy": "ALL_STEPS"},
)

renew_tenant = dg.define_asset_job(
    "renew_tenant",
    selection=dg.AssetSelection.groups("renewals"),
    description="Renews what only time changes of what one tenant's dashboards show.",
    # a sync that somebody waits for goes first
    tags={"dagster/priority": "-1"},
)

report_tenant = dg.define_asset_job(
    "report_tenant",
    selection=dg.AssetSelection.groups("reports"),
    description="Sends one tenant's weekly report.",
)


@dg.op
def delete_old_runs(context: dg.OpExecutionContext) -> None:
    """Deletes the runs that are older than ``keep_runs_days``."""
    cutoff = datetime.now(timezone.utc) - timedelta(days=get_settings().keep_runs_days)
    retention.delete_runs_before(context.instance, cutoff, context.log.info)


@dg.job(description="Deletes runs older than GENIAI_KEEP_RUNS_DAYS, with their events and logs.")
def clean_up() -> None:
    """Job of one step: ``delete_old_runs``."""
    delete_old_runs()


def request_runs(
    context: dg.ScheduleEvaluationContext | dg.SensorEvaluationContext,
    checks: list[change_checks.Check],
    run_config: dict[str, Any] | None = None,
) -> Iterator[TickResult]:
    """Requests a run for each tenant that is due; the others' partitions get an observation."""
    moment = (
        context.scheduled_execution_time
        if isinstance(context, dg.ScheduleEvaluationContext)
        else datetime.now(timezone.utc)
    )
    due = [check for check in checks if check.verdict is change_checks.Verdict.DUE]
    for check in checks:
        if check.verdict is not change_checks.Verdict.DUE:
            context.instance.report_runless_asset_event(
                dg.AssetObservation(
                    chatwoot_raw.key,
                    partition=check.slug,
                    metadata={"checked": check.verdict.value, "result": check.reason},
                )
            )
    for check in due:
        yield dg.RunRequest(
            run_key=f"{moment:%Y%m%dT%H%M}:{check.slug}",
            partition_key=check.slug,
            run_config=REREAD_RECENT if check.misses_changes else run_config,
        )
    if not due:
        yield dg.SkipReason(f"{len(checks)} tenants were checked; no run is due.")
