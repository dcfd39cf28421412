import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geniai_pipeline.analysis.files import conversation_from
from geniai_pipeline.analysis.local import RulesAnalyzer
from geniai_pipeline.conversations import (
    COLUMNS,
    RawConversation,
    Typed,
    business_seconds,
    settings_version,
    source_version,
    typed,
)
from geniai_pipeline.settings import ROOT
from geniai_pipeline.tenants import BusinessHours, Tenant

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
WEEK: BusinessHours = {
    **{day: (time(6), time(22)) for day in range(5)},
    5: (time(8), time(14)),
}
TENANT = Tenant(
    tenant_id=1,
    slug="cross-norte",
    name="Cross Norte",
    active=True,
    chatwoot_url="https://chat.example.com/",
    chatwoot_account_id=3,
    chatwoot_token="secret",
    analyzer="rules",
    monthly_budget_brl=0.0,
    timezone=SAO_PAULO,
    business_hours=WEEK,
    converted_labels=frozenset({"Matriculado"}),
    converted_attributes=frozenset(),
    brand_color="#0f766e",
    brand_logo=None,
)
INBOXES: dict[int, dict[str, Any]] = {
    7: {"id": 7, "name": "Recepção", "channel_type": "Channel::Whatsapp"}
}
CHANGED_AT = datetime(2026, 6, 10, 12, 0, 0, 123456, tzinfo=timezone.utc)
START = 1_749_546_000  # 2025-06-10 09:00:00 UTC, a Tuesday, 06:00 in São Paulo: the gym opens

CONTACT = {"id": 451, "name": "Maria", "type": "contact"}
AGENT = {"id": 5, "name": "Ana Lima", "type": "user"}
ROBOT = {"id": 3, "name": "Robô", "type": "agent_bot"}


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(START + seconds, timezone.utc)


def message(number: int, seconds: int, content: Any, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "content": content,
        "message_type": 0,
        "content_type": "text",
        "content_attributes": {},
        "created_at": START + seconds,
        "private": False,
        "sender": CONTACT,
        **fields,
    }


def by_agent(number: int, seconds: int, content: Any, **fields: Any) -> dict[str, Any]:
    return message(number, seconds, content, **{"message_type": 1, "sender": AGENT, **fields})


def by_bot(number: int, seconds: int, content: Any, **fields: Any) -> dict[str, Any]:
    return message(number, seconds, content, **{"message_type": 1, "sender": ROBOT, **fields})


def payload(**fields: Any) -> dict[str, Any]:
    return {
        "id": 1187,
        "inbox_id": 7,
        "status": "open",
        "labels": [],
        "created_at": START,
        "last_activity_at": START + 600,
        "additional_attributes": {},
        "meta": {
            "channel": "Channel::Whatsapp",
            "sender": {
                "id": 451,
                "name": "Maria",
                "email": "maria@example.com",
                "phone_number": "+5511999990000",
                "identifier": None,
            },
            "assignee": {"id": 5, "name": "Ana Lima"},
        },
        **fields,
    }


def raw(
    conversation: Any = None, messages: Any = (), conversation_id: int = 1187
) -> RawConversation:
    return RawConversation(
        conversation_id, conversation or payload(), list(messages), changed_at=CHANGED_AT
    )


def convert(*conversations: RawConversation, tenant: Tenant = TENANT) -> Typed:
    return typed(conversations, tenant, INBOXES)


def row_of(conversation: Any = None, *messages: Any, tenant: Tenant = TENANT) -> dict[str, Any]:
    result = convert(raw(conversation, messages), tenant=tenant)
    assert result.rejected == []
    (row,) = result.rows.to_dict("records")
    return {str(name): value for name, value in row.items()}


def with_contact(**fields: Any) -> dict[str, Any]:
    changed = payload()
    changed["meta"]["sender"].update(fields)
    return changed


def transcript_of(*messages: Any) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(row_of(None, *messages)["transcript"])
    return entries


# --- the row ---------------------------------------------------------------------------------


def test_the_columns_are_those_of_the_table_in_its_order() -> None:
    table = (ROOT / "sql" / "005_core.sql").read_text(encoding="utf-8")
    body = table.split("create table core.conversations (")[1].split("primary key")[0]
    columns = re.findall(r"^    (\w+) ", body, flags=re.MULTILINE)
    for name in ("017_waiting", "024_delivery_and_reply_window"):
        later = (ROOT / "sql" / f"{name}.sql").read_text(encoding="utf-8")
        added = later.split("alter table core.conversations\n")[1].split(";\n")[0]
        columns += re.findall(r"add column (\w+) ", added)

    assert list(COLUMNS) == columns[1:]  # without tenant_id
    assert list(convert(raw()).rows.columns) == columns[1:]


