"""The code location."""

import dagster as dg

from geniai_pipeline import assets, automation
from geniai_pipeline.resources import AnalyzerResource, ChatwootResource, TenantResource

defs = dg.Definitions(
    assets=dg.load_assets_from_modules([assets]),
    jobs=[automation.sync_tenant, automation.report_tenant, automation.clean_up],
    schedules=[
        automation.every_six_hours,
        automation.weekly_full_sweep,
        automation.weekly_reports,
        automation.daily_clean_up,
    ],
    sensors=[
        automation.tenant_partitions,
        automation.recovered_chatwoots,
        automation.failed_runs,
    ],
    resources={
        "tenant": TenantResource(),
        "chatwoot": ChatwootResource(),
        "analyzer": AnalyzerResource(),
    },
    # a process per step would cost four times the run itself
    executor=dg.in_process_executor,
)
