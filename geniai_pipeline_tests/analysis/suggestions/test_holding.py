"""Over all training dialogues and several instants: no text that holds names a passed time."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from geniai_pipeline.analysis.base import Suggestion, Transcript
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.state import EpisodeState, StateReader
from geniai_pipeline.analysis.suggestions import SuggestionWriter

DIALOGUES = Path(__file__).parents[3] / "training" / "dialogues"
AGES = [timedelta(0), timedelta(hours=1), timedelta(1), timedelta(3), timedelta(20)]
HABIT = r"(?<!todo )(?<!todos os )(?<!toda )(?<!todas as )(?<!aos )"
WEEKDAY = (
    r"(?:segunda|terça|quarta|quinta|sexta|sábado|domingo)(?:-feira)?(?! (?:via|vez|reposição))"
)
NAMED = re.compile(
    rf"\b(?:hoje|amanhã|ontem|{HABIT}{WEEKDAY})\b|\bdia \d|\b\d{{1,2}}/\d{{1,2}}\b"
    r"|\b\d{1,2}h\d*\b",
    re.IGNORECASE,
)
RELATIVE = re.compile(r"\b(?:hoje|amanhã|ontem)\b", re.IGNORECASE)
MOMENT = re.compile(r"\((\d{1,2})/(\d{1,2})\) às (\d{1,2})h(\d\d)?")

Read = tuple[Transcript, EpisodeState, datetime]


@pytest.fixture(scope="module")
def dialogues() -> list[Read]:
    """A third of the authors' conversations with their states and the instants of their ends."""
    states, read = StateReader(), []
    for path in sorted(DIALOGUES.glob("author_*.jsonl")):
        for line in path.read_text("utf-8").splitlines()[::3]:
            conversation = parse_record(json.loads(line))
            end = max(m.at for m in conversation.messages if m.at)
            read.append((conversation, states.read(conversation), end))
    return read


def test_what_holds_never_names_a_passed_time(dialogues: list[Read]) -> None:
    writer, faults, named = SuggestionWriter(), [], 0
    for conversation, state, end in dialogues:
        for age in AGES:
            now = end + age
            suggestion = writer.write(conversation, state, now)
            named += bool(NAMED.search(suggestion.find_text(now)))
            if fault := find_fault(suggestion, end, now):
                faults.append((conversation.id, str(now), fault, suggestion))
    assert named > 80
    assert faults == []


def find_fault(suggestion: Suggestion, end: datetime, now: datetime) -> str:
    """Finds what is wrong with the time of a suggestion, without asking the code that made it."""
    text, until = suggestion.find_text(now), suggestion.holds_until
    midnight = (now + timedelta(1)).replace(hour=0, minute=0)
    if NAMED.search(suggestion.afterwards):
        return "the text for afterwards names a time"
    if NAMED.search(text) and (until is None or until <= now):
        return "a text that names a time lasts"
    if RELATIVE.search(text) and (until is None or until > midnight):
        return "a relative day outlives its day"
    is_reminder = "pra lembrar da sua visita" in text
    if NAMED.search(text) and not is_reminder and end.date() != now.date():
        return "words of another day are repeated"
    for day, month, hour, minute in MOMENT.findall(text):
        year = now.year + (int(month) < now.month)
        if (
            datetime(year, int(month), int(day), int(hour), int(minute or 0), tzinfo=now.tzinfo)
            <= now
        ):
            return "a moment has passed"
    return ""


def test_texts_are_short_and_what_they_are_made_of_is_filled_in(dialogues: list[Read]) -> None:
    writer = SuggestionWriter()
    texts = {
        text
        for conversation, state, end in dialogues
        for suggestion in [writer.write(conversation, state, end)]
        for text in (suggestion.text, suggestion.afterwards)
    }
    assert len(texts) > 550
    assert all(len(text) <= 400 for text in texts)
    assert not [text for text in texts if re.search(r"[{}]|  |\bNone\b|,,|\?\?", text)]
    assert not [text for text in texts if "confirmado" in text]


def test_who_is_spam_or_opted_out_gets_nothing(dialogues: list[Read]) -> None:
    writer = SuggestionWriter()
    spam = [read for read in dialogues if read[1].role == "spam"]
    assert spam
    for conversation, state, end in spam:
        assert writer.write(conversation, state, end) == Suggestion("", None, "")
    for conversation, state, end in dialogues[:100]:
        nothing = writer.write(conversation, state, end, opted_out=True)
        assert nothing == Suggestion("", None, "")
