"""The clock of all processes, as Postgres keeps it (``sql/032_clock.sql``)."""

from datetime import datetime, timezone

from geniai_pipeline.warehouse.connections import admin_url, connect


def read_clock(url: str | None = None) -> datetime:
    """Reads the time by which things are shown and decided; UTC, with the offset that tests set.

    Args:
        url: the login that reads it; None: the administrator's.

    Raises:
        DatabaseDownError: the database cannot be reached.

    """
    with connect(url or admin_url()) as connection:
        row = connection.execute("select ops.now()").fetchone()
    assert row is not None  # noqa: S101
    now: datetime = row[0]
    return now.astimezone(timezone.utc)
