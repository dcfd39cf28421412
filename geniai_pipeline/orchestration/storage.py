"""Dagster's storage in the installation's Postgres, found as everything else finds it.

Named by ``dagster.yaml``, so that the webserver, the daemon, ``dagster dev`` and the command line
need no variable of their own, whichever port the embedded server came up on.

``dagster dev`` has an instance of its own. On the installation's it would be a second daemon, which
launches each scheduled run a second time and resets the schedules.
"""

import os
import select
from collections.abc import Mapping
from typing import Any

import psycopg2
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import create_engine, event, exc

from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import DAGSTER, role_url

IS_DEVELOPMENT = "DAGSTER_IS_DEV_CLI" in os.environ
"""Whether ``dagster dev`` started this process."""

_POOL_SIZE, _MORE_AT_PEAK = 2, 30


class GeniaiStorage(DagsterPostgresStorage):
    """Runs, events and schedules, in the database and with the login that are Dagster's alone.

    One pool of connections per process serves all three. Dagster's own storage opens a session for
    each statement: 287 of them in a run that has nothing to do.
    """

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(postgres_url, inst_data=inst_data)
        engine = create_engine(
            postgres_url,
            isolation_level="AUTOCOMMIT",
            pool_size=_POOL_SIZE,
            max_overflow=_MORE_AT_PEAK,
        )
        event.listen(engine, "checkout", _require_open)
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = engine
        # the instance disposes of the three, not of what holds them
        self._run_storage.dispose = engine.dispose  # type: ignore[method-assign]

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the settings have it all."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Any:
        """The storage at the running database; for ``dagster dev``, a file in the data folder."""
        if IS_DEVELOPMENT:
            return DagsterSqliteStorage(str(get_settings().home / "dagster-dev"), inst_data)
        return cls(role_url("dagster", DAGSTER), inst_data=inst_data)


def _require_open(connection: Any, record: Any, proxy: Any) -> None:
    """Has the pool open another connection where the server has closed this one: it restarted.

    An idle connection has nothing to read but the end of it, so that only then the server is asked.

    Raises:
        InvalidatePoolError: it is closed, and the others are as likely.

    """
    if not select.select([connection], [], [], 0)[0]:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except psycopg2.Error as error:
        raise exc.InvalidatePoolError from error
