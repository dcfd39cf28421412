"""Labelled dialogues: reading their files, faults of a dialogue and its label, near-duplicates.

``docs/labelling.md`` has the format and the rubric that ``find_faults`` checks.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from geniai_pipeline.analysis.model.combinations import COMBINATIONS

FOLDER = Path(__file__).parent / "dialogues"
TRAINING_FILES = sorted(FOLDER.glob("author_*.jsonl"))
TUNING_FILE = FOLDER / "tune.jsonl"
TEST_FILES = tuple(FOLDER / f"{name}.jsonl" for name in ("test", "test_2", "test_3", "test_4"))
EPISODES_FILE = FOLDER / "episodes.jsonl"

ROLES = (
    "prospect", "returning", "member", "member_family", "ex_member", "outsider", "spam", "unknown",
)  # fmt: skip
VISIT_STATES = ("none", "proposed", "agreed", "cancelled", "done", "missed")
ACTORS = ("gym", "contact", "nobody")
LOST_REASONS = (
    "price", "hours", "distance", "health", "companion", "competitor", "no_answer_of_gym",
    "no_answer_of_contact", "only_curious", "other",
)  # fmt: skip
NOTES = (
    "[áudio]", "[imagem]", "[vídeo]", "[documento]", "[figurinha]", "[localização]", "[contato]",
    "[resposta ao story]", "[mensagem apagada]", "[ligação perdida]", "[reação]",
)  # fmt: skip

_MESSAGES, _THREAD_MESSAGES = range(6, 26), range(12, 41)
_WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
_DATED_WEEKDAY = re.compile(
    r"\b(segunda|ter[cç]a|quarta|quinta|sexta|s[aá]bado|domingo)(?:-feira)?,? (?:\(?dia )?"
    r"\(?(\d{1,2})(?:/(\d{1,2}))?\b(?!\s*(?:h|hs|hrs|horas|:|e meia))",
    re.IGNORECASE,
)
_DOCUMENT_OR_PHONE = re.compile(
    r"\b\d{3}\.\d{3}\.\d{3}-\d\d\b|\b\d{4,5}[- ]?\d{4}\b|\b\d{10,}\b|\S+@\S+\.\w{2,}"
)
_GRAM_CHARACTERS = 5
_SHARED, _LEAST_GRAMS = 0.5, 120
_RARE, _CANDIDATE = 0.01, 10
"""Only pairs that share so many grams of few dialogues are compared: all others share phrases."""
_DAYS_AROUND = range(-45, 60)

Dialogue = dict[str, Any]


def read_dialogues(path: Path) -> list[Dialogue]:
    """Reads a file of dialogues, one JSON object a line."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_test_dialogues(path: Path) -> list[Dialogue]:
    """Reads dialogues of test authors with their labels, which stand in a file of their own.

    For measuring alone: whoever works on rules or features does not read them.

    Raises:
        ValueError: the two files have other ids, or another order.

    """
    dialogues = read_dialogues(path)
    labels = {
        row["id"]: row["label"] for row in read_dialogues(path.with_stem(f"{path.stem}_labels"))
    }
    if [each["id"] for each in dialogues] != list(labels):
        raise ValueError(f"{path} and its labels have other ids, or another order.")
    return [each | {"label": labels[each["id"]]} for each in dialogues]


def find_faults(dialogue: Dialogue) -> list[str]:
    """Lists what contradicts the rubric, the calendar or the privacy of a dialogue's texts."""
    messages = dialogue["messages"]
    return [
        *_find_faults_of_messages(messages, _MESSAGES),
        *_find_faults_of_label(dialogue["label"], messages),
    ]


def find_thread_faults(thread: Dialogue) -> list[str]:
    """Lists what `find_faults` does, of a thread with an episode or more."""
    messages, episodes = thread["messages"], thread["episodes"]
    begins = [episode["begins"] for episode in episodes]
    faults = [*_find_faults_of_messages(messages, _THREAD_MESSAGES)]
    if begins[0] != 0 or begins != sorted(set(begins)) or begins[-1] >= len(messages):
        faults.append(f"episodes begin at {begins}")
    for episode, end in zip(episodes, [*begins[1:], len(messages)], strict=True):
        since = episode["label"]["waiting_since"]
        if since is not None and not episode["begins"] <= since < end:
            faults.append(f"waiting_since {since} is in another episode")
        faults += _find_faults_of_label(episode["label"], messages)
    return faults


