"""Messages and contacts that the bridges Evolution API, WAHA and Baileys write."""

import json
from typing import Any

import pytest

from geniai_pipeline.conversations import RawConversation, transform
from geniai_pipeline_tests.support.bridges import analyze_messages, make_texts
from geniai_pipeline_tests.support.payloads import (
    ASK,
    CHANGED_AT,
    TENANT,
    agent_message,
    contact_payload,
    find_next_actor,
    make_row,
    make_transcript,
    message,
    payload,
)

CARD = "\n\n\n**Treine 7 dias grátis**\nConheça a academia e agende sua aula\nhttps://fb.me/1kXyZ"


@pytest.mark.parametrize(
    ("content", "ad"),
    [
        ("Olá! Tenho interesse" + CARD, (None, "Treine 7 dias grátis")),
        ("Olá! Tenho interesse\n\n\n****\n\nhttps://fb.me/1kXyZ", (None, "https://fb.me/1kXyZ")),
        (
            "📢 **ANÚNCIO DO FACEBOOK**\n\n**Título:** Treine grátis\n\n**Descrição:**\nAgende sua"
            " aula\n\n**Link do Anúncio:** [Ver no Facebook](https://fb.me/1kXyZ)\n**ID do Anúncio:"
            "** 120210001\n\n---\n💬 **MENSAGEM DO CLIENTE:**\nOlá! Tenho interesse",
            ("120210001", "Treine grátis"),
        ),
    ],
)
def test_the_ad_card_is_the_ad_and_no_words(content: str, ad: tuple[Any, Any]) -> None:
    row = make_row(None, message(1, 0, content, attachments=[{"file_type": "image"}]))

    (entry,) = json.loads(row["transcript"])
    assert (row["ad_id"], row["ad_headline"]) == ad
    assert entry == {
        "from": "contact", "at": "2025-06-10T06:00:00-03:00", "text": "Olá! Tenho interesse",
    }  # fmt: skip


def test_the_words_of_an_ad_prove_nothing() -> None:
    assert (
        analyze_messages(message(1, 0, "Oi" + CARD)).score
        == analyze_messages(message(1, 0, "Oi")).score
    )


def test_a_card_that_the_gym_sends_is_the_gyms_text() -> None:
    row = make_row(None, message(1, 0, "Oi"), agent_message(2, 60, "Veja" + CARD))

    assert row["ad_headline"] is None
    assert "Treine 7 dias" in row["transcript"]


@pytest.mark.parametrize(
    "contact",
    [
        {"identifier": "120363025246125486@g.us", "phone_number": None},
        {"custom_attributes": {"waha_whatsapp_chat_id": "120363025246125486@g.us"}},
        {"additional_attributes": {"jid": "120363025246125486@g.us"}},
        {"identifier": "status@broadcast"},
        {"identifier": "120363144038483540@newsletter"},
        {"identifier": "5511999990000@broadcast"},
        {"identifier": "0@s.whatsapp.net"},
        {"identifier": "whatsapp.integration"},
        {"name": "EvolutionAPI", "phone_number": "+123456"},
        {"name": "Rede Cross", "phone_number": "+123456"},  # it may be named after the company
        {"name": "EvolutionAPI", "phone_number": None},
    ],
)
def test_a_group_a_channel_and_the_bridge_itself_are_no_leads_and_do_not_wait(
    contact: dict[str, Any],
) -> None:
    conversation = contact_payload(**contact)
    row = make_row(conversation, message(1, 0, ASK), agent_message(2, 60, "Bom dia, grupo"))
    found = analyze_messages(message(1, 0, ASK), conversation=conversation)

    assert find_next_actor(row) == "nobody"
    assert (row["first_contact_message_at"], row["response_seconds"]) == (None, None)
    assert json.loads(row["transcript"]) == []
    assert (found.is_lead, found.score) == (False, 0)


@pytest.mark.parametrize(
    "contact",
    [
        {"identifier": "5511999990000@s.whatsapp.net"},
        {"identifier": "98765432109876@lid"},
        # what they belong to is not who they are
        {
            "identifier": "5511999990000@s.whatsapp.net",
            "custom_attributes": {"grupo": "120363025246125486@g.us"},
        },
    ],
)
def test_a_person_behind_a_bridge_is_read(contact: dict[str, Any]) -> None:
    assert find_next_actor(make_row(contact_payload(**contact), message(1, 0, ASK))) == "gym"


@pytest.mark.parametrize(
    ("contact", "e164"),
    [
        ({"custom_attributes": {"waha_whatsapp_jid": "5511999990000@c.us"}}, "+5511999990000"),
        ({"additional_attributes": {"pn": "5511999990000@s.whatsapp.net"}}, "+5511999990000"),
        ({"identifier": "5511999990000:12@s.whatsapp.net"}, "+5511999990000"),
        (
            {
                "identifier": "14155552671@lid",
                "custom_attributes": {"waha_whatsapp_jid": "5511999990000@c.us"},
            },
            "+5511999990000",
        ),
        # WhatsApp's own number of somebody, which an older bridge writes as if it were a phone
        ({"phone_number": "+14155552671", "identifier": "14155552671@lid"}, None),
        (
            {
                "phone_number": "+14155552671",
                "custom_attributes": {
                    "waha_whatsapp_lid": "14155552671@lid",
                    "waha_whatsapp_jid": "5511999990000@c.us",
                },
            },
            "+5511999990000",
        ),
        ({"custom_attributes": {"waha_whatsapp_lid": "14155552671@lid"}}, None),
        ({"custom_attributes": {"academia": "cross@c.us"}}, None),
        (
            {
                "phone_number": "+5521988887777",
                "custom_attributes": {"waha_whatsapp_jid": "5511999990000@c.us"},
            },
            "+5521988887777",
        ),
    ],
)
def test_a_phone_is_found_in_the_bridges_attributes_and_never_in_a_lid(
    contact: dict[str, Any], e164: str | None
) -> None:
    row = make_row(contact_payload(**{"phone_number": None, **contact}))

    assert row["contact_phone"] == e164


