"""The standing worker: takes each tenant's changes to the pages as they are told.

Events and polls put conversations into one queue; a few threads take a tenant each, with all that
is known of it by then. Nothing in the queue is lost with the process: events stay in
``ops.live_events`` until they are done, and a poll moves its instant only when what it found is on
the pages.
"""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

import psycopg

from geniai_pipeline import chatwoot
from geniai_pipeline.errors import GeniaiError, PermanentError
from geniai_pipeline.live.refresh import Refresher
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import hosts, live, registry
from geniai_pipeline.warehouse.connections import TenantSession, connect, role_url
from geniai_pipeline.warehouse.rate_limiter import HostRateLimiter

_log = logging.getLogger(__name__)

THREADS = 3
"""Tenants at once: while one waits for its Chatwoot, another's rows are written."""
_EVENTS_AT_ONCE, _CONVERSATIONS_AT_ONCE = 100, 50
"""Of one refresh: what a bulk change brings does not stand before the next message."""
_LOOK_SECONDS = 5.0
"""Interval of the look for events that no notification told."""
_TENANT_SECONDS = 60.0
"""Lifetime of what was read of a tenant's settings."""
_RETRY_SECONDS = (2.0, 10.0, 30.0, 60.0, 300.0)
"""Waits after failures in a row."""
_TRIES, _MOST_TRIES = 3, 60
"""For a conversation that Chatwoot cannot show: while the others wait for it, and in all, within an
hour. The next sync rejects it, with the reason."""
_ASIDE_SECONDS, _LONGEST_ASIDE_SECONDS = 60.0, 300.0
"""Between two tries when the others wait no more."""
_REST = 9
"""Between them, times what a refresh with such a try took: the others wait for each, and one that
does not answer takes half a minute."""


@dataclass
class Found:
    """What a poll found, to be put on the pages."""

    conversation_ids: set[int] = field(default_factory=set)
    since: float = field(default_factory=time.monotonic)
    """When the earliest of it was found."""
    on_done: list[Callable[[TenantSession], None]] = field(default_factory=list)
    """Called, with the tenant's session, when all of it is on the pages."""


@dataclass
class _Lane:
    """One tenant's place in the queue."""

    slug: str
    found: Found | None = None
    has_events: bool = False
    is_taken: bool = False
    failures: int = 0
    not_before: float = 0.0
    tries: Counter[int] = field(default_factory=Counter)
    """Of conversations that Chatwoot could not show."""
    aside: dict[int, float] = field(default_factory=dict)
    """Those of them for which the others wait no more, with when they are asked for again."""
    refresher: Refresher | None = None
    tenant: Tenant | None = None
    loaded: float = 0.0
    client: chatwoot.Client | None = None
    session: TenantSession | None = None

    @property
    def is_due(self) -> bool:
        """Whether a thread may take it."""
        waits = self.has_events or self.found is not None or self.list_aside(is_due=True)
        return bool(waits) and not self.is_taken and time.monotonic() >= self.not_before

    def list_aside(self, *, is_due: bool) -> list[int]:
        """Lists the conversations set aside that are to be asked for now, or those that are not."""
        now = time.monotonic()
        return [each for each, due in self.aside.items() if (due <= now) is is_due]

    def note_tries(
        self, requested: Iterable[int], failed: Collection[int], seconds: float
    ) -> list[int]:
        """Notes what Chatwoot showed, and sets aside what it failed to show several times.

        Args:
            requested: the conversations that it was asked for.
            failed: those of them that it failed to show.
            seconds: how long the refresh took.

        Returns:
            What the others wait for: it is to be asked for again at once.

        """
        rest = max(_ASIDE_SECONDS, min(_REST * seconds, _LONGEST_ASIDE_SECONDS))
        for each in requested:
            self.tries[each] += 1
            if each not in failed or self.tries[each] >= _MOST_TRIES:
                del self.tries[each]
                self.aside.pop(each, None)
            elif self.tries[each] >= _TRIES:
                self.aside[each] = time.monotonic() + rest
                self.tries[each] += int(rest / _ASIDE_SECONDS) - 1  # a longer rest counts for more
        return [each for each in failed if 0 < self.tries[each] < _TRIES]


