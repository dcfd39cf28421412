"""What bridges to WhatsApp write into Chatwoot, as Evolution API, WAHA and Baileys write it."""

import json
from typing import Any

import pytest

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.files import conversation_from
from geniai_pipeline.analysis.local import RulesAnalyzer
from geniai_pipeline.conversations import RawConversation, typed
from geniai_pipeline_tests.conversations.test_conversations import (
    CHANGED_AT,
    TENANT,
    by_agent,
    by_bot,
    failed,
    message,
    payload,
    row_of,
    transcript_of,
    with_contact,
)

ASK = "Oi, quanto custa a mensalidade? Queria conhecer a academia"
CARD = "\n\n\n**Treine 7 dias grátis**\nConheça a academia e agende sua aula\nhttps://fb.me/1kXyZ"
OFFER = "Quer vir amanhã às 18h?"


def analysed(*messages: Any, conversation: Any = None) -> Analysis:
    row = row_of(conversation, *messages)
    record = {
        "id": row["conversation_id"],
        "contact_name": row["contact_name"],
        "messages": json.loads(row["transcript"]),
    }
    (found,) = RulesAnalyzer().analyze([conversation_from(record)])
    return found


def texts_of(*messages: Any) -> list[str]:
    return [entry["text"] for entry in transcript_of(*messages)]


# --- the ad card -----------------------------------------------------------------------------


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
    row = row_of(None, message(1, 0, content, attachments=[{"file_type": "image"}]))

    (entry,) = json.loads(row["transcript"])
    assert (row["ad_id"], row["ad_headline"]) == ad
    assert entry == {"from": "contact", "text": "Olá! Tenho interesse", "minutes_after_start": 0.0}


def test_the_words_of_an_ad_prove_nothing() -> None:
    assert analysed(message(1, 0, "Oi" + CARD)).score == analysed(message(1, 0, "Oi")).score


def test_a_card_that_the_gym_sends_is_the_gyms_text() -> None:
    row = row_of(None, message(1, 0, "Oi"), by_agent(2, 60, "Veja" + CARD))

    assert row["ad_headline"] is None
    assert "Treine 7 dias" in row["transcript"]


# --- whose conversation it is ----------------------------------------------------------------


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
    conversation = with_contact(**contact)
    row = row_of(conversation, message(1, 0, ASK), by_agent(2, 60, "Bom dia, grupo"))
    found = analysed(message(1, 0, ASK), conversation=conversation)

    assert row["contact_last_said"] is None
    assert (row["first_contact_message_at"], row["response_seconds"]) == (None, None)
    assert json.loads(row["transcript"]) == []
    assert (found.is_lead, found.score) == (False, 0)


@pytest.mark.parametrize(
    "contact",
    [
        {"identifier": "5511999990000@s.whatsapp.net"},
        {"identifier": "98765432109876@lid"},
        # what he belongs to is not who he is
        {
            "identifier": "5511999990000@s.whatsapp.net",
            "custom_attributes": {"grupo": "120363025246125486@g.us"},
        },
    ],
)
def test_a_person_behind_a_bridge_is_read(contact: dict[str, Any]) -> None:
    assert row_of(with_contact(**contact), message(1, 0, ASK))["contact_last_said"] == "request"


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
    row = row_of(with_contact(**{"phone_number": None, **contact}))

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
    conversation = RawConversation(1, with_contact(**contact), [], CHANGED_AT)
    rows = typed([conversation], TENANT, {7: {"channel_type": "Channel::Api", **inbox}}).rows

    assert rows["channel"].tolist() == [channel]


def test_a_name_makes_no_other_inbox_a_whatsapp() -> None:
    inbox = {"channel_type": "Channel::WebWidget", "name": "Site e WhatsApp"}
    conversation = RawConversation(1, payload(), [], CHANGED_AT)

    assert typed([conversation], TENANT, {7: inbox}).rows["channel"].tolist() == ["Site"]


# --- reactions -------------------------------------------------------------------------------

REACTIONS = [
    {"content": "Reagiu: 👍"},
    {"content": "Fulana reagiu: 👍"},
    {"content": "Fulana de Tal reagiu: 👍🏽"},
    {"content": "*Reagiu com* 👍"},
    {"content": "👍", "content_attributes": {"in_reply_to": 2}},
]


@pytest.mark.parametrize("reaction", REACTIONS)
def test_a_thumb_to_an_offer_accepts_it(reaction: dict[str, Any]) -> None:
    talk = (message(1, 0, ASK), by_agent(2, 60, OFFER))

    assert texts_of(*talk, message(3, 90, **reaction))[2][0] == "👍"
    assert analysed(*talk, message(3, 90, **reaction)).visit_scheduled
    assert not analysed(*talk).visit_scheduled


