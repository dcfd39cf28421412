"""Evaluates the conditions of ``POST conversations/filter``."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, timezone
from typing import Any

from starlette.datastructures import QueryParams

from chatwoot_demo import queries
from chatwoot_demo.records import Account, DemoConversation, User

_Key = Callable[[DemoConversation], Any]


class FilterError(Exception):
    """A filter that Chatwoot answers with 422 and this text."""


class BrokenQueryError(Exception):
    """A request on which Chatwoot fails: 500."""


_EQUAL = ("equal_to", "not_equal_to")
_PRESENT = (*_EQUAL, "is_present", "is_not_present")
_CONTAINS = (*_EQUAL, "contains", "does_not_contain")
_DATES = ("is_greater_than", "is_less_than", "days_before")


def _attribute(name: str) -> Callable[[DemoConversation], Any]:
    return lambda record: record.additional_attributes.get(name)


_KEYS: dict[str, tuple[tuple[str, ...], Callable[[DemoConversation], Any]]] = {
    "status": (_EQUAL, lambda record: record.status),
    "assignee_id": (_PRESENT, lambda record: record.assignee and record.assignee.id),
    "inbox_id": (_PRESENT, lambda record: record.inbox.id),
    "team_id": (_PRESENT, lambda record: record.team and record.team.id),
    "contact_id": (_EQUAL, lambda record: record.contact.id),
    "priority": (_EQUAL, lambda record: record.priority),
    "display_id": (_CONTAINS, lambda record: record.display_id),
    "campaign_id": (_PRESENT, lambda record: None),
    "labels": (_PRESENT, lambda record: record.labels),
    "browser_language": (_EQUAL, _attribute("browser_language")),
    "conversation_language": (_EQUAL, _attribute("conversation_language")),
    "country_code": (_EQUAL, _attribute("country_code")),
    "referer": (_CONTAINS, _attribute("referer")),
    "created_at": (_DATES, lambda record: record.created_at),
    "last_activity_at": (_DATES, lambda record: record.last_activity_at),
    "mail_subject": (_CONTAINS, _attribute("mail_subject")),
}


def apply_filter(
    account: Account, user: User, conditions: Any, query: QueryParams, now: float
) -> tuple[list[DemoConversation], dict[str, int]]:
    """Selects a page of the conversations that meet the conditions, latest activity first.

    AND binds before OR, as in the SQL that Chatwoot strings together.

    Raises:
        FilterError: an unknown key or operator, or a value that is none.
        BrokenQueryError: conditions that do not join, or a body that is no list of them.

    """
    if not isinstance(conditions, list) or not all(isinstance(each, dict) for each in conditions):
        raise BrokenQueryError
    alternatives: list[list[Callable[[DemoConversation], bool]]] = [[]]
    for position, condition in enumerate(conditions):
        alternatives[-1].append(_test(account, condition, now))
        joint = str(condition.get("query_operator") or "").upper()
        if bool(joint) == (position == len(conditions) - 1):
            raise BrokenQueryError
        if joint and joint not in ("AND", "OR"):
            raise FilterError('Query operator must be either "AND" or "OR".')
        if joint == "OR":
            alternatives.append([])
    found = [
        record
        for record in queries.list_visible(account, user)
        if any(all(test(record) for test in tests) for tests in alternatives)
    ]
    found.sort(key=lambda record: record.last_activity_at, reverse=True)
    found_page = queries.page(found, query, queries.CONVERSATIONS_A_PAGE)
    return found_page, queries.count_conversations(found, user)


def _test(
    account: Account, condition: dict[str, Any], now: float
) -> Callable[[DemoConversation], bool]:
    name, operator = str(condition.get("attribute_key")), str(condition.get("filter_operator"))
    values = condition.get("values") or []
    values = [str(each) for each in (values if isinstance(values, list) else [values])]
    if name in _KEYS:
        allowed, read = _KEYS[name]
    elif any(each["attribute_key"] == name for each in account.attribute_definitions):
        is_contact_attribute = condition.get("custom_attribute_type") == "contact_attribute"
        allowed = (*_PRESENT, *_CONTAINS)
        read = lambda record: (  # noqa: E731
            record.contact if is_contact_attribute else record
        ).custom_attributes.get(name)
    else:
        raise FilterError(
            f"Invalid attribute key - [{name}]. The key should be one of [{','.join(_KEYS)}] "
            "or a custom attribute defined in the account."
        )
    if operator not in allowed:
        raise FilterError(
            f"Invalid operator. The allowed operators for {name} are [{','.join(allowed)}]."
        )
    if allowed is _DATES:
        return _date_test(name, operator, values, read, now)
    if operator in ("is_present", "is_not_present"):
        return lambda record: bool(read(record)) == (operator == "is_present")
    if name == "status" and "all" in values:
        return lambda record: True
    wanted = operator in ("equal_to", "contains")
    if operator in ("contains", "does_not_contain"):
        return lambda record: _contains(read(record), values) == wanted
    return lambda record: _equals(read(record), values) == wanted


def _date_test(
    name: str, operator: str, values: list[str], read: _Key, now: float
) -> Callable[[DemoConversation], bool]:
    """Dates are whole days in UTC, and the comparison is strict."""
    try:
        if operator == "days_before":
            limit = _utc_day(now) - timedelta(days=int(values[0]))
        else:
            limit = date.fromisoformat(values[0][:10])
    except (ValueError, IndexError):
        raise FilterError(f"Invalid value. The values provided for {name} are invalid") from None
    if operator == "is_greater_than":
        return lambda record: _utc_day(read(record)) > limit
    return lambda record: _utc_day(read(record)) < limit


def _utc_day(at: float) -> date:
    return datetime.fromtimestamp(at, timezone.utc).date()


def _equals(value: Any, values: Iterable[str]) -> bool:
    if isinstance(value, list):
        return not set(value).isdisjoint(values)
    return str(value) in values


def _contains(value: Any, values: Iterable[str]) -> bool:
    return any(each.lower() in str(value or "").lower() for each in values)
