"""Queries the figures of a week and the week before, and who waits for an answer."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from psycopg import sql
from psycopg.rows import class_row

from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse.connections import tenant_transaction

_FOLDER = Path(__file__).parent
_FIGURES, _WAITING = (
    sql.SQL((_FOLDER / f"{name}.sql").read_text()) for name in ("figures", "waiting")
)


@dataclass(frozen=True)
class Figures:
    """A week's sums, by the days on which conversations began."""

    position: int
    conversations: int
    leads: int
    visits: int
    conversions: int
    response_seconds: float | None
    """Median of the leads', first message to first human reply, wall clock; None: no reply."""
    response_time: str
    """The same in words."""
    unread_audios: int
    """Audios of contacts that nobody transcribed."""

    @property
    def lead_rate(self) -> float | None:
        """Leads of conversations, 0 to 1; None without conversations."""
        return self.leads / self.conversations if self.conversations else None


@dataclass(frozen=True)
class Waiting:
    """A lead of score 4 or 5 who wrote last and waits for an answer."""

    conversation_id: int
    contact_name: str | None
    inbox_name: str
    channel: str
    score: int
    unread_audios: str | None
    """How many of the lead's audios nobody transcribed, in words; None: there are none."""
    waiting_time: str
    """Since the lead spoke, in words."""
    chatwoot_url: str
    suggested_message: str | None
    window_open: bool | None
    """Whether the reply window is open; None: the channel has none."""
    time_left: str
    """The rest of the reply window, in words."""
    undelivered: str | None
    """Why the tenant's last message was not delivered, in words; None: it was."""
    all_waiting: int
    """The number of waiting leads, the five listed ones included."""


@dataclass(frozen=True)
class Week:
    """The data of a weekly report."""

    monday: date
    now: datetime
    """The time of the list of waiting leads, in the tenant's zone."""
    this: Figures
    before: Figures
    waiting: list[Waiting]

    @property
    def sunday(self) -> date:
        """The week's last day."""
        return self.monday + timedelta(days=6)

    @property
    def all_waiting(self) -> int:
        """The number of waiting leads of score 4 or 5, the listed ones included."""
        return self.waiting[0].all_waiting if self.waiting else 0


def find_last_monday(now: datetime) -> date:
    """Computes the Monday of the last complete week, from the tenant's local time."""
    return now.date() - timedelta(days=now.weekday() + 7)


def read_week(tenant: Tenant, monday: date, now: datetime) -> Week:
    """Queries a week in the tenant's transaction and time zone."""
    with tenant_transaction(tenant.tenant_id) as connection:
        connection.execute("select set_config('timezone', %s, true)", [tenant.timezone.key])
        connection.execute("set transaction read only")
        with connection.cursor(row_factory=class_row(Figures)) as cursor:
            this, before = cursor.execute(_FIGURES, {"week": monday})
        with connection.cursor(row_factory=class_row(Waiting)) as cursor:
            waiting = cursor.execute(_WAITING, {"now": now}).fetchall()
    return Week(monday, now.astimezone(tenant.timezone), this, before, waiting)
