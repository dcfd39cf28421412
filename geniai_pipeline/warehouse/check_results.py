"""Results of change checks in ``ops.etl_control``, and the latest run that they start from."""

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import dict_row

from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.queries import query
from geniai_pipeline.warehouse.runs import Watermark, code_version


class LatestRun(NamedTuple):
    """A tenant's latest run, as a change check needs it."""

    reason: str | None
    """Why a run is due whatever Chatwoot answers; None: it is not."""
    mark: Watermark | None
    has_fallbacks: bool
    """Whether some analyses are fallbacks."""


def read_latest_run(session: TenantSession) -> LatestRun | None:
    """Reads a tenant's latest run without its change checks; None: it has had none."""
    with session.transaction() as connection:
        row = connection.cursor(row_factory=dict_row).execute(query("latest_run")).fetchone()
    if row is None:
        return None
    reason = None
    if row["status"] != "success":
        reason = "Its latest run failed or was interrupted."
    elif row["code_version"] != code_version():
        reason = "Another version of this program made its tables."
    elif row["is_configured_since"]:
        reason = "Its settings changed."
    elif row["has_new_sales"]:
        reason = "Sales were imported."
    elif row["has_other_lists"]:
        reason = "Lists of members were imported or deleted."
    elif row["has_unread"]:
        reason = "Messages of some conversations could not be read."
    elif row["watermark_to"] is None:
        reason = "Not everything has landed yet."
    until = row["watermark_to"]
    mark = Watermark(until, row["age"], row["count_gap"]) if until else None
    return LatestRun(reason, mark, row["has_fallbacks"])


def store_check(
    session: TenantSession,
    *,
    seconds: float,
    mark: Watermark,
    as_of: datetime,
    conversations: int,
    expected: int,
    requests: int,
) -> None:
    """Records a change check that found nothing, and moves the watermark.

    Args:
        session: the tenant's.
        seconds: since before the request.
        mark: the watermark that the request started from.
        as_of: Chatwoot's clock before it answered.
        conversations: how many Chatwoot listed.
        expected: how many Chatwoot counts.
        requests: how many were sent.

    """
    _store(
        session,
        status="success",
        seconds=seconds,
        watermark_from=mark.until,
        watermark_to=as_of,
        count_gap=mark.count_gap,
        conversations=conversations,
        expected=expected,
        requests=requests,
    )


def store_failed_check(session: TenantSession, error: str) -> None:
    """Records a change check that failed, with the reason in one line."""
    _store(session, status="failed", error=error)


def _store(session: TenantSession, **values: Any) -> None:
    nothing = {
        "seconds": 0.0, "watermark_from": None, "watermark_to": None, "count_gap": None,
        "requests": 1, "conversations": 0, "expected": None, "error": None,
    }  # fmt: skip
    with session.transaction() as connection:
        connection.execute(query("store_check"), {**nothing, **values})
