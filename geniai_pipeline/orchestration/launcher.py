"""Launches tenants' runs through Dagster's webserver and reads what became of them."""

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
    """What became of a launched run so far."""

    status: str
    """``QUEUED``, ``STARTED``, ``SUCCESS``, ``FAILURE``, ... as Dagster names them."""
    error: str | None
    retry_run_id: str | None = None
    """The run that takes its place, for it was killed or never began."""

    @property
    def finished(self) -> bool:
        """Whether it has ended."""
        return self.status in ("SUCCESS", "FAILURE", "CANCELED")


def launch_runs(slugs: list[str], *, full: bool, reanalyze: bool = False) -> dict[str, str]:
    """Queues one run for each tenant's partition, as somebody waits for them.

    Where a run that reads as much is waiting in the queue already, it is that one.

    Returns:
        The runs' ids by slug.

    Raises:
        TransientError: the webserver does not answer.

    """
    settings = get_settings()
    wanted = {
        "chatwoot_raw": {"full": True} if full else {},
        "conversation_analysis": {"reanalyze": True} if reanalyze else {},
    }
    ops = {asset: {"config": config} for asset, config in wanted.items() if config}
    run_config = {"ops": ops} if ops else {}
    with open_instance() as dagster:
        queued = {
            run.tags.get(_PARTITION_TAG): run.run_id
            for run in dagster.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.QUEUED]))
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
            f"Dagster at {settings.dagster_url} did not take the run: {error}",
            mend="Start it with `geniai up`; if it runs on another port, set GENIAI_DAGSTER_PORT.",
        ) from error


def read_run_states(run_ids: list[str]) -> dict[str, RunState]:
    """The states of these runs; one that failed and is begun anew is queued."""
    with open_instance() as dagster:
        return {
            run.run_id: _state(dagster, run)
            for run in dagster.get_runs(dg.RunsFilter(run_ids=run_ids))
        }


def _state(dagster: dg.DagsterInstance, run: dg.DagsterRun) -> RunState:
    if not run.is_failure:
        return RunState(run.status.value, None)
    if run.tags.get(WILL_RETRY_TAG) == "true":
        return RunState(dg.DagsterRunStatus.QUEUED.value, None, run.tags.get(AUTO_RETRY_RUN_ID_TAG))
    return RunState(run.status.value, _failure_of(dagster, run.run_id))


def _failure_of(dagster: dg.DagsterInstance, run_id: str) -> str:
    """The line of the step that failed; else what Dagster says of the run."""
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
