"""Checks with one request, outside of any run, whether a tenant's sync would find anything.

    registry -> tenants by host -> a host's tenants in turn, many hosts at once
             -> DUE: a run has to look; UNCHANGED: noted as if it had; DOWN: nobody is there

A run costs seconds of CPU before its first request. Whatever is not plainly unchanged is due, so
that every doubt and every error is left to the run, which has more time. So is a tenant in which
something was active within two days: no list tells what became of its messages. A host that is down
is tried once for all its tenants, and then every minute until it answers.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import Enum

from geniai_pipeline import chatwoot
from geniai_pipeline.errors import DatabaseDownError, GeniaiError, PermanentError
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import check_results, hosts, landing, live, registry
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter
from geniai_pipeline.warehouse.runs import Watermark

_HOSTS_AT_ONCE = 32
_CHECK_SECONDS, _READ_SECONDS = 25.0, 12.0
"""Dagster gives a tick 60 s: a tenant not checked by then is due; the last request and the probe of
the server take 12 s each at most."""


AGAIN = "It is tried every minute, and synced as soon as it answers."
"""The mend where a host is down."""


class Verdict(Enum):
    """The outcome of a check."""

    DUE = "due"
    UNCHANGED = "unchanged"
    DOWN = "down"


@dataclass(frozen=True)
class Check:
    """One tenant's outcome and its reason."""

    slug: str
    verdict: Verdict
    reason: str
    misses_changes: bool = False
    """Whether the run is to read again what was active lately."""


def check(slugs: Iterable[str], *, due: str | None = None) -> list[Check]:
    """Asks these tenants' Chatwoots what changed since their last check.

    Args:
        slugs: the tenants to check.
        due: why each of them is due anyway; then only the hosts are tried.

    Raises:
        DatabaseDownError: the database cannot be reached.

    """
    by_host, checks = _group_by_host(slugs)
    answering = []
    for host, found in _ask_hosts(by_host, due):
        if isinstance(found, chatwoot.UnreachableError):
            hosts.mark_down(host, found.what)
            for tenant in by_host[host]:
                error = store_down(tenant, found.what)
                checks.append(Check(tenant.slug, Verdict.DOWN, str(error)))
        else:
            answering.append(host)
            checks += found
    hosts.mark_up(answering)
    return checks


def check_recovered() -> list[Check]:
    """Checks the tenants of hosts that were down and answer again."""
    down = hosts.read_down()
    if not down:
        return []
    by_host, _ = _group_by_host(registry.read_active_slugs())
    checks, answering = [], [host for host in down if host not in by_host]
    for host, found in _ask_hosts({h: t for h, t in by_host.items() if h in down}, None):
        if not isinstance(found, chatwoot.UnreachableError):
            answering.append(host)
            checks += found
    hosts.mark_up(answering)
    return checks


def store_down(tenant: Tenant, what: str) -> chatwoot.UnreachableError:
    """Stores that a tenant's host is down, and builds the error that says so.

    Args:
        tenant: the tenant of that host.
        what: what is wrong with the host.

    """
    error = chatwoot.UnreachableError(what, mend=AGAIN, tenant=tenant.slug)
    with TenantSession(tenant.tenant_id) as session:
        check_results.store_failed_check(session, str(error))
    return error


def _group_by_host(slugs: Iterable[str]) -> tuple[dict[str, list[Tenant]], list[Check]]:
    """Groups the tenants by host; lists those that cannot be loaded."""
    by_host: dict[str, list[Tenant]] = defaultdict(list)
    broken = []
    for slug in slugs:
        try:
            tenant = registry.load_tenant(slug)
        except PermanentError as error:
            broken.append(Check(slug, Verdict.DUE, str(error)))
        else:
            by_host[hosts.parse_host(tenant.chatwoot_url)].append(tenant)
    return by_host, broken


def _ask_hosts(
    by_host: Mapping[str, list[Tenant]], due: str | None
) -> Iterator[tuple[str, list[Check] | chatwoot.UnreachableError]]:
    latest = time.monotonic() + _CHECK_SECONDS

    def ask(host: str) -> tuple[str, list[Check] | chatwoot.UnreachableError]:
        try:
            return host, _ask_host(by_host[host], due, latest)
        except chatwoot.UnreachableError as error:
            return host, error

    with ThreadPoolExecutor(_HOSTS_AT_ONCE) as pool:
        yield from pool.map(ask, by_host)