def test_a_conversation_becomes_one_typed_row() -> None:
    row = row_of(
        payload(labels=["VIP", " matriculado ", "vip"], status="Resolved"),
        message(1, 0, "Oi, quanto custa?"),
        by_bot(2, 5, "Já chamo alguém!"),
        by_agent(3, 90, "Olá! R$ 120 por mês."),
        message(4, 150, "Obrigada"),
    )
    content_hash = row.pop("content_hash")

    assert re.fullmatch("[0-9a-f]{64}", content_hash)
    assert row == {
        "conversation_id": 1187,
        "source_version": source_version(CHANGED_AT, settings_version(TENANT, INBOXES)),
        "inbox_id": 7,
        "inbox_name": "Recepção",
        "channel": "WhatsApp",
        "status": "resolved",
        "contact_id": 451,
        "contact_name": "Maria",
        "contact_email": "maria@example.com",
        "contact_phone": "+5511999990000",
        "assignee_name": "Ana Lima",
        "labels": ["matriculado", "vip"],
        "created_at": at(0),
        "last_activity_at": at(600),
        "message_count": 4,
        "contact_message_count": 2,
        "agent_message_count": 1,
        "bot_message_count": 1,
        "first_contact_message_at": at(0),
        "first_bot_reply_at": at(5),
        "first_human_reply_at": at(90),
        "response_seconds": 90,
        "response_business_seconds": 90,
        "last_speaker": "contact",
        "last_spoke_at": at(150),
        "ad_id": None,
        "ad_headline": None,
        "crm_converted": True,
        "chatwoot_url": "https://chat.example.com/app/accounts/3/conversations/1187",
        "transcript": '[{"from":"contact","text":"Oi, quanto custa?","minutes_after_start":0.0},'
        '{"from":"bot","text":"Já chamo alguém!","minutes_after_start":0.1},'
        '{"from":"agent","text":"Olá! R$ 120 por mês.","minutes_after_start":1.5},'
        '{"from":"contact","text":"Obrigada","minutes_after_start":2.5}]',
        "contact_last_said": "closing",
        "undelivered": "[]",
        "delivery_error": None,
        "contact_blocked": False,
        "last_incoming_at": at(150),
    }


def test_the_values_are_plain_python_that_copy_can_write() -> None:
    silent = raw(payload(meta=None, labels=None, additional_attributes=None), conversation_id=1)
    busy = raw(messages=[message(1, 0, "Oi"), by_agent(2, 9, "Olá")], conversation_id=2)

    kinds = {
        type(value)
        for row in convert(silent, busy).rows.itertuples(index=False, name=None)
        for value in row
    }

    assert kinds == {int, str, bool, list, datetime, type(None)}


def test_a_conversation_without_messages_is_a_row_with_empty_counts() -> None:
    row = row_of(payload(last_activity_at=0, timestamp=0))

    assert row["message_count"] == row["contact_message_count"] == 0
    assert row["transcript"] == "[]"
    assert row["last_activity_at"] == at(0)
    assert row["first_contact_message_at"] is None
    assert row["response_seconds"] is None
    assert row["last_speaker"] is None


def test_an_empty_batch_is_an_empty_frame() -> None:
    assert convert().rows.empty
    assert convert().rejected == []


def test_every_row_of_a_batch_has_its_own_messages() -> None:
    result = convert(
        raw(messages=[message(1, 0, "primeira")], conversation_id=1),
        raw(conversation_id=2),
        raw(payload(status="?"), [message(2, 0, "recusada")], conversation_id=3),
        raw(messages=[by_agent(4, 5, "b"), message(3, 1, "a")], conversation_id=4),
    )

    assert result.rows["conversation_id"].tolist() == [1, 2, 4]
    assert result.rows["message_count"].tolist() == [1, 0, 2]
    assert [
        [entry["text"] for entry in json.loads(transcript)]
        for transcript in result.rows["transcript"]
    ] == [["primeira"], [], ["a", "b"]]


# --- contacts --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("+5511999990000", "+5511999990000"),
        ("5511999990000", "+5511999990000"),
        ("(11) 99999-0000", "+5511999990000"),
        ("021 99999-0000", "+5521999990000"),
        (5511999990000, "+5511999990000"),
        ("whatsapp:+5511999990000", "+5511999990000"),
        ("+551133334444", "+551133334444"),  # a landline keeps its eight digits
        ("551181234567", "+5511981234567"),  # a mobile number from before the ninth digit
        ("+554199990000", "+5541999990000"),
        ("(33) 9123-4567", "+5533991234567"),
        ("+14155552671", "+14155552671"),
        ("14155552671", "+14155552671"),
        ("351912345678", "+351912345678"),
        ("551112345678", None),  # neither a landline nor ever a mobile number
        ("+55119999", None),
        ("99999-0000", None),
        ("quiet-sun-123", None),
        ("", None),
        (None, None),
        ({}, None),
        ("9" * 400, None),
    ],
)
def test_a_phone_number_is_e164_or_nothing(written: Any, e164: str | None) -> None:
    assert row_of(with_contact(phone_number=written))["contact_phone"] == e164


@pytest.mark.parametrize(
    ("identifier", "e164"),
    [
        ("5511999990000@s.whatsapp.net", "+5511999990000"),
        ("5511999990000@c.us", "+5511999990000"),
        ("120363025246125486@g.us", None),  # a group
        ("5511999990000@lid", None),  # WhatsApp's own number of somebody, no phone
        ("5511999990000", None),  # a number in some other system
    ],
)
def test_a_whatsapp_identifier_stands_in_for_the_number(identifier: str, e164: str | None) -> None:
    contact = with_contact(phone_number=None, identifier=identifier)

    assert row_of(contact)["contact_phone"] == e164


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("  Maria.Silva+gym@Example.COM.br ", "maria.silva+gym@example.com.br"),
        ("maria@example", None),
        ("maria example.com", None),
        ("a@b@example.com", None),
        ("maria@.com", None),
        ("@example.com", None),
        (f"{'a' * 64}@{'b' * 200}.com", None),
        (12, None),
        (None, None),
    ],
)
def test_an_email_is_lower_case_and_plausible_or_nothing(written: Any, address: str | None) -> None:
    assert row_of(with_contact(email=written))["contact_email"] == address


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("  Maria \t da\n Silva ", "Maria da Silva"),
        ("Ma\x00ria\x07", "Maria"),
        ("\u202eMaria\u200b", "Maria"),
        ("Zoé 🏋️‍♀️", "Zoé 🏋️‍♀️"),
        ("Mar\ud800ia", "Maria"),
        ("", None),
        (" \u200b ", None),
        (None, None),
        (["Maria"], None),
        # what Chatwoot and bridges write where they know no name
        ("John Doe", None),
        ("john  doe", None),
        ("John Doering", "John Doering"),
        ("shy-river-482", None),
        ("misty-sun-7", None),
        ("ana-maria", "ana-maria"),
        ("Unknown (IG: 17841400000000)", None),
        ("Unknown", None),
        ("Desconhecido", None),
        ("undefined", None),
        ("5511999990000", None),
        ("+55 (11) 99999-0000", None),
        ("🌸", None),
        ("❤️ 💪🏽", None),
        ("~", None),
        ("EvolutionAPI", None),
        ("5511999990000@s.whatsapp.net", None),
        ("98765432109876@lid", None),
        ("~Bia", "~Bia"),
        ("Ana 2", "Ana 2"),
        ("李", "李"),
        ("𝓑𝓲𝓪", "𝓑𝓲𝓪"),
    ],
)
def test_a_name_is_one_clean_line_or_nothing(written: Any, name: str | None) -> None:
    assert row_of(with_contact(name=written))["contact_name"] == name