class Worker:
    """The queue and its threads; ``start`` and ``stop`` it."""

    def __init__(self) -> None:
        self._lanes: dict[str, _Lane] = {}
        self._change = threading.Condition()
        self._is_over = threading.Event()
        self._limiters: dict[str, HostRateLimiter] = {}
        self._threads = [
            threading.Thread(target=self._listen, name="live-events", daemon=True),
            *(
                threading.Thread(target=self._work, name=f"live-{number}", daemon=True)
                for number in range(THREADS)
            ),
        ]

    def start(self) -> None:
        """Starts to take changes; what earlier processes left comes first."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Stops after the refreshes under way."""
        self._is_over.set()
        with self._change:
            self._change.notify_all()
        for thread in self._threads:
            thread.join(timeout=15)

    def submit(
        self,
        slug: str,
        conversation_ids: Iterable[int],
        on_done: Callable[[TenantSession], None],
    ) -> None:
        """Queues what a poll found; ``on_done`` is called when it is on the pages."""
        with self._change:
            lane = self._lanes.setdefault(slug, _Lane(slug))
            lane.found = lane.found or Found()
            lane.found.conversation_ids.update(conversation_ids)
            lane.found.on_done.append(on_done)
            self._change.notify()

    def is_behind(self, slug: str) -> bool:
        """Whether something that was told of a tenant is not yet on the pages."""
        with self._change:
            lane = self._lanes.get(slug)
            return lane is not None and (
                lane.is_taken or lane.has_events or lane.found is not None or lane.failures > 0
            )

    def hurry(self, slug: str) -> None:
        """Lets a tenant whose Chatwoot answers again be tried at once."""
        with self._change:
            if (lane := self._lanes.get(slug)) is not None:
                lane.not_before = 0.0
                self._change.notify()

    def limit(self, tenant: Tenant) -> HostRateLimiter:
        """Returns the rate limiter of a tenant's host, one for all threads."""
        host = hosts.parse_host(tenant.chatwoot_url)
        with self._change:
            if host not in self._limiters:
                self._limiters[host] = HostRateLimiter(
                    tenant.chatwoot_url, get_settings().chatwoot_requests_per_minute
                )
            return self._limiters[host]

    def _listen(self) -> None:
        """Queues the tenants of stored events, as Postgres notifies of them."""
        while not self._is_over.is_set():
            try:
                with connect(role_url("etl_writer")) as connection:
                    connection.autocommit = True
                    connection.execute(f"listen {live.CHANNEL}")
                    while not self._is_over.is_set():
                        self._queue_events()
                        for _ in connection.notifies(timeout=_LOOK_SECONDS, stop_after=1):
                            pass
            except (GeniaiError, psycopg.Error) as error:
                _log.warning("The events cannot be read; tried again: %s", error)
                self._is_over.wait(_RETRY_SECONDS[0])

    def _queue_events(self) -> None:
        slugs = live.find_tenants_with_events()
        with self._change:
            for slug in slugs:
                self._lanes.setdefault(slug, _Lane(slug)).has_events = True
            if slugs:
                self._change.notify_all()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            self._serve(*taken)

    def _serve(self, lane: _Lane, found: Found | None) -> None:
        """Refreshes what waits in a lane that was taken, and frees it."""
        try:
            self._refresh(lane, found)
            lane.failures = 0
        except Exception as error:
            try:
                self._postpone(lane, found, error)
            except Exception:  # a thread less would be a tenant less at once, for ever
                _log.exception("%s: the failure could not be handled.", lane.slug)
        finally:
            if lane.session is not None:  # a hundred idle tenants hold no connection
                lane.session.__exit__()
            with self._change:
                lane.is_taken = False
                self._change.notify()

    def _take(self) -> tuple[_Lane, Found | None] | None:
        with self._change:
            while not self._is_over.is_set():
                for lane in self._lanes.values():
                    if lane.is_due:
                        lane.is_taken = True
                        # the others come first next time
                        self._lanes[lane.slug] = self._lanes.pop(lane.slug)
                        found, lane.found, lane.has_events = lane.found, None, False
                        return lane, found
                self._change.wait(timeout=1.0)
        return None

    def _refresh(self, lane: _Lane, found: Found | None) -> None:
        self._open(lane)
        assert lane.session is not None and lane.refresher is not None  # noqa: S101,PT018
        aside = lane.list_aside(is_due=True)
        events = live.read_events(
            lane.session, _EVENTS_AT_ONCE, without=lane.list_aside(is_due=False)
        )
        if not events and found is None and not aside:
            return
        conversations = {e.conversation_id for e in events if e.conversation_id is not None}
        conversations.update(aside)
        contacts = sorted({e.contact_id for e in events if e.contact_id is not None})
        read = time.monotonic()
        later: set[int] = set()
        if found is not None:
            own = sorted(found.conversation_ids - conversations, reverse=True)
            conversations.update(own[:_CONVERSATIONS_AT_ONCE])
            later.update(own[_CONVERSATIONS_AT_ONCE:])
        result = lane.refresher.refresh(conversations, contacts)
        seconds = time.monotonic() - read
        since = [read - e.age for e in events if e.conversation_id not in result.failed]
        if found is not None:
            since.append(found.since)
        live.store_change(
            lane.session,
            conversations=result.conversations,
            shown=result.episodes > 0,
            lag_seconds=time.monotonic() - min(since, default=read),
        )
        requested = conversations.union(result.failed)
        if again := lane.note_tries(requested, result.failed, seconds):
            raise PermanentError(
                f"Chatwoot cannot show the conversations {again[:10]} now.",
                mend="They are asked for again.",
                tenant=lane.slug,
            )
        live.finish_events(
            lane.session, [e.event_id for e in events if e.conversation_id not in lane.aside]
        )
        if found is not None and later:
            with self._change:
                self._return(lane, Found(later, found.since, found.on_done))
        elif found is not None:
            for done in found.on_done:
                done(lane.session)
        if len(events) == _EVENTS_AT_ONCE:
            lane.has_events = True

    def _open(self, lane: _Lane) -> None:
        """Opens what a refresh needs, or renews it when the tenant's settings may have changed."""
        if lane.tenant is not None and time.monotonic() - lane.loaded < _TENANT_SECONDS:
            return
        tenant = registry.load_tenant(lane.slug)
        if not tenant.active:
            raise PermanentError(
                "The tenant is disabled.", mend="`geniai tenant add` enables it.", tenant=lane.slug
            )
        lane.loaded = time.monotonic()
        if lane.refresher is None or tenant != lane.tenant:
            _close(lane)
            lane.tenant = tenant
            lane.session = TenantSession(tenant.tenant_id)
            live.open_state(lane.session)
            limiter = self.limit(tenant)
            lane.client = chatwoot.Client.for_tenant(tenant, wait=limiter.wait, tries=2)
            analyzer = analyzers.build_for_live(tenant)
            lane.refresher = Refresher(tenant, lane.session, lane.client, analyzer)

    @staticmethod
    def _return(lane: _Lane, found: Found) -> None:
        """Puts what was taken back into the queue, together with what came meanwhile."""
        newer, lane.found = lane.found, found
        if newer is not None:
            found.conversation_ids |= newer.conversation_ids
            found.on_done = found.on_done + newer.on_done

    def _is_gone(self, lane: _Lane) -> bool:
        """Whether a lane's tenant was removed or disabled; then it leaves the queue."""
        try:
            is_gone = lane.slug not in registry.read_active_slugs()
        except GeniaiError:
            return False
        if is_gone:
            _close(lane)
            with self._change:
                self._lanes.pop(lane.slug, None)
        return is_gone

    def _postpone(self, lane: _Lane, found: Found | None, error: Exception) -> None:
        """Queues again what failed, with a growing wait, and stores why."""
        wait = _RETRY_SECONDS[min(lane.failures, len(_RETRY_SECONDS) - 1)]
        what = str(error) if isinstance(error, GeniaiError) else type(error).__name__
        if self._is_gone(lane):
            return
        if isinstance(error, GeniaiError):
            _log.warning("%s: %s Tried again in %d s.", lane.slug, what, wait)
        else:
            _log.exception("%s: tried again in %d s.", lane.slug, wait)
        with self._change:
            lane.failures += 1
            lane.not_before = time.monotonic() + wait
            lane.has_events = True
            if found is not None:
                self._return(lane, found)
        if lane.session is not None:
            try:
                live.store_error(lane.session, what)
            except GeniaiError as another:
                _log.warning("%s: the failure could not be stored: %s", lane.slug, another)
        _close(lane)


def _close(lane: _Lane) -> None:
    if lane.client is not None:
        lane.client.close()
    if lane.session is not None:
        lane.session.__exit__()
    lane.client = lane.session = lane.refresher = lane.tenant = None
