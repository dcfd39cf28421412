"""Dagster's storage in the installation's Postgres, found as everything else finds it.

Named by ``dagster.yaml``, so that the webserver, the daemon, ``dagster dev`` and the command line
need no variable of their own, whichever port the embedded server came up on.
"""

from collections.abc import Mapping
from typing import Any

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage

from geniai_pipeline.warehouse.connections import DAGSTER, role_url


class GeniaiStorage(DagsterPostgresStorage):
    """Runs, events and schedules, in the database and with the login that are Dagster's alone."""

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        """No configuration: the settings have it all."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "GeniaiStorage":
        """The storage at the running database."""
        return cls(role_url("dagster", DAGSTER), inst_data=inst_data)
