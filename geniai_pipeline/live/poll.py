"""Polls the tenants' Chatwoots outside of runs: one small question each, as often as a host bears.

A thread per host asks its tenants in turn. It takes at most a tenth of the host's time, by the
answers that it measured, and never asks a tenant twice within ``POLL_SECONDS``; one whose webhook
delivers is asked every ``WEBHOOK_POLL_SECONDS``. What an event told is counted apart from what only
the poll found: the latter should be nothing where there are webhooks.
"""

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from geniai_pipeline import chatwoot
from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError
from geniai_pipeline.live.worker import Worker
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import hosts, landing, live, registry
from geniai_pipeline.warehouse.connections import TenantSession

_log = logging.getLogger(__name__)

POLL_SECONDS, WEBHOOK_POLL_SECONDS = 15.0, 60.0
_SHARE = 0.1
"""Of a host's time, at most."""
_LEAST_OVERLAP = timedelta(seconds=30)
"""Listed again before the last answer: a message is stored before its conversation is marked."""
_REGISTRY_SECONDS = 60.0
_LONGEST_WAIT_SECONDS = 300.0
_READ_SECONDS = 12.0
_PATIENCE_SECONDS = 600.0
_EVENT_SECONDS = 300.0
"""An event that tells what a poll found came at most so long before or after it."""


@dataclass
class _Account:
    """One tenant's account, as it is polled."""

    tenant: Tenant
    client: chatwoot.Client
    next_poll: float = 0.0
    since: datetime | None = None
    """Chatwoot's clock at the latest answer all of which is on the pages."""
    asked_at: float = 0.0
    """When that was, by ``time.monotonic``."""
    has_webhook: bool = False
    unconfirmed: dict[int, float] = field(default_factory=dict)
    """What a poll found, and when: an event may still tell it."""
    failures: int = 0
    waits_until: float = 0.0
    """What a poll found is not yet on the pages; it is asked for again after that."""


class Poll:
    """Threads that poll, one for each host; ``start`` and ``stop`` them.

    Args:
        worker: takes what is found.

    """

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._is_over = threading.Event()
        self._hosts: dict[str, _Host] = {}
        self._thread = threading.Thread(target=self._follow_registry, name="poll", daemon=True)

    def start(self) -> None:
        """Starts to poll."""
        self._thread.start()

    def stop(self) -> None:
        """Stops after the requests under way."""
        self._is_over.set()
        self._thread.join(timeout=15)
        for host in self._hosts.values():
            host.thread.join(timeout=15)

    def _follow_registry(self) -> None:
        """Adds and removes accounts as tenants come, go and change their settings."""
        while not self._is_over.is_set():
            try:
                self._load_tenants()
            except GeniaiError as error:
                _log.warning("The tenants cannot be read; tried again: %s", error)
            self._is_over.wait(_REGISTRY_SECONDS)

    def _load_tenants(self) -> None:
        tenants = {}
        for slug in registry.read_active_slugs():
            try:
                tenants[slug] = registry.load_tenant(slug)
            except PermanentError as error:
                _log.warning("%s", error)
        by_host: dict[str, dict[str, Tenant]] = {}
        for slug, tenant in tenants.items():
            by_host.setdefault(hosts.parse_host(tenant.chatwoot_url), {})[slug] = tenant
        for name in by_host.keys() | self._hosts:
            host = self._hosts.get(name)
            if host is None:
                host = self._hosts[name] = _Host(self._worker, self._is_over)
                host.thread.start()
            try:
                host.update(by_host.get(name, {}))
            except GeniaiError as error:
                _log.warning("%s", error)


