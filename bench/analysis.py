"""Measures the throughput on one core and the accuracy of the rules analyzer.

The peers are the four keywords that the rules replaced and a plain TF-IDF classifier trained on the
same data.
"""

import json
import random
import re
import time
from collections.abc import Callable
from dataclasses import replace

from rich.console import Console
from rich.table import Table
from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.files import parse_conversation
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.settings import ROOT

DATA = ROOT / "training"
KEYWORDS = re.compile(r"treino|plano|aula experimental|hor[aá]rio", re.IGNORECASE)
KNOWN = 2_000
"""Conversations read before the clock runs, so that common words have been met."""
TIMED = 5_000
ROUNDS = 3

Scorer = Callable[[list[Transcript]], list[int]]


def main() -> None:
    conversations, scores = read_split("train")
    stream = vary(conversations)
    table = Table(title=f"Analysis, one core, {len(stream) - KNOWN:,} conversations never seen")
    for heading in (
        "method",
        "a second",
        "on a core of its own",
        "lead right (test split)",
        "score right",
    ):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    unseen, truth = read_split("test")
    for method, scorer in (
        ("GeniAI's rules", rules),
        ("TF-IDF and logistic regression, scores alone", tfidf(conversations, scores)),
        ("four keywords, lead or not alone", keywords),
    ):
        rate, cpu_rate = measure_speed(scorer, stream)
        guesses = scorer(unseen)
        leads = sum((a >= 2) == (b >= 2) for a, b in zip(guesses, truth, strict=True)) / len(truth)
        exact = sum(a == b for a, b in zip(guesses, truth, strict=True)) / len(truth)
        table.add_row(method, f"{rate:,.0f}", f"{cpu_rate:,.0f}", f"{leads:.1%}", f"{exact:.1%}")
    Console(width=120).print(table)


def rules(conversations: list[Transcript]) -> list[int]:
    """Runs the full analysis of `geniai analyze`, with quotes and suggested message."""
    return [analysis.score for analysis in ANALYZER.analyze(conversations)]


def tfidf(conversations: list[Transcript], scores: list[int]) -> Scorer:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    model = make_pipeline(words, LogisticRegression(C=10.0, max_iter=1000))
    model.fit(list(map(own_text, conversations)), scores)
    return lambda conversations: [
        int(score) for score in model.predict(list(map(own_text, conversations)))
    ]


def keywords(conversations: list[Transcript]) -> list[int]:
    return [3 if KEYWORDS.search(own_text(c)) else 0 for c in conversations]


def measure_speed(scorer: Scorer, stream: list[Transcript]) -> tuple[float, float]:
    """Returns conversations per second by wall clock and by processor time, best of some rounds.

    The processor time excludes other users of the core. Each round reads new texts, so that an
    analyzer gains nothing by caching.
    """
    scorer(stream[:KNOWN])
    spent = []
    for start in range(KNOWN, len(stream), TIMED):
        begun, used = time.perf_counter(), time.process_time()
        scorer(stream[start : start + TIMED])
        spent.append((time.perf_counter() - begun, time.process_time() - used))
    wall, processor = (min(column) for column in zip(*spent, strict=True))
    return TIMED / wall, TIMED / processor


def vary(conversations: list[Transcript]) -> list[Transcript]:
    """Copies conversations with one word of each message left out.

    So their words are known and their sentences new, as in a tenant's own conversations.
    """
    chance = random.Random(0)
    return [
        replace(
            one,
            messages=tuple(replace(m, text=_drop_word(m.text, chance)) for m in one.messages),
        )
        for one in chance.choices(conversations, k=KNOWN + ROUNDS * TIMED)
    ]


def _drop_word(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    if len(words) > 2:
        words.pop(chance.randrange(len(words)))
    return " ".join(words)


def own_text(conversation: Transcript) -> str:
    return "\n".join(
        m.text for m in conversation.messages if m.sender == "contact" and m.is_visible
    )


def read_split(split: str) -> tuple[list[Transcript], list[int]]:
    lines = (DATA / f"conversations_{split}.jsonl").read_text("utf-8").splitlines()
    scores = [json.loads(line)["label"]["score"] for line in lines]
    return list(map(parse_conversation, lines)), scores


ANALYZER = RulesAnalyzer()

if __name__ == "__main__":
    main()