# --- inbox, status, labels -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inbox", "additional", "channel"),
    [
        ({"channel_type": "Channel::Whatsapp"}, {}, "WhatsApp"),
        ({"channel_type": "Channel::TwilioSms", "medium": "whatsapp"}, {}, "WhatsApp"),
        ({"channel_type": "Channel::TwilioSms", "medium": "sms"}, {}, "SMS"),
        ({"channel_type": "Channel::Sms"}, {}, "SMS"),
        ({"channel_type": "Channel::Instagram"}, {}, "Instagram"),
        ({"channel_type": "Channel::FacebookPage"}, {}, "Facebook"),
        (
            {"channel_type": "Channel::FacebookPage"},
            {"type": "instagram_direct_message"},
            "Instagram",
        ),
        ({"channel_type": "Channel::WebWidget"}, {}, "Site"),
        ({"channel_type": "Channel::Email"}, {}, "E-mail"),
        ({"channel_type": "Channel::Telegram"}, {}, "Telegram"),
        ({"channel_type": "Channel::Api"}, {}, "API"),
        ({"channel_type": "Channel::Carrier"}, {}, "Carrier"),
        ({"channel_type": None}, {}, "WhatsApp"),  # the conversation itself says it
    ],
)
def test_a_channel_has_the_name_the_gym_uses(
    inbox: dict[str, Any], additional: dict[str, Any], channel: str
) -> None:
    result = typed(
        [raw(payload(additional_attributes=additional))], TENANT, {7: {"name": "X", **inbox}}
    )

    assert result.rows["channel"].tolist() == [channel]


def test_an_inbox_that_is_not_listed_is_called_after_its_number() -> None:
    row = row_of(payload(inbox_id="99", meta={}))

    assert (row["inbox_id"], row["inbox_name"]) == (99, "Caixa 99")
    assert row["channel"] == "Desconhecido"


@pytest.mark.parametrize(
    ("labels", "converted"),
    [
        (["MATRICULADO"], True),
        (["matriculado "], True),
        (["não-matriculado"], False),
        (["virou-aluno"], True),
        (["Virou Aluno"], True),
        (["virou_aluno"], True),
        (["viroualuno"], False),
        (["indicacao"], True),
        (["indicação"], True),
        (["", None], False),
        ([], False),
    ],
)
def test_a_conversion_is_one_of_the_tenants_labels_by_its_title_or_slug(
    labels: list[str], converted: bool
) -> None:
    for written in ("Virou Aluno", "virou-aluno"):
        tenant = replace(TENANT, converted_labels=frozenset({"Matriculado", written, "Indicação"}))
        assert row_of(payload(labels=labels), tenant=tenant)["crm_converted"] is converted


NO: list[Any] = ["não", "Não ", "NAO", "nao", "false", "False", "0", " ", 0, 0.0, "no", []]
NO += ["Não.", "não!", "Ainda não", "falso", "Nenhum", "none", "null", "f", "off", "n/a", "0.0"]


@pytest.mark.parametrize(
    ("of_conversation", "of_contact", "converted"),
    [
        ({"situacao": "Matriculado"}, {}, True),
        ({}, {"situacao": " matriculado "}, True),
        ({"situacao": "visitou"}, {}, False),
        ({}, {"aluno": True}, True),
        ({"aluno": False}, {"aluno": ""}, False),
        ({"aluno": "sim"}, {}, True),
        ({"aluno": 1}, {}, True),
        ({"aluno": "plano não informado"}, {}, True),
        ({"aluno": "✅"}, {}, True),
        *(({"aluno": no}, {"aluno": no}, False) for no in NO),
        ({"aluno": "não"}, {"aluno": "sim"}, True),
        ({"inadimplente": False}, {}, True),
        ({"inadimplente": "False"}, {}, True),
        ({"inadimplente": None}, {}, False),
        (None, "?", False),
    ],
)
def test_a_conversion_may_be_an_attribute_of_the_conversation_or_the_contact(
    of_conversation: Any, of_contact: Any, converted: bool
) -> None:
    tenant = replace(
        TENANT,
        converted_attributes=frozenset({"situacao=matriculado", "aluno", "inadimplente=false"}),
    )
    raw = payload(custom_attributes=of_conversation)
    raw["meta"] = {"sender": {"id": 1, "custom_attributes": of_contact}}
    assert row_of(raw, tenant=tenant)["crm_converted"] is converted


