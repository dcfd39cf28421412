"""Every conversation of an account, from a list that moves, lies, and breaks on a single row.

Chatwoot numbers the pages of a list that goes on changing under the reader, gives rows of one
moment in any order, and fails a whole page for one conversation whose contact is gone.
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
"""After so many pages in a row that fail, one beyond the end tells sick rows from a sick server."""
BEYOND_THE_END = 1_000_000
"""A page that is empty."""
UNUSED_NUMBERS = 10_000
"""So many numbers in a row without a conversation, and no more are tried."""
UNUSED_AT_THE_END = 100
"""The same beyond the largest number seen: it may stand on a page that failed."""
LOOKS = 2
"""How often a row that fails is asked for: a contact's deletion is over within a second or so."""


def list_all(client: Client, known: KnownConversations, *, tries: int = TRIES) -> Iterator[Page]:
    """Every conversation of the account once. One request per 25, oldest first.

    Those that no page showed are asked for by number: first those that had landed, then, as long
    as the account counts more than were found, every number that was not seen. So the order of
    numbers does not matter, and no number is asked for twice.

    Args:
        client: of the account.
        known: what earlier runs left.
        tries: how often a page is asked for that fails, as long as none is given up.

    Raises:
        TransientError: the list fails in a way that cannot be stepped around.

    """
    return _Walk(client, known, LOOKS if known.refused else tries).pages()


def list_by_number(client: Client, numbers: Sequence[int]) -> Iterator[Page]:
    """The conversations of these numbers that there still are. One request per 25."""
    return _Walk(client, KnownConversations(), LOOKS).numbered(numbers)


class _Walk:
    def __init__(self, client: Client, known: KnownConversations, tries: int) -> None:
        self._client = client
        self._known = known
        self._tries = tries
        self._seen: set[int] = set()
        """Numbers of the conversations read and of those refused."""
        self._rows_without_id: set[int] = set()
        """Hashes of rows without a number."""
        self._total: int | None = None
        self._gaps: list[tuple[int, int | None]] = []
        """Of pages that failed: the least and the largest number on the pages beside them."""
        self._has_filter = True

    def pages(self) -> Iterator[Page]:
        """Every conversation once; the last page tells how many are missing."""
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
        """The pages, oldest first: new conversations mostly join the end.

        A deletion moves later ones up, over the boundary between a page read and the next. It
        shows: the numbers have a gap at that boundary (or conversations come twice), and then the
        page before is read again.
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
            yield self._take_fresh(page)
            if len(page.rows) < (page_size or PAGE_SIZE) and self._is_complete():
                return  # One of the two alone may lie; both spare the request for an empty page.
            skipped, page_size = 0, max(page_size, len(page.rows))
            latest, rows_before = ids or latest, page.rows

    def _may_have_moved(self, latest: list[int], ids: list[int], *, was_full: bool) -> bool:
        """Whether conversations may have moved to the page before since that was read."""
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
            fresh = self._take_fresh(Page(rows, page.total))
            yield fresh
            if len(fresh.rows) < len(rows):
                return

    def _search_numbers(self, suspects: int) -> Iterator[Page]:
        """The numbers that nobody has seen, as long as the account counts more."""
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
        """Each number that was not seen, once: those around the pages that failed come first."""
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
        """Whether all of these are known to be there still: a page beyond the end counts them and
        shows none. One that is gone would hide another that was not seen."""
        try:
            condition = ("display_id", "equal_to", sorted(suspects))
            total = read_filter(self._client, [condition], BEYOND_THE_END).total
        except UnansweredError:
            return False
        return total is not None and total >= len(suspects)

    def _check_suspects(self, suspects: Sequence[int]) -> Iterator[Page]:
        """Those that could not be shown before: if the count is right with them, they still cannot
        be, and are not asked for."""
        if suspects and self._count_missing() == len(suspects):
            for suspect in suspects:
                yield self._reject(suspect, self._known.refused[suspect])
        else:
            for suspect in suspects:
                yield from self._read_one(suspect)

    def numbered(self, numbers: Sequence[int]) -> Iterator[Page]:
        """The conversations among these numbers, in one request per 25; those that fail, halved
        until the one that is to blame stands alone."""
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
                    # Old versions give a row once per label, and so not all on one page.
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
            f"Chatwoot answers page {page_number} of the conversations with the page before it.",
            mend=LATER,
            tenant=self._client.tenant,
        )

    def _count_missing(self) -> int | None:
        """How many more the account counts than were read and refused; None: it does not count."""
        if self._total is None:
            return None
        return self._total - len(self._seen) - len(self._rows_without_id)

    def _is_complete(self) -> bool:
        shortfall = self._count_missing()
        return shortfall is not None and shortfall <= 0

    def _is_short(self, suspects: int) -> bool:
        shortfall = self._count_missing()
        return bool(self._gaps) if shortfall is None else shortfall > suspects

    def _take_fresh(self, page: Page) -> Page:
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
            self._tries = LOOKS  # Its rows are to blame, and patience is wasted on others like it.
            raise
        self._total = page.total
        return page


def _chunks(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    return (numbers[at : at + PAGE_SIZE] for at in range(0, len(numbers), PAGE_SIZE))