class _Host:
    """The accounts of one host, and the thread that polls them."""

    def __init__(self, worker: Worker, is_over: threading.Event) -> None:
        self._worker = worker
        self._is_over = is_over
        self._accounts: dict[str, _Account] = {}
        self._lock = threading.Lock()
        self._session = TenantSession(0)
        self.thread = threading.Thread(target=self._run, name="poll-host", daemon=True)

    def update(self, tenants: dict[str, Tenant]) -> None:
        """Takes over the tenants of this host, as the registry has them."""
        with self._lock:
            for slug in [*self._accounts]:
                if self._accounts[slug].tenant != tenants.get(slug):
                    self._accounts.pop(slug).client.close()
            for slug, tenant in tenants.items():
                if slug not in self._accounts:
                    client = chatwoot.Client.for_tenant(
                        tenant,
                        wait=self._worker.limit(tenant).wait,
                        tries=1,
                        read_seconds=_READ_SECONDS,
                    )
                    self._accounts[slug] = _Account(tenant, client)

    def _run(self) -> None:
        while not self._is_over.is_set():
            with self._lock:
                accounts = list(self._accounts.values())
            due = [each for each in accounts if each.next_poll <= time.monotonic()]
            for account in sorted(due, key=lambda each: each.next_poll):
                if self._is_over.is_set():
                    break
                began = time.monotonic()
                self._poll(account)
                seconds = time.monotonic() - began
                # the host rests nine times as long as it was busy
                self._is_over.wait(seconds * (1 / _SHARE - 1))
            earliest = min((each.next_poll for each in accounts), default=time.monotonic() + 1)
            self._is_over.wait(min(1.0, max(0.05, earliest - time.monotonic())))
        self._session.__exit__()

    def _poll(self, account: _Account) -> None:
        usual = WEBHOOK_POLL_SECONDS if account.has_webhook else POLL_SECONDS
        account.next_poll = time.monotonic() + usual
        self._session.tenant_id = account.tenant.tenant_id
        try:
            self._ask(account, 2 * usual)
            account.failures = 0
        except GeniaiError as error:
            account.failures += 1
            wait = min(usual * 2**account.failures, _LONGEST_WAIT_SECONDS)
            account.next_poll = time.monotonic() + wait
            self._store_error(account, error)
        except Exception:  # a hostile Chatwoot's answer costs no other tenant its poll
            account.failures += 1
            account.next_poll = time.monotonic() + _LONGEST_WAIT_SECONDS
            _log.exception("%s: the poll failed.", account.tenant.slug)

    def _ask(self, account: _Account, window: float) -> None:
        """Asks what changed, and hands it to the worker."""
        state = live.read_state(self._session)
        if state is None:  # its first sync brings it
            return
        account.has_webhook = state.has_webhook
        began = time.monotonic()
        if began < account.waits_until:
            return
        # an earlier process may have landed what it did not bring to the pages
        is_first = account.since is None
        if is_first:
            live.open_state(self._session)
        since, age = account.since, timedelta(seconds=began - account.asked_at)
        if since is None or state.complete_up_to > since:  # by a run
            since, age = state.complete_up_to, state.age
        overlap = max(_LEAST_OVERLAP, timedelta(seconds=window) - age)
        answer = chatwoot.fetch_changes(account.client, since=since, elapsed=age, overlap=overlap)
        # Chatwoot's clock was put forward; if it was put back, the window by our clock has all
        if not answer.is_whole and answer.as_of - since > age:
            answer = chatwoot.fetch_changes(
                account.client, since=since, elapsed=answer.as_of - since, overlap=overlap
            )
        self._worker.hurry(account.tenant.slug)
        known = set() if is_first else landing.find_unchanged(self._session, answer.conversations)
        changed = {each.conversation_id for each in answer.conversations} - known
        changed.update(int(each.key) for each in answer.rejected if each.key.isdecimal())
        if not changed and self._worker.is_behind(account.tenant.slug):
            return
        missed = self._count_missed(account)
        if not changed:
            self._finish(account, answer.as_of, began, missed)
            return
        if account.has_webhook and not is_first:
            account.unconfirmed.update(dict.fromkeys(changed, began))

        def finish(session: TenantSession) -> None:
            self._finish(account, answer.as_of, began, missed, session)

        account.waits_until = began + _PATIENCE_SECONDS
        self._worker.submit(account.tenant.slug, changed, finish)

    def _finish(
        self,
        account: _Account,
        as_of: datetime,
        asked_at: float,
        missed: int,
        session: TenantSession | None = None,
    ) -> None:
        """Notes that everything up to an answer is on the pages."""
        account.since, account.asked_at, account.waits_until = as_of, asked_at, 0.0
        live.store_poll(session or self._session, complete_up_to=as_of, found=missed)

    def _count_missed(self, account: _Account) -> int:
        """Counts what earlier polls found and no event has told, now that it would have come."""
        ripe = [
            found
            for found, at in account.unconfirmed.items()
            if time.monotonic() - at > WEBHOOK_POLL_SECONDS / 2
        ]
        if not ripe:
            return 0
        for found in ripe:
            del account.unconfirmed[found]
        return len(set(ripe) - live.find_events(self._session, ripe, within=_EVENT_SECONDS))

    def _store_error(self, account: _Account, error: GeniaiError) -> None:
        if account.failures == 1 or isinstance(error, PermanentError):
            _log.warning("%s", error)
        try:
            live.store_error(self._session, str(error))
        except TransientError as another:
            _log.warning("%s: the failure could not be stored: %s", account.tenant.slug, another)
