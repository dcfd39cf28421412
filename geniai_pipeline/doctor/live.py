"""Checks of live: webhooks that tell nothing, and tenants whose changes do not reach the pages."""

import socket
from collections.abc import Iterator
from datetime import datetime, timezone
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx2

from geniai_pipeline.chatwoot import Client
from geniai_pipeline.chatwoot.webhooks import list_webhooks
from geniai_pipeline.doctor.finding import Finding
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.live.deliveries import CLOCK_SECONDS
from geniai_pipeline.live.receiver import HEALTH
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry, webhooks
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.webhooks import Webhook

_HEALTH_SECONDS = 10


def check_live() -> Iterator[Finding]:
    """Checks that deliveries come from each registered webhook, and that live follows them."""
    silent: list[tuple[Tenant, Webhook]] = []
    for slug in registry.read_active_slugs():
        tenant = registry.load_tenant(slug)
        with TenantSession(tenant.tenant_id) as session:
            state = webhooks.read_state(session)
            webhook = webhooks.load_webhook(session, slug)
        if state.is_failing and state.failing_since is not None:
            yield Finding(
                "Its changes do not reach the pages since"
                f" {state.failing_since.astimezone():%d/%m %H:%M}: {state.live_error}",
                "Correct that; live tries again by itself.",
                slug,
            )
        if webhook is None or state.last_event_at is not None:
            continue
        if webhook.error is not None:
            yield Finding(
                f"Its webhook is not registered: {webhook.error}",
                f"`geniai tenant add {slug}` tries again, or says how to add it by hand.",
                slug,
            )
        elif state.is_registered and state.has_changes:
            silent.append((tenant, webhook))
    if not silent:
        return
    faults = list(_check_address())
    yield from faults
    for tenant, webhook in silent:
        yield _explain_silence(tenant, webhook, is_reachable=not faults)


def _check_address() -> Iterator[Finding]:
    """Checks that the public address leads to the receiver."""
    public_url = get_settings().public_url
    if public_url is None:
        yield Finding(
            "Webhooks are registered, and GENIAI_PUBLIC_URL is not set any more.",
            "Set it to the address at which Chatwoot reaches this machine.",
        )
        return
    address = f"{public_url.rstrip('/')}/webhooks/health"
    route = (
        "Route /webhooks/ of the public address to port"
        f" {get_settings().live_port} (docs/operations.md), and see that the receiver runs."
    )
    try:
        answer = httpx2.get(address, timeout=_HEALTH_SECONDS, trust_env=False)
    except httpx2.HTTPError as error:
        reason = str(error) or type(error).__name__
        yield Finding(f"{address} cannot be reached from here: {reason}.", route)
        return
    if not _is_receiver(answer):
        yield Finding(
            f"{address} does not answer as the receiver of webhooks does:"
            f" {answer.status_code}, {' '.join(answer.text[:80].split())!r}.",
            route,
        )


def _is_receiver(answer: httpx2.Response) -> bool:
    try:
        return bool(answer.json() == HEALTH)
    except ValueError:
        return False


def _explain_silence(tenant: Tenant, webhook: Webhook, *, is_reachable: bool) -> Finding:
    """Says why no delivery came from a registered webhook though conversations went on."""
    again = f"`geniai tenant add {tenant.slug}` registers it again."
    silence = "Its webhook never told anything, though its conversations went on"
    try:
        with Client.for_tenant(tenant, tries=2) as client:
            registered = {each.webhook_id: each for each in list_webhooks(client)}
            apart = (client.server_time() - datetime.now(timezone.utc)).total_seconds()
    except GeniaiError as error:
        return Finding(f"{silence}; its Chatwoot cannot be asked: {error.what}", error.mend,
                       tenant.slug)  # fmt: skip
    current = registered.get(webhook.webhook_id or 0)
    if current is None:
        return Finding(f"{silence}: it was deleted in Chatwoot.", again, tenant.slug)
    if current.secret != webhook.secret:
        return Finding(
            f"{silence}: Chatwoot signs by another secret, so deliveries are refused.",
            again,
            tenant.slug,
        )
    if webhook.secret is not None and abs(apart) > CLOCK_SECONDS:
        return Finding(
            f"{silence}: its Chatwoot's clock is {apart:+.0f} s from this machine's, so signatures"
            " are refused.",
            "Set both clocks by NTP.",
            tenant.slug,
        )
    if not is_reachable:
        return Finding(
            f"{silence}: the public address does not lead to the receiver.",
            "See the finding about it.",
            tenant.slug,
        )
    host = urlsplit(get_settings().public_url or "").hostname or ""
    private = "Set SAFE_FETCH_ALLOW_PRIVATE_NETWORK=true in that Chatwoot, or use a public address."
    if _is_private(host):
        return Finding(
            f"{silence}: {host} is a private address, and Chatwoot 4.14 and later post to none.",
            private,
            tenant.slug,
        )
    return Finding(
        f"{silence}: the public address works from here, so its Chatwoot cannot reach it, or takes"
        " it for a private one.",
        f"Ask for {host} from that Chatwoot's machine, and look into its Sidekiq log. If it says"
        f" 'no public ip addresses': {private}",
        tenant.slug,
    )


def _is_private(host: str) -> bool:
    """Whether a host has no public address, as this machine resolves it."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return bool(found) and not any(ip_address(str(each)).is_global for each in found)
