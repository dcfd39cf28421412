"""Lists every conversation of an account, although the list changes while it is read.

Chatwoot numbers the pages of a live list and gives rows of one instant in any order. One
conversation whose contact is deleted makes its whole page fail.
"""

from collections.abc import Iterator, Sequence, Set
from itertools import chain, islice

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.pages import (
    PAGE_SIZE,
    KnownConversations,
    NoFilterError,
    Page,
    read_filter,
    read_list,
    take_unseen,
)
from geniai_pipeline.chatwoot.refusals import NotAllowedError, NotFoundError, UnansweredError
from geniai_pipeline.chatwoot.rows import find_usable_id
from geniai_pipeline.chatwoot.transport import LATER, TRIES, Params
from geniai_pipeline.errors import Rejected

SKIPPED_PAGES = 5
"""After so many failed pages in a row, an empty page tells bad rows from a failing server."""
BEYOND_THE_END = 1_000_000
"""The number of a page that is always empty."""
UNUSED_NUMBERS = 10_000
"""The search ends after so many numbers in a row without a conversation."""
UNUSED_AT_THE_END = 100
"""The same beyond the largest number seen: a failed page may hold larger ones."""
LOOKS = 2
"""Attempts for a row that fails: the deletion of a contact takes about a second."""


def list_all(client: Client, known: KnownConversations, *, tries: int = TRIES) -> Iterator[Page]:
    """Lists every conversation of the account once. One request per 25, oldest first.

    Conversations on no page are requested by number: first the landed ones, then, while the
    account counts more, every number not seen. So the order of numbers does not matter, and no
    number is requested twice.

    Args:
        client: of the account.
        known: what earlier runs left.
        tries: attempts for a page that fails, until the first page is given up.

    Raises:
        TransientError: the list fails and no other request can replace it.

    """
    return _Walk(client, known, LOOKS if known.refused else tries).pages()


def list_by_number(client: Client, numbers: Sequence[int]) -> Iterator[Page]:
    """Lists the conversations of these numbers that still exist. One request per 25."""
    return _Walk(client, KnownConversations(), LOOKS).numbered(numbers)


