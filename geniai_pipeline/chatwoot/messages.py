"""A conversation's messages, every one of them, in one request for nearly all conversations."""

from collections.abc import Iterable
from typing import Any

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.refusals import UnansweredError
from geniai_pipeline.chatwoot.rows import id_of

END = 10**15
"""Beyond every message's id."""
WINDOW = 1000
"""The most that ``after`` and ``before`` together bring; then ``after`` alone; then neither."""
PAGE = 100
NEWEST = 20


class MessageReader:
    """Reads conversations' messages from one server. Threads may share it.

    Chatwoot selects by id but cuts the answer by time of creation, and the two orders differ
    (imports, channels that keep the sender's time). So the largest id of a full answer says nothing
    about completeness: a range of ids is complete when its answer is not full, and is divided until
    it is. What is too much for one answer is divided as well.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._knows_windows = False

    def read(self, conversation_id: int) -> list[Any]:
        """All messages of a conversation as they came, ordered by id; those without one at the end.

        Raises:
            NotFoundError: there is no such conversation (any more).
            UnansweredError: the server fails on these messages, however few are asked for.

        """
        path = f"conversations/{conversation_id}/messages"
        found: dict[int, Any] = {}
        strange: list[Any] = []
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
                    newest = filter(None, map(id_of, self._client.rows(path, {"before": END})))
                    end = max(newest, default=0) + 1
                    if not error.heavy or end <= low:
                        raise
                    ranges += [(end, END), (low, end)]
                    continue
            ids = _keep(page, found, strange)
            self._knows_windows |= len(page) > NEWEST
            inside = sorted(found_id for found_id in ids if low <= found_id < high)
            if len(inside) >= limit:
                # Most messages are in order: nine tenths leave room for those that are not.
                middle = inside[len(inside) * 9 // 10]
                ranges += [(middle, high), (low, middle)]
            elif len(page) == NEWEST and not self._knows_windows and ids:
                self._page_back(path, min(ids), found, strange)
        return [found[message_id] for message_id in sorted(found)] + strange

    def _page_back(self, path: str, oldest: int, found: dict[int, Any], strange: list[Any]) -> None:
        """What came before the newest twenty, from a server that knows no windows."""
        while True:
            before = len(found)
            ids = _keep(self._client.rows(path, {"before": oldest}), found, strange)
            if len(found) == before:
                return
            oldest = min(ids)


def _keep(page: Iterable[Any], found: dict[int, Any], strange: list[Any]) -> list[int]:
    ids = []
    for row in page:
        row_id = id_of(row)
        if row_id is None:
            strange.append(row)
        else:
            found[row_id] = row
            ids.append(row_id)
    return ids