# --- who spoke -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "speaker"),
    [
        ({"message_type": 0}, "contact"),
        ({"message_type": "0"}, "contact"),
        ({"message_type": "incoming"}, "contact"),
        ({"message_type": 0, "sender": None}, "contact"),
        ({"message_type": 1, "sender": AGENT}, "agent"),
        ({"message_type": "outgoing", "sender": AGENT}, "agent"),
        ({"message_type": 1, "sender": ROBOT}, "bot"),
        ({"message_type": 1, "sender": {"type": "captain_assistant"}}, "bot"),
        # an agent who was deleted since, or the echo of an older server
        ({"message_type": 1, "sender": {}}, "agent"),
        ({"message_type": 1, "sender": None}, "agent"),
        ({"message_type": "outgoing", "sender": None, "content_attributes": None}, "agent"),
        ({"message_type": 1, "sender": None, "content_type": "text"}, "agent"),
        ({"message_type": 1, "sender": None, "content_type": "input_select"}, "bot"),
        ({"message_type": 1, "sender": None, "content_type": "cards"}, "bot"),
        (
            {"message_type": 1, "sender": None, "content_attributes": {"automation_rule_id": "4"}},
            "bot",
        ),
        (
            {"message_type": 1, "sender": None, "additional_attributes": {"campaign_id": 7}},
            "bot",
        ),
        (
            {"message_type": 1, "sender": AGENT, "additional_attributes": {"campaign_id": 7}},
            "bot",
        ),
        (
            {
                "message_type": 1,
                "sender": None,
                "additional_attributes": {"template_params": {"name": "promocao"}},
            },
            "bot",
        ),
        (
            {
                "message_type": 1,
                "sender": None,
                "content_attributes": {"template_params": {"name": "promocao"}},
            },
            "bot",
        ),
        # an agent may answer with an approved template
        (
            {
                "message_type": 1,
                "sender": AGENT,
                "additional_attributes": {"template_params": {"name": "retomar"}},
            },
            "agent",
        ),
        (
            {
                "message_type": 1,
                "sender": AGENT,
                "content_attributes": {"automation_rule_id": 4},
            },
            "bot",
        ),
        # written in the WhatsApp or Instagram app itself
        (
            {"message_type": 1, "sender": None, "content_attributes": {"external_echo": True}},
            "agent",
        ),
        ({"message_type": 3, "sender": None}, "bot"),
        ({"message_type": 3, "sender": AGENT}, "agent"),
        ({"message_type": 8, "sender": CONTACT}, "contact"),
        ({"message_type": 8, "sender": AGENT}, "agent"),
        ({"message_type": 0, "content_attributes": None}, "contact"),
    ],
)
def test_the_speaker_follows_from_the_kind_and_the_sender(
    fields: dict[str, Any], speaker: str
) -> None:
    row = row_of(None, message(1, 0, "texto", **fields))

    assert row["last_speaker"] == speaker
    assert row[f"{speaker}_message_count"] == row["message_count"] == 1
    assert json.loads(row["transcript"])[0]["from"] == speaker


@pytest.mark.parametrize(
    ("named", "speaker"),
    [
        ("Ana Lima", "bot"),
        (" ana  lima", "bot"),
        ("5", "bot"),
        ("Ana", "agent"),
        ("55", "agent"),
        ("Maria", "agent"),
    ],
)
def test_a_bot_that_speaks_with_a_persons_token_is_named_by_name_or_id(
    named: str, speaker: str
) -> None:
    tenant = replace(TENANT, bot_agents=frozenset({named}))
    row = row_of(None, message(1, 0, "Oi"), by_agent(2, 5, "Olá!"), tenant=tenant)

    assert row["last_speaker"] == speaker
    assert (row["response_seconds"] is None) is (speaker == "bot")
    assert row["contact_message_count"] == 1  # the contact "Maria" is none of the gym's


@pytest.mark.parametrize(
    "fields",
    [
        {"private": True},
        {"private": True, "created_at": None},
        {"message_type": 2, "sender": None},
        {"message_type": "activity"},
        {"message_type": 8, "sender": None},
        {"message_type": None, "sender": None},
    ],
)
def test_notes_and_activity_are_not_part_of_the_conversation(fields: dict[str, Any]) -> None:
    row = row_of(None, message(1, 0, "Oi"), by_agent(2, 60, "só entre nós", **fields))

    assert row["message_count"] == 1
    assert "entre nós" not in row["transcript"]
    assert row["first_human_reply_at"] is None
    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", at(0))


def test_a_deleted_message_keeps_its_time_and_loses_everything_else() -> None:
    gone = {"content_attributes": {"deleted": True}}
    row = row_of(
        None,
        message(1, 0, "Esta mensagem foi apagada", **gone),
        by_agent(2, 60, "Esta mensagem foi apagada", **gone),
        message(3, 120, "Oi"),
        by_agent(4, 180, "Esta mensagem foi apagada", **gone),
    )

    assert (row["first_contact_message_at"], row["first_human_reply_at"]) == (at(0), at(60))
    assert row["response_seconds"] == 60
    assert row["message_count"] == 1
    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", at(120))
    assert json.loads(row["transcript"]) == [
        {"from": "contact", "text": "Oi", "minutes_after_start": 0.0}
    ]


# --- what the contact chose in a menu or wrote in a form --------------------------------------


CHOICE = {"name": "menu", "title": "Quero conhecer", "value": "1"}
FORM = [
    {"name": "nome", "value": "Lia"},
    {"name": "idade", "value": 31},
    {"name": "x", "value": ""},
]
SURVEY = {"csat_survey_response": {"rating": 5, "feedback_message": "Ótimo"}}


def menu(number: int, seconds: int, submitted: Any, **fields: Any) -> dict[str, Any]:
    content_type = "form" if isinstance(submitted, list) else "input_select"
    fields = {"content_type": content_type, **fields}
    attributes = {"content_attributes": {"submitted_values": submitted}}
    return by_bot(number, seconds, "Escolha:", **attributes, **fields)


