"""Reads conversation files and formats results: JSON lines in, JSON lines out."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast, get_args

from geniai_pipeline.analysis.base import Analysis, Sender, Transcript, TranscriptMessage
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.text import remove_unstorable

_PRIVATE = re.compile(r"priv|intern|^not[ae]\b", re.IGNORECASE)
_MEDIA = (
    r"(?:mensagem de (?:voz|[áa]udio|v[íi]deo)|voice (?:message|note)|[áa]udio|imagem|image|foto"
    r"|photo|v[íi]deo|figurinha|sticker|gif|documento|document|m[íi]dia|media|anexo|attachment)"
)
# The text of exports for an attachment: "[áudio]", "<Mídia oculta>", "🎤 Áudio (0:12)".
_ATTACHMENT = re.compile(
    rf"\s*(?:[\[<(]\s*{_MEDIA}[^\])>]{{0,20}}[\])>]|[🎤🎙🎵📷🖼📹🎥📎]\ufe0f?\s*(?:{_MEDIA})?[\s\d:().]*"
    rf"|{_MEDIA} (?:omitid[oa]|ocult[oa]|ocultad[oa]|omitted))\s*",
    re.IGNORECASE,
)


Record = TypeVar("Record")


class Label(NamedTuple):
    """A person's judgement of a conversation."""

    is_lead: bool
    score: int
    visit_scheduled: bool


class UnreadableError(ValueError):
    """A record is not a conversation; the text names the error and its correction."""


def read_conversations(path: Path) -> Iterator[Transcript | PermanentError]:
    """Reads the conversations of a file, one per line; skips empty lines.

    Yields:
        For a line that is not a conversation, the error that names it; the next lines follow.

    Raises:
        PermanentError: the file cannot be read.

    """
    return _read(path, parse_conversation)


def read_labelled(path: Path) -> Iterator[tuple[Transcript, Label] | PermanentError]:
    """Reads the conversations of a file with their labels, as `read_conversations`.

    Yields:
        For a line without conversation or label, the error that names it.

    Raises:
        PermanentError: the file cannot be read.

    """
    return _read(path, parse_labelled)


def parse_conversation(line: str) -> Transcript:
    """Reads one line of a conversation file.

    Raises:
        UnreadableError: it is not JSON, or no conversation.

    """
    return parse_record(_record(line))


def parse_labelled(line: str) -> tuple[Transcript, Label]:
    """Reads one line of a conversation file with its label.

    Raises:
        UnreadableError: it is not JSON, no conversation, or the label is missing or no label.

    """
    record = _record(line)
    conversation, label = parse_record(record), record.get("label")
    known = label if isinstance(label, dict) else {}
    is_lead, score, visit = (known.get(key) for key in Label._fields)
    if not isinstance(is_lead, bool) or not isinstance(visit, bool):
        raise UnreadableError(
            'no label says whether it is a lead and a visit; give it a "label" with "is_lead" and'
            ' "visit_scheduled", true or false'
        )
    if isinstance(score, bool) or not isinstance(score, int) or score not in range(6):
        raise UnreadableError('the label has no "score" from 0 to 5; write a whole number')
    return conversation, Label(is_lead, score, visit)


def parse_record(record: Any) -> Transcript:
    """Parses a conversation from its record, of a file or the warehouse.

    Accepts NUL bytes, unknown keys, null texts, missing inbox, contact name, times and
    notes, and an empty message list.

    Raises:
        UnreadableError: an id, a message list or a known sender is missing.

    """
    if not isinstance(record, dict):
        raise UnreadableError('not a JSON object; write {"id": ..., "messages": [...]}')
    identifier = record.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int) or identifier == "":
        raise UnreadableError('"id" is missing or not a text or whole number; give it a unique id')
    messages = record.get("messages")
    if not isinstance(messages, list):
        raise UnreadableError(
            '"messages" is missing or not a list; use [] for an empty conversation'
        )
    parsed = []
    for position, raw in enumerate(messages, start=1):
        if not isinstance(raw, dict):
            raise UnreadableError(
                f'message {position} is not an object; write {{"from": ..., "text": ...}}'
            )
        if raw.get("from") not in get_args(Sender):
            raise UnreadableError(
                f'message {position} has "from": {json.dumps(raw.get("from"))};'
                " use contact, agent or bot"
            )
        parsed.append(_message(raw))
    return Transcript(
        id=identifier,
        inbox=_text(record.get("inbox")) or None,
        contact_name=_text(record.get("contact_name")) or None,
        messages=tuple(parsed),
    )


def format_analysis(conversation: Transcript, analysis: Analysis) -> str:
    """Formats one output line, without line break; evidence is the list of quotes."""
    return json.dumps(
        {
            "id": conversation.id,
            "is_lead": analysis.is_lead,
            "score": analysis.score,
            "visit_scheduled": analysis.visit_scheduled,
            "contact_name": analysis.contact_name,
            "condition": analysis.condition,
            "goal": analysis.goal,
            "reasoning": analysis.reasoning,
            "suggested_message": analysis.suggested_message,
            "evidence": analysis.quotes,
            "analyzer": analysis.analyzer,
        },
        ensure_ascii=False,
    )


def _record(line: str) -> Any:
    try:
        return json.loads(line.lstrip("\ufeff").replace("\x00", ""))
    except json.JSONDecodeError as error:
        raise UnreadableError(
            f"not valid JSON ({error.msg}, column {error.colno});"
            " write one complete JSON object per line"
        ) from error


def _read(path: Path, parse: Callable[[str], Record]) -> Iterator[Record | PermanentError]:
    try:
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield _parse_line(path, number, line, parse)
    except OSError as error:
        raise PermanentError(
            f"{path} cannot be read: {error.strerror}.", mend="Give a file of JSON lines."
        ) from error


def _parse_line(
    path: Path, number: int, line: str, parse: Callable[[str], Record]
) -> Record | PermanentError:
    try:
        return parse(line)
    except UnreadableError as error:
        what, _, mend = str(error).partition("; ")
        return PermanentError(
            f"{path}, line {number}: {what}.", mend=f"{mend[:1].upper()}{mend[1:]}."
        )


def _message(raw: dict[str, Any]) -> TranscriptMessage:
    text, annotation = _text(raw.get("text")), raw.get("note")
    minutes = raw.get("minutes_after_start")
    sender = cast(Sender, raw["from"])
    if not text.strip() or _ATTACHMENT.fullmatch(text):
        note = True
    elif sender == "contact":
        note = False  # a contact cannot write private notes; the annotation says how it was sent
    else:
        note = annotation is True or (
            isinstance(annotation, str) and bool(_PRIVATE.search(annotation))
        )
    return TranscriptMessage(
        sender=sender,
        text=text,
        minutes=float(minutes) if isinstance(minutes, int | float) else 0.0,
        note=note,
    )


def _text(value: object) -> str:
    """Removes NUL and lone surrogates, which JSON allows and Postgres cannot store."""
    if not isinstance(value, str):
        return ""
    return remove_unstorable(value)
