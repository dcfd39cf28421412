"""No text stops the analysis: one conversation that raised would keep a gym's page old."""

import random

from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from training.dialogues import TRAINING_FILES, Dialogue, read_dialogues


def test_talks_that_make_no_sense_are_analyzed() -> None:
    draw = random.Random(5)
    dialogues = [each for path in TRAINING_FILES for each in read_dialogues(path)]
    short = [
        message["text"]
        for each in dialogues
        for message in each["messages"]
        if 0 < len(message.get("text", "").split()) <= 3
    ]
    records = [parse_record(_disturb(each, short, draw)) for each in dialogues]
    assert len(list(RulesAnalyzer().analyze(records))) == len(records)


def _disturb(dialogue: Dialogue, short: list[str], draw: random.Random) -> Dialogue:
    """Returns a copy in which messages lost a word, or are a short answer of another talk."""
    messages = []
    for message in dialogue["messages"]:
        words = message.get("text", "").split(" ")
        del words[draw.randrange(len(words))]
        text = draw.choice(short) if draw.random() < 0.3 else " ".join(words)
        messages.append(message | {"text": text})
    return dialogue | {"messages": messages}