@pytest.mark.parametrize("reaction", [*REACTIONS, {"content": "*Reação removida*"}])
def test_a_reaction_to_a_statement_is_nothing(reaction: dict[str, Any]) -> None:
    talk = (message(1, 0, ASK), by_agent(2, 60, "São R$ 120 por mês."))

    assert row_of(None, *talk, message(3, 90, **reaction)) == row_of(None, *talk)


def test_a_reaction_alone_opens_no_conversation() -> None:
    row = row_of(None, message(1, 0, "Reagiu: 👍"), by_agent(2, 60, "Oi!"))

    assert row["first_contact_message_at"] is row["response_seconds"] is None
    assert row_of(None, message(1, 0, "Reagiu: 👍"))["contact_last_said"] is None


def test_a_reaction_of_the_gym_is_no_answer() -> None:
    row = row_of(None, message(1, 0, "Boa tarde."), by_agent(2, 60, "Reagiu: ❤️"))

    assert row["response_seconds"] is None
    assert row["contact_last_said"] == "other"


def test_a_reaction_is_to_the_message_it_names() -> None:
    talk = (message(1, 0, ASK), by_agent(2, 60, OFFER), by_agent(3, 70, "Estamos te esperando."))
    to_the_offer = message(4, 90, "👍", content_attributes={"in_reply_to": 2})
    to_the_rest = message(4, 90, "👍", content_attributes={"in_reply_to": 3})

    assert texts_of(*talk, to_the_offer)[3:] == ["👍"]
    assert texts_of(*talk, to_the_rest)[3:] == []


def test_a_reaction_to_ones_own_message_accepts_nothing() -> None:
    talk = (message(1, 0, ASK), by_agent(2, 60, OFFER))
    to_oneself = message(3, 90, "👍", content_attributes={"in_reply_to": 1})

    assert row_of(None, *talk, to_oneself) == row_of(None, *talk)


@pytest.mark.parametrize("text", ["Meu marido reagiu: adorou", "O professor reagiu mal?", "reagiu"])
def test_who_tells_of_a_reaction_does_not_react(text: str) -> None:
    assert texts_of(message(1, 0, text)) == [text]


# --- edited, deleted, repeated ---------------------------------------------------------------


@pytest.mark.parametrize(
    "edited",
    [
        {"content": "\n\n`Mensagem editada:`\n\nPosso ir sexta às 18h?"},
        {"content": "`Mensagem editada:` Posso ir sexta às 18h?"},
        {"content": "Posso ir sexta às 18h?\n\n_`Mensagem editada.`_"},
        {"content": "Posso ir sexta às 18h?\n\n✏️ *Editado no WhatsApp*"},
    ],
)
def test_an_edited_message_replaces_the_one_before_it(edited: dict[str, Any]) -> None:
    row = row_of(
        None, message(1, 0, ASK), message(2, 30, "Posso ir quinta?"), message(3, 60, **edited)
    )

    texts = [entry["text"] for entry in json.loads(row["transcript"])]
    assert texts == [ASK, "Posso ir sexta às 18h?"]
    assert row["contact_message_count"] == 2


def test_an_edit_replaces_the_message_it_is_of() -> None:
    talk = (
        message(1, 0, "Posso ir quinta?", source_id="WAID:A"),
        by_agent(2, 60, "Claro!"),
        message(3, 90, "Obrigado", source_id="WAID:B"),
    )
    by_source = message(4, 99, "`Mensagem editada:`\n\nPosso ir sexta?", source_id="WAID:A")
    by_reply = message(
        4, 99, "`Mensagem editada:`\n\nPosso ir sexta?", content_attributes={"in_reply_to": 1}
    )

    for edit in (by_source, by_reply):
        assert texts_of(*talk, edit) == ["Posso ir sexta?", "Claro!", "Obrigado"]


def test_an_edit_of_nothing_is_a_message() -> None:
    assert texts_of(message(1, 0, "`Mensagem editada:`\n\nOi")) == ["Oi"]


def test_a_message_that_was_deleted_on_the_phone_is_gone() -> None:
    gone = message(3, 90, "❌ *Esta mensagem foi excluída no WhatsApp*")

    assert texts_of(message(1, 0, ASK), message(2, 30, "errei"), gone) == [ASK]


