"""Incremental extraction of an account: batches of rows ready to land."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from geniai_pipeline.chatwoot import listing, rows
from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.listing import OVERLAP, list_changes
from geniai_pipeline.chatwoot.messages import MessageReader, Thread
from geniai_pipeline.chatwoot.pages import KnownConversations, Page
from geniai_pipeline.chatwoot.refusals import NotAllowedError, NotFoundError, UnansweredError
from geniai_pipeline.chatwoot.rows import (
    LandedAgent,
    LandedConversation,
    LandedInbox,
    LandedMessage,
)
from geniai_pipeline.chatwoot.walk import list_all
from geniai_pipeline.errors import Rejected

WORKERS = 10
"""Requests in flight at most. The rate limiter allows 2,400 a minute: a host that answers in 50 ms
needs two in flight for that rate, one that answers in 250 ms needs ten."""
BATCH = 100
"""Conversations that land together."""
AHEAD_BYTES = 32 * 2**20
"""Of messages that are read before their turn to land; a hundred conversations have about 1 MB."""
BATCH_BYTES = 32 * 2**20
"""Of messages that land together, but for the last conversation's."""

Row = TypeVar("Row")


@dataclass(frozen=True)
class Batch:
    """Rows that belong together: each conversation comes with all its messages."""

    conversations: Sequence[LandedConversation] = ()
    """Those whose messages were read: the unchanged are not among them."""
    messages: Sequence[LandedMessage] = ()
    inboxes: Sequence[LandedInbox] = ()
    agents: Sequence[LandedAgent] = ()
    rejected: Sequence[Rejected] = ()
    conversations_read: int = 0
    """How many conversations were listed for this batch, the unchanged included."""
    as_of: datetime | None = None
    """In the first batch: the server's clock before any conversation was listed, which is ``since``
    for the next run."""
    present_ids: frozenset[int] | None = None
    """In the last batch of a run that listed everything: the ids of all conversations there are.
    Those that have landed and are not among them are gone."""
    missing: int = 0
    """In its place, if the account counts more than were read and refused: how many."""


@dataclass(frozen=True)
class AccountChanges:
    """The result of a change check, to compare with the landed rows."""

    as_of: datetime
    """The server's clock before the request."""
    total: int | None
    """How many conversations the account has, by its own count."""
    conversations: Sequence[LandedConversation]
    """Those that changed since, and possibly others."""
    rejected: Sequence[Rejected]
    is_whole: bool
    """Whether the window covers all changes: the server's clock may have drifted from ours."""


@dataclass
class _Reading:
    """A conversation whose messages are being read."""

    conversation: LandedConversation
    messages: "Future[Thread | None]"
    """None: the memory limit was reached."""


@dataclass
class _Chunk:
    """The input of a batch: the listed conversations, and those whose messages are read."""

    read: list[LandedConversation] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    readings: list[_Reading] = field(default_factory=list)


def fetch_changes(
    client: Client, *, since: datetime, elapsed: timedelta, overlap: timedelta = OVERLAP
) -> AccountChanges:
    """Lists what changed in the account, in one request.

    Args:
        client: of the account.
        since: the ``as_of`` of the last run that succeeded, or of the last answer.
        elapsed: how long ago that was by our clock.
        overlap: what is listed again before that.

    Raises:
        PermanentError: the token, the account or the address has to be corrected.
        UnreachableError: no server answers.
        TransientError: the server fails, or does not know the filter.

    """
    sent = time.monotonic()
    page = listing.list_changes_within(client, elapsed + overlap)
    as_of = client.server_time() - timedelta(seconds=time.monotonic() - sent)
    conversations: list[LandedConversation] = []
    rejected = list(page.rejected)
    for raw in page.rows:
        _append_row(rows.build_conversation(raw), conversations, rejected)
    drift = (as_of - since) - elapsed
    return AccountChanges(
        as_of,
        page.total,
        conversations,
        rejected,
        is_whole=drift < overlap / 2 and since <= as_of + overlap,
    )


