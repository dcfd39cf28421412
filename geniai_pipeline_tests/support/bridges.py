"""Conversations that come by a bridge, read as an analyzer reads them."""

import json
from typing import Any

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline_tests.support.payloads import make_row, make_transcript

OFFER = "Quer vir amanhã às 18h?"


def analyze_messages(*messages: Any, conversation: Any = None) -> Analysis:
    row = make_row(conversation, *messages)
    record = {
        "id": row["conversation_id"],
        "contact_name": row["contact_name"],
        "messages": json.loads(row["transcript"]),
    }
    (found,) = RulesAnalyzer().analyze([parse_record(record)])
    return found


def make_texts(*messages: Any) -> list[str]:
    return [entry["text"] for entry in make_transcript(*messages)]