@pytest.mark.parametrize(
    ("submitted", "words"),
    [
        (CHOICE, "Quero conhecer"),
        ({"name": "menu", "value": "1"}, "1"),
        ([{"title": "Quero conhecer", "value": "1"}], "Quero conhecer"),
        (FORM, "Lia\n31"),
    ],
)
def test_what_was_submitted_are_the_contacts_words_right_behind_what_asked_for_them(
    submitted: Any, words: str
) -> None:
    row = row_of(None, menu(1, 0, submitted), by_bot(2, 0, "Certo!"), by_agent(3, 90, "Oi!"))

    assert [(e["from"], e["text"]) for e in json.loads(row["transcript"])] == [
        ("bot", "Escolha:"), ("contact", words), ("bot", "Certo!"), ("agent", "Oi!"),
    ]  # fmt: skip
    assert (row["contact_message_count"], row["bot_message_count"]) == (1, 2)
    assert (row["first_contact_message_at"], row["response_seconds"]) == (at(0), 90)


def test_a_click_that_nobody_answered_waits() -> None:
    row = row_of(None, message(1, 0, "Oi"), menu(2, 5, CHOICE))

    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", at(5))
    assert row["contact_last_said"] == "other"


@pytest.mark.parametrize("submitted", [SURVEY, {}, [], "x", [{"name": "a"}], {"value": " "}, None])
def test_a_survey_and_what_says_nothing_are_no_words(submitted: Any) -> None:
    row = row_of(None, message(1, 0, "Oi"), menu(2, 5, submitted))

    assert (row["contact_message_count"], row["last_speaker"]) == (1, "bot")


def test_what_was_submitted_goes_with_the_message_that_holds_it() -> None:
    gone = menu(2, 5, CHOICE)
    gone["content_attributes"]["deleted"] = True
    hidden = menu(3, 6, CHOICE, private=True)

    assert row_of(None, message(1, 0, "Oi"), gone, hidden)["contact_message_count"] == 1


# --- what never arrived ----------------------------------------------------------------------

ASK = "Oi, quanto custa a mensalidade? Queria conhecer a academia"


def failed(error: str | None = "131047: Re-engagement message") -> dict[str, Any]:
    return {
        "status": "failed",
        "content_attributes": {} if error is None else {"external_error": error},
    }


def test_a_message_that_never_arrived_is_no_answer() -> None:
    row = row_of(None, message(1, 0, ASK), by_agent(2, 60, "Olá!", **failed()))

    assert (row["first_human_reply_at"], row["response_seconds"]) == (None, None)
    assert (row["message_count"], row["agent_message_count"]) == (1, 0)
    assert (row["last_speaker"], row["last_spoke_at"]) == ("contact", at(0))
    assert row["contact_last_said"] == "request"
    assert row["delivery_error"] == "131047: Re-engagement message"


def test_the_answer_is_the_first_that_arrived() -> None:
    row = row_of(
        None,
        message(1, 0, ASK),
        by_bot(2, 5, "Já chamo alguém!", **failed()),
        by_agent(3, 60, "Olá!", **failed()),
        by_agent(4, 5400, "Olá!", status="delivered"),
    )

    assert (row["response_seconds"], row["first_bot_reply_at"]) == (5400, None)
    assert (row["last_speaker"], row["delivery_error"]) == ("agent", None)


def test_what_never_arrived_is_told_apart_from_what_was_said_with_its_place() -> None:
    said = [
        message(1, 0, "Oi"),
        by_agent(2, 60, "Olá!", status="read"),
        message(4, 180, "Alguém?"),
    ]
    lost = [
        by_agent(3, 120, "Quer vir?", **failed(" 131026:\nMessage undeliverable ")),
        by_bot(5, 240, "", attachments=[{"file_type": "image"}], **failed(None)),
        by_agent(6, 300, "apagada", status="failed", content_attributes={"deleted": True}),
    ]
    row = row_of(None, *said, *lost)

    assert row["transcript"] == row_of(None, *said)["transcript"]
    assert row["content_hash"] == row_of(None, *said)["content_hash"]
    assert json.loads(row["undelivered"]) == [
        {
            "position": 2,
            "from": "agent",
            "text": "Quer vir?",
            "error": "131026: Message undeliverable",
        },
        {"position": 3, "from": "bot", "text": "", "note": "image", "error": ""},
    ]


@pytest.mark.parametrize(
    ("later", "error"),
    [
        ([], "e"),
        ([message(3, 120, "Oi?")], "e"),
        ([by_bot(3, 120, "Estamos fechados")], "e"),  # a machine's words are not the lost ones
        ([by_agent(3, 120, "Olá!")], None),
        ([by_agent(3, 120, "Olá!", **failed(None))], ""),
    ],
)
def test_the_error_is_that_of_the_gyms_last_words_if_they_never_arrived(
    later: list[dict[str, Any]], error: str | None
) -> None:
    row = row_of(None, message(1, 0, ASK), by_agent(2, 60, "Olá!", **failed("e")), *later)

    assert row["delivery_error"] == error


def test_a_failed_greeting_of_the_robot_is_forgotten_once_it_speaks_again() -> None:
    row = row_of(None, message(1, 0, ASK), by_bot(2, 5, "Oi!", **failed()), by_bot(3, 9, "Oi!"))

    assert row["delivery_error"] is None


def test_an_offer_that_never_arrived_and_a_yes_are_no_visit() -> None:
    offer = "Quer vir amanhã às 18h?"
    talk = [message(1, 0, ASK), by_agent(2, 60, "Olá! R$ 99.")]

    def has_visit(**fields: Any) -> bool:
        told = [*talk, by_agent(3, 90, offer, **fields), message(4, 150, "sim?")]
        record = {"id": 1, "messages": transcript_of(*told)}
        (analysis,) = RulesAnalyzer().analyze([conversation_from(record)])
        return analysis.visit_scheduled

    assert has_visit()
    assert not has_visit(**failed())