def test_the_same_source_id_twice_is_one_message() -> None:
    row = row_of(
        None,
        message(1, 0, ASK, source_id="WAID:A"),
        message(2, 1, ASK, source_id="WAID:A"),
        by_agent(3, 60, "Olá!", source_id="WAID:B"),
        by_bot(4, 61, "Olá!", source_id="WAID:B"),
        message(5, 90, "Oi", source_id=None),
        message(6, 91, "Oi", source_id=""),
    )

    assert [row["contact_message_count"], row["agent_message_count"]] == [3, 1]
    assert row["bot_message_count"] == 0


# --- media and frames ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "text", "note"),
    [
        ("_<Audio Message>_", "", "audio"),
        ("_<Image Message>_", "", "image"),
        ("_<Video Message>_", "", "video"),
        ("_<Sticker Message>_", "", "image"),
        ("_<File: contrato.pdf>_", "", "file"),
        ("_<Image Message>_\nQuanto custa?", "Quanto custa?", "image"),
        ("_<Template Message>_", "", "unsupported"),
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
            "unsupported",
        ),
        ("Isso é _<3>_ demais", "Isso é _<3>_ demais", None),
    ],
)
def test_a_bridges_frame_is_taken_off(content: str, text: str, note: str | None) -> None:
    (entry,) = transcript_of(message(1, 0, content))

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
            row_of(with_contact(**{name: value}), message(1, 0, "Oi", source_id=value))
        row_of(
            payload(custom_attributes=value, additional_attributes={"x": value}),
            message(1, 0, "Reagiu: 👍", content_attributes={"in_reply_to": value}),
        )


# --- what never arrived ----------------------------------------------------------------------


def test_what_was_sent_again_and_arrived_is_the_message() -> None:
    failed = {"status": "failed", "content_attributes": {"external_error": "e"}}
    row = row_of(
        None,
        message(1, 0, ASK),
        by_agent(2, 60, "Olá! R$ 99", source_id="WAID:1", **failed),
        by_agent(3, 120, "Olá! R$ 99", source_id="WAID:1"),
    )

    assert row["response_seconds"] == 120
    assert row["delivery_error"] is None


def test_a_reaction_to_an_offer_that_never_arrived_accepts_nothing() -> None:
    thumb = message(3, 120, "Reagiu: 👍")
    sent, lost = by_agent(2, 60, OFFER), by_agent(2, 60, OFFER, status="failed")

    assert texts_of(message(1, 0, ASK), sent, thumb)[-1] == "👍"
    assert texts_of(message(1, 0, ASK), lost, thumb) == [ASK]


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

    assert len(texts_of(message(1, 0, f"{head}{body}b"))) == 1


def test_an_edit_on_the_phone_is_of_the_robots_message_that_it_names() -> None:
    talk = (
        message(1, 0, ASK),
        by_agent(2, 60, "Bom dia!"),
        by_bot(3, 70, "São R$ 120.", source_id="WAID:A"),
    )
    edit = message(
        4, 99, "`Mensagem editada:` São R$ 90.", message_type=1, sender=None, source_id="WAID:A"
    )

    assert texts_of(*talk, edit) == [ASK, "Bom dia!", "São R$ 90."]


EDIT = "`Mensagem editada:` São R$ 90."
DELETION = "❌ *Esta mensagem foi excluída no WhatsApp*"


@pytest.mark.parametrize("content", [EDIT, DELETION])
def test_what_never_arrived_changes_nothing_that_did(content: str) -> None:
    talk = (message(1, 0, ASK), by_agent(2, 60, "São R$ 120."))
    row = row_of(None, *talk, by_agent(3, 90, content, **failed()))

    assert row["transcript"] == row_of(None, *talk)["transcript"]
    assert row["response_seconds"] == 60
    assert row["delivery_error"] is not None


def test_an_edit_of_a_caption_leaves_the_picture() -> None:
    picture = message(1, 0, "Meu treino", attachments=[{"file_type": "image"}])
    (entry,) = transcript_of(picture, message(2, 30, "`Mensagem editada:` Meu treino de hoje"))

    assert (entry["text"], entry["note"]) == ("Meu treino de hoje", "image")


def test_a_copy_that_shows_nothing_leaves_the_picture() -> None:
    picture = message(1, 0, None, source_id="A", attachments=[{"file_type": "image"}])
    (entry,) = transcript_of(picture, message(2, 1, None, source_id="A"))

    assert entry["note"] == "image"


def test_a_flow_that_gives_every_message_one_source_id_loses_no_words() -> None:
    talk = (
        message(1, 0, "Oi", source_id="5511"),
        message(2, 60, ASK, source_id="5511"),
        by_agent(3, 90, "São R$ 99.", source_id="5511"),
        by_agent(4, 91, "São R$ 99.", source_id="5511"),
    )

    assert texts_of(*talk) == ["Oi", ASK, "São R$ 99."]
