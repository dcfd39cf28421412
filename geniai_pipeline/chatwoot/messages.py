"""Reads all messages of a conversation; nearly all conversations take one request."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.refusals import UnansweredError
from geniai_pipeline.chatwoot.rows import LandedMessage, build_message, find_usable_id
from geniai_pipeline.errors import Rejected

END = 10**15
"""An id larger than every message's."""
WINDOW = 1000
"""The most rows of an answer to ``after`` with ``before``; to ``after`` alone; to neither."""
PAGE = 100
NEWEST = 20
MAX_BYTES = 64 * 2**20
"""Limit for one conversation's messages as they land: 100,000 messages take less."""


@dataclass
class Thread:
    """A conversation's messages, while they are being read."""

    conversation_id: int
    by_id: dict[int, LandedMessage | Rejected] = field(default_factory=dict)
    without_id: dict[str, Rejected] = field(default_factory=dict)
    """Those without an id."""
    size: int = 0
    """Of what lands, in characters."""

    @property
    def rows(self) -> list[LandedMessage | Rejected]:
        """All messages in the order of their ids; those without an id come last."""
        return [*(self.by_id[found] for found in sorted(self.by_id)), *self.without_id.values()]

    def add(self, page: Iterable[Any]) -> list[int]:
        """Adds raw messages and returns their ids."""
        ids = []
        for raw in page:
            row, row_id = build_message(self.conversation_id, raw), find_usable_id(raw)
            if row_id is not None:
                ids.append(row_id)
                self.by_id[row_id] = row
            elif isinstance(row, Rejected):
                self.without_id[row.key] = row
            self.size += len(row.payload if isinstance(row, Rejected) else row.json)
        return ids


class MessageReader:
    """Reads conversations' messages from one server. Threads may share it.

    Chatwoot selects by id but cuts the answer by time of creation, and the two orders differ
    (imports, channels that keep the sender's time). So the largest id of a full answer says nothing
    about completeness. A range of ids is complete when its answer is not full; a full range is
    divided. A range that is too large for one answer is divided too.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._knows_windows = False

    def read(self, conversation_id: int) -> Thread:
        """Reads all messages of a conversation, as landed or rejected rows.

        Raises:
            NotFoundError: there is no such conversation (any more).
            UnansweredError: the server fails on these messages, even in the smallest range.

        """
        path = f"conversations/{conversation_id}/messages"
        thread = Thread(conversation_id)
        ranges = [(0, END)]
        heavy = False
        while ranges:
            low, high = ranges.pop()
            page, limit = [], WINDOW
            try:
                if not heavy or high != END:
                    page = self._client.rows(path, {"after": low, "before": high})
            except UnansweredError as error:
                if high == END:
                    heavy = True
                elif error.heavy and high - low > 1:
                    ranges += [((low + high) // 2, high), (low, (low + high) // 2)]
                    continue
                else:
                    raise
            if heavy and high == END:
                try:
                    page, limit = self._client.rows(path, {"after": max(low - 1, 0)}), PAGE
                except UnansweredError as error:
                    newest = filter(
                        None, map(find_usable_id, self._client.rows(path, {"before": END}))
                    )
                    end = max(newest, default=0) + 1
                    if not error.heavy or end <= low:
                        raise
                    ranges += [(end, END), (low, end)]
                    continue
            ids = self._add(thread, page)
            self._knows_windows |= len(page) > NEWEST
            inside = sorted(found_id for found_id in ids if low <= found_id < high)
            if len(inside) >= limit:
                # Most messages are in order: nine tenths leave room for those that are not.
                middle = inside[len(inside) * 9 // 10]
                ranges += [(middle, high), (low, middle)]
            elif len(page) == NEWEST and not self._knows_windows and ids:
                self._page_back(path, min(ids), thread)
        return thread

    def _page_back(self, path: str, oldest: int, thread: Thread) -> None:
        """Reads what came before the newest twenty, from a server without ``after``."""
        while True:
            before = len(thread.by_id)
            ids = self._add(thread, self._client.rows(path, {"before": oldest}))
            if len(thread.by_id) == before:
                return
            oldest = min(ids)

    def _add(self, thread: Thread, page: Iterable[Any]) -> list[int]:
        ids = thread.add(page)
        if thread.size > MAX_BYTES:
            raise UnansweredError(
                f"Conversation {thread.conversation_id} has more than {MAX_BYTES >> 20} MiB of"
                " messages.",
                mend="It is shown without them.",
                tenant=self._client.tenant,
            )
        return ids
