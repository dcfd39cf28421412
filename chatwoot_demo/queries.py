"""Queries conversations, messages and contacts: parameters, orders, windows."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from starlette.datastructures import QueryParams

from chatwoot_demo.records import (
    ACTIVITY,
    Account,
    DemoContact,
    DemoConversation,
    DemoMessage,
    User,
)
from chatwoot_demo.versions import Version

CONVERSATIONS_A_PAGE = 25
CONTACTS_A_PAGE = 15

_NEWEST = Version()
_PRIORITIES = {None: 0, "low": 0, "medium": 1, "high": 2, "urgent": 3}
_Key = Callable[[DemoConversation], Any]


class RecordNotFoundError(Exception):
    """A record that a parameter names does not exist."""


def _waiting_since(record: DemoConversation) -> float:
    return float("inf") if record.waiting_since is None else record.waiting_since


def _rank_by_priority(record: DemoConversation) -> tuple[int, float]:
    return _PRIORITIES[record.priority], record.last_activity_at


_ORDERS: dict[str, tuple[_Key, bool]] = {
    "last_activity_at_asc": (lambda record: record.last_activity_at, False),
    "last_activity_at_desc": (lambda record: record.last_activity_at, True),
    "created_at_asc": (lambda record: record.created_at, False),
    "created_at_desc": (lambda record: record.created_at, True),
    "priority_asc": (_rank_by_priority, False),
    "priority_desc": (_rank_by_priority, True),
    "waiting_since_asc": (_waiting_since, False),
    "waiting_since_desc": (_waiting_since, True),
    "priority_desc_created_at_asc": (
        lambda record: (-_PRIORITIES[record.priority], record.created_at),
        False,
    ),
    "latest": (lambda record: record.last_activity_at, True),
    "sort_on_created_at": (lambda record: record.created_at, False),
    "sort_on_priority": (_rank_by_priority, True),
    "sort_on_waiting_since": (_waiting_since, False),
}


def list_visible(account: Account, user: User) -> list[DemoConversation]:
    """Lists the conversations that the user may see: an agent, those of their inboxes."""
    return [
        record
        for record in account.conversations.values()
        if user.role == "administrator" or record.inbox.id in user.inbox_ids
    ]


def list_page(
    account: Account,
    user: User,
    query: QueryParams,
    now: float,
    version: Version = _NEWEST,
) -> tuple[list[DemoConversation], dict[str, int]]:
    """Lists a page of conversations, and counts all.

    The counts are taken before ``assignee_type`` and ``updated_within``; the latter is not paged.

    Raises:
        RecordNotFoundError: no team has that id.

    """
    found = list_visible(account, user)
    if inboxes := _parse_values(query, "inbox_id"):
        found = [record for record in found if str(record.inbox.id) in inboxes]
    if text := query.get("q"):
        found = [record for record in found if _mentions(record, text.lower())]
    elif (status := query.get("status", "open")) != "all":
        found = [record for record in found if record.status == status]
    if (wanted := query.get("team_id")) is not None:
        if wanted not in {str(team.id) for team in account.teams}:
            raise RecordNotFoundError
        found = [record for record in found if record.team and str(record.team.id) == wanted]
    if labels := _parse_values(query, "labels"):
        found = [record for record in found if not labels.isdisjoint(record.labels)]
    if source := query.get("source_id"):
        found = [record for record in found if record.contact.source_id == source]
    if query.get("conversation_type") == "unattended":
        found = [
            record for record in found if not record.first_reply_created_at or record.waiting_since
        ]
    elif query.get("conversation_type") in ("mention", "participating"):
        found = []
    counted = count_conversations(found, user)
    assigned = query.get("assignee_type")
    if assigned == "me":
        found = [record for record in found if record.assignee is user]
    elif assigned in ("assigned", "unassigned"):
        found = [
            record for record in found if (record.assignee is None) == (assigned == "unassigned")
        ]
    key, reverse = _ORDERS.get(query.get("sort_by", ""), _ORDERS["last_activity_at_desc"])
    found.sort(key=key, reverse=reverse)
    within = query.get("updated_within")
    if within and version.has_feature("updated_within"):
        since = now - number(within)
        return [record for record in found if record.updated_at > since], counted
    return page(found, query, CONVERSATIONS_A_PAGE), counted


def count_conversations(found: list[DemoConversation], user: User) -> dict[str, int]:
    """How many of them are the user's, assigned, unassigned, and all."""
    unassigned = sum(record.assignee is None for record in found)
    return {
        "mine_count": sum(record.assignee is user for record in found),
        "assigned_count": len(found) - unassigned,
        "unassigned_count": unassigned,
        "all_count": len(found),
    }