# --- times -----------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [START, float(START), at(0).isoformat()])
def test_a_message_that_came_late_bears_the_time_it_was_written(written: Any) -> None:
    late = {"content_attributes": {"external_created_at": written}}
    row = row_of(None, message(1, 35_995, ASK, **late), by_agent(2, 36_000, "Olá!"))

    assert (row["first_contact_message_at"], row["response_seconds"]) == (at(0), 36_000)
    assert (row["last_speaker"], row["last_spoke_at"]) == ("agent", at(36_000))


@pytest.mark.parametrize("written", [START + 9_000, (START - 60) * 1000, 0, "ontem", None])
def test_a_time_that_cannot_be_when_it_was_written_is_not_believed(written: Any) -> None:
    odd = {"content_attributes": {"external_created_at": written}}

    assert row_of(None, message(1, 5, ASK, **odd))["first_contact_message_at"] == at(5)


def test_the_last_incoming_message_is_the_one_that_arrived_last() -> None:
    late = {"content_attributes": {"external_created_at": START - 86_400}}
    row = row_of(
        None,
        message(1, 0, "Oi"),
        message(2, 60, "apagada", content_attributes={"deleted": True}),
        message(3, 90, "de ontem", **late),
        menu(4, 120, CHOICE),  # not incoming for Chatwoot
        by_agent(5, 150, "Olá!"),
    )

    assert row["last_incoming_at"] == at(90)
    assert row_of(None, by_agent(1, 0, "Olá!"))["last_incoming_at"] is None


@pytest.mark.parametrize(("blocked", "known"), [(True, True), (False, False), (None, False)])
def test_whether_the_contact_is_blocked_is_known(blocked: Any, known: bool) -> None:
    assert row_of(with_contact(blocked=blocked))["contact_blocked"] is known


def test_messages_are_told_in_the_order_of_their_times_not_their_numbers() -> None:
    row = row_of(None, message(3, 30, "c"), message(9, 10, "a"), by_agent(1, 30, "b"))

    assert [entry["text"] for entry in json.loads(row["transcript"])] == ["a", "b", "c"]
    assert row["response_seconds"] == 20
    assert row["last_speaker"] == "contact"


def test_only_what_comes_after_the_first_contact_message_is_a_reply() -> None:
    row = row_of(
        None,
        by_bot(1, 0, "Promoção!"),
        by_agent(2, 10, "Conhece a gente?"),
        message(3, 60, "Oi"),
        by_agent(4, 60, "Olá"),  # in the same second, but later
        by_bot(5, 70, "Anotado"),
    )

    assert row["first_bot_reply_at"] == at(70)
    assert row["first_human_reply_at"] == at(60)
    assert row["response_seconds"] == 0


def test_nobody_answered_is_not_an_answer_after_zero_seconds() -> None:
    row = row_of(None, by_agent(1, 0, "Oi!"), message(2, 60, "Oi"))

    assert row["first_human_reply_at"] is None
    assert row["response_seconds"] is None
    assert row["response_business_seconds"] is None


def test_a_night_counts_on_the_wall_clock_and_not_in_business_hours() -> None:
    evening = 15 * 3600 + 50 * 60  # 21:50
    morning = 24 * 3600 + 10 * 60  # 06:10

    row = row_of(None, message(1, evening, "Oi"), by_agent(2, morning, "Bom dia"))

    assert row["response_seconds"] == (8 * 60 + 20) * 60
    assert row["response_business_seconds"] == 20 * 60


@pytest.mark.parametrize(
    "written",
    [
        START,
        float(START),
        str(START),
        "2025-06-10T09:00:00Z",
        "2025-06-10T09:00:00.000Z",
        "2025-06-10T06:00:00-03:00",
        "2025-06-10 09:00:00",
    ],
)
def test_a_time_is_read_however_it_is_written(written: Any) -> None:
    row = row_of(payload(created_at=written), message(1, 0, "Oi", created_at=written))

    assert row["created_at"] == row["first_contact_message_at"] == at(0)


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"last_activity_at": START + 60}, 60),
        ({"last_activity_at": 0, "timestamp": START + 70}, 70),
        ({"last_activity_at": None}, 30),  # the last message
    ],
)
def test_the_last_activity_is_the_best_that_is_known(fields: dict[str, Any], seconds: int) -> None:
    assert row_of(payload(**fields), message(1, 30, "Oi"))["last_activity_at"] == at(seconds)


# --- transcript, ads, hash -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "text", "note"),
    [
        ({"content": " linha 1\r\nlinha 2 "}, "linha 1\nlinha 2", None),
        ({"content": "com\x00nulo\ud800 🏋️‍♀️"}, "comnulo 🏋️‍♀️", None),
        ({"content": None, "attachments": [{"file_type": "image"}]}, "", "image"),
        ({"content": "Veja", "attachments": [{"file_type": "image"}]}, "Veja", "image"),
        (
            {"content": None, "attachments": [{"file_type": "audio", "transcribed_text": "Oi"}]},
            "Oi",
            "audio",
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
            "audio, file",
        ),
        ({"content": None}, "", "unsupported"),
        ({"content": "Oi", "attachments": None}, "Oi", None),
    ],
)
def test_the_transcript_has_the_text_and_notes_the_attachments(
    fields: dict[str, Any], text: str, note: str | None
) -> None:
    (entry,) = transcript_of(message(1, 0, **{"content": "", **fields}))

    assert entry["text"] == text
    assert entry.get("note") == note
    assert ("note" in entry) is (note is not None)


def test_minutes_run_from_the_first_message_not_from_the_conversation() -> None:
    entries = transcript_of(message(1, 600, "Oi"), by_agent(2, 602, "Olá"), message(3, 4205, "?"))

    assert [entry["minutes_after_start"] for entry in entries] == [0.0, 0.0, 60.1]