def extract(
    client: Client,
    *,
    since: datetime | None,
    elapsed: timedelta = timedelta(0),
    full: bool,
    unchanged: Callable[[Sequence[LandedConversation]], set[int]],
    progress: Callable[[int, int | None], None] = lambda done, total: None,
    known: Callable[[], KnownConversations] = KnownConversations,
    unread: Sequence[int] = (),
) -> Iterator[Batch]:
    """Reads what changed in the account, as complete batches to land in order.

    An account in which nothing changed costs three requests; a first run, one per conversation and
    one per 25. Two batches are in memory at once.

    Args:
        client: of the account; its ``requests`` tells the cost.
        since: the ``as_of`` of the last run that succeeded; None for the first run, or to list
            every conversation and read the messages of those that changed.
        elapsed: how long ago that was by our clock: the server's may have been set back since.
        full: list every conversation and read every message again: only this finds deletions, and
            edits that Chatwoot does not mark.
        unchanged: the ids of those conversations that have landed with the same content hash. Their
            messages are not read, unless ``full``. Called from this thread only.
        progress: called after each batch and at the end; with how many conversations are done, and
            how many the account has by its own count, if that is known.
        known: what earlier runs left; called only if more than one request is needed to list.
        unread: the ids of those that landed without their messages, which could not be read.

    Yields:
        First the inboxes and agents, with ``as_of``; then conversations; at last, if everything
        was listed and the token's user sees all there is, ``present_ids`` or ``missing``.

    Raises:
        PermanentError: the token, the account or the address has to be corrected.
        TransientError: the server keeps failing or is unreachable. Yielded batches stay valid.

    """
    people = fetch_inboxes_and_agents(client)
    as_of = client.server_time()
    yield replace(people, as_of=as_of)
    # A watermark in the future comes from a clock corrected since: it may hide changes.
    if full or since is None or since > as_of + OVERLAP:
        # a full sweep requests refused conversations again; other runs skip them
        pages = list_all(client, KnownConversations(known().landed) if full else known())
    else:
        since = min(since, as_of - elapsed)
        inbox_ids = [inbox.inbox_id for inbox in people.inboxes]
        pages = list_changes(client, since, inbox_ids, known, unread)
    run = _ExtractionRun(client, (lambda _: set()) if full else unchanged, progress)
    yield from run.batches(pages)
    if run.missing is None or not client.is_administrator():
        return
    if run.missing:
        yield Batch(missing=run.missing)
    else:
        yield Batch(present_ids=frozenset(run.present))


@dataclass(frozen=True)
class FetchedConversations:
    """Some conversations as they are now."""

    batch: Batch
    gone: Sequence[int]
    """Those that Chatwoot does not know."""
    failed: Sequence[int]
    """Those on which the server fails, as while their contact is being deleted."""


def fetch_conversations(client: Client, conversation_ids: Sequence[int]) -> FetchedConversations:
    """Reads some conversations with all their messages: two requests each.

    Raises:
        PermanentError: the token, the account or the address has to be corrected.
        TransientError: the server answers nothing.

    """
    reader = MessageReader(client)
    builder = _BatchBuilder()
    gone: list[int] = []
    failed: list[int] = []
    for conversation_id in conversation_ids:
        requested = time.monotonic()
        try:
            raw = client.get(f"conversations/{conversation_id}", tries=1)
            thread = reader.read(conversation_id)
        except NotFoundError:
            # a proxy's 404 is none of Chatwoot's, which goes on to know its administrator
            (gone if client.is_administrator() else failed).append(conversation_id)
        except (NotAllowedError, UnansweredError):
            client.confirm_alive()
            failed.append(conversation_id)
        else:
            row = rows.build_conversation(raw)
            if isinstance(row, LandedConversation):
                builder.conversations.append(replace(row, requested=requested))
            else:
                builder.rejected.append(row)
            for message in thread.rows:
                _append_row(message, builder.messages, builder.rejected)
    return FetchedConversations(builder.build(len(conversation_ids)), gone, failed)


def fetch_inboxes_and_agents(client: Client) -> Batch:
    """Reads the account's inboxes and agents: two requests.

    Raises:
        PermanentError: the token, the account or the address has to be corrected.
        TransientError: the server answers nothing.

    """
    inboxes: list[LandedInbox] = []
    agents: list[LandedAgent] = []
    rejected: list[Rejected] = []
    for raw in client.rows("inboxes"):
        _append_row(rows.build_inbox(raw), inboxes, rejected)
    with suppress(NotAllowedError):
        for raw in client.rows("agents"):
            _append_row(rows.build_agent(raw), agents, rejected)
    return Batch(inboxes=inboxes, agents=agents, rejected=_drop_duplicates(rejected))


@dataclass
class _BatchBuilder:
    """Builds a batch from conversations and their messages."""

    conversations: list[LandedConversation] = field(default_factory=list)
    messages: list[LandedMessage] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    size: int = 0
    """Of the messages, in characters."""

    def build(self, conversations_read: int = 0) -> Batch:
        """Builds the batch."""
        return Batch(
            self.conversations,
            self.messages,
            rejected=_drop_duplicates(self.rejected),
            conversations_read=conversations_read,
        )