def _ask_host(tenants: list[Tenant], due: str | None, latest: float) -> list[Check]:
    """Checks one host's tenants in turn.

    Raises:
        UnreachableError: the host is down.

    """
    rate_limiter = HostRateLimiter(
        tenants[0].chatwoot_url, get_settings().chatwoot_requests_per_minute
    )
    # a run that nobody could check for looks for all: it costs little where nothing was active
    looks_for_all = due is None
    checks, requests = [], 0
    for tenant in tenants:
        is_late = looks_for_all and time.monotonic() > latest
        reason = "There was no time for its check." if is_late else due
        try:
            with chatwoot.Client.for_tenant(
                tenant, wait=rate_limiter.wait, tries=1, read_seconds=_READ_SECONDS
            ) as client:
                found = _check(tenant, client, reason)
                if not requests and not client.requests:
                    client.require_server()
                requests += client.requests
                checks.append(replace(found, misses_changes=True) if is_late else found)
        except (chatwoot.UnreachableError, DatabaseDownError):
            raise
        except GeniaiError as error:
            checks.append(Check(tenant.slug, Verdict.DUE, str(error), looks_for_all))
        except Exception as error:  # a hostile Chatwoot's answer costs no other tenant its run
            checks.append(Check(tenant.slug, Verdict.DUE, repr(error), looks_for_all))
    return checks


def _check(tenant: Tenant, client: chatwoot.Client, due: str | None) -> Check:
    if due:
        return Check(tenant.slug, Verdict.DUE, due)
    with TenantSession(tenant.tenant_id) as session:
        misses_changes = live.misses_changes(session)
    reason, mark = _compare_latest_run(tenant)
    if misses_changes:
        reason = reason or "No list tells edits: what was active within two days is read again."
    elif mark is not None:
        reason = _ask(tenant, client, mark)
    return Check(
        tenant.slug,
        Verdict.DUE if reason else Verdict.UNCHANGED,
        reason or "Nothing changed.",
        misses_changes,
    )


def _compare_latest_run(tenant: Tenant) -> tuple[str | None, Watermark | None]:
    """Returns why a run is due whatever Chatwoot says; or the watermark to ask Chatwoot from."""
    with TenantSession(tenant.tenant_id) as session:
        latest = check_results.read_latest_run(session)
        if latest is None:
            return "It has never been synced.", None
        if latest.reason or latest.mark is None:
            return latest.reason, None
        if latest.has_fallbacks and _can_replace_fallbacks(tenant, session):
            return "OpenAI can replace its fallbacks.", None
    return None, latest.mark


def _can_replace_fallbacks(tenant: Tenant, session: TenantSession) -> bool:
    return analyzers.build_for_tenant(tenant, session).can_replace_fallbacks()


def _ask(tenant: Tenant, client: chatwoot.Client, mark: Watermark) -> str | None:
    """Asks Chatwoot, and returns why a run is due; None, and stored: nothing changed."""
    began = time.monotonic()
    try:
        answer = chatwoot.fetch_changes(client, since=mark.until, elapsed=mark.age)
    except chatwoot.UnansweredError as error:
        client.require_server()
        return str(error)
    except chatwoot.UnreachableError:
        raise
    except GeniaiError as error:
        return str(error)
    # opened after the request: many hosts are asked at once, and few connections are held
    with TenantSession(tenant.tenant_id) as session:
        known = landing.find_unchanged(session, answer.conversations)
        if changed := len(answer.conversations) - len(known) + len(answer.rejected):
            return f"{changed:,} conversations changed."
        if answer.total is None or landing.count_gap(session, answer.total) != mark.count_gap:
            return "Chatwoot counts other conversations than have landed."
        if not answer.is_whole:
            return "Chatwoot's clock and ours differ."
        check_results.store_check(
            session,
            seconds=time.monotonic() - began,
            mark=mark,
            as_of=answer.as_of,
            conversations=len(answer.conversations),
            expected=answer.total,
            requests=client.requests,
        )
    return None