def test_the_ad_is_the_first_that_a_message_names() -> None:
    row = row_of(
        payload(additional_attributes={"referral": {"source_id": "0", "headline": "outra"}}),
        message(1, 0, "Oi"),
        message(2, 1, "Vi o anúncio", content_attributes={"referral": {"source_id": 120}}),
        message(3, 2, "De novo", content_attributes={"referral": {"headline": "Mais tarde"}}),
    )

    assert (row["ad_id"], row["ad_headline"]) == ("120", None)


def test_the_ad_is_the_conversations_when_no_message_names_one() -> None:
    ad = {"source_id": "120", "headline": " Treine\ngrátis "}
    row = row_of(
        payload(additional_attributes={"referral": ad}),
        message(1, 0, "Oi", content_attributes={"referral": {"source_id": ""}}),
    )

    assert (row["ad_id"], row["ad_headline"]) == ("120", "Treine grátis")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda c, m: c.update(status="resolved", labels=["x"], inbox_id=8), True),
        (lambda c, m: c.update(created_at=START - 60, last_activity_at=START + 9000), True),
        (lambda c, m: [one.update(created_at=one["created_at"] + 3600) for one in m], True),
        (lambda c, m: m.append(message(8, 99, "nota", private=True)), True),
        (lambda c, m: c["meta"]["sender"].update(name="Mariana"), False),
        (lambda c, m: m[0].update(content="Oi!"), False),
        (lambda c, m: m[1].update(sender=ROBOT), False),
        (lambda c, m: m[1].update(created_at=START + 86_400), False),
        (lambda c, m: m[0].update(attachments=[{"file_type": "image"}]), False),
        (lambda c, m: m.append(message(8, 99, "mais")), False),
    ],
)
def test_the_content_hash_changes_with_what_an_analyzer_reads_and_nothing_else(
    change: Callable[[dict[str, Any], list[dict[str, Any]]], Any], same: bool
) -> None:
    conversation, messages = payload(), [message(1, 0, "Oi"), by_agent(2, 60, "Olá")]
    before = row_of(conversation, *messages)["content_hash"]

    change(conversation, messages)

    assert (row_of(conversation, *messages)["content_hash"] == before) is same


# --- what is refused -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"created_at": None}, "created_at"),
        ({"created_at": 0}, "created_at"),
        ({"created_at": "ontem"}, "created_at"),
        ({"created_at": float("nan")}, "created_at"),
        ({"created_at": 10**400}, "created_at"),
        ({"created_at": True}, "created_at"),
        ({"inbox_id": None}, "inbox_id"),
        ({"inbox_id": 2**63}, "inbox_id"),
        ({"status": "archived"}, "'archived'"),
        ({"status": None}, "status"),
        ({"status": []}, "status"),
    ],
)
def test_a_conversation_without_identity_is_refused_and_costs_no_other(
    fields: dict[str, Any], reason: str
) -> None:
    result = convert(raw(conversation_id=1), raw(payload(**fields), conversation_id=2))

    (rejected,) = result.rejected
    assert result.rows["conversation_id"].tolist() == [1]
    assert (rejected.source, rejected.key) == ("core.conversations", "2")
    assert reason in rejected.reason
    assert '"Maria"' in rejected.payload


def test_a_message_without_a_time_is_refused_and_costs_no_other() -> None:
    result = convert(
        raw(messages=[message(1, 0, "Oi"), message(2, 0, "quando?", created_at=0), "lixo"])
    )

    assert result.rows["message_count"].tolist() == [1]
    assert [rejected.key for rejected in result.rejected] == ["1187/2", "1187/None"]
    assert "quando?" in result.rejected[0].payload


JUNK: list[Any] = [
    None,
    0,
    -1,
    "",
    "x",
    [],
    {},
    [None],
    {"a": []},
    True,
    1e300,
    float("inf"),
    2**70,
    "\ud800",
]


def test_no_junk_anywhere_costs_a_good_conversation_or_goes_unaccounted() -> None:
    chance = random.Random(20260610)
    good = raw(messages=[message(1, 0, "Oi"), by_agent(2, 60, "Olá")], conversation_id=1)
    (expected,) = convert(good).rows.to_dict("records")

    def spoil(value: Any) -> Any:
        if chance.random() < 0.12:
            return chance.choice(JUNK)
        if isinstance(value, dict):
            return {name: spoil(inner) for name, inner in value.items()}
        return [spoil(inner) for inner in value] if isinstance(value, list) else value

    whole = payload(labels=["vip"], additional_attributes={"referral": {"source_id": "1"}})
    attached = message(
        1,
        0,
        "Oi",
        attachments=[{"file_type": "audio", "transcribed_text": "Oi"}],
        content_attributes={"referral": {"source_id": "1", "headline": "A"}},
    )
    spoiled = [
        RawConversation(
            number,
            spoil(deepcopy(whole)),
            spoil([deepcopy(attached), by_agent(2, 60, "Olá"), by_bot(3, 70, "Tchau")]),
            CHANGED_AT,
        )
        for number in range(2, 1502)
    ]

    result = convert(*spoiled[:700], good, *spoiled[700:])

    rows = result.rows.set_index("conversation_id", drop=False)
    refused = {int(one.key) for one in result.rejected if "/" not in one.key}
    assert rows.loc[1].to_dict() == expected
    assert set(rows.index) | refused == set(range(1, 1502))
    assert not set(rows.index) & refused
    assert 300 < len(refused) < 1200
    for row in rows.itertuples(index=False, name=None):
        assert {type(value) for value in row} <= {int, str, bool, list, datetime, type(None)}
        for value in row:
            str(value).encode()  # no lone surrogate is left