class _ExtractionRun:
    """Reads messages in a few threads, one batch ahead of the caller."""

    def __init__(
        self,
        client: Client,
        unchanged: Callable[[Sequence[LandedConversation]], set[int]],
        progress: Callable[[int, int | None], None],
    ) -> None:
        self.present: set[int] = set()
        """The ids of all conversations listed, refused ones included."""
        self.missing: int | None = None
        """How many more the account counts; None: the listing was incremental."""
        self._client = client
        self._reader = MessageReader(client)
        self._unchanged = unchanged
        self._progress = progress
        self._done = 0
        self._total: int | None = None
        self._postponed: list[LandedConversation] = []
        self._ahead = 0
        self._lock = threading.Lock()

    def batches(self, pages: Iterator[Page]) -> Iterator[Batch]:
        pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="chatwoot")
        under_way: deque[_Chunk] = deque()
        try:
            for chunk in self._chunks(pages):
                known = self._unchanged(chunk.read)
                chunk.readings = self._read(
                    pool, [row for row in chunk.read if row.conversation_id not in known]
                )
                under_way.append(chunk)
                if len(under_way) > 1:
                    yield from self._build_batches(under_way.popleft())
            while under_way:
                yield from self._build_batches(under_way.popleft())
            if self._postponed:
                yield from self._retry_postponed(self._read(pool, self._postponed))
        finally:
            pool.shutdown(cancel_futures=True)
        self._progress(self._done, self._total)

    def _read(
        self, pool: ThreadPoolExecutor, listed: Sequence[LandedConversation]
    ) -> list[_Reading]:
        """Starts to read the messages of conversations."""
        return [_Reading(row, pool.submit(self._read_ahead, row.conversation_id)) for row in listed]

    def _chunks(self, pages: Iterator[Page]) -> Iterator[_Chunk]:
        chunk = _Chunk()
        requested = time.monotonic()
        for page in pages:
            self._total = self._total if page.total is None else page.total
            self.missing = page.missing
            chunk.rejected += page.rejected
            self.present.update(int(refused.key) for refused in page.rejected)
            for raw in page.rows:
                row = rows.build_conversation(raw)
                if isinstance(row, LandedConversation):
                    row = replace(row, requested=requested)
                _append_row(row, chunk.read, chunk.rejected)
                if (row_id := rows.find_usable_id(raw)) is not None:
                    self.present.add(row_id)
                if len(chunk.read) == BATCH:
                    yield chunk
                    chunk = _Chunk()
            requested = time.monotonic()
        if chunk.read or chunk.rejected:
            yield chunk

    def _build_batches(self, chunk: _Chunk) -> Iterator[Batch]:
        batch = _BatchBuilder(rejected=chunk.rejected)
        for reading in chunk.readings:
            if self._add_conversation(batch, reading):
                self._postponed.append(reading.conversation)
            if batch.size > BATCH_BYTES:
                yield batch.build()
                batch = _BatchBuilder()
        self._done += len(chunk.read)
        self._progress(self._done, self._total)
        yield batch.build(conversations_read=len(chunk.read))

    def _retry_postponed(self, readings: Sequence[_Reading]) -> Iterator[Batch]:
        """Retries the conversations whose messages failed: the server may have recovered.

        One that fails again lands without messages and is read again in the next run.
        """
        batch = _BatchBuilder()
        for reading in readings:
            if error := self._add_conversation(batch, reading):
                conversation = reading.conversation
                batch.conversations.append(replace(conversation, content_hash=""))
                key = f"{conversation.conversation_id}/"
                batch.rejected.append(Rejected("raw.messages", key, error.what, ""))
            if batch.size > BATCH_BYTES:
                yield batch.build()
                batch = _BatchBuilder()
        yield batch.build()

    def _add_conversation(self, batch: _BatchBuilder, reading: _Reading) -> UnansweredError | None:
        """Adds a conversation and its messages to a batch; returns the error if they fail."""
        conversation = reading.conversation
        try:
            thread = reading.messages.result()
            if thread is None:
                thread = self._reader.read(conversation.conversation_id)
            else:
                with self._lock:
                    self._ahead -= thread.size
        except NotFoundError:
            self.present.discard(conversation.conversation_id)
            return None
        except UnansweredError as error:
            self._client.confirm_alive()
            return error
        batch.conversations.append(conversation)
        batch.size += thread.size
        for row in thread.rows:
            _append_row(row, batch.messages, batch.rejected)
        return None

    def _read_ahead(self, conversation_id: int) -> Thread | None:
        """Reads the messages of a conversation, if the waiting ones leave memory for them."""
        if self._ahead > AHEAD_BYTES:
            return None
        thread = self._reader.read(conversation_id)
        with self._lock:
            self._ahead += thread.size
        return thread


def _append_row(row: Row | Rejected, accepted: list[Row], rejected: list[Rejected]) -> None:
    if isinstance(row, Rejected):
        rejected.append(row)
    else:
        accepted.append(row)


def _drop_duplicates(rejected: Sequence[Rejected]) -> list[Rejected]:
    return list({(refused.source, refused.key): refused for refused in rejected}.values())
