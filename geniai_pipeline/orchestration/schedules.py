"""Dagster schedules: syncs, renewals, nightly lists, weekly sweeps and reports, a clean-up."""

from collections.abc import Iterator

import dagster as dg

from geniai_pipeline.orchestration import cron
from geniai_pipeline.orchestration.jobs import (
    FULL_SWEEP,
    LIST_ALL,
    TickResult,
    clean_up,
    renew_tenant,
    report_tenant,
    request_runs,
    sync_tenant,
)
from geniai_pipeline.orchestration.storage import IS_DEVELOPMENT
from geniai_pipeline.pipeline import change_checks
from geniai_pipeline.reports import weekly
from geniai_pipeline.warehouse import registry, renewals

# stopped in ``dagster dev``: the installation's own daemon runs them
_STATUS = dg.DefaultScheduleStatus.STOPPED if IS_DEVELOPMENT else dg.DefaultScheduleStatus.RUNNING


@dg.schedule(
    job=sync_tenant,
    cron_schedule=cron.SYNC,
    execution_timezone=cron.TIMEZONE,
    default_status=_STATUS,
)
def every_six_hours(context: dg.ScheduleEvaluationContext) -> Iterator[TickResult]:
    """Requests a run for each active tenant whose change check finds a change."""
    yield from request_runs(context, change_checks.check(registry.read_active_slugs()))


@dg.schedule(
    job=sync_tenant,
    cron_schedule=cron.FULL_SWEEP,
    execution_timezone=cron.TIMEZONE,
    default_status=_STATUS,
)
def weekly_full_sweep(context: dg.ScheduleEvaluationContext) -> Iterator[TickResult]:
    """Requests a sweep per active tenant, for changes that a change check cannot see."""
    checks = change_checks.check(
        registry.read_active_slugs(), due="Everything is read again each week."
    )
    yield from request_runs(context, checks, run_config=FULL_SWEEP)


@dg.schedule(
    job=sync_tenant,
    cron_schedule=cron.LIST_ALL,
    execution_timezone=cron.TIMEZONE,
    default_status=_STATUS,
)
def nightly_list(context: dg.ScheduleEvaluationContext) -> Iterator[TickResult]:
    """Requests a run per active tenant that lists all: nothing else tells deleted conversations."""
    checks = change_checks.check(
        registry.read_active_slugs(), due="All conversations are listed each night."
    )
    yield from request_runs(context, checks, run_config=LIST_ALL)


@dg.schedule(
    job=renew_tenant,
    cron_schedule=cron.RENEWAL,
    execution_timezone=cron.TIMEZONE,
    default_status=_STATUS,
)
def hourly_renewals(context: dg.ScheduleEvaluationContext) -> Iterator[TickResult]:
    """Requests a renewal for each active tenant whose pages show something that has run out."""
    due = renewals.find_due_tenants()
    for slug in due:
        yield dg.RunRequest(
            run_key=f"{context.scheduled_execution_time:%Y%m%dT%H%M}:{slug}", partition_key=slug
        )
    if not due:
        yield dg.SkipReason("Nothing has run out.")


@dg.schedule(
    job=report_tenant,
    cron_schedule=cron.REPORT,
    execution_timezone="UTC",
    default_status=_STATUS,
)
def weekly_reports(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """Requests one report per tenant and week, on Monday at 8:00 in the tenant's time zone."""
    for slug, week in weekly.find_due_tenants(context.scheduled_execution_time):
        yield dg.RunRequest(run_key=f"{week:%Y-%m-%d}:{slug}", partition_key=slug)


@dg.schedule(
    job=clean_up,
    cron_schedule=cron.CLEAN_UP,
    execution_timezone=cron.TIMEZONE,
    default_status=_STATUS,
)
def daily_clean_up() -> dg.RunRequest:
    """Requests one clean-up a night."""
    return dg.RunRequest()
