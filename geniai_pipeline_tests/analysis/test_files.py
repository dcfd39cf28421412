"""The conversation file, and the output line of a result."""

import json
import re
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
from geniai_pipeline.analysis.files import (
    UnreadableError,
    format_analysis,
    parse_conversation,
    read_conversations,
)
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.errors import PermanentError
from geniai_pipeline_tests.support.talks import talk


def test_a_line_becomes_a_conversation_with_its_messages_in_order() -> None:
    line = json.dumps(
        {
            "id": "c-1",
            "inbox": "WhatsApp",
            "contact_name": "Ana",
            "messages": [
                {"from": "contact", "text": "oi", "minutes_after_start": 0},
                {"from": "bot", "text": "Olá!", "minutes_after_start": 0.5},
            ],
            "label": {"score": 1},
            "unknown": [1, 2],
        }
    )
    assert parse_conversation(line) == Transcript(
        "c-1",
        "WhatsApp",
        "Ana",
        (TranscriptMessage("contact", "oi", 0.0), TranscriptMessage("bot", "Olá!", 0.5)),
    )


def test_nul_bytes_missing_keys_null_texts_and_empty_lists_are_tolerated() -> None:
    raw = '\ufeff{"id": 7, "messages": [{"from": "contact", "text": "o\\u0000i \\ud800"},\x00 '
    conversation = parse_conversation(raw + '{"from": "agent", "text": null}]}')
    assert conversation.contact_name is None
    assert [m.text for m in conversation.messages] == ["oi \ufffd", ""]
    assert parse_conversation('{"id": 8, "messages": []}').messages == ()


@pytest.mark.parametrize(
    ("message", "is_speech"),
    [
        ({"from": "contact", "text": "transcrito", "note": "audio"}, True),
        ({"from": "contact", "text": "", "note": "audio"}, False),
        ({"from": "contact", "text": None, "note": True}, False),
        ({"from": "contact", "text": "[áudio]"}, False),
        ({"from": "contact", "text": "<Mídia oculta>"}, False),
        ({"from": "contact", "text": "🎤 Mensagem de voz (0:12)"}, False),
        ({"from": "contact", "text": "[áudio] queria saber o valor"}, True),
        ({"from": "contact", "text": "áudio"}, True),
        ({"from": "agent", "text": "lead quente", "note": True}, False),
        ({"from": "agent", "text": "lead quente", "note": "nota privada"}, False),
        ({"from": "agent", "text": "Segue o vídeo", "note": "video"}, True),
        ({"from": "agent", "text": "Olá", "note": False}, True),
    ],
)
def test_a_note_is_private_or_an_attachment_and_never_said(
    message: dict[str, object], is_speech: bool
) -> None:
    conversation = parse_conversation(json.dumps({"id": 1, "messages": [message]}))
    assert conversation.messages[0].is_visible is is_speech


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "not valid JSON"),
        ("[]", "not a JSON object"),
        ('{"messages": []}', '"id" is missing'),
        ('{"id": 1}', '"messages" is missing'),
        ('{"id": 1, "messages": ["oi"]}', "message 1 is not an object"),
        ('{"id": 1, "messages": [{"from": "robot"}]}', "use contact, agent or bot"),
    ],
)
def test_an_unreadable_line_says_the_fault(line: str, fault: str) -> None:
    with pytest.raises(UnreadableError, match=fault):
        parse_conversation(line)


def test_a_file_with_an_unreadable_line_names_the_line_and_the_mend(tmp_path: Path) -> None:
    file = tmp_path / "talks.jsonl"
    file.write_text('{"id": 1, "messages": []}\n\n{"id": 2}\n', encoding="utf-8")
    first, second = read_conversations(file)
    assert isinstance(first, Transcript)
    assert isinstance(second, PermanentError)
    assert "line 3" in str(second)
    assert "use []" in str(second).lower()