# --- versions --------------------------------------------------------------------------------


def test_the_source_version_is_what_the_database_computes() -> None:
    # select (extract(epoch from timestamptz '2026-06-10 12:00:00.123456+00') * 1000000)::bigint
    assert source_version(CHANGED_AT, "settings") == "1781092800123456-settings"
    elsewhere = CHANGED_AT.astimezone(SAO_PAULO)
    assert source_version(elsewhere, "x") == source_version(CHANGED_AT, "x")


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"timezone": ZoneInfo("America/Manaus")}, False),
        ({"business_hours": {**WEEK, 5: (time(8), time(15))}}, False),
        ({"business_hours": {}}, False),
        ({"converted_labels": frozenset({"matriculado", "aluno"})}, False),
        ({"converted_attributes": frozenset({"aluno=sim"})}, False),
        ({"bot_agents": frozenset({"5"})}, False),
        ({"chatwoot_url": "https://other.example.com"}, False),
        ({"chatwoot_account_id": 4}, False),
        ({"business_hours": dict(reversed(WEEK.items()))}, True),
        ({"converted_labels": frozenset({"matriculado"})}, True),
        ({"chatwoot_url": "https://chat.example.com"}, True),
        ({"name": "Outro", "chatwoot_token": "new", "monthly_budget_brl": 9.0}, True),
    ],
)
def test_the_settings_version_changes_with_what_a_row_depends_on(
    change: dict[str, Any], same: bool
) -> None:
    before, after = (settings_version(t, INBOXES) for t in (TENANT, replace(TENANT, **change)))
    assert (before == after) is same


def test_a_renamed_inbox_makes_the_rows_again() -> None:
    renamed = {number: {**inbox, "name": "Outro nome"} for number, inbox in INBOXES.items()}
    assert settings_version(TENANT, INBOXES) != settings_version(TENANT, renamed)


# --- business hours --------------------------------------------------------------------------

# June 2026: the 1st is a Monday, so the 5th a Friday, the 6th a Saturday, the 7th a Sunday
ALWAYS: BusinessHours = {day: (time(0), time(0)) for day in range(7)}


def local(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, second, tzinfo=SAO_PAULO)


@pytest.mark.parametrize(
    ("start", "end", "hours", "seconds"),
    [
        (local(2, 10), local(2, 10, 5), WEEK, 300),
        (local(2, 5), local(2, 6, 10), WEEK, 600),  # asked before the doors open
        (local(2, 21, 50), local(3, 6, 10), WEEK, 600 + 600),  # a night between
        (local(2, 22, 30), local(3, 5, 30), WEEK, 0),  # the night itself
        (local(5, 21), local(8, 7), WEEK, (1 + 6 + 1) * 3600),  # Friday to Monday
        (local(6, 13, 59), local(6, 14, 1), WEEK, 60),  # closing time
        (local(7, 10), local(7, 12), WEEK, 0),  # a closed day
        (local(7, 10), local(8, 6, 0, 30), WEEK, 30),
        (local(1, 0), local(8, 0), WEEK, (5 * 16 + 6) * 3600),  # a whole week
        (local(1, 0), local(29, 0), WEEK, 4 * (5 * 16 + 6) * 3600),
        (local(2, 10), local(2, 10), WEEK, 0),
        (local(2, 11), local(2, 10), WEEK, 0),
        (local(1, 0), local(29, 0), {}, 0),
        (local(5, 10), local(8, 10), ALWAYS, 3 * 24 * 3600),
        (local(5, 23), local(6, 3), {4: (time(18), time(2))}, 3 * 3600),  # past midnight
        (local(6, 1), local(6, 1, 30), {4: (time(18), time(2))}, 1800),  # Friday's night still
        (local(7, 1), local(7, 1, 30), {4: (time(18), time(2))}, 0),
        # hours that overlap count once
        (local(5, 18), local(6, 3), {4: (time(18), time(2)), 5: (time(1), time(3))}, 9 * 3600),
        (local(2, 10), local(2, 10, 0, 1) - timedelta(microseconds=1), WEEK, 0),
    ],
)
def test_business_seconds_count_the_time_the_gym_was_open(
    start: datetime, end: datetime, hours: BusinessHours, seconds: int
) -> None:
    assert business_seconds(start, end, hours, SAO_PAULO) == seconds
    in_utc = (start.astimezone(timezone.utc), end.astimezone(timezone.utc))
    assert business_seconds(*in_utc, hours, SAO_PAULO) == seconds


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", date(2026, 3, 8), 5),  # 02:00 becomes 03:00
        ("America/New_York", date(2026, 11, 1), 7),  # 02:00 becomes 01:00
        ("America/New_York", date(2026, 6, 7), 6),
        ("America/Sao_Paulo", date(2018, 11, 4), 5),  # midnight becomes 01:00
        ("America/Sao_Paulo", date(2018, 2, 18), 6),  # the hour came before, on Saturday
        ("America/Sao_Paulo", date(2026, 11, 1), 6),  # no more since 2019
    ],
)
def test_a_day_on_which_the_clocks_change_counts_what_it_lasted(
    zone: str, day: date, hours: int
) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo(zone))
    sunday_morning = {6: (time(0), time(6))}

    counted = business_seconds(
        midnight - timedelta(days=2), midnight + timedelta(days=2), sunday_morning, ZoneInfo(zone)
    )

    assert counted == hours * 3600


def test_business_hours_are_those_of_the_tenants_clock() -> None:
    start, end = (datetime(2026, 6, 2, hour, 59, tzinfo=timezone.utc) for hour in (8, 9))

    assert business_seconds(start, end, WEEK, ZoneInfo("America/Sao_Paulo")) == 59 * 60
    assert business_seconds(start, end, WEEK, ZoneInfo("America/Manaus")) == 0