def find_near_duplicates(dialogues: Sequence[Dialogue]) -> list[tuple[str, str]]:
    """Lists pairs that share more than half of the shorter one's character grams, bots' aside.

    Of a text of few words half is shared by chance, so at least sixty grams must be.

    Returns:
        The ids of each pair.

    """
    from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
        CountVectorizer,
    )

    texts = [
        " ".join(m["text"] for m in each["messages"] if m["from"] != "bot").lower()
        for each in dialogues
    ]
    grams = CountVectorizer(
        analyzer="char", ngram_range=(_GRAM_CHARACTERS, _GRAM_CHARACTERS), binary=True
    ).fit_transform(re.sub(r"\W+", " ", text) for text in texts)
    grams = grams.tocsr()
    sizes = grams.sum(axis=1).A1
    uses = grams.sum(axis=0).A1
    rare = grams[:, uses <= max(2, len(dialogues) * _RARE)]
    near = (rare @ rare.T).tocsr()
    found = []
    for i, dialogue in enumerate(dialogues):
        row = near[i]
        candidates = [j for j in row.indices[row.data >= _CANDIDATE] if j > i]
        shared = (grams[candidates] @ grams[i].T).toarray().ravel() if candidates else ()
        found += [
            (dialogue["id"], dialogues[j]["id"])
            for j, count in zip(candidates, shared, strict=True)
            if count > _SHARED * max(min(sizes[i], sizes[j]), _LEAST_GRAMS)
        ]
    return found


def _find_faults_of_messages(messages: list[dict[str, Any]], sizes: range) -> Iterator[str]:
    if len(messages) not in sizes:
        yield f"{len(messages)} messages"
    times = [message["at"] for message in messages]
    if times != sorted(times):
        yield "times go back"
    for i, message in enumerate(messages):
        text, note = message["text"], message.get("note")
        if not text and not note:
            yield f"message {i} is empty"
        if note is not None and note not in NOTES:
            yield f"message {i} has a note that there is not: {note}"
        if message["from"] not in ("contact", "agent", "bot"):
            yield f"message {i} is from {message['from']}"
        if found := _DOCUMENT_OR_PHONE.search(text):
            yield f"message {i} has a document, phone number or address: {found[0]}"
        for weekday, day, month in _DATED_WEEKDAY.findall(text):
            written = datetime.fromisoformat(message["at"]).date()
            if int(day) in range(1, 32) and not _agrees(weekday, int(day), month, written):
                yield f"message {i}: {weekday} {day} is no such day around {written}"


def _agrees(weekday: str, day: int, month: str, written: date) -> bool:
    name = weekday.lower().replace("terca", "terça").replace("sabado", "sábado")
    return any(
        (near.day, near.weekday()) == (day, _WEEKDAYS.index(name))
        and (not month or near.month == int(month))
        for near in (written + timedelta(days=days) for days in _DAYS_AROUND)
    )


def _find_faults_of_label(label: dict[str, Any], messages: list[dict[str, Any]]) -> Iterator[str]:
    visit, since, reason = label["visit"], label["waiting_since"], label["lost_reason"]
    is_prospect = label["role"] in ("prospect", "returning")
    known = (
        (label["role"], ROLES), (visit["state"], VISIT_STATES), (label["next_actor"], ACTORS),
        (reason, (None, *LOST_REASONS)), (label["score"], range(6)),
    )  # fmt: skip
    for value, values in known:
        if value not in values:
            yield f"{value} is none of {values}"
    rules = {
        "is_lead": label["is_lead"] == (is_prospect and label["score"] >= 2),
        "score of no prospect": is_prospect or label["score"] <= 1,
        "outcome": label["outcome"]
        in (("open", "won", "lost") if is_prospect else ("not_applicable",)),
        "lost_reason": (reason is not None) == (label["outcome"] == "lost"),
        "score of such an episode": any(
            each == (label["role"], visit["state"], label["outcome"], label["score"])
            for each in COMBINATIONS
        ),
        "visit of no prospect": is_prospect or visit["state"] == "none",
        "visit_scheduled": label["visit_scheduled"] == (visit["state"] in ("agreed", "done")),
        "agreed without an hour": visit["state"] != "agreed" or visit["at"] is not None,
        "hour of no visit": visit["state"] not in ("none", "proposed") or visit["at"] is None,
        "waiting_since": (since is not None) == (label["next_actor"] == "gym"),
        "waiting_since is no message of the contact": since is None
        or (since < len(messages) and messages[since]["from"] == "contact"),
    }
    yield from (rule for rule, holds in rules.items() if not holds)
    if visit["at"] is not None:
        datetime.fromisoformat(visit["at"])
