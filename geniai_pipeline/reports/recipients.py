"""Recipients of a tenant's weekly report, and their unsubscribe links."""

from dataclasses import dataclass
from datetime import date

from itsdangerous import BadSignature, URLSafeSerializer
from psycopg.rows import class_row

from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.audit import AuditTenant
from geniai_pipeline.warehouse.connections import (
    admin_url,
    connect,
    role_url,
    tenant_transaction,
)
from geniai_pipeline.warehouse.registry import describe_tenants

UNSUBSCRIBE_PATH = "/geniai/relatorio/sair/"
_PURPOSE = "report:unsubscribe"
_EVERYBODY = """
select email, coalesce(r.subscribed, true) as subscribed, u.email is not null as is_user
from (select tenant_id, email from ops.users where active) u
full join ops.report_recipients r using (tenant_id, email)
where tenant_id = %s and (u.email is not null or r.subscribed)
order by email"""
_SET = """
insert into ops.report_recipients (tenant_id, email, subscribed) values (%s, lower(%s), %s)
on conflict (tenant_id, email)
do update set subscribed = excluded.subscribed, changed_at = now()"""
_UNSUBSCRIBE = """
insert into ops.report_recipients (tenant_id, email, subscribed) values (%s, lower(%s), false)
on conflict (tenant_id, email) do update set subscribed = false, changed_at = now()"""
_CLAIM = """
insert into ops.report_deliveries (tenant_id, week, email) values (%s, %s, %s)
on conflict (tenant_id, week, email)
do update set state = 'sending', started_at = now(), error = null
where report_deliveries.state = 'failed'
returning 1"""
_SETTLE = """
update ops.report_deliveries
set state = %s, error = %s, sent_at = case when %s::text is null then now() end
where tenant_id = %s and week = %s and email = %s"""


@dataclass(frozen=True)
class Recipient:
    """One recipient of a tenant's report."""

    email: str
    subscribed: bool
    is_user: bool


def read_recipients(tenant_id: int) -> list[Recipient]:
    """Reads the tenant's active users and added addresses, with their subscription."""
    with (
        tenant_transaction(tenant_id) as connection,
        connection.cursor(row_factory=class_row(Recipient)) as cursor,
    ):
        return cursor.execute(_EVERYBODY, [tenant_id]).fetchall()


def set_subscribed(slug: str, email: str, subscribed: bool) -> None:
    """Subscribes or unsubscribes an address, as the operator.

    Raises:
        PermanentError: there is no such tenant.

    """
    tenant_id = describe_tenants(slug)[0]["tenant_id"]
    with connect(admin_url()) as connection:
        connection.execute(_SET, [tenant_id, email, subscribed])
        audit.add_entry(
            connection, "user.change", AuditTenant(tenant_id, slug),
            subject=email, after={"relatório semanal": "sim" if subscribed else "não"},
        )  # fmt: skip


def unsubscribe(tenant_id: int, email: str) -> str | None:
    """Unsubscribes an address, as its owner requests by the link in their letter.

    Returns:
        The tenant's slug; None: the tenant was removed.

    """
    with connect(role_url("gatekeeper")) as connection:
        row = connection.execute(
            "select slug from ops.tenants where tenant_id = %s", [tenant_id]
        ).fetchone()
        if row is None:
            return None
        connection.execute(_UNSUBSCRIBE, [tenant_id, email])
        return str(row[0])


def claim_delivery(tenant_id: int, week: date, email: str) -> bool:
    """Claims a delivery; returns False if another run sent or claimed it.

    The claim commits before the letter is sent: a crash in between loses that letter, and never
    sends it twice.
    """
    with tenant_transaction(tenant_id) as connection:
        return connection.execute(_CLAIM, [tenant_id, week, email]).fetchone() is not None


def record_delivery(tenant_id: int, week: date, email: str, error: str | None) -> None:
    """Records that the letter was sent, or refused and may be sent again."""
    state = "failed" if error else "sent"
    with tenant_transaction(tenant_id) as connection:
        connection.execute(_SETTLE, [state, error, error, tenant_id, week, email])


def sign_token(tenant_id: int, email: str) -> str:
    """Signs the token of an unsubscribe link; it allows nothing else."""
    return _serializer().dumps([tenant_id, email])


def read_token(token: str) -> tuple[int, str] | None:
    """Reads tenant and address from a token; None: the signature is not valid."""
    try:
        tenant_id, email = _serializer().loads(token)
    except (BadSignature, ValueError):
        return None
    return int(tenant_id), str(email)


def _serializer() -> URLSafeSerializer:
    settings = get_settings()  # the old key too: letters outlive a rotation
    return URLSafeSerializer([settings.derive_old(_PURPOSE), settings.derive(_PURPOSE)])
