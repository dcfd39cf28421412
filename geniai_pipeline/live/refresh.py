"""Takes the conversations of a tenant that changed through the steps of a sync."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geniai_pipeline import chatwoot
from geniai_pipeline.analysis.base import Analyzer
from geniai_pipeline.pipeline.analyze import AnalysisResult, analyze_changes
from geniai_pipeline.pipeline.transform import transform_changes
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, landing, live, publish, renewals
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.live import LIVE

_INBOXES_SECONDS = 600.0
"""Lifetime of what is known of inboxes: whether one is a bridge is told by all conversations."""


@dataclass
class Refresh:
    """The result of a refresh."""

    conversations: int = 0
    episodes: int = 0
    """Whose rows on the pages changed."""
    waiting: bool = False
    """Whether it changed who waits for an answer."""
    failed: list[int] = field(default_factory=list)
    """Conversations that Chatwoot could not show: to be asked for again."""


class Refresher:
    """Refreshes conversations of one tenant; keeps what does not change from one to the next.

    Args:
        tenant: the tenant.
        session: the tenant's.
        client: of the tenant's Chatwoot.
        analyzer: the one the tenant chose.

    """

    def __init__(
        self, tenant: Tenant, session: TenantSession, client: chatwoot.Client, analyzer: Analyzer
    ) -> None:
        self._tenant = tenant
        self._session = session
        self._client = client
        self._analyzer = analyzer
        self._inboxes: Mapping[int, dict[str, Any]] | None = None
        self._inboxes_until = 0.0

    def refresh(self, conversation_ids: Iterable[int], contact_ids: Sequence[int] = ()) -> Refresh:
        """Reads these conversations, and those of these contacts, and brings them to the pages.

        Killed at any point, it leaves rows that the next refresh or run finds pending.

        Raises:
            PermanentError: the token, the account or the address has to be corrected; or the tenant
                was removed.
            TransientError: Chatwoot or the database does not answer.

        """
        result = Refresh()
        ids = set(conversation_ids)
        if contact_ids:
            ids.update(live.find_latest_of_contacts(self._session, contact_ids))
        self._land(ids, result)
        if contact_ids:
            others = set(live.find_outdated_contacts(self._session, contact_ids)) - ids
            self._land(others, result)
            ids |= others
        result.conversations = len(ids.difference(result.failed))
        if contact_ids:  # one that landed as a process died differs from the latest no more
            ids.update(live.find_conversations(self._session, contact_ids))
        ids.difference_update(result.failed)
        if not ids:
            return result
        changed = sorted(ids)
        transform_changes(
            self._tenant,
            self._session,
            LIVE,
            self._load_inboxes(changed),
            conversation_ids=changed,
            report=_ignore,
        )
        analyze_changes(
            self._session,
            LIVE,
            self._analyzer,
            AnalysisResult(),
            conversation_ids=changed,
            report=_ignore,
        )
        change = publish.publish_changes(self._session, self._tenant.timezone.key, changed)
        renewals.store_publication(self._session, is_whole=False)
        result.episodes, result.waiting = change.episodes, change.waiting
        return result

    def _land(self, ids: Iterable[int], result: Refresh) -> None:
        fetched = chatwoot.fetch_conversations(self._client, sorted(ids))
        landing.land(self._session, LIVE, fetched.batch)
        if fetched.gone:
            landing.delete_conversations(self._session, fetched.gone)
        result.failed += fetched.failed

    def _load_inboxes(self, ids: Sequence[int]) -> Mapping[int, dict[str, Any]]:
        if not live.has_inboxes(self._session, ids):
            landing.land(self._session, LIVE, chatwoot.fetch_inboxes_and_agents(self._client))
            self._inboxes = None
        if self._inboxes is None or time.monotonic() > self._inboxes_until:
            self._inboxes = core.inboxes(self._session)
            self._inboxes_until = time.monotonic() + _INBOXES_SECONDS
        return self._inboxes


def _ignore(line: str) -> None:
    """Reports nothing: a refresh takes less than a second."""
