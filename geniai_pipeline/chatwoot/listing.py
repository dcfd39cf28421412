"""Lists the conversations that changed since the watermark; skips none."""

import math
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.pages import (
    PAGE_SIZE,
    Condition,
    KnownConversations,
    Page,
    read_filter,
    read_list,
    take_unseen,
)
from geniai_pipeline.chatwoot.refusals import UnansweredError
from geniai_pipeline.chatwoot.rows import find_usable_id
from geniai_pipeline.chatwoot.transport import LATER, TRIES, Params
from geniai_pipeline.chatwoot.walk import LOOKS, list_all, list_by_number
from geniai_pipeline.chatwoot.whitelist import parse_number

OVERLAP = timedelta(seconds=600)
"""Read again before the watermark: Chatwoot stores a message before it marks its conversation."""
STATUSES = ("open", "resolved", "pending", "snoozed")
FIRST_WITH_WINDOW = (3, 6)
"""Chatwoot's version that first knows ``updated_within``."""


def list_changes_within(client: Client, window: timedelta) -> Page:
    """Lists every conversation that changed within a time window, in one request.

    Raises:
        UnansweredError: the request is too large for the server, or its version has no such filter.

    """
    return _read_window(client, window, tries=TRIES)


def list_changes(
    client: Client,
    since: datetime,
    inbox_ids: Sequence[int],
    known: Callable[[], KnownConversations] = KnownConversations,
    unread: Sequence[int] = (),
) -> Iterator[Page]:
    """Lists every conversation that changed since an instant of the server's clock, each once.

    Unchanged ones may be among them. One request, unless that fails.

    Args:
        client: of the account.
        since: the instant.
        inbox_ids: of all inboxes there are.
        known: what earlier runs left; called only if one request is not enough.
        unread: those whose messages could not be read, to be listed again.

    Raises:
        TransientError: every kind of request fails.

    """
    seen: set[int] = set()
    for page in chain(
        list_by_number(client, unread), _Changes(client, since, inbox_ids, known).pages()
    ):
        yield Page(take_unseen(page.rows, seen), page.total, page.rejected, page.missing)


class _NoWindowError(UnansweredError):
    """The server does not know ``updated_within``."""