def test_a_result_line_has_the_contract_keys_and_plain_quotes(analyzer: RulesAnalyzer) -> None:
    conversation = talk("c: Quanto custa? Tem aula de dança?", name="Ana")
    analysis = next(analyzer.analyze([conversation]))
    result = json.loads(format_analysis(conversation, analysis, "Oi, Ana!"))
    assert list(result) == [
        "id",
        "is_lead",
        "score",
        "visit_scheduled",
        "contact_name",
        "condition",
        "goal",
        "reasoning",
        "suggested_message",
        "evidence",
        "analyzer",
        "role",
        "next_actor",
        "waiting_since",
        "visit",
        "outcome",
        "lost_reason",
        "lead_probability",
        "visit_probability",
        "is_certain",
        "proposed_role",
        "certainty",
    ]
    assert result["proposed_role"] is None
    assert result["certainty"] == round(analysis.certainty, 3) > 0.5
    assert result["evidence"] == ["Quanto custa?", "Tem aula de dança?"]
    assert (result["id"], result["contact_name"], result["analyzer"]) == (1, "Ana", "rules")
    assert (result["role"], result["next_actor"], result["waiting_since"]) == ("prospect", "gym", 0)
    assert (result["outcome"], result["lost_reason"]) == ("open", None)
    assert result["visit"] == {"state": "none", "at": None}
    assert result["lead_probability"] > 0.5 > result["visit_probability"]


def test_instants_are_local_time_of_the_gym_and_give_the_minutes() -> None:
    messages = [
        {"from": "contact", "at": "2026-03-11T18:22", "text": "oi"},
        {"from": "agent", "at": "2026-03-12T08:00:30", "text": "olá"},
        {"from": "agent", "at": "2026-03-12T12:00+00:00", "text": "tudo bem?"},
    ]
    record = {"id": 1, "gym": {"zone": "America/Manaus"}, "messages": messages}
    parsed = parse_conversation(json.dumps(record)).messages
    assert [message.minutes for message in parsed] == [0, 818.5, 818]
    assert parsed[0].at == datetime(2026, 3, 11, 18, 22, tzinfo=ZoneInfo("America/Manaus"))
    assert [f"{message.at:%d %H:%M}" for message in parsed] == ["11 18:22", "12 08:00", "12 08:00"]


def test_minutes_that_are_given_count_and_a_message_without_instant_has_none() -> None:
    messages = [{"from": "contact", "text": "oi", "minutes_after_start": 7}]
    message = parse_conversation(json.dumps({"id": 1, "messages": messages})).messages[0]
    assert (message.minutes, message.at) == (7, None)


@pytest.mark.parametrize(
    ("gym", "at", "fault"),
    [
        ({"zone": "America/Nowhere"}, "2026-03-11T18:22", '"zone": "America/Nowhere"'),
        ({"zone": 3}, "2026-03-11T18:22", '"zone": 3'),
        ({}, "ontem", 'message 1 has "at": "ontem"'),
    ],
)
def test_an_instant_or_a_zone_that_is_none_says_so(gym: object, at: str, fault: str) -> None:
    messages = [{"from": "contact", "at": at, "text": "oi"}]
    with pytest.raises(UnreadableError, match=re.escape(fault)):
        parse_conversation(json.dumps({"id": 1, "gym": gym, "messages": messages}))


@pytest.mark.parametrize(
    ("message", "media"),
    [
        ({"from": "contact", "text": "", "note": "[áudio]"}, "áudio"),
        ({"from": "contact", "text": "❤️", "note": "[reação]"}, "reação"),
        ({"from": "agent", "text": "", "note": "[imagem]"}, "imagem"),
        ({"from": "contact", "text": "[figurinha]"}, "figurinha"),
        ({"from": "contact", "text": "oi"}, ""),
        ({"from": "agent", "text": "lead quente", "note": "nota privada"}, ""),
    ],
)
def test_the_media_of_a_message_is_named(message: dict[str, object], media: str) -> None:
    parsed = parse_conversation(json.dumps({"id": 1, "messages": [message]})).messages[0]
    assert parsed.media == media
