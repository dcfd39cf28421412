"""Conversations in the form that an analyzer reads."""

import json

from geniai_pipeline.analysis.base import Analysis, Transcript
from geniai_pipeline.analysis.files import parse_conversation
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer


def talk(*lines: str, name: str | None = None) -> Transcript:
    """Builds a conversation from lines: "c: oi" (contact), "a: olá" (agent), "n: private note"."""
    senders = {"c": "contact", "a": "agent", "b": "bot", "n": "agent"}
    record = {
        "id": 1,
        "contact_name": name,
        "messages": [
            {"from": senders[line[0]], "text": line[3:], "note": line[0] == "n"} for line in lines
        ],
    }
    return parse_conversation(json.dumps(record))


def analyze_lines(analyzer: RulesAnalyzer, *lines: str, name: str | None = None) -> Analysis:
    return next(analyzer.analyze([talk(*lines, name=name)]))
