"""Measures the local analyzer's throughput on one core, and how often it is right.

The peers read the same dialogues: a logistic regression over TF-IDF of words and characters
(`training/baseline.py`), which learns from the same authors and tells one field alone, and the four
keywords that the rules replaced. Who is right is measured on the tuning author's dialogues.
"""

import random
import re
import sys
import time
from collections.abc import Callable, Sequence
from copy import deepcopy

from rich.console import Console
from rich.table import Table

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.judgement import reconcile
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.settings import ROOT

sys.path.insert(0, str(ROOT))
from training.baseline import FIELDS, build_text_model
from training.dialogues import TRAINING_FILES, TUNING_FILE, Dialogue, read_dialogues

KEYWORDS = re.compile(r"treino|plano|aula experimental|hor[aá]rio", re.IGNORECASE)
STRENGTH = 10.0
KNOWN, TIMED, ROUNDS = 500, 1_000, 3
"""Dialogues read before the clock runs, so that common words have been met; and in each round."""

Reader = Callable[[Sequence[Dialogue]], dict[str, list[object]]]
"""Reads dialogues; returns the fields that it tells, a value for each dialogue."""


def main() -> None:
    dialogues = [each for path in TRAINING_FILES for each in read_dialogues(path)]
    tuning, stream = read_dialogues(TUNING_FILE), vary(dialogues)
    length = sum(len(each["messages"]) for each in stream) / len(stream)
    table = Table(title=f"Analysis on one core, dialogues of {length:.1f} messages never seen")
    fields = ("lead", "role", "next actor", "visit state")
    table.add_column("method")
    for heading in ("a second", "on a core of its own", *fields):
        table.add_column(heading, justify="right")
    for method, reader in (
        ("GeniAI's rules and model, with quotes and reasons", read_locally),
        *((f"TF-IDF and logistic regression, {f} alone", learn(f, dialogues)) for f in fields),
        ("four keywords, lead alone", read_keywords),
    ):
        rate, processor_rate = measure_speed(reader, stream)
        found = reader(tuning)
        shares = [
            f"{measure_share(found[field], tuning, field):.1%}" if field in found else ""
            for field in fields
        ]
        table.add_row(method, f"{rate:,.0f}", f"{processor_rate:,.0f}", *shares)
    Console(width=140).print(table)


def measure_share(found: Sequence[object], dialogues: Sequence[Dialogue], field: str) -> float:
    right = (value == FIELDS[field](each) for value, each in zip(found, dialogues, strict=True))
    return sum(right) / len(dialogues)


def read_locally(dialogues: Sequence[Dialogue]) -> dict[str, list[object]]:
    """Runs the full analysis of a sync, but for the suggested message."""
    found = list(map(reconcile, ANALYZER.analyze(map(parse_record, dialogues))))
    return {
        "lead": [each.is_lead for each in found],
        "role": [each.state.role for each in found],
        "next actor": [each.state.next_actor for each in found],
        "visit state": [each.state.visit.state for each in found],
    }


def learn(field: str, dialogues: Sequence[Dialogue]) -> Reader:
    model = build_text_model(STRENGTH).fit(dialogues, [FIELDS[field](each) for each in dialogues])
    return lambda dialogues: {field: model.predict(dialogues).tolist()}


def read_keywords(dialogues: Sequence[Dialogue]) -> dict[str, list[object]]:
    return {
        "lead": [
            any(m["from"] == "contact" and KEYWORDS.search(m["text"]) for m in each["messages"])
            for each in dialogues
        ]
    }


def measure_speed(reader: Reader, stream: Sequence[Dialogue]) -> tuple[float, float]:
    """Returns dialogues per second by wall clock and by processor time, best of some rounds.

    The processor time excludes other users of the core. Each round reads new texts, so that a
    reader gains nothing by caching.
    """
    reader(stream[:KNOWN])
    spent = []
    for start in range(KNOWN, len(stream), TIMED):
        begun, used = time.perf_counter(), time.process_time()
        reader(stream[start : start + TIMED])
        spent.append((time.perf_counter() - begun, time.process_time() - used))
    wall, processor = (min(column) for column in zip(*spent, strict=True))
    return TIMED / wall, TIMED / processor


def vary(dialogues: Sequence[Dialogue]) -> list[Dialogue]:
    """Copies dialogues with one word of each message left out.

    So their words are known and their sentences new, as in a tenant's own conversations.
    """
    chance = random.Random(0)
    copies = [deepcopy(each) for each in chance.choices(dialogues, k=KNOWN + ROUNDS * TIMED)]
    for message in (message for copy in copies for message in copy["messages"]):
        message["text"] = _drop_word(message["text"], chance)
    return copies


def _drop_word(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    if len(words) > 2:
        words.pop(chance.randrange(len(words)))
    return " ".join(words)


ANALYZER = RulesAnalyzer()

if __name__ == "__main__":
    main()
