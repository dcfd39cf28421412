"""Which conversations there are, and which changed: lists that move, overflow, lie and break.

Chatwoot numbers the pages of a list that goes on changing under the reader, does not tell how many
there are, and fails a whole page for one conversation it cannot show.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.refusals import NotFoundError, UnansweredError
from geniai_pipeline.chatwoot.rows import id_of
from geniai_pipeline.chatwoot.transport import LATER
from geniai_pipeline.chatwoot.whitelist import number
from geniai_pipeline.errors import Rejected

OVERLAP = timedelta(seconds=600)
"""Read again before the watermark: Chatwoot stores a message before it marks its conversation."""
STATUSES = ("open", "resolved", "pending", "snoozed")
PAGE_SIZE = 25
"""Chatwoot's own; an installation may set another."""
SKIPPED_PAGES = 5
"""So many pages in a row that fail are a sick server, not sick rows."""
UNUSED_NUMBERS = 100
"""So many numbers in a row without a conversation are the end of the account."""
FIRST_WITH_WINDOW = (3, 6)
"""Chatwoot's version that first knows ``updated_within``."""


@dataclass(frozen=True)
class Page:
    """Conversations as they came, and those that could not be had."""

    rows: list[Any]
    total: int | None = None
    """How many the account has in all, by its own count, if this page tells."""
    rejected: tuple[Rejected, ...] = ()


Way = Callable[[], Iterator[Page]]


def everything(client: Client) -> Iterator[Page]:
    """Every conversation of the account once, oldest first. One request per 25.

    Raises:
        TransientError: the list fails in a way that cannot be stepped around.

    """
    return _Walk(client).pages()


def changed(client: Client, since: datetime, inbox_ids: Sequence[int]) -> Iterator[Page]:
    """Every conversation that changed since an instant of the server's clock, each once.

    Some that did not may be among them. One request, if the server can bear it.

    Raises:
        TransientError: no way of asking works.

    """
    window = max(client.server_time() - since, timedelta(0)) + OVERLAP
    cutoff = client.server_time() - window
    seen: set[int] = set()
    # The cheapest first; each asks less of the server at once than the one before.
    ways: list[Way] = [
        lambda: iter([_window(client, window)]),
        lambda: _window_in_parts(client, window, inbox_ids),
        lambda: _by_activity(client, cutoff),
        lambda: everything(client),
    ]
    for page in _first_that_works(client, ways):
        yield Page(_unseen(page.rows, seen), page.total, page.rejected)


def _first_that_works(client: Client, ways: Sequence[Way]) -> Iterator[Page]:
    way, *others = ways
    try:
        yield from way()
    except UnansweredError:
        if not others:
            raise
        client.confirm_alive()
    else:
        return
    yield from _first_that_works(client, others)


def _window(client: Client, window: timedelta, **part: str | int) -> Page:
    page = _read_page(client, updated_within=math.ceil(window.total_seconds()), **part)
    if _is_unfiltered(client, page.rows, window):
        raise UnansweredError(
            f"Chatwoot {client.version() or 'of an unknown version'} cannot list what changed"
            " within a time.",
            mend=LATER,
            tenant=client.tenant,
        )
    return Page(page.rows, None if part else page.total)


def _is_unfiltered(client: Client, rows: Sequence[Any], window: timedelta) -> bool:
    """Whether this is but a page of all conversations, for the server does not know the filter.

    Only a doubtful answer costs the request that asks for the version.
    """
    oldest = (client.server_time() - window - OVERLAP).timestamp()
    moments = [number(row.get("updated_at")) for row in rows if isinstance(row, dict)]
    if all(moment is not None and moment >= oldest for moment in moments):
        return False
    version = re.match(r"v?(\d+)\.(\d+)", client.version() or "")
    return version is None or tuple(map(int, version.groups())) < FIRST_WITH_WINDOW


def _window_in_parts(client: Client, window: timedelta, inbox_ids: Sequence[int]) -> Iterator[Page]:
    parts: list[dict[str, int]] = [{"inbox_id": inbox_id} for inbox_id in inbox_ids]
    for part in parts or [{}]:
        yield from _window_of_part(client, window, part)


def _window_of_part(client: Client, window: timedelta, part: dict[str, int]) -> Iterator[Page]:
    try:
        yield _window(client, window, **part)
    except UnansweredError:
        for status in STATUSES:
            yield _window(client, window, **part, status=status)


def _by_activity(client: Client, cutoff: datetime) -> Iterator[Page]:
    """The latest activity first, until a whole page is older than the cutoff.

    A row that moves up meanwhile pushes others down, which come twice; itself, it has changed after
    this run began and belongs to the next. A change that is no activity (an attribute) is missed.
    """
    page_number = 0
    ids: list[int | None] = []
    while True:
        page_number, latest = page_number + 1, ids
        page = _read_page(client, sort_by="last_activity_at_desc", page=page_number)
        yield Page(page.rows)
        ids = [id_of(row) for row in page.rows]
        older = not any(_moved_after(row, cutoff.timestamp()) for row in page.rows)
        if older or ids == latest:
            return


