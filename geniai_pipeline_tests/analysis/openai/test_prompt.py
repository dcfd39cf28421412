"""The request: what the model reads of a conversation, and what the provider can cache of it."""

import json
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.models import find_model
from geniai_pipeline.analysis.scoring import Criterion
from geniai_pipeline.tenant_facts import TenantFacts, parse_facts
from geniai_pipeline_tests.analysis.openai.conftest import RULES, build_analyzer, build_transcript
from geniai_pipeline_tests.analysis.openai.provider import Provider, judgement, talk

FACTS = parse_facts(
    {
        "plans": [{"name": "Mensal", "price": 119.9}],
        "timetable": [{"activity": "Natação", "days": ["ter"], "times": ["9:00"]}],
        "platforms": [],
    }
)


def prepare(conversation: Transcript, facts: TenantFacts | None = None) -> prompt.Request:
    (rules,) = RULES.analyze([conversation])
    request = prompt.prepare_request(
        conversation, rules, find_model("gpt-6-luna"), facts or TenantFacts()
    )
    assert request is not None
    return request


def test_what_all_requests_share_stands_first_and_is_long_enough_to_be_cached() -> None:
    one, other = (
        prepare(build_transcript(text), FACTS).body for text in ("quanto custa?", "tem pilates?")
    )
    assert one["instructions"] == other["instructions"]
    assert one["text"] == other["text"]
    assert one["input"][0] == other["input"][0]
    assert one["input"][1] != other["input"][1]
    used = prepare(build_transcript("quanto custa?")).estimate_usage()
    assert used.cached_tokens == 1280
    # another boundary would cost little text; below this one everything is read anew
    assert used.input_tokens > 1280 + 30
    with_facts = prepare(build_transcript("quanto custa?"), FACTS).estimate_usage()
    assert with_facts.input_tokens > used.input_tokens


def test_the_gyms_facts_are_read_before_the_conversation(provider: Provider) -> None:
    list(build_analyzer(provider, facts=FACTS).analyze([build_transcript("quanto custa?")]))
    (body,) = provider.requests
    assert json.loads(body["input"][0]["content"])["academia"] == FACTS.to_json()
    assert talk(body)["mensagens"] == [{"de": "contato", "texto": "quanto custa?"}]


def test_a_gym_that_changes_its_facts_is_not_asked_to_pay_again() -> None:
    conversation = build_transcript("quanto custa?")
    assert prepare(conversation, FACTS).content_hash == prepare(conversation).content_hash
    assert prepare(conversation).content_hash != prepare(build_transcript("quanto?")).content_hash


def test_a_message_has_its_local_time_with_the_weekday() -> None:
    at = datetime(2026, 3, 11, 18, 22, tzinfo=ZoneInfo("America/Manaus"))
    messages = (TranscriptMessage("contact", "pode ser amanhã?", at=at),)
    request = prepare(Transcript(1, "WhatsApp", None, messages))
    assert talk(request.body)["mensagens"] == [
        {"de": "contato", "quando": "qua 11/03 18:22", "texto": "pode ser amanhã?"}
    ]


def test_attachments_are_named_and_private_notes_are_not() -> None:
    conversation = parse_record(
        {
            "id": 1,
            "messages": [
                {"from": "contact", "text": "oi, quanto custa?"},
                {"from": "contact", "text": "", "note": "[áudio]"},
                {"from": "contact", "text": "[imagem]"},
                {"from": "contact", "text": "meu comprovante", "note": "[documento]"},
                {"from": "agent", "text": "cliente chato", "note": "private note"},
                {"from": "agent", "text": "", "note": "nota interna"},
                {"from": "contact", "text": "", "note": None},
                {"from": "agent", "text": "", "note": "[localização]"},
            ],
        }
    )
    contact, gym = {"de": "contato"}, {"de": "academia"}
    assert talk(prepare(conversation).body)["mensagens"] == [
        {**contact, "texto": "oi, quanto custa?"},
        {**contact, "texto": "[áudio]"},
        {**contact, "texto": "[imagem]"},
        {**contact, "anexo": "documento", "texto": "meu comprovante"},
        {**gym, "texto": "[localização]"},
    ]


def test_the_name_of_an_attachment_is_masked_too() -> None:
    conversation = parse_record(
        {
            "id": 1,
            "messages": [
                {"from": "contact", "text": "oi, quanto custa?"},
                {"from": "contact", "text": "", "note": "[áudio de 11 98765-4321]"},
            ],
        }
    )
    assert "98765" not in json.dumps(prepare(conversation).body)


def test_who_sent_attachments_alone_costs_nothing(provider: Provider) -> None:
    messages = (TranscriptMessage("contact", "", note=True, media="áudio"),)
    (found,) = build_analyzer(provider).analyze([Transcript(1, "WhatsApp", "Ana", messages)])
    assert (found.analyzer, provider.requests) == ("rules", [])


def test_the_longest_answer_that_is_asked_for_fits() -> None:
    quote = "queria saber se vocês aceitam Wellhub e quanto custa aí"
    answer = judgement(
        prepare(build_transcript("oi")).body,
        evidence=[{"criterion": Criterion.QUESTION.value, "quote": quote}] * 4,
        visit_agreement=quote,
        name="[NOME_1]",
        condition="hérnia de disco e dor no joelho",
        goal="emagrecer e voltar a correr bem",
        reasoning="O contato já treinou aqui e quer voltar por causa da dor nas costas, pergunta"
        " preço e horário da noite. Falta responder se o plano dele ainda vale.",
        suggested_message="Oi, [NOME_1], que bom ter você de volta! A turma da noite começa às 19h"
        " na terça e na quinta; qual dos dois dias fica melhor para você vir?",
    )
    chars = len(json.dumps(answer, ensure_ascii=False))
    assert chars / 3.5 < prompt.MAX_OUTPUT_TOKENS


@pytest.mark.parametrize(("model", "most"), [("gpt-6-luna", "0.0002"), ("gpt-4o-mini", "0.0004")])
def test_what_a_usual_conversation_costs_is_known_before(model: str, most: str) -> None:
    used = prepare(build_transcript(*["quanto custa o plano de musculação?"] * 10)).estimate_usage()
    assert 0 < find_model(model).cost_usd(used) < Decimal(most)
