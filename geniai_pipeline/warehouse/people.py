"""``ops.users``: the people as Superset has them, where the dashboards can show them."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import PLATFORM_ID, Whose
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.queries import query


class Person(Protocol):
    """As much of a user as the dashboards show."""

    @property
    def email(self) -> str:
        """The name he signs in with."""

    @property
    def role(self) -> str | None:
        """``viewer``, ``admin``, ``superadmin``, or none of them."""

    @property
    def tenant(self) -> str | None:
        """His tenant's slug."""

    @property
    def active(self) -> bool:
        """Whether he may sign in."""


def store(everybody: Iterable[Person]) -> None:
    """Makes the table say what Superset says; when each signed in last is kept."""
    rows = [(p.tenant, p.email, p.role, p.active) for p in everybody]
    with connect(admin_url()) as connection:
        connection.execute(
            query("store_users"),
            {
                "platform": PLATFORM_ID,
                "tenants": [tenant for tenant, *_ in rows],
                "emails": [email for _, email, *_ in rows],
                "roles": [role for *_, role, _ in rows],
                "actives": [active for *_, active in rows],
            },
        )


def note_departure(whose: Whose, email: str, after: Mapping[str, Any]) -> None:
    """Tells the tenant a person has left that he has."""
    with connect(admin_url()) as connection:
        audit.note(
            connection, "user.change", whose,
            subject=email, before={"tenant": whose.slug}, after={"tenant": after.get("tenant")},
        )  # fmt: skip


def whose_is(email: str) -> Whose | None:
    """The tenant a person is shown at, or the platform; None: they are shown nowhere."""
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select u.tenant_id, t.slug from ops.users u left join ops.tenants t using (tenant_id)"
            " where u.email = lower(%s)",
            [email],
        ).fetchone()
    return Whose(*row) if row else None


def forget(email: str) -> None:
    """Takes a person off their tenant's dashboards and reports."""
    with connect(admin_url()) as connection:
        connection.execute(
            "with gone as"
            " (delete from ops.users where email = lower(%s) returning tenant_id, email)"
            " delete from ops.report_recipients r using gone"
            " where (r.tenant_id, r.email) = (gone.tenant_id, gone.email) and r.subscribed",
            [email],
        )


def emails() -> set[str]:
    """Everybody whom the dashboards show."""
    with connect(admin_url()) as connection:
        return {email for (email,) in connection.execute("select email from ops.users").fetchall()}
