"""Reads conversation files and formats results: JSON lines in, JSON lines out."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, cast, get_args
from zoneinfo import ZoneInfo

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
    state: Mapping[str, object] = MappingProxyType({})
    """What the label says of `EpisodeState.fields`, under the same names; other labels lack it."""


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
    is_lead, score, visit = map(known.get, ("is_lead", "score", "visit_scheduled"))
    if not isinstance(is_lead, bool) or not isinstance(visit, bool):
        raise UnreadableError(
            'no label says whether it is a lead and a visit; give it a "label" with "is_lead" and'
            ' "visit_scheduled", true or false'
        )
    if isinstance(score, bool) or not isinstance(score, int) or score not in range(6):
        raise UnreadableError('the label has no "score" from 0 to 5; write a whole number')
    return conversation, Label(is_lead, score, visit, _parse_state(known))


def parse_record(record: Any) -> Transcript:
    """Parses a conversation from its record, of a file or the warehouse.

    Accepts NUL bytes, unknown keys, null texts, missing inbox, contact name, times and
    notes, and an empty message list. Times are minutes after the start, or instants (`at`) in
    local time of the gym (`docs/labelling.md`); minutes follow from instants.

    Raises:
        UnreadableError: an id, a message list or a known sender is missing, or an instant or
            the gym's zone is none.

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
    zone = _parse_zone(record.get("gym"))
    parsed: list[TranscriptMessage] = []
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
        at = _parse_instant(raw.get("at"), zone, position)
        began = next((m.at for m in parsed if m.at), at)
        parsed.append(_message(raw, at, _count_minutes(began, at)))
    return Transcript(
        id=identifier,
        inbox=_text(record.get("inbox")) or None,
        contact_name=_text(record.get("contact_name")) or None,
        messages=tuple(parsed),
    )


def format_analysis(conversation: Transcript, analysis: Analysis, suggested_message: str) -> str:
    """Formats one output line, without line break; evidence is the list of quotes."""
    state = analysis.state
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
            "suggested_message": suggested_message,
            "evidence": analysis.quotes,
            "analyzer": analysis.analyzer,
            "role": state.role,
            "next_actor": state.next_actor,
            "waiting_since": state.waiting_since,
            "visit": {"state": state.visit.state, "at": state.visit_at},
            "outcome": state.outcome,
            "lost_reason": state.lost_reason,
            "lead_probability": round(analysis.estimate.lead_probability, 3),
            "visit_probability": round(analysis.estimate.visit_probability, 3),
            "is_certain": analysis.estimate.is_certain,
            "proposed_role": analysis.proposed_role,
            "certainty": round(analysis.certainty, 3),
        },
        ensure_ascii=False,
    )


def _parse_state(label: dict[str, Any]) -> dict[str, object]:
    """Parses the fields of the state that a label has, by the rubric."""
    names = ("role", "next_actor", "waiting_since", "outcome", "lost_reason")
    state: dict[str, object] = {name: label[name] for name in names if name in label}
    visit = label.get("visit")
    if isinstance(visit, dict):
        state |= {f"visit_{name}": visit[name] for name in ("state", "at") if name in visit}
    return state


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


def _parse_zone(gym: object) -> ZoneInfo | None:
    name = gym.get("zone") if isinstance(gym, dict) else None
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise UnreadableError(
            f'the gym has "zone": {json.dumps(name)}; write one such as "America/Sao_Paulo"'
        ) from error


def _parse_instant(value: object, zone: ZoneInfo | None, position: int) -> datetime | None:
    """Parses a local time, or one with an offset, as local time of the gym."""
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError as error:
        raise UnreadableError(
            f'message {position} has "at": {json.dumps(value)}; write one such as 2026-03-11T18:22'
        ) from error
    if at.tzinfo is None:
        return at.replace(tzinfo=zone or timezone.utc)
    return at.astimezone(zone) if zone else at


def _count_minutes(began: datetime | None, at: datetime | None) -> float:
    if began is None or at is None:
        return 0.0
    return (at.timestamp() - began.timestamp()) / 60


def _message(raw: dict[str, Any], at: datetime | None, after: float) -> TranscriptMessage:
    text, annotation = _text(raw.get("text")), raw.get("note")
    minutes = raw.get("minutes_after_start")
    sender = cast(Sender, raw["from"])
    private = annotation is True or (
        isinstance(annotation, str) and bool(_PRIVATE.search(annotation))
    )
    attached = bool(_ATTACHMENT.fullmatch(text))
    # a contact cannot write private notes: their annotation says how it was sent
    hidden = private and sender != "contact"
    media = text if attached else annotation if isinstance(annotation, str) else ""
    return TranscriptMessage(
        sender=sender,
        text=text,
        minutes=float(minutes) if isinstance(minutes, int | float) else after,
        note=hidden or attached or not text.strip(),
        at=at,
        media="" if hidden else media.strip("[]()<> ").lower(),
        is_transcription=raw.get("is_transcription") is True,
    )


def _text(value: object) -> str:
    """Removes NUL and lone surrogates, which JSON allows and Postgres cannot store."""
    if not isinstance(value, str):
        return ""
    return remove_unstorable(value)
