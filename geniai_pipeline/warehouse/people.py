"""``ops.users``: a copy of Superset's users, for the dashboards and reports."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import PLATFORM_ID, AuditTenant
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline.warehouse.queries import query


class User(Protocol):
    """A user of Superset with the properties that dashboards show."""

    @property
    def email(self) -> str:
        """The name they sign in with."""

    @property
    def role(self) -> str | None:
        """``viewer``, ``admin``, ``superadmin``, or none of them."""

    @property
    def tenant(self) -> str | None:
        """Their tenant's slug."""

    @property
    def active(self) -> bool:
        """Whether they may sign in."""


def store_users(everybody: Iterable[User]) -> None:
    """Replaces the table's rows by Superset's users; each user's last sign-in stays."""
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


def record_departure(tenant: AuditTenant, email: str, after: Mapping[str, Any]) -> None:
    """Records a user's departure in the audit log of the tenant that they left."""
    with connect(admin_url()) as connection:
        audit.add_entry(
            connection, "user.change", tenant,
            subject=email, before={"tenant": tenant.slug}, after={"tenant": after.get("tenant")},
        )  # fmt: skip


def find_audit_tenant(email: str) -> AuditTenant | None:
    """Finds the tenant that shows a user, or the platform; None: no such user."""
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select u.tenant_id, t.slug from ops.users u left join ops.tenants t using (tenant_id)"
            " where u.email = lower(%s)",
            [email],
        ).fetchone()
    return AuditTenant(*row) if row else None


def delete_user(email: str) -> None:
    """Deletes a user's row, which dashboards and reports read."""
    with connect(admin_url()) as connection:
        connection.execute(
            "with gone as"
            " (delete from ops.users where email = lower(%s) returning tenant_id, email)"
            " delete from ops.report_recipients r using gone"
            " where (r.tenant_id, r.email) = (gone.tenant_id, gone.email) and r.subscribed",
            [email],
        )


def emails() -> set[str]:
    """Reads the e-mail of every user the dashboards show."""
    with connect(admin_url()) as connection:
        return {email for (email,) in connection.execute("select email from ops.users").fetchall()}
