"""Code location: imports, assets and schedules."""

import subprocess
import sys

from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration import cron


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_code_location_loads_in_a_fresh_interpreter() -> None:
    run("import geniai_pipeline.definitions")


def test_only_processes_that_analyze_import_the_analyzers_library() -> None:
    run("import sys, geniai_pipeline.definitions; assert 'openai' not in sys.modules")


def test_the_assets_form_a_chain_and_are_partitioned_by_tenant() -> None:
    graph = defs.resolve_asset_graph()
    order = [
        sorted(key.to_user_string() for key in keys)
        for keys in graph.toposorted_asset_keys_by_level
    ]
    assert order == [
        ["chatwoot_raw"],
        ["audio_transcriptions"],
        ["conversations"],
        ["conversation_analysis"],
        ["conversations_analytics"],
        ["daily_metrics"],
        ["renewal", "weekly_report"],
    ]
    for key in graph.materializable_asset_keys:
        partitions = graph.get(key).partitions_def
        assert partitions is not None
        assert getattr(partitions, "name", None) == "tenant"


def test_the_schedules_run_by_themselves() -> None:
    wanted = {
        "every_six_hours": cron.SYNC,
        "hourly_renewals": cron.RENEWAL,
        "weekly_full_sweep": cron.FULL_SWEEP,
        "weekly_reports": cron.REPORT,
        "daily_clean_up": cron.CLEAN_UP,
    }
    for name, expression in wanted.items():
        found = defs.resolve_schedule_def(name)
        assert found.cron_schedule == expression
        assert found.default_status.value == "RUNNING"


def test_a_sync_sends_no_report_and_a_report_or_renewal_syncs_nothing() -> None:
    keys = {
        name: {
            key.to_user_string()
            for key in defs.resolve_job_def(name).asset_layer.executable_asset_keys
        }
        for name in ("sync_tenant", "renew_tenant", "report_tenant")
    }
    assert keys["renew_tenant"] == {"renewal"}
    assert keys["report_tenant"] == {"weekly_report"}
    assert "weekly_report" not in keys["sync_tenant"]
    assert "daily_metrics" in keys["sync_tenant"]
