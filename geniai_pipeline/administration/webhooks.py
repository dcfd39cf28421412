"""A tenant's webhook in its Chatwoot: registered with the tenant, deleted with it."""

import secrets
from dataclasses import dataclass, field, replace

from geniai_pipeline.chatwoot import Client
from geniai_pipeline.chatwoot.webhooks import (
    EVENTS,
    AccountWebhook,
    delete_webhook,
    list_webhooks,
    register_webhook,
)
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry, webhooks
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.webhooks import Webhook

_TOKEN_BYTES = 32


@dataclass(frozen=True)
class Registration:
    """Result of ``ensure_webhook``."""

    address: str = field(repr=False)
    """Where Chatwoot posts; its last part is a secret."""
    is_new: bool
    """Whether this call registered it."""
    error: str | None
    """Why it is not registered."""


def ensure_webhook(slug: str) -> Registration | None:
    """Registers a tenant's webhook at the public address, and deletes those of an earlier address.

    Idempotent: one that is registered as it must be stays. Why Chatwoot does not register it is
    returned and stored, because live then polls. What is stored of a registered one stays, for it
    goes on to deliver.

    Returns:
        None: there is no public address.

    Raises:
        PermanentError: there is no tenant of that slug, or its token cannot be decrypted.

    """
    public_url = get_settings().public_url
    if public_url is None:
        return None
    tenant = registry.load_tenant(slug)
    with TenantSession(tenant.tenant_id) as session:
        stored = webhooks.load_webhook(session, slug)
        if stored is None:
            stored = Webhook(token=secrets.token_urlsafe(_TOKEN_BYTES))
            # before Chatwoot knows it: an interrupted call is completed with the same address
            webhooks.store_webhook(session, stored)
        address = f"{public_url.rstrip('/')}/webhooks/{slug}/{stored.token}"
        try:
            current, is_new = _register(tenant, stored, address)
        except GeniaiError as error:
            if stored.webhook_id is None:
                webhooks.store_webhook(session, replace(stored, error=error.what))
            return Registration(address, False, error.what)
        wanted = Webhook(stored.token, current.secret, current.webhook_id)
        if wanted != stored:
            webhooks.store_webhook(session, wanted)
    return Registration(address, is_new, None)


def remove_webhook(slug: str) -> str | None:
    """Deletes a tenant's webhook in its Chatwoot; from then on no delivery is taken.

    Returns:
        What is to be done by hand, if Chatwoot did not delete it.

    """
    try:
        tenant = registry.load_tenant(slug)
        with TenantSession(tenant.tenant_id) as session:
            stored = webhooks.load_webhook(session, slug)
            if stored is None:
                return None
            try:
                with Client.for_tenant(tenant) as client:
                    for each in list_webhooks(client):
                        if _is_own(each, slug, stored.token):
                            delete_webhook(client, each.webhook_id)
            finally:
                webhooks.delete_webhook(session)
    except GeniaiError as error:
        return (
            f"{slug}: its webhook may still be in its Chatwoot: {error.what} It is refused here."
            " Delete it there: Settings, Integrations, Webhooks."
        )
    return None


def _register(tenant: Tenant, stored: Webhook, address: str) -> tuple[AccountWebhook, bool]:
    """Returns the webhook that is registered at an address, and whether this call did it."""
    with Client.for_tenant(tenant) as client:
        own = [w for w in list_webhooks(client) if _is_own(w, tenant.slug, stored.token)]
        current = next((w for w in own if w.url == address and w.events >= {*EVENTS}), None)
        for each in own:
            if each is not current:
                delete_webhook(client, each.webhook_id)
        if current is not None:
            return current, False
        return register_webhook(client, address), True


def _is_own(webhook: AccountWebhook, slug: str, token: str) -> bool:
    """Whether a webhook is this installation's for the tenant, at whichever public address."""
    public_url = (get_settings().public_url or "").rstrip("/")
    here = f"{public_url}/webhooks/{slug}/"
    return webhook.url.endswith(f"/webhooks/{slug}/{token}") or (
        bool(public_url) and webhook.url.startswith(here)
    )