class _Changes:
    def __init__(
        self,
        client: Client,
        since: datetime,
        inbox_ids: Sequence[int],
        known: Callable[[], KnownConversations],
    ) -> None:
        self._client = client
        self._window = max(client.server_time() - since, timedelta(0)) + OVERLAP
        self._cutoff = client.server_time() - self._window
        self._inbox_ids = inbox_ids
        self._load_known = known
        self._known = KnownConversations()

    def pages(self) -> Iterator[Page]:
        """Reads the window in one request; if that fails, in a way that avoids the cause."""
        try:
            yield self._read_window(tries=1)
        except UnansweredError as error:
            failure = error
        else:
            return
        self._known = self._load_known()
        try:
            if isinstance(failure, _NoWindowError):
                yield from self._read_by_activity()
            elif failure.heavy:
                yield from self._read_in_parts()
            elif self._known.refused:
                yield from self._read_without_refused()
            else:
                yield self._read_window(tries=TRIES)
        except UnansweredError:
            self._client.confirm_alive()
            yield from list_all(self._client, self._known, tries=LOOKS)

    def _read_without_refused(self) -> Iterator[Page]:
        """Reads all but the refused conversations, by activity.

        Then, for changes that are no activity, reads the inboxes and statuses without refused
        ones.
        """
        if (yield from self._read_by_activity()):
            return
        for inbox_id in self._inbox_ids:
            try:
                yield self._read_window(tries=1, inbox_id=inbox_id)
            except UnansweredError:
                for status in STATUSES:
                    with suppress(UnansweredError):
                        yield self._read_window(tries=1, inbox_id=inbox_id, status=status)

    def _read_in_parts(self) -> Iterator[Page]:
        """Reads by inbox and status, for a window that is too large for one request."""
        whole = self._read_active(1, {})
        yield Page(whole.rows, None if self._known.refused else whole.total)
        counted = 0
        for inbox_id in self._inbox_ids:
            for status in STATUSES:
                counted += yield from self._read_part(inbox_id=inbox_id, status=status)
        if whole.total is not None and counted < whole.total:
            raise _build_error(
                self._client, "has conversations of no inbox or status that is known"
            )

    def _read_part(self, **part: str | int) -> Generator[Page, None, int]:
        """Reads a part in one request, or in pages if its first page shows that would be too slow.

        Returns:
            How many conversations the part has.

        """
        started = time.monotonic()
        first = self._read_active(1, part)
        seconds = time.monotonic() - started
        rows, total = len(first.rows), math.inf if first.total is None else first.total
        if rows >= total:
            yield Page(first.rows)
            return rows
        few = not all(self._has_changed(row) for row in first.rows)
        in_time = few or total * seconds < self._client.slow_seconds * rows
        try:
            if in_time:
                yield self._read_window(tries=1, **part)
        except UnansweredError:
            in_time = False
        if not in_time:
            yield from self._read_by_activity(**part)
        return first.total or 0

    def _read_by_activity(self, **part: str | int) -> Generator[Page, None, bool]:
        """Reads the latest activity first, until a whole page is older than the window.

        A row that moves up meanwhile pushes others down, which come twice. It changed after this
        run began and belongs to the next. A change that is no activity (an attribute) is missed.

        Returns:
            Whether it came to the end of the account, where nothing can be missed.

        """
        page_number, read = 0, 0
        ids: list[int | None] = []
        while True:
            page_number, latest = page_number + 1, ids
            page = self._read_active(page_number, part)
            yield Page(page.rows)
            ids = [find_usable_id(row) for row in page.rows]
            read += len(ids)
            counted = page.total is not None and read >= page.total
            if not ids or (len(ids) < PAGE_SIZE and counted):
                return True
            if ids == latest or not any(self._has_changed(row) for row in page.rows):
                return False

    def _read_active(self, page_number: int, part: dict[str, str | int]) -> Page:
        if not self._known.refused:
            by_activity: Params = {"sort_by": "last_activity_at_desc", "page": page_number}
            return read_list(self._client, {**by_activity, **part})
        conditions: list[Condition] = [
            ("display_id", "not_equal_to", sorted(self._known.refused)),
            *((name, "equal_to", [value]) for name, value in part.items()),
        ]
        page = read_filter(self._client, conditions, page_number, tries=LOOKS)
        if page_number == 1 and not page.rows and not part:
            raise _build_error(self._client, "filters all conversations away")
        return page

    def _read_window(self, *, tries: int, **part: str | int) -> Page:
        return _read_window(self._client, self._window, tries=tries, **part)

    def _has_changed(self, row: Any) -> bool:
        if not isinstance(row, dict):
            return False
        moments = (parse_number(row.get("last_activity_at")), parse_number(row.get("updated_at")))
        return any(moment is not None and moment >= self._cutoff.timestamp() for moment in moments)


def _read_window(client: Client, window: timedelta, *, tries: int, **part: str | int) -> Page:
    seconds = math.ceil(window.total_seconds())
    page = read_list(client, {"updated_within": seconds, **part}, tries=tries)
    if _is_unfiltered(client, page.rows, window):
        raise _build_error(client, "cannot list what changed within a time", _NoWindowError)
    return Page(page.rows, None if part else page.total)


def _is_unfiltered(client: Client, rows: Sequence[Any], window: timedelta) -> bool:
    """Whether the server ignored the filter, so that this is a page of all conversations.

    Only a doubtful answer costs the request for the version.
    """
    oldest = (client.server_time() - window - OVERLAP).timestamp()
    moments = [parse_number(row.get("updated_at")) for row in rows if isinstance(row, dict)]
    if all(moment is not None and moment >= oldest for moment in moments):
        return False
    version = re.match(r"v?(\d+)\.(\d+)", client.version() or "")
    return version is None or tuple(map(int, version.groups())) < FIRST_WITH_WINDOW


def _build_error(
    client: Client, what: str, kind: type[UnansweredError] = UnansweredError
) -> UnansweredError:
    version = client.version() or "of an unknown version"
    return kind(f"Chatwoot {version} {what}.", mend=LATER, tenant=client.tenant)
