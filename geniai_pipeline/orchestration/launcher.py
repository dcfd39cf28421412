"""Launches tenants' runs through Dagster's webserver and reads their states."""

from dataclasses import dataclass

import dagster as dg
from dagster._core.storage.tags import AUTO_RETRY_RUN_ID_TAG, WILL_RETRY_TAG
from dagster_graphql import DagsterGraphQLClient, DagsterGraphQLClientError

from geniai_pipeline.errors import TransientError
from geniai_pipeline.orchestration.instance import LOCATION, open_instance
from geniai_pipeline.settings import get_settings

_REPOSITORY, _JOB = "__repository__", "sync_tenant"
_PARTITION_TAG = "dagster/partition"


@dataclass(frozen=True)
class RunState:
    """State of a launched run."""

    status: str
    """Dagster's name: ``QUEUED``, ``STARTED``, ``SUCCESS``, ``FAILURE``, ..."""
    error: str | None
    retry_run_id: str | None = None
    """The run that replaces one that was killed or never began."""

    @property
    def finished(self) -> bool:
        """Whether the run has ended."""
        return self.status in ("SUCCESS", "FAILURE", "CANCELED")


def launch_runs(slugs: list[str], *, full: bool, reanalyze: bool = False) -> dict[str, str]:
    """Queues one interactive run per tenant, or takes the queued one of the same configuration.

    Returns:
        Run ids by slug.

    Raises:
        TransientError: the webserver does not answer.

    """
    settings = get_settings()
    configs = {
        "chatwoot_raw": {"full": True} if full else {},
        "conversation_analysis": {"reanalyze": True} if reanalyze else {},
    }
    ops = {asset: {"config": config} for asset, config in configs.items() if config}
    run_config = {"ops": ops} if ops else {}
    with open_instance() as dagster:
        queued = {
            run.tags.get(_PARTITION_TAG): run.run_id
            for run in dagster.get_runs(
                dg.RunsFilter(job_name=_JOB, statuses=[dg.DagsterRunStatus.QUEUED])
            )
            if run.run_config == run_config
        }
    try:
        client = DagsterGraphQLClient("127.0.0.1", port_number=settings.dagster_port)
        return {
            slug: queued.get(slug)
            or client.submit_job_execution(
                _JOB,
                repository_location_name=LOCATION,
                repository_name=_REPOSITORY,
                run_config=run_config,
                tags={_PARTITION_TAG: slug, "geniai/interactive": "true"},
            )
            for slug in slugs
        }
    except DagsterGraphQLClientError as error:
        raise TransientError(
            f"Dagster at {settings.dagster_url} did not accept the run: {error}",
            mend="Start it with `geniai up`; if it runs on another port, set GENIAI_DAGSTER_PORT.",
        ) from error


def read_run_states(run_ids: list[str]) -> dict[str, RunState]:
    """Reads runs' states by id; a failed run that Dagster will retry counts as queued."""
    with open_instance() as dagster:
        return {
            run.run_id: _read_state(dagster, run)
            for run in dagster.get_runs(dg.RunsFilter(run_ids=run_ids))
        }


def _read_state(dagster: dg.DagsterInstance, run: dg.DagsterRun) -> RunState:
    if not run.is_failure:
        return RunState(run.status.value, None)
    if run.tags.get(WILL_RETRY_TAG) == "true":
        return RunState(dg.DagsterRunStatus.QUEUED.value, None, run.tags.get(AUTO_RETRY_RUN_ID_TAG))
    return RunState(run.status.value, _read_failure(dagster, run.run_id))


def _read_failure(dagster: dg.DagsterInstance, run_id: str) -> str:
    """Reads the error of the failed step; else Dagster's message on the run."""
    events = dagster.get_records_for_run(
        run_id, of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE}
    ).records
    for record in events:
        event = record.event_log_entry.dagster_event
        if event is None:
            continue
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return str(data.user_failure_data.description)
            if data.error:
                return data.error.message.strip().splitlines()[-1]
        if event.message:
            return event.message
    return "The run failed."
