"""``ops.webhooks``: tenants' webhooks in their Chatwoots, and how deliveries are checked."""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from psycopg.rows import class_row

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenants import decrypt_token, encrypt_token
from geniai_pipeline.warehouse.connections import TenantSession, bind_tenant, connect, role_url
from geniai_pipeline.warehouse.queries import query

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Webhook:
    """A tenant's webhook."""

    token: str = field(repr=False)
    """The last part of its address."""
    secret: str | None = field(default=None, repr=False)
    """That Chatwoot signs by; None: its version signs nothing, or nobody told."""
    webhook_id: int | None = None
    """Chatwoot's number; None: it is not registered by us."""
    error: str | None = None
    """Why it could not be registered."""


@dataclass(frozen=True)
class Sender:
    """What the deliveries of one tenant's Chatwoot are checked by."""

    tenant_id: int
    slug: str
    account_id: int
    token: str = field(repr=False)
    secret: str | None = field(repr=False)


@dataclass(frozen=True)
class WebhookState:
    """What is known of a tenant's webhook and of live."""

    is_stored: bool
    """Whether the tenant has an address for deliveries."""
    is_registered: bool
    webhook_error: str | None
    registered_at: datetime | None
    last_event_at: datetime | None
    """None: no delivery came since it was registered."""
    live_error: str | None
    failing_since: datetime | None
    is_failing: bool
    """Whether live fails since more than ten minutes."""
    has_changes: bool
    """Whether a conversation went on since it was registered."""

    def describe(self) -> str:
        """Describes the webhook in a line."""
        if self.last_event_at is not None:
            return f"live, last event {self.last_event_at.astimezone():%Y-%m-%d %H:%M}"
        if self.webhook_error is not None:
            return self.webhook_error
        return "registered, waiting for a first delivery" if self.is_registered else "none"


def load_webhook(session: TenantSession, slug: str) -> Webhook | None:
    """Reads the tenant's webhook; None: it has none.

    Raises:
        PermanentError: the secret key is not the one it was encrypted with.

    """
    with session.transaction() as connection:
        row = connection.execute(
            "select token, secret, webhook_id, error from ops.webhooks"
        ).fetchone()
    if row is None:
        return None
    token, secret, webhook_id, error = row
    return Webhook(
        token=decrypt_token(token, slug=slug),
        secret=secret and decrypt_token(secret, slug=slug),
        webhook_id=webhook_id,
        error=error,
    )


def store_webhook(session: TenantSession, webhook: Webhook) -> None:
    """Stores the tenant's webhook, its token and secret encrypted."""
    with session.transaction() as connection:
        connection.execute(
            query("store_webhook"),
            {
                "token": encrypt_token(webhook.token),
                "secret": webhook.secret and encrypt_token(webhook.secret),
                "webhook_id": webhook.webhook_id,
                "error": webhook.error,
            },
        )


def delete_webhook(session: TenantSession) -> None:
    """Deletes the tenant's webhook: no delivery is taken any more."""
    with session.transaction() as connection:
        connection.execute("delete from ops.webhooks")


def read_state(session: TenantSession) -> WebhookState:
    """Reads what is known of the tenant's webhook and of live."""
    with session.transaction() as connection:
        cursor = connection.cursor(row_factory=class_row(WebhookState))
        state = cursor.execute(query("webhook_state")).fetchone()
    assert state is not None  # noqa: S101  (it always answers)
    return state


def load_senders() -> dict[str, Sender]:
    """Reads by what the deliveries to each active tenant are checked, by slug.

    A tenant whose token cannot be decrypted is left out, and named in the log.

    Raises:
        DatabaseDownError: the server cannot be reached or went away.

    """
    found = []
    with connect(role_url("etl_writer")) as connection:
        tenants = connection.execute("select tenant_id, slug from ops.tenants where active")
        for tenant_id, slug in tenants.fetchall():
            bind_tenant(connection, tenant_id)
            row = connection.execute(
                "select c.chatwoot_account_id, w.token, w.secret"
                " from ops.webhooks w join ops.tenant_configs c using (tenant_id)"
            ).fetchone()
            if row is not None:
                found.append((tenant_id, slug, *row))
    senders = {}
    for tenant_id, slug, account_id, token, secret in found:
        try:
            senders[slug] = Sender(
                tenant_id=tenant_id,
                slug=slug,
                account_id=account_id,
                token=decrypt_token(token, slug=slug),
                secret=secret and decrypt_token(secret, slug=slug),
            )
        except PermanentError as error:
            _log.warning("Deliveries are refused: %s", error)
    return senders
