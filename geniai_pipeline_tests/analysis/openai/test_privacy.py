"""Requests contain no personal data, as the provider receives them."""

import json
import re

import pytest

from geniai_pipeline.analysis.privacy import Mask
from geniai_pipeline_tests.analysis.openai.conftest import analyze_by_model
from geniai_pipeline_tests.analysis.openai.provider import Provider, completed, judgement, talk

PRIVATE = (
    "123.456.789-09", "12345678909", "123 456 789 09", "+55 11 98765-4321", "(11) 98765-4321",
    "11987654321", "11 3456-7890", "98765-4321", "ana.souza+gym@example.com.br",
    "https://wa.me/5511987654321", "www.minhaloja.com.br/ana", "instagram.com/anasouza",
    "01310-100", "4111 1111 1111 1111", "123456789012345",
)  # fmt: skip
HARMLESS = (
    "Custa R$ 129,90 por mês?", "Dia 20/11/2026 às 18h30", "das 6:00 às 22:00",
    "tenho 45 anos e 92kg", "3x por semana", "plano de 12 meses por 1.299,00",
    "turma das 18 ou 19",
)  # fmt: skip


@pytest.mark.parametrize("secret", PRIVATE)
def test_personal_data_becomes_a_placeholder_and_comes_back(secret: str) -> None:
    mask = Mask(["Ana Souza"])
    text = f"oi, anota aí: {secret}, é da Ana"
    hidden = mask.hide(text)
    assert secret not in hidden
    assert not any(part in hidden for part in secret.split() if len(part) > 3)
    assert "Ana" not in hidden
    assert mask.restore(hidden) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_what_the_judgement_needs_stays_readable(text: str) -> None:
    assert Mask(["Ana Souza"]).hide(text) == text


def test_each_spelling_of_a_name_comes_back_as_it_was() -> None:
    mask = Mask(["Ana Clara de Souza"])
    text = "sou a ANA, ana clara, Clara Souza; Anabela é minha irmã. Anual?"
    hidden = mask.hide(text)
    assert "Anabela" not in hidden
    assert "Anual" in hidden
    assert "ANA" not in hidden
    assert "Clara" not in hidden
    assert mask.restore(hidden) == text
    assert mask.contact == "[NOME_1]"


def test_a_profile_that_is_no_name_does_not_take_the_sense_out_of_messages() -> None:
    mask = Mask(["Academia Amor de Mãe"])
    assert (
        mask.hide("quero aula na academia com minha mãe") == "quero aula na academia com minha mãe"
    )


def test_the_same_conversation_has_the_same_pseudonyms() -> None:
    texts = ["Sou a Ana", "me liga 11 98765-4321 ou 11 91234-5678"]
    first, second = Mask(["Ana"]), Mask(["Ana"])
    assert [first.hide(t) for t in texts] == [second.hide(t) for t in texts]


def test_nothing_personal_leaves_and_the_answer_names_the_person(provider: Provider) -> None:
    secrets = [s for s in PRIVATE if s != "98765-4321"]
    text = "Oi, sou a Ana Souza, quanto custa? Anota: " + " | ".join(secrets)
    provider.play = lambda body: completed(
        judgement(body, suggested_message="Oi, [NOME_1]! Que dia você pode vir nos conhecer?")
    )
    found = analyze_by_model(
        provider, text, ("agent", "Olá Ana! Seu CPF é 123.456.789-09?"), name="Ana Souza 🌸"
    )
    sent = json.dumps(provider.requests, ensure_ascii=False)
    for secret in (*secrets, "Ana", "Souza", "sk-test"):
        assert secret not in sent
    assert provider.requests[0]["store"] is False
    assert found.analyzer == "openai"
    assert found.evidence[0].quote == text
    assert found.contact_name is not None
    assert "Ana" in found.contact_name
    assert found.proposal.startswith("Oi, Ana")


def test_a_message_is_cut_after_it_is_hidden(provider: Provider) -> None:
    """What is hidden stands at every place around the limit of 800 characters."""
    for before in range(780, 801):
        filler = ("quero treinar " * 60)[:before]
        analyze_by_model(provider, f"{filler} 123.456.789-09 fim", name="Ana Souza")
        (message,) = talk(provider.requests[-1])["mensagens"]
        rest = message["texto"].removeprefix(filler)
        assert re.fullmatch(r"( (\[CPF_1\]( f?i?m?)?)?)?", rest), rest


def test_a_model_names_nobody_by_what_is_no_name(provider: Provider) -> None:
    provider.play = lambda body: completed(
        judgement(
            body,
            name="[ENDERECO_1]",
            reasoning="Quer treinar e falou da filha [NOME_2]. Mora na [ENDERECO_1], bem perto.",
            suggested_message="Oi! A [NOME_2] também pode vir. Passa aqui saindo da [ENDERECO_1].",
        )
    )
    text = "quanto custa? moro na Rua Augusta, 1200, minha filha Laura vai junto"
    found = analyze_by_model(provider, text, name="Ana Souza")
    assert found.contact_name == "Ana Souza"
    assert found.proposal == "Oi! A Laura também pode vir."
    assert "Laura" in found.reasoning
    assert "Augusta" not in found.reasoning
    assert "Augusta" not in json.dumps(provider.requests)


def test_private_notes_stay_at_home(provider: Provider) -> None:
    from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
    from geniai_pipeline_tests.analysis.openai.conftest import build_analyzer

    messages = (
        TranscriptMessage("contact", "quanto custa?"),
        TranscriptMessage("agent", "cliente chato", note=True),
    )
    list(build_analyzer(provider).analyze([Transcript(1, "WhatsApp", "Ana", messages)]))
    assert "chato" not in json.dumps(provider.requests)
