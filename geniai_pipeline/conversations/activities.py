"""Parses Chatwoot's activity messages: who resolved, reopened, put off or labelled a conversation.

An activity message is a sentence in the account's language with a name in it, and has no sender.
The sentences are in ``activities.ini``; each is compared as a whole, as a name may be any text.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from configparser import RawConfigParser
from pathlib import Path
from typing import Any, NamedTuple

from geniai_pipeline.conversations.conversion import normalize_label
from geniai_pipeline.conversations.fields import clean_line, parse_identifier, parse_instant
from geniai_pipeline.tenants import matches_agent

RESOLVED, REOPENED, SNOOZED = "resolved", "reopened", "snoozed"
LABEL_ADDED, LABEL_REMOVED = "label_added", "label_removed"

_AUTOMATION, _OTHER = "automation", "other"
_PLACEHOLDER = re.compile(r"%\{\w+\}")


class Activity(NamedTuple):
    """One change of a conversation."""

    at: int
    """Microseconds since 1970."""
    message_id: int
    kind: str
    by_person: bool
    """Not by a bot, an automation rule, Captain or Chatwoot itself."""
    labels: tuple[str, ...] = ()
    """Those added or removed."""


def parse_activity(payload: Any, bot_agents: Collection[str] = frozenset()) -> Activity | None:
    """Parses a payload of the messages endpoint; None: no activity message, or of another kind.

    A contact who ends the chat in the widget is a person who resolved the conversation.

    Args:
        payload: as Chatwoot gives it.
        bot_agents: the names of bots. A bot that resolves by Chatwoot's API is named like an agent.

    """
    if not isinstance(payload, Mapping):
        return None
    if str(payload.get("message_type")) not in ("2", "activity"):
        return None
    at = parse_instant(payload.get("created_at"))
    text = clean_line(payload.get("content"))
    if at is None or text is None:
        return None
    matches = ((section, pattern.fullmatch(text)) for section, pattern in _PATTERNS.items())
    section, match = next((each for each in matches if each[1]), (_OTHER, None))
    if match is None or section == _OTHER:
        return None
    kind, actor = section.split(" by ")
    values = [value for value in match.groups() if value is not None]
    name = values[0] if values else ""
    return Activity(
        at,
        parse_identifier(payload.get("id")) or 0,
        kind,
        actor != "system"
        and name.lower() not in _AUTOMATION_NAMES
        and not matches_agent(bot_agents, None, name),
        tuple(values[1].split(", ")) if kind in (LABEL_ADDED, LABEL_REMOVED) else (),
    )


def find_label_instant(activities: Iterable[Activity], labels: Iterable[str]) -> int | None:
    """Finds when a conversation got one of the labels; None: it has none of them, or none is known.

    A label that was removed since does not count. Of several, the first one put counts, so that
    another one does not move the instant.

    Args:
        activities: of one conversation, in any order.
        labels: by their names in any form of `normalize_label`.

    Returns:
        Microseconds since 1970.

    """
    wanted = {normalize_label(label) for label in labels}
    added: dict[str, int] = {}
    for activity in sorted(activities):
        for label in wanted.intersection(map(normalize_label, activity.labels)):
            if activity.kind == LABEL_ADDED:
                added[label] = activity.at
            else:
                added.pop(label, None)
    return min(added.values(), default=None)


def _read_sentences() -> RawConfigParser:
    parser = RawConfigParser(allow_no_value=True, delimiters=("=",), comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    path = Path(__file__).with_name("activities.ini")
    parser.read_string(path.read_text("utf-8"), str(path))
    return parser


def _compile(sentences: Iterable[str]) -> re.Pattern[str]:
    """Compiles sentences to one pattern; its groups are what stands for the placeholders."""
    return re.compile(
        "|".join("(.+)".join(map(re.escape, _PLACEHOLDER.split(each))) for each in sentences)
    )


_SENTENCES = _read_sentences()
_AUTOMATION_NAMES = frozenset(name.lower() for name in _SENTENCES[_AUTOMATION])
_PATTERNS = {
    section: _compile(sentences)
    for section, sentences in _SENTENCES.items()
    if section not in (_AUTOMATION, _SENTENCES.default_section)
}
"""By "kind by actor", in the file's order: the first that matches is meant."""
