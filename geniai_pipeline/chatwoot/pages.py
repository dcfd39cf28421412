"""Pages of conversations, from the list or the filter endpoint."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from geniai_pipeline.chatwoot.client import Client
from geniai_pipeline.chatwoot.refusals import UnansweredError
from geniai_pipeline.chatwoot.rows import find_usable_id
from geniai_pipeline.chatwoot.transport import LATER, TRIES, Params
from geniai_pipeline.chatwoot.whitelist import parse_number
from geniai_pipeline.errors import PermanentError, Rejected

PAGE_SIZE = 25
"""Chatwoot's own; an installation may set another for the list, not for the filter."""

Condition = tuple[str, str, Sequence[int | str]]
"""Of the filter: attribute, operator, values."""


@dataclass(frozen=True)
class Page:
    """Raw conversations, and rejected rows for those that the server cannot show."""

    rows: list[Any]
    total: int | None = None
    """How many the account has by its own count; None: the page does not say."""
    rejected: tuple[Rejected, ...] = ()
    missing: int | None = None
    """In the last page of a walk through all: how many the account counts beyond those read and
    refused."""


@dataclass(frozen=True)
class KnownConversations:
    """The conversations that earlier runs landed, and those they could not read."""

    landed: frozenset[int] = frozenset()
    """The conversations that have landed and are not deleted."""
    refused: Mapping[int, str] = field(default_factory=dict)
    """Those that Chatwoot could not show, with the reason."""


def read_list(client: Client, wanted: Params, *, tries: int = TRIES) -> Page:
    """Reads a page of the list of all conversations.

    Raises:
        UnansweredError: the server fails on it.

    """
    answer = client.get("conversations", {"status": "all", **wanted}, tries=tries)
    return _page(client, answer, "conversations")


def read_filter(
    client: Client, conditions: Sequence[Condition], page: int = 1, *, tries: int = 1
) -> Page:
    """Reads a page of the conversations that meet all conditions, latest activity first.

    Raises:
        UnansweredError: the server fails on it.
        NoFilterError: the server has no such filter, or a proxy blocks it.

    """
    path = "conversations/filter"
    payload = [
        {
            "attribute_key": name,
            "filter_operator": operator,
            "values": list(values),
            "query_operator": "AND" if position < len(conditions) else None,
        }
        for position, (name, operator, values) in enumerate(conditions, 1)
    ]
    try:
        answer = client.post(path, {"payload": payload}, {"page": page}, tries=tries)
    except PermanentError as error:
        client.confirm_alive()
        raise NoFilterError(error.what, mend=LATER, tenant=client.tenant) from error
    return _page(client, answer, path)


def take_unseen(rows: Iterable[Any], seen: set[int]) -> list[Any]:
    """Selects the rows that are not in ``seen`` and adds them; a row without id is always new."""
    fresh = []
    for row in rows:
        row_id = find_usable_id(row)
        if row_id is None or row_id not in seen:
            fresh.append(row)
        if row_id is not None:
            seen.add(row_id)
    return fresh


class NoFilterError(UnansweredError):
    """The server does not answer the filter as Chatwoot does."""


def _page(client: Client, answer: Any, path: str) -> Page:
    rows = client.extract_rows(answer, path)
    try:
        total = parse_number(answer.get("data", answer)["meta"]["all_count"])
    except (AttributeError, KeyError, TypeError):
        total = None
    return Page(rows, None if total is None else int(total))
