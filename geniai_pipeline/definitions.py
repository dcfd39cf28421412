"""Dagster code location: assets, jobs, schedules, sensors and resources."""

import dagster as dg

from geniai_pipeline.orchestration import assets, jobs, schedules, sensors
from geniai_pipeline.orchestration.resources import (
    AnalyzerResource,
    ChatwootResource,
    TenantResource,
)

defs = dg.Definitions(
    assets=dg.load_assets_from_modules([assets]),
    jobs=[jobs.sync_tenant, jobs.renew_tenant, jobs.report_tenant, jobs.clean_up],
    schedules=[
        schedules.every_six_hours,
        schedules.hourly_renewals,
        schedules.nightly_list,
        schedules.weekly_full_sweep,
        schedules.weekly_reports,
        schedules.daily_clean_up,
    ],
    sensors=[
        sensors.tenant_partitions,
        sensors.recovered_chatwoots,
        sensors.live_changes,
        sensors.failed_runs,
    ],
    resources={
        "registry": TenantResource(),
        "chatwoot": ChatwootResource(),
        "analyzers": AnalyzerResource(),
    },
    # a process per step would cost four times the run itself
    executor=dg.in_process_executor,
)