@pytest.mark.parametrize(
    ("inbox", "contact", "channel"),
    [
        ({"name": "Recepção"}, {"identifier": "5511999990000@s.whatsapp.net"}, "WhatsApp"),
        ({"name": "Recepção"}, {"custom_attributes": {"jid": "1@lid"}}, "WhatsApp"),
        ({"name": "Recepção", "is_bridge": True}, {}, "WhatsApp"),
        ({"name": "Meu WhatsApp"}, {}, "WhatsApp"),
        ({"name": "Zap da recepção"}, {}, "WhatsApp"),
        ({"name": "evolution-cross"}, {}, "WhatsApp"),
        ({"name": "Recepção"}, {}, "API"),
        ({"name": "Zapeando"}, {}, "API"),
    ],
)
def test_an_api_inbox_behind_which_a_bridge_stands_is_whatsapp(
    inbox: dict[str, Any], contact: dict[str, Any], channel: str
) -> None:
    conversation = RawConversation(1, contact_payload(**contact), [], CHANGED_AT)
    rows = transform([conversation], TENANT, {7: {"channel_type": "Channel::Api", **inbox}}).rows

    assert rows["channel"].tolist() == [channel]


def test_a_name_makes_no_other_inbox_a_whatsapp() -> None:
    inbox = {"channel_type": "Channel::WebWidget", "name": "Site e WhatsApp"}
    conversation = RawConversation(1, payload(), [], CHANGED_AT)

    assert transform([conversation], TENANT, {7: inbox}).rows["channel"].tolist() == ["Site"]


@pytest.mark.parametrize(
    ("content", "text", "note"),
    [
        ("_<Audio Message>_", "", "áudio"),
        ("_<Image Message>_", "", "imagem"),
        ("_<Video Message>_", "", "vídeo"),
        ("_<Sticker Message>_", "", "figurinha"),
        ("_<File: contrato.pdf>_", "", "documento"),
        ("_<Image Message>_\nQuanto custa?", "Quanto custa?", "imagem"),
        ("_<Template Message>_", "", "mensagem sem suporte"),
        ("*📱 Enviado do WhatsApp*\n\nQuanto custa?", "Quanto custa?", None),
        ("Quanto custa?\n`📥🗓️ 10 de jun. de 2025, 06:00`", "Quanto custa?", None),
        (
            "📣 **Resposta a Status do WhatsApp**\n🏷️ **Tipo:** texto\n📝 **Texto do Status:** Quer"
            " treinar grátis?\n\nQuanto custa?",
            "Quanto custa?",
            None,
        ),
        (
            "⚠️ **Esse tipo de mensagem não é suportado nesta caixa de entrada.**\n📱 Por favor,"
            " abra o **WhatsApp** para visualizá-la.",
            "",
            "mensagem sem suporte",
        ),
        ("Isso é _<3>_ demais", "Isso é _<3>_ demais", None),
    ],
)
def test_a_bridges_frame_is_taken_off(content: str, text: str, note: str | None) -> None:
    (entry,) = make_transcript(message(1, 0, content))

    assert (entry["text"], entry.get("note")) == (text, note)


JUNK: list[Any] = [
    None,
    0,
    -1,
    "",
    [],
    {},
    [None],
    {"a": []},
    True,
    1e300,
    2**70,
    "\ud800",
    "@",
    "@g.us",
]


def test_no_junk_in_a_bridges_fields_costs_a_conversation() -> None:
    for value in JUNK:
        for name in ("identifier", "custom_attributes", "additional_attributes", "phone_number"):
            make_row(contact_payload(**{name: value}), message(1, 0, "Oi", source_id=value))
        make_row(
            payload(custom_attributes=value, additional_attributes={"x": value}),
            message(1, 0, "Reagiu: 👍", content_attributes={"in_reply_to": value}),
        )


@pytest.mark.parametrize(
    "piece",
    [" ", "\n", "*", "_", "`", "* ", "_ ", "`x", "reagiu ", "\n\n\n**", "\n\n\n****\nhttps://",
     "**a**\n", "\n---\n💬 **", "\n`🗓️ ", "✏️ ", "_<", "Mensagem editada", "\n📱 "],
)  # fmt: skip
@pytest.mark.parametrize(
    "head", ["a", "📢 **a**\n", "📣 **a**\n🏷️ x\n📝 ", "\n\n\n**a**\nhttps://", "_<"]
)
def test_the_longest_text_is_read_in_linear_time(head: str, piece: str) -> None:
    """A quadratic form would need minutes for each of these: Chatwoot takes 150,000 characters."""
    body = piece * (150_000 // len(piece))

    assert len(make_texts(message(1, 0, f"{head}{body}b"))) == 1
