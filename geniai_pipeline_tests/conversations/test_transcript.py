"""The transcript that an analyzer reads, the ad before it, and when both are read again."""

from collections.abc import Callable
from typing import Any

import pytest

from geniai_pipeline_tests.support.payloads import (
    ROBOT,
    START,
    agent_message,
    convert,
    make_row,
    make_transcript,
    message,
    payload,
    raw_conversation,
)


@pytest.mark.parametrize(
    ("fields", "text", "note"),
    [
        ({"content": " linha 1\r\nlinha 2 "}, "linha 1\nlinha 2", None),
        ({"content": "com\x00nulo\ud800 🏋️‍♀️"}, "comnulo 🏋️‍♀️", None),
        ({"content": None, "attachments": [{"file_type": "image"}]}, "", "imagem"),
        ({"content": "Veja", "attachments": [{"file_type": "image"}]}, "Veja", "imagem"),
        (
            {"content": None, "attachments": [{"file_type": "audio", "transcribed_text": "Oi"}]},
            "Oi",
            "áudio",
        ),
        (
            {
                "content": "Ouça",
                "attachments": [
                    {"file_type": "audio", "transcribed_text": "primeiro"},
                    {"file_type": "audio", "transcribed_text": None},
                    {"file_type": "file"},
                    {},
                ],
            },
            "Ouça\nprimeiro",
            "áudio, documento",
        ),
        ({"content": None}, "", "mensagem sem suporte"),
        ({"content": "Oi", "attachments": None}, "Oi", None),
    ],
)
def test_the_transcript_has_the_text_and_notes_the_attachments(
    fields: dict[str, Any], text: str, note: str | None
) -> None:
    (entry,) = make_transcript(message(1, 0, **{"content": "", **fields}))

    assert entry["text"] == text
    assert entry.get("note") == note
    assert ("note" in entry) is (note is not None)


def test_words_that_were_spoken_are_marked_as_a_transcription() -> None:
    spoken = {"file_type": "audio", "transcribed_text": "Quanto custa?"}
    entries = make_transcript(
        message(1, 0, None, attachments=[spoken]),
        message(2, 1, "Ouve aí", attachments=[{"file_type": "audio", "transcribed_text": " "}]),
        message(3, 2, "Oi"),
        message(4, 3, None, attachments=[spoken], content_attributes={"deleted": True}),
    )

    assert [(each["text"], each.get("is_transcription")) for each in entries] == [
        ("Quanto custa?", True), ("Ouve aí", None), ("Oi", None),
    ]  # fmt: skip


def test_audios_of_the_contact_without_a_transcription_are_counted_per_episode() -> None:
    silent: dict[str, Any] = {"file_type": "audio", "transcribed_text": ""}
    spoken = {"file_type": "audio", "transcribed_text": "Oi"}
    frame = "_<Audio Message>_"
    later = 20 * 86_400
    thread = [
        message(1, 0, None, attachments=[silent, spoken, {"file_type": "image"}]),
        message(2, 1, "Ouve aí", attachments=[silent]),
        message(3, 2, frame),
        message(4, 3, frame, attachments=[spoken]),
        message(5, 4, None, attachments=[silent], content_attributes={"deleted": True}),
        agent_message(6, 5, None, attachments=[silent]),
        message(7, later, "Voltei", attachments=[spoken]),
    ]

    rows = convert(raw_conversation(None, thread)).rows
    assert rows["unread_audios"].tolist() == [3, 0]


def test_instants_are_local_time_of_the_gym() -> None:
    entries = make_transcript(
        message(1, 600, "Oi"), agent_message(2, 602, "Olá"), message(3, 4205, "?")
    )

    assert [entry["at"] for entry in entries] == [
        "2025-06-10T06:10:00-03:00", "2025-06-10T06:10:02-03:00", "2025-06-10T07:10:05-03:00",
    ]  # fmt: skip


def test_the_ad_is_the_first_that_a_message_names() -> None:
    row = make_row(
        payload(additional_attributes={"referral": {"source_id": "0", "headline": "outra"}}),
        message(1, 0, "Oi"),
        message(2, 1, "Vi o anúncio", content_attributes={"referral": {"source_id": 120}}),
        message(3, 2, "De novo", content_attributes={"referral": {"headline": "Mais tarde"}}),
    )

    assert (row["ad_id"], row["ad_headline"]) == ("120", None)


def test_the_ad_is_the_conversations_when_no_message_names_one() -> None:
    ad = {"source_id": "120", "headline": " Treine\ngrátis "}
    row = make_row(
        payload(additional_attributes={"referral": ad}),
        message(1, 0, "Oi", content_attributes={"referral": {"source_id": ""}}),
    )

    assert (row["ad_id"], row["ad_headline"]) == ("120", "Treine grátis")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda c, m: c.update(status="resolved", labels=["x"], inbox_id=8), True),
        (lambda c, m: c.update(created_at=START - 60, last_activity_at=START + 9000), True),
        (lambda c, m: [one.update(created_at=one["created_at"] + 3600) for one in m], False),
        (lambda c, m: m.append(message(8, 99, "nota", private=True)), True),
        (lambda c, m: c["meta"]["sender"].update(name="Mariana"), False),
        (lambda c, m: m[0].update(content="Oi!"), False),
        (lambda c, m: m[1].update(sender=ROBOT), False),
        (lambda c, m: m[1].update(created_at=START + 86_400), False),
        (lambda c, m: m[0].update(attachments=[{"file_type": "image"}]), False),
        (
            lambda c, m: m[0].update(
                content=None, attachments=[{"file_type": "audio", "transcribed_text": "Oi"}]
            ),
            False,
        ),
        (lambda c, m: m.append(message(8, 99, "mais")), False),
    ],
)
def test_the_content_hash_changes_with_what_an_analyzer_reads_and_nothing_else(
    change: Callable[[dict[str, Any], list[dict[str, Any]]], Any], same: bool
) -> None:
    conversation, messages = payload(), [message(1, 0, "Oi"), agent_message(2, 60, "Olá")]
    before = make_row(conversation, *messages)["content_hash"]

    change(conversation, messages)

    assert (make_row(conversation, *messages)["content_hash"] == before) is same
