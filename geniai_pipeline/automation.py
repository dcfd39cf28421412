"""When the assets run: every six hours, a full sweep and a report a week, and by the registry."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import dagster as dg

from geniai_pipeline import checks, retention, schedule
from geniai_pipeline.assets import chatwoot_raw, tenants
from geniai_pipeline.dagster_storage import IS_DEVELOPMENT
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.reports import weekly
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry, runs

FULL_SWEEP = {"ops": {"chatwoot_raw": {"config": {"full": True}}}}
"""The run configuration that reads all of Chatwoot again."""

_SCHEDULE_STATUS, _SENSOR_STATUS = (
    # the installation's own daemon does what is due
    (dg.DefaultScheduleStatus.STOPPED, dg.DefaultSensorStatus.STOPPED)
    if IS_DEVELOPMENT
    else (dg.DefaultScheduleStatus.RUNNING, dg.DefaultSensorStatus.RUNNING)
)

_Answer = dg.RunRequest | dg.SkipReason

sync_tenant = dg.define_asset_job(
    "sync_tenant",
    selection=dg.AssetSelection.groups("leads"),
    description="Brings one tenant's dashboards up to date with its Chatwoot.",
    # a run that was killed is started anew: the row that tells of a run is opened by its first step
    tags={"dagster/retry_strategy": "ALL_STEPS"},
)

report_tenant = dg.define_asset_job(
    "report_tenant",
    selection=dg.AssetSelection.groups("reports"),
    description="Sends one tenant's weekly report.",
)


@dg.op
def delete_old_runs(context: dg.OpExecutionContext) -> None:
    """Deletes the runs that are older than the settings say."""
    cutoff = datetime.now(timezone.utc) - timedelta(days=get_settings().keep_runs_days)
    retention.delete_runs_before(context.instance, cutoff, context.log.info)


@dg.job(description="Deletes runs that are older than GENIAI_KEEP_RUNS_DAYS, with all they left.")
def clean_up() -> None:
    """One step."""
    delete_old_runs()


@dg.schedule(
    job=sync_tenant,
    cron_schedule=schedule.SYNC_CRON,
    execution_timezone=schedule.TIMEZONE,
    default_status=_SCHEDULE_STATUS,
)
def every_six_hours(context: dg.ScheduleEvaluationContext) -> Iterator[_Answer]:
    """A run for each active tenant in whose Chatwoot something changed; the others are noted."""
    yield from _requests(context, checks.check(registry.active_slugs()))


@dg.schedule(
    job=sync_tenant,
    cron_schedule=schedule.FULL_SWEEP_CRON,
    execution_timezone=schedule.TIMEZONE,
    default_status=_SCHEDULE_STATUS,
)
def weekly_full_sweep(context: dg.ScheduleEvaluationContext) -> Iterator[_Answer]:
    """One run per active tenant that reads everything, for what changes without a sign."""
    found = checks.check(registry.active_slugs(), due="Everything is read again each week.")
    yield from _requests(context, found, run_config=FULL_SWEEP)


@dg.schedule(
    job=report_tenant,
    cron_schedule=schedule.REPORT_CRON,
    execution_timezone="UTC",
    default_status=_SCHEDULE_STATUS,
)
def weekly_reports(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """One run per tenant and week, as soon as it is Monday, eight o'clock, where the tenant is."""
    for slug, week in weekly.due(context.scheduled_execution_time):
        yield dg.RunRequest(run_key=f"{week:%Y-%m-%d}:{slug}", partition_key=slug)


@dg.schedule(
    job=clean_up,
    cron_schedule=schedule.RETENTION_CRON,
    execution_timezone=schedule.TIMEZONE,
    default_status=_SCHEDULE_STATUS,
)
def daily_clean_up() -> dg.RunRequest:
    """One run a night."""
    return dg.RunRequest()


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=_SENSOR_STATUS,
)
def tenant_partitions(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Keeps the partitions equal to the registry's active tenants; notes that the daemon lives."""
    runs.note_scheduler()
    wanted = set(registry.active_slugs())
    present = set(context.instance.get_dynamic_partitions(str(tenants.name)))
    added, removed = sorted(wanted - present), sorted(present - wanted)
    if not added and not removed:
        return dg.SkipReason(f"The {len(present)} partitions are those of the registry.")
    return dg.SensorResult(
        dynamic_partitions_requests=[
            request
            for keys, build in (
                (added, tenants.build_add_request),
                (removed, tenants.build_delete_request),
            )
            if keys
            for request in [build(keys)]
        ]
    )


@dg.sensor(
    job=sync_tenant,
    minimum_interval_seconds=60,
    default_status=_SENSOR_STATUS,
)
def recovered_chatwoots(context: dg.SensorEvaluationContext) -> Iterator[_Answer]:
    """Tries the hosts that were down, and makes up for what their tenants missed."""
    yield from _requests(context, checks.check_recovered())


@dg.run_failure_sensor(default_status=_SENSOR_STATUS)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    """Closes the run's row where the run could not do so itself: it was killed."""
    slug = context.dagster_run.tags.get("dagster/partition")
    if slug is None:
        return
    try:
        tenant_id = registry.load_tenant(slug).tenant_id
    except GeniaiError as error:
        context.log.warning(f"{slug}: the failure could not be noted: {error}")
        return
    runs.fail_unfinished(tenant_id, context.dagster_run.run_id, context.failure_event.message or "")


def _requests(
    context: dg.ScheduleEvaluationContext | dg.SensorEvaluationContext,
    found: list[checks.Check],
    run_config: dict[str, Any] | None = None,
) -> Iterator[_Answer]:
    """A run for each that is due; what became of the others stands on their partitions."""
    moment = (
        context.scheduled_execution_time
        if isinstance(context, dg.ScheduleEvaluationContext)
        else datetime.now(timezone.utc)
    )
    due = [check for check in found if check.verdict is checks.Verdict.DUE]
    for check in found:
        if check.verdict is not checks.Verdict.DUE:
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
            run_config=run_config,
        )
    if not due:
        yield dg.SkipReason(f"{len(found)} tenants were checked; no run is due.")
