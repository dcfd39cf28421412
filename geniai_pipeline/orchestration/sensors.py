"""Dagster sensors for the registry's partitions, recovered hosts, live changes and failed runs."""

from collections.abc import Iterator

import dagster as dg

from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.orchestration.assets import LIVE_STEPS, tenants
from geniai_pipeline.orchestration.jobs import TickResult, request_runs, sync_tenant
from geniai_pipeline.orchestration.storage import IS_DEVELOPMENT
from geniai_pipeline.pipeline import change_checks
from geniai_pipeline.warehouse import live, registry, runs
from geniai_pipeline.warehouse.connections import TenantSession

# stopped in ``dagster dev``: the installation's own daemon runs them
_STATUS = dg.DefaultSensorStatus.STOPPED if IS_DEVELOPMENT else dg.DefaultSensorStatus.RUNNING

_REPORT_MINUTES = 15


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=_STATUS,
)
def tenant_partitions(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Syncs partitions with the registry's active tenants, and records that the daemon runs."""
    runs.note_scheduler()
    wanted = set(registry.read_active_slugs())
    present = set(context.instance.get_dynamic_partitions(str(tenants.name)))
    added, removed = sorted(wanted - present), sorted(present - wanted)
    if not added and not removed:
        return dg.SkipReason(f"The {len(present)} partitions match the registry.")
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
    default_status=_STATUS,
)
def recovered_chatwoots(context: dg.SensorEvaluationContext) -> Iterator[TickResult]:
    """Checks the hosts that were down, and requests the runs that their tenants missed."""
    yield from request_runs(context, change_checks.check_recovered())


@dg.sensor(
    minimum_interval_seconds=60,
    default_status=_STATUS,
)
def live_changes(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Reports what live changed as materializations of the tenants' partitions, in order.

    An event per message and asset would be 0.7 GB a day: a tenant is reported every 15 minutes.
    """
    reports = live.find_reportable(_REPORT_MINUTES)
    events = [
        dg.AssetMaterialization(
            asset,
            partition=report.slug,
            metadata={
                "by": "live",
                "conversations_so_far": report.changes,
                "lag_seconds": report.lag_seconds or 0.0,
                **(
                    {"complete_up_to": dg.MetadataValue.timestamp(report.complete_up_to)}
                    if report.complete_up_to
                    else {}
                ),
            },
        )
        for report in reports
        for asset in LIVE_STEPS
    ]
    for report in reports:
        with TenantSession(report.tenant_id) as session:
            live.store_report(session)
    return dg.SensorResult(asset_events=events) if events else dg.SkipReason("Nothing changed.")


@dg.run_failure_sensor(default_status=_STATUS)
def failed_runs(context: dg.RunFailureSensorContext) -> None:
    """Closes the row of a run that was killed and could not do so itself."""
    slug = context.dagster_run.tags.get("dagster/partition")
    if slug is None:
        return
    try:
        tenant_id = registry.load_tenant(slug).tenant_id
    except GeniaiError as error:
        context.log.warning(f"{slug}: the failure could not be recorded: {error}")
        return
    with TenantSession(tenant_id) as session:
        runs.fail_unfinished(
            session, context.dagster_run.run_id, context.failure_event.message or ""
        )