def window(
    messages: list[DemoMessage], query: QueryParams, version: Version = _NEWEST
) -> list[DemoMessage]:
    """The messages a request asks for, oldest first, which need not be the order of their ids.

    Without parameters the newest 20; ``before`` the 20 below an id; ``after`` the first 100 above
    it; both, up to 1000 with the lower id included.
    """
    messages = sorted(messages, key=lambda each: each.created_at)
    if query.get("filter_internal_messages"):
        messages = [each for each in messages if not each.private and each.message_type != ACTIVITY]
    after, before = query.get("after"), query.get("before")
    if not version.has_feature("message windows"):
        after = None
    if after and before:
        low, high = number(after), number(before)
        return list(islice((each for each in messages if low <= each.id < high), 1000))
    if before:
        high = number(before)
        return [each for each in messages if each.id < high][-20:]
    if after:
        low = number(after)
        return list(islice((each for each in messages if each.id > low), 100))
    return messages[-20:]


def find_contacts(account: Account, query: QueryParams) -> tuple[list[DemoContact], int]:
    """A page of the contacts with an address, and how many there are."""
    found = [record for record in account.contacts.values() if _has_address(record)]
    if labels := _parse_values(query, "labels"):
        found = [record for record in found if not labels.isdisjoint(record.labels)]
    sort = query.get("sort", "")
    field = sort.removeprefix("-")
    if field in ("name", "email", "phone_number", "last_activity_at", "created_at"):
        known = [record for record in found if getattr(record, field) is not None]
        known.sort(key=lambda record: getattr(record, field), reverse=sort.startswith("-"))
        found = known + [record for record in found if getattr(record, field) is None]
    return page(found, query, CONTACTS_A_PAGE), len(found)


def search_contacts(account: Account, query: QueryParams) -> tuple[list[DemoContact], int]:
    """A page of the contacts whose name or address contains ``q``, and how many there are."""
    text = query.get("q", "").lower()
    found = [
        record
        for record in account.contacts.values()
        if _has_address(record)
        and any(
            text in (value or "").lower()
            for value in (record.name, record.email, record.phone_number, record.identifier)
        )
    ]
    return page(found, query, CONTACTS_A_PAGE), len(found)


def page(found: list[Any], query: QueryParams, size: int) -> list[Any]:
    """One page; past the end it is empty."""
    at = max(number(query.get("page", "1")), 1)
    return found[(at - 1) * size : at * size]


def number(text: str) -> int:
    """The number a text begins with, as Ruby reads it: 0 if there is none."""
    digits = text.strip()
    sign = -1 if digits.startswith("-") else 1
    digits = digits.lstrip("+-")
    end = next((at for at, letter in enumerate(digits) if not letter.isdigit()), len(digits))
    return sign * int(digits[:end] or 0)


def _has_address(record: DemoContact) -> bool:
    return bool(record.email or record.phone_number or record.identifier)


def _parse_values(query: QueryParams, name: str) -> set[str]:
    return {*query.getlist(name), *query.getlist(f"{name}[]")} - {""}


def _mentions(record: DemoConversation, text: str) -> bool:
    return any(
        text in (each.content or "").lower()
        for each in record.messages
        if each.message_type < ACTIVITY
    )