def _moved_after(row: Any, cutoff: float) -> bool:
    if not isinstance(row, dict):
        return False
    moments = (number(row.get("last_activity_at")), number(row.get("updated_at")))
    return any(moment is not None and moment >= cutoff for moment in moments)


def _read_page(client: Client, **wanted: str | int) -> Page:
    answer = client.get("conversations", {"status": "all", **wanted})
    rows = client.listed(answer, "conversations")
    try:
        total = number(answer["data"]["meta"]["all_count"])
    except (KeyError, TypeError):
        total = None
    return Page(rows, None if total is None else int(total))


def _unseen(rows: Iterable[Any], seen: set[int]) -> list[Any]:
    """The rows that are not among the seen, which they join. One without an id is always new."""
    fresh = []
    for row in rows:
        row_id = id_of(row)
        if row_id is None or row_id not in seen:
            fresh.append(row)
        if row_id is not None:
            seen.add(row_id)
    return fresh


class _Walk:
    """Through all pages, oldest first: new conversations only join the end.

    A deletion moves later ones up, over the boundary between a page read and the next. It shows:
    the numbers have a gap at that boundary (or conversations come twice), and then the page before
    is read again. A page that fails is stepped over, and its conversations are asked for one by
    one: their numbers lie between its neighbours'.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._seen: set[int] = set()
        self._total: int | None = None

    def pages(self) -> Iterator[Page]:
        """Every conversation once."""
        page_number, skipped, page_size = 0, 0, 0
        latest: list[int] = []
        rows_before: list[Any] = []
        while True:
            page_number += 1
            try:
                page = self._read(page_number)
            except UnansweredError:
                self._client.confirm_alive()
                skipped += 1
                if skipped == SKIPPED_PAGES:
                    raise
                continue
            ids = [found for row in page.rows if (found := id_of(row)) is not None]
            if skipped:
                yield from self._one_by_one(max(latest, default=0), min(ids, default=None))
            elif latest and self._slid(latest, ids, was_full=len(latest) >= page_size):
                yield from self._again(page_number - 1)
            stuck = ids == latest if ids else page.rows == rows_before
            if not page.rows or (stuck and self._complete()):
                return
            if stuck:
                raise self._stuck(page_number)
            yield Page(_unseen(page.rows, self._seen), page.total)
            if len(page.rows) < (page_size or PAGE_SIZE) and self._complete():
                return  # One of the two alone may lie; both spare the request for an empty page.
            skipped, page_size = 0, max(page_size, len(page.rows))
            latest, rows_before = ids or latest, page.rows

    def _slid(self, latest: list[int], ids: list[int], *, was_full: bool) -> bool:
        """Whether conversations may have moved to the page before since that was read."""
        if not ids:
            return was_full
        return min(ids) != max(latest) + 1 or not self._seen.isdisjoint(ids)

    def _again(self, page_number: int) -> Iterator[Page]:
        """Reads pages again, backwards, up to the first that has a conversation already seen."""
        for number_again in range(page_number, 0, -1):
            page = self._read(number_again)
            rows = [row for row in page.rows if id_of(row) is not None]
            fresh = _unseen(rows, self._seen)
            yield Page(fresh, page.total)
            if len(fresh) < len(rows):
                return

    def _one_by_one(self, low: int, high: int | None) -> Iterator[Page]:
        """The conversations between two numbers, or from one to the end of the account."""
        candidate, unused = low, 0
        while high is not None or (unused < UNUSED_NUMBERS and not self._complete()):
            candidate += 1
            if candidate == high:
                return
            if candidate in self._seen:
                continue
            try:
                row = self._client.get(f"conversations/{candidate}")
            except NotFoundError:
                unused += 1
                continue
            except UnansweredError as error:
                self._client.confirm_alive()
                unreadable = Rejected("raw.conversations", str(candidate), error.what, "")
                yield Page([], self._total, (unreadable,))
            else:
                yield Page(_unseen([row], self._seen), self._total)
            self._seen.add(candidate)
            unused = 0

    def _stuck(self, page_number: int) -> UnansweredError:
        return UnansweredError(
            f"Chatwoot answers page {page_number} of the conversations with the page before it.",
            mend=LATER,
            tenant=self._client.tenant,
        )

    def _complete(self) -> bool:
        return self._total is not None and len(self._seen) >= self._total

    def _read(self, page_number: int) -> Page:
        page = _read_page(self._client, sort_by="created_at_asc", page=page_number)
        self._total = page.total
        return page
