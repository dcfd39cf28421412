"""Versions of the rows that a login sees: parts of cache keys, and of what an open page asks."""

import time
from dataclasses import dataclass
from pathlib import Path

from cachetools.func import ttl_cache

from geniai_pipeline.warehouse.connections import LoginConnections, role_url

_SECONDS = 0.5
"""How long a version is kept: a page that asks every five seconds shows a change within six."""
_STATEMENT = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
_connections = LoginConnections(most=8)


@dataclass(frozen=True)
class RowVersions:
    """As of when a login sees its rows."""

    rows: str
    """All rows: the last sync, the last renewal, and what live published, in steps of 5 minutes."""
    waiting: str
    """Who waits: the last sync, the last renewal, and the last change of who waits."""
    seconds_since_change: float | None
    """Since who waits changed, when the versions were read; None: never."""
    clock_offset: float
    """The dashboards' clock, in seconds since 1970, less ``time.monotonic``."""


@ttl_cache(maxsize=10_000, ttl=_SECONDS)
def read_row_versions(login: str) -> RowVersions:
    """Reads the versions by the login's own rights, at most twice a second in a process.

    Raises:
        DatabaseDownError: the database cannot be reached.
        PermanentError: it refuses the login.

    """
    row = _connections.fetch_row(role_url(login), _STATEMENT)
    synced = f"{row['run_ended_at']} {row['renewed_at']}"
    return RowVersions(
        rows=f"{synced} {row['shown_at']}",
        waiting=f"{synced} {row['waiting_at']}",
        seconds_since_change=row["seconds_since_change"],
        clock_offset=row["now"] - time.monotonic(),
    )
