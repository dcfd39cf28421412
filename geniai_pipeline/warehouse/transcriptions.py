"""``core.transcriptions``: the words of contacts' audios, or why an audio is unread."""

from __future__ import annotations

from typing import Any

import psycopg
import stamina
from psycopg.rows import class_row

from geniai_pipeline.analysis.openai.fallbacks import Fallback
from geniai_pipeline.analysis.openai.ledger import Reserve, Settle
from geniai_pipeline.analysis.openai.transcriber import Audio
from geniai_pipeline.errors import TransientError
from geniai_pipeline.warehouse import llm
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.queries import query

RECENT_DAYS = 30
"""An older audio changes no decision of today, and would cost as much."""
MOST_ATTEMPTS = 3
"""Runs that try an audio before it stays unread."""
_LIMIT = 1_000

_patiently = stamina.retry(on=TransientError, timeout=20, attempts=None, wait_max=2.0)


def find_pending_audios(session: TenantSession) -> list[Audio]:
    """Finds contacts' audios of the last 30 days that have no words yet, the newest first."""
    with session.transaction() as connection:
        cursor = connection.cursor(row_factory=class_row(Audio))
        arguments = {"days": RECENT_DAYS, "limit": _LIMIT}
        return cursor.execute(query("pending_audios"), arguments).fetchall()


def drop_orphans(session: TenantSession) -> int:
    """Drops the words of audios that were deleted in Chatwoot; returns how many."""
    with session.transaction() as connection:
        return connection.execute(query("drop_transcriptions")).rowcount


def store_failure(
    session: TenantSession, audio: Audio, reason: str, *, model: str, is_final: bool
) -> None:
    """Stores why an audio is unread; after three runs no other tries it."""
    with session.transaction() as connection:
        _store(connection, audio, model=model, reason=reason, is_final=is_final)


class AudioLedger:
    """A tenant's ledger of calls about audios, under its monthly budget."""

    def __init__(self, session: TenantSession) -> None:
        self._session = session
        self._ledger = llm.TenantLedger(session)

    def unavailable_reason(self) -> Fallback | None:
        """Returns why nothing could be reserved now; None: something could."""
        return self._ledger.unavailable_reason()

    @_patiently
    def reserve(self, job: Reserve) -> int | Fallback:
        """Reserves a call at its worst cost; returns its id, or why it may not be made."""
        (reservation,) = self._ledger.work([job])
        if isinstance(reservation, int | Fallback):
            return reservation
        raise TypeError("a reservation is a call's id or a reason")

    @_patiently
    def settle(self, done: Settle, audio: Audio, text: str, model: str) -> None:
        """Settles a call and stores the words, if there are any, in one transaction.

        The conversation is then transformed again.
        """
        with self._session.transaction() as connection:
            llm.settle_call(connection, done)
            if not text:
                return
            _store(connection, audio, model=model, text=text, is_final=True)
            connection.execute(
                "update raw.conversations set changed_at = now() where conversation_id = %s",
                [audio.conversation_id],
            )


def _store(
    connection: psycopg.Connection[Any],
    audio: Audio,
    *,
    model: str,
    is_final: bool,
    text: str | None = None,
    reason: str | None = None,
) -> None:
    connection.execute(
        query("store_transcription"),
        {
            **audio._asdict(),
            "text": text,
            "reason": reason,
            "is_final": is_final,
            "model": model,
            "most_attempts": MOST_ATTEMPTS,
        },
    )
