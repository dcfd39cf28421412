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

    @property
    def lead_rate(self) -> float | None:
        """Leads of conversations, 0 to 1; None without conversations."""
        return self.leads / self.conversations if self.conversations else None


@dataclass(frozen=True)
class Waiting:
    """A lead of score 4 or 5 who spoke last."""

    conversation_id: int
    contact_name: str | None
    inbox_name: str
    channel: str
    score: int
    waiting_time: str
    """Since the lead spoke, in words."""
    chatwoot_url: str
    suggested_message: str | None
    window_open: bool | None
    """Whether the gym may still write freely; None: it always may."""
    time_left: str
    """How long it may, in words."""
    undelivered: str | None
    """What is said of the gym's last words where they never arrived."""
    all_waiting: int
    """How many there are, these five included."""


@dataclass(frozen=True)
class Week:
    """What a letter tells."""

    monday: date
    now: datetime
    """When the list of who waits was made, by the tenant's clock."""
    this: Figures
    before: Figures
    waiting: list[Waiting]

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    @property
    def all_waiting(self) -> int:
        """How many leads of score 4 or 5 wait, the listed ones included."""
        return self.waiting[0].all_waiting if self.waiting else 0


def find_last_monday(now: datetime) -> date:
    """The Monday of the week that was over at an instant of the tenant's clock."""
    return now.date() - timedelta(days=now.weekday() + 7)


def read_week(tenant: Tenant, monday: date, now: datetime) -> Week:
    """Reads it within the tenant's transaction; days are the tenant's own."""
    with tenant_transaction(tenant.tenant_id) as connection:
        connection.execute("select set_config('timezone', %s, true)", [tenant.timezone.key])
        connection.execute("set transaction read only")
        with connection.cursor(row_factory=class_row(Figures)) as cursor:
            this, before = cursor.execute(_FIGURES, {"week": monday})
        with connection.cursor(row_factory=class_row(Waiting)) as cursor:
            waiting = cursor.execute(_WAITING, {"now": now}).fetchall()
    return Week(monday, now.astimezone(tenant.timezone), this, before, waiting)
