"""Dagster's storage in the installation's Postgres, which the settings locate.

``dagster.yaml`` names it, so the webserver, the daemon, ``dagster dev`` and the command line need
no variable of their own, whichever port the embedded server has.

``dagster dev`` has its own instance: a second daemon on the installation's would launch each
scheduled run twice and reset the schedules.
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

_POOL_SIZE, _POOL_OVERFLOW = 2, 30


class GeniaiStorage(DagsterPostgresStorage):
    """Storage for runs, events and schedules, with Dagster's own database and login.

    One connection pool per process serves all three. Dagster's own storage opens a session for
    each statement: 287 of them in a run that has nothing to do.
    """

    def __init__(self, postgres_url: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(postgres_url, inst_data=inst_data)
        engine = create_engine(
            postgres_url,
            isolation_level="AUTOCOMMIT",
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_OVERFLOW,
        )
        event.listen(engine, "checkout", _require_open)
        for storage in (self._run_storage, self._event_log_storage, self._schedule_storage):
            storage._engine = engine
        # the instance disposes of the three storages, not of this object
        self._run_storage.dispose = engine.dispose  # type: ignore[method-assign]

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """Declares no configuration: the settings have it all."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> Any:
        """Builds the storage on the running database; for ``dagster dev``, on a file."""
        if IS_DEVELOPMENT:
            return DagsterSqliteStorage(str(get_settings().home / "dagster-dev"), inst_data)
        return cls(role_url("dagster", DAGSTER), inst_data=inst_data)


def _require_open(connection: Any, record: Any, proxy: Any) -> None:
    """Makes the pool replace its connections after a restart of the server.

    An idle connection has nothing to read except its end, so only then a query tests it.

    Raises:
        InvalidatePoolError: the connection is closed; the others probably are, too.

    """
    if not select.select([connection], [], [], 0)[0]:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except psycopg2.Error as error:
        raise exc.InvalidatePoolError from error