class _Walk:
    def __init__(self, client: Client, known: KnownConversations, tries: int) -> None:
        self._client = client
        self._known = known
        self._tries = tries
        self._seen: set[int] = set()
        """Numbers of the conversations read or refused."""
        self._rows_without_id: set[int] = set()
        """Hashes of rows without a number."""
        self._total: int | None = None
        self._gaps: list[tuple[int, int | None]] = []
        """For failed pages: the least and the largest number on the pages beside them."""
        self._has_filter = True

    def pages(self) -> Iterator[Page]:
        """Yields every conversation once; the last page has the number of missing ones."""
        yield from self._read_pages()
        suspects = self._known.refused.keys() - self._seen
        yield from self.numbered(sorted(self._known.landed - self._seen - suspects))
        if suspects and not self._has_all(suspects):
            for suspect in sorted(suspects):
                yield from self._read_one(suspect)
            suspects = set()
        yield from self._search_numbers(len(suspects))
        yield from self._check_suspects(sorted(suspects))
        yield Page([], self._total, missing=max(0, self._count_missing() or 0))

    def _read_pages(self) -> Iterator[Page]:
        """Reads the pages, oldest first: new conversations mostly join the end.

        A deletion moves later ones up, across a page boundary. Then the numbers have a gap at that
        boundary, or conversations come twice, and the page before is read again.
        """
        page_number, skipped, page_size = 0, 0, 0
        latest: list[int] = []
        rows_before: list[object] = []
        while True:
            page_number += 1
            try:
                page = self._read(page_number)
            except UnansweredError:
                skipped += 1
                if skipped == SKIPPED_PAGES:
                    self._read(BEYOND_THE_END)
                if skipped < SKIPPED_PAGES or page_number * PAGE_SIZE < (self._total or 0):
                    continue
                page = Page([], self._total)
            ids = [found for row in page.rows if (found := find_usable_id(row)) is not None]
            if skipped:
                low, high = min([*latest, *ids], default=1), max([*latest, *ids], default=None)
                self._gaps.append((low if latest else 1, high if ids else None))
            elif latest and self._may_have_moved(latest, ids, was_full=len(latest) >= page_size):
                yield from self._reread_pages(page_number - 1)
            stuck = ids == latest if ids else page.rows == rows_before
            if not page.rows or (stuck and self._is_complete()):
                return
            if stuck:
                raise self._build_repeat_error(page_number)
            yield self._select_unseen(page)
            if len(page.rows) < (page_size or PAGE_SIZE) and self._is_complete():
                return  # one sign alone may be wrong; both save the request for an empty page
            skipped, page_size = 0, max(page_size, len(page.rows))
            latest, rows_before = ids or latest, page.rows

    def _may_have_moved(self, latest: list[int], ids: list[int], *, was_full: bool) -> bool:
        """Whether conversations may have moved to the page before, after it was read."""
        if not ids:
            return was_full
        return min(ids) != max(latest) + 1 or not self._seen.isdisjoint(ids)

    def _reread_pages(self, page_number: int) -> Iterator[Page]:
        """Reads pages again, backwards, up to the first that has a conversation already seen."""
        for number_again in range(page_number, 0, -1):
            try:
                page = self._read(number_again)
            except UnansweredError:
                self._gaps.append((1, None))
                return
            rows = [row for row in page.rows if find_usable_id(row) is not None]
            fresh = self._select_unseen(Page(rows, page.total))
            yield fresh
            if len(fresh.rows) < len(rows):
                return

    def _search_numbers(self, suspects: int) -> Iterator[Page]:
        """Requests the numbers not seen, while the account counts more conversations."""
        unused, candidates = 0, self._candidates()
        while unused < UNUSED_NUMBERS and self._is_short(suspects):
            chunk = list(islice(candidates, PAGE_SIZE))
            if not chunk:
                break
            found = len(self._seen)
            yield from self.numbered(chunk)
            unused = 0 if len(self._seen) > found else unused + len(chunk)
        unused, largest = 0, self._find_largest()
        while unused < UNUSED_AT_THE_END and self._gaps and self._is_short(suspects):
            found = len(self._seen)
            yield from self.numbered(range(largest + 1, largest + 1 + PAGE_SIZE))
            unused = 0 if len(self._seen) > found else unused + PAGE_SIZE
            largest += PAGE_SIZE

    def _candidates(self) -> Iterator[int]:
        """Yields each number not seen once, those around failed pages first."""
        largest = self._find_largest()
        near = [range(low, (high or largest) + 1) for low, high in self._gaps]
        taken = {*self._known.landed, *self._known.refused}
        for candidate in chain(*near, range(largest, 0, -1)):
            if candidate not in self._seen and candidate not in taken:
                taken.add(candidate)
                yield candidate

    def _find_largest(self) -> int:
        return max(self._seen | self._known.landed | self._known.refused.keys(), default=0)

    def _has_all(self, suspects: Set[int]) -> bool:
        """Whether all of these still exist: an empty page counts them without showing them.

        A deleted one would hide another that was not seen.
        """
        try:
            condition = ("display_id", "equal_to", sorted(suspects))
            total = read_filter(self._client, [condition], BEYOND_THE_END).total
        except UnansweredError:
            return False
        return total is not None and total >= len(suspects)

    def _check_suspects(self, suspects: Sequence[int]) -> Iterator[Page]:
        """Rejects or reads the conversations that failed in earlier runs.

        If the count is right with them, they still fail and are not requested.
        """
        if suspects and self._count_missing() == len(suspects):
            for suspect in suspects:
                yield self._reject(suspect, self._known.refused[suspect])
        else:
            for suspect in suspects:
                yield from self._read_one(suspect)

    def numbered(self, numbers: Sequence[int]) -> Iterator[Page]:
        """Reads conversations by number, 25 per request; halves a request that fails.

        So the conversation that causes the failure is found.
        """
        for chunk in _chunks(numbers):
            left = chunk
            if len(chunk) > 1 and self._has_filter:
                try:
                    page = read_filter(self._client, [("display_id", "equal_to", chunk)])
                except NoFilterError:
                    self._has_filter = False
                except UnansweredError:
                    pass
                else:
                    yield Page(take_unseen(page.rows, self._seen), self._total)
                    # Old versions give a row once per label, so that one page may not hold all.
                    cut_off = page.total is not None and page.total > len(page.rows)
                    left = [n for n in chunk if n not in self._seen] if cut_off else []
            if len(left) > 1 and self._has_filter:
                half = len(left) // 2
                yield from self.numbered(left[:half])
                yield from self.numbered(left[half:])
            else:
                for one in left:
                    yield from self._read_one(one)

    def _read_one(self, conversation_id: int) -> Iterator[Page]:
        try:
            row = self._client.get(f"conversations/{conversation_id}", tries=LOOKS)
        except (NotFoundError, NotAllowedError):
            return
        except UnansweredError as error:
            self._client.confirm_alive()
            yield self._reject(conversation_id, error.what)
        else:
            yield Page(take_unseen([row], self._seen), self._total)

    def _reject(self, conversation_id: int, reason: str) -> Page:
        self._seen.add(conversation_id)
        refused = Rejected("raw.conversations", str(conversation_id), reason, "")
        return Page([], self._total, (refused,))

    def _build_repeat_error(self, page_number: int) -> UnansweredError:
        return UnansweredError(
            f"Chatwoot answers page {page_number} of the conversations with the previous page.",
            mend=LATER,
            tenant=self._client.tenant,
        )

    def _count_missing(self) -> int | None:
        """Counts the conversations neither read nor refused; None: the account gives no count."""
        if self._total is None:
            return None
        return self._total - len(self._seen) - len(self._rows_without_id)

    def _is_complete(self) -> bool:
        shortfall = self._count_missing()
        return shortfall is not None and shortfall <= 0

    def _is_short(self, suspects: int) -> bool:
        shortfall = self._count_missing()
        return bool(self._gaps) if shortfall is None else shortfall > suspects

    def _select_unseen(self, page: Page) -> Page:
        self._rows_without_id.update(
            hash(repr(row)) for row in page.rows if find_usable_id(row) is None
        )
        return Page(take_unseen(page.rows, self._seen), page.total)

    def _read(self, page_number: int) -> Page:
        wanted: Params = {"sort_by": "created_at_asc", "page": page_number}
        try:
            page = read_list(self._client, wanted, tries=self._tries)
        except UnansweredError:
            self._client.confirm_alive()
            self._tries = LOOKS  # its rows cause the failure, and more attempts would not help
            raise
        self._total = page.total
        return page


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + PAGE_SIZE] for at in range(0, len(numbers), PAGE_SIZE))
