"""The clock of every process, which tests move."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from geniai_pipeline.warehouse.connections import admin_url, connect


def advance_clock(ahead: timedelta) -> None:
    """Sets the clock to so long after the machine's."""
    with connect(admin_url()) as connection:
        connection.execute("select ops.set_clock(%s)", [ahead])


def set_clock(at: float) -> None:
    """Sets the clock to an instant (epoch seconds)."""
    with connect(admin_url()) as connection:
        connection.execute("select ops.set_clock(to_timestamp(%s) - pg_catalog.now())", [at])


@contextmanager
def restore_clock() -> Iterator[None]:
    """Sets the clock to the machine's at the end."""
    try:
        yield
    finally:
        advance_clock(timedelta(0))
