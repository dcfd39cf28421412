"""What the gym is offered to write, by what was said, the state, the facts and the hour."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from geniai_pipeline.analysis import suggestions
from geniai_pipeline.analysis.base import Suggestion, Transcript
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline.analysis.suggestions import SuggestionWriter
from geniai_pipeline.tenant_facts import TenantFacts, parse_facts

ZONE = ZoneInfo("America/Sao_Paulo")
MONDAY = datetime(2026, 5, 4, 10, 0, tzinfo=ZONE)
STATES = StateReader()
FACTS = parse_facts(
    {
        "plans": [
            {"name": "Mensal", "price": 129.9},
            {"name": "2x por semana", "price": 1220, "activity": "Natação", "note": "com touca"},
        ],
        "timetable": [
            {"activity": "Natação", "days": ["ter", "qui"], "times": ["09:00", "18:30"]},
        ],
        "opening_hours": [
            {"days": ["seg", "ter", "qua", "qui", "sex"], "opens": "06:00", "closes": "22:00"},
            {"days": ["sab"], "opens": "08:00", "closes": "14:00"},
        ],
        "address": "Rua A, 10",
        "parking": "Temos estacionamento próprio.",
        "trial": {"price": 0, "bring": "tênis e água"},
        "payment": ["pix", "cartão"],
        "platforms": ["Wellhub"],
        "ages": "A partir de 6 anos",
    }
)


def converse(*lines: str, name: str | None = None) -> Transcript:
    """Builds a transcript of messages two minutes apart, from Monday, 4 May 2026, 10:00.

    "+1d" or "+3h" moves the clock before the next line; "c: oi|áudio (transcrição)" was spoken.
    """
    senders, at, messages = {"c": "contact", "a": "agent", "b": "bot"}, MONDAY, []
    for line in lines:
        if line.startswith("+"):
            amount, unit = int(line[1:-1]), line[-1]
            at += timedelta(days=amount) if unit == "d" else timedelta(hours=amount)
            continue
        text, _, media = line[3:].partition("|")
        messages.append(
            {
                "from": senders[line[0]],
                "text": text,
                "note": media.removesuffix(" (transcrição)"),
                "is_transcription": media.endswith("(transcrição)"),
                "at": at.isoformat(),
            }
        )
        at += timedelta(minutes=2)
    return parse_record({"id": 1, "contact_name": name, "messages": messages})


def suggest(
    *lines: str,
    name: str | None = "Ana Reis",
    later: timedelta = timedelta(minutes=10),
    facts: TenantFacts | None = None,
    proposal: str = "",
) -> Suggestion:
    """Suggests a message some time after the last line."""
    conversation = converse(*lines, name=name)
    now = max(m.at for m in conversation.messages if m.at) + later
    writer = SuggestionWriter(facts)
    return writer.write(conversation, STATES.read(conversation), now, proposal=proposal)


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("quanto custa o plano mensal?", "Os valores são: mensal R$ 129,90 por mês."),
        (
            "quanto custa a natação?",
            "Os valores são: Natação, 2x por semana R$ 1.220 por mês (com touca).",
        ),
        ("quais os horários da natação?", "Natação terça e quinta às 9h e 18h30."),
        ("quais os horários da natação de noite?", "Natação terça e quinta às 18h30."),
        ("qual a idade mínima?", "A idade aqui é: a partir de 6 anos."),
        ("que horas vocês abrem?", "de segunda a sexta das 6h às 22h e sábado das 8h às 14h."),
        ("onde fica a academia?", "O endereço é Rua A, 10."),
        ("tem estacionamento?", "Temos estacionamento próprio."),
        ("aceita cartão?", "Dá pra pagar com pix ou cartão."),
        ("aceita gympass?", "Aceitamos sim, atendemos Wellhub."),
        ("aceita totalpass?", "Hoje a gente atende Wellhub."),
        ("como funciona a aula experimental?", "A aula experimental é gratuita."),
    ],
)
def test_a_question_is_answered_from_the_facts_and_without_them_is_not(
    question: str, text: str
) -> None:
    answered = suggest(f"c: oi, quero treinar. {question}", facts=FACTS)
    assert text in answered.text
    unknown = suggest(f"c: oi, quero treinar. {question}")
    assert not any(fact in unknown.text for fact in ("R$", "6h", "Rua", "pix ou", "gratuita"))


def test_an_answer_to_a_prospect_ends_with_one_invitation() -> None:
    question = "c: oi, onde fica a academia?"
    assert "Quer marcar uma aula experimental (é grátis)?" in suggest(question, facts=FACTS).text
    invited = suggest("a: quer vir conhecer?", question, facts=FACTS)
    assert "Quer marcar" not in invited.text


def test_a_wish_beside_a_question_is_met_by_the_invitation() -> None:
    text = suggest("c: oi, onde fica a academia? queria conhecer", facts=FACTS).text
    assert "Rua A, 10" in text
    assert "Quer marcar uma aula experimental" in text


def test_a_member_is_sold_nothing() -> None:
    suggestion = suggest("c: meu boleto não veio, quanto custa a mensalidade?", facts=FACTS)
    assert "R$" not in suggestion.text + suggestion.afterwards
    assert "Quer marcar" not in suggestion.text


def test_what_no_fact_answers_is_taken_up_in_the_contacts_words() -> None:
    suggestion = suggest(
        "c: oi, tenho interesse na natação", "a: que bom!", "c: vcs vendem touca aí?"
    )
    assert (
        suggestion.text == "Ana, vou confirmar se a gente vende touca aqui e já te falo por aqui."
    )


def test_a_voice_message_is_answered_by_its_transcription_and_without_one_is_to_be_heard() -> None:
    assert "Recebi seu áudio" in suggest("c: |áudio").text
    assert "seu áudio" not in suggest("c: oi|áudio (transcrição)", facts=FACTS).text
    answer = suggest("c: oi, quanto custa o plano mensal?|áudio (transcrição)", facts=FACTS).text
    assert "mensal R$ 129,90" in answer
    assert "seu áudio" not in answer


def test_an_answer_is_late_after_half_a_day() -> None:
    lines = ("c: bom dia, vocês vendem touca?",)
    fresh, late = suggest(*lines), suggest(*lines, later=timedelta(days=2))
    assert fresh.holds_until == MONDAY + timedelta(hours=12)
    assert late.text == fresh.afterwards
    assert late.text.startswith("Oi, Ana! Desculpa a demora em te responder. ")
    assert late.holds_until is None


def test_words_of_a_day_hold_on_that_day() -> None:
    suggestion = suggest("c: quero fazer uma aula, hoje às 19h pode?")
    assert "hoje às 19h" in suggestion.text
    assert suggestion.holds_until == MONDAY.replace(hour=19)
    assert "19h" not in suggestion.afterwards


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Ana Reis", "Oi, Ana!"),
        ("Dona Marta", "Oi, Dona Marta!"),
        ("Rosângela (filha D. Zilda)", "Oi, Rosângela!"),
        ("Mãe do João", "Oi!"),
        ("Família Vale", "Oi!"),
        ("ju.arq", "Oi!"),
        ("🌻", "Oi!"),
        ("+55 47 99999-0000", "Oi!"),
        (None, "Oi!"),
    ],
)
def test_only_a_persons_name_is_greeted(name: str | None, greeting: str) -> None:
    text = suggest("c: bom dia, vocês vendem touca?", name=name).text
    assert text.startswith(f"{greeting} Vou ")


def test_an_elder_is_addressed_as_the_gym_does() -> None:
    suggestion = suggest(
        "c: bom dia",
        "a: bom dia, dona Ana! a senhora já treina?",
        "c: não, posso levar minha neta?",
    )
    assert "a senhora pode levar sua neta" in suggestion.text
    assert "lhe falo" in suggestion.text


VISIT = (
    "c: quero fazer uma aula experimental",
    "a: quinta 18h, pode ser?",
    "c: pode, quinta 18h",
    "a: combinado!",
)
THURSDAY = datetime(2026, 5, 7, 18, 0, tzinfo=ZONE)


def test_a_visit_is_remembered_from_the_day_before_and_asked_about_afterwards() -> None:
    soon = suggest(*VISIT)
    assert (soon.text, soon.holds_until) == ("", THURSDAY.replace(day=6, hour=8))
    reminder = suggest(*VISIT, later=timedelta(days=2, hours=12), facts=FACTS)
    assert "sua visita quinta (7/5) às 18h. Traga tênis e água." in reminder.text
    assert reminder.holds_until == THURSDAY.replace(hour=0)
    assert "já veio" in reminder.afterwards
    today = suggest(*VISIT, later=timedelta(days=2, hours=20))
    assert "sua visita hoje às 18h" in today.text
    assert today.holds_until == THURSDAY
    assert suggest(*VISIT, later=timedelta(days=3, hours=9)).text == ""
    later = suggest(*VISIT, later=timedelta(days=4))
    assert later.text == today.afterwards
    assert "deu certo?" in later.text


def test_a_lesson_of_who_speaks_of_no_first_visit_is_none() -> None:
    lines = ("c: oi, tem vaga na aula das 18h de quinta?", "a: tem sim, quinta às 18h pode vir")
    assert suggest(*lines, later=timedelta(days=4)).text == ""


WISH = "c: queria conhecer a academia, quero começar a treinar"


@pytest.mark.parametrize(
    "lines",
    [
        (WISH, "a: qual dia fica bom?", "+2d", "a: oi Ana, conseguiu pensar?"),
        (WISH, "a: o mensal é R$ 99", "c: obrigada, vou ver", "+3d", "a: oi Ana, o que achou?"),
        (WISH, "a: qual dia fica bom?", "c: mês que vem eu vejo isso", "a: combinado!"),
        (WISH, "a: quer marcar?", "c: quando eu receber te chamo", "a: fechado, te espero"),
        (WISH, "a: qual dia fica bom?", "c: melhor não marcar agora", "a: me chama!"),
        ("c: tô de passagem na cidade, queria fazer uma diária", "a: claro! qual dia você vem?"),
    ],
    ids=["the gym did", "the gym came back", "next month", "payday", "not now", "a tourist"],
)
def test_nobody_is_pressed_who_was_or_who_puts_it_off(lines: tuple[str, ...]) -> None:
    assert suggest(*lines, later=timedelta(days=5)).text == ""


@pytest.mark.parametrize(
    ("question", "again"),
    [
        ("Oba, que bom! Bora fechar?", "Voltando aqui: bora fechar?"),
        ("Funciona com hora marcada. Você já treina?", "Voltando aqui: você já treina?"),
        ("Tenho quarta 17h ou 19h. Qual prefere?", "Conseguiu ver o melhor dia pra vir?"),
        ("Olá Ana, tudo bem? Obrigada pelo interesse.", ""),
    ],
)
def test_a_question_is_asked_again_where_it_says_something_alone(question: str, again: str) -> None:
    written = suggest(WISH, f"a: {question}", later=timedelta(days=3)).text
    assert written == (f"Oi, Ana! {again}" if again else "") or written.startswith(
        f"Oi, Ana! {again} Me diz"
    )


def test_prices_that_were_told_are_not_offered_again() -> None:
    lines = (WISH, "a: o mensal é R$ 120", "c: ok, fiz a aula e gostei", "a: quer os planos?")
    assert "planos" not in suggest(*lines, later=timedelta(days=3)).text


def test_what_the_gym_has_handed_on_or_the_contact_gave_thanks_for_is_over() -> None:
    handed_on = ("c: o vestiário tá sem luz", "a: desculpa! Passei pra equipe.")
    thanked = ("c: o vestiário tá sem luz", "a: vou ver e te falo", "+1d", "c: recebi, obrigada!")
    for lines in (handed_on, thanked):
        assert suggest(*lines, later=timedelta(days=2)).text == ""


def test_the_sentence_of_an_advertisement_is_no_question_to_confirm() -> None:
    written = suggest("c: Olá! Posso receber mais informações sobre isso?", facts=FACTS)
    assert written.text.startswith("Oi, Ana! Claro! Me conta o que você quer saber.")
    assert "aula experimental (é grátis)" in written.text


def test_facts_answer_what_was_asked_and_nothing_else() -> None:
    plans = [{"name": name, "price": 100} for name in ("Mensal", "Trimestral", "Anual", "Diária")]
    facts = parse_facts(FACTS.to_json() | {"plans": plans})
    assert "anual R$ 100" in suggest("c: oi, qual o valor da mensalidade?", facts=facts).text
    assert "R$" not in suggest("c: oi, tem plano de 2x na semana?", facts=facts).text
    lessons = [
        {"activity": name, "days": ["seg"], "times": ["09:00"]}
        for name in ("Boxe", "Judô", "Jiu", "Dança", "Hidro", "Yoga")
    ]
    many = parse_facts(FACTS.to_json() | {"timetable": lessons})
    assert "das 6h às 22h" in suggest("c: oi, como são os horários da noite?", facts=many).text
    assert "Rua A" not in suggest("c: mudei de endereço, como atualizo?", facts=FACTS).text
    closed = suggest("c: que horas fecha hoje?", facts=FACTS, later=timedelta(days=3))
    assert "22h" not in closed.text + closed.afterwards


def test_a_missed_visit_is_won_back_and_a_cancelled_one_invited_anew() -> None:
    week = timedelta(days=7)
    missed = suggest(
        *VISIT,
        "+3d",
        "+9h",
        "a: oi Ana, não veio?",
        "c: desculpa, esqueci",
        "a: tudo bem!",
        later=week,
    )
    assert "Se ainda quiser vir" in missed.text
    ill = "c: oi, não vou conseguir ir, fiquei doente"
    cancelled = suggest(*VISIT, "+2d", ill, "a: melhoras!", later=week)
    assert "Quando quiser remarcar" in cancelled.text


def test_an_open_question_of_the_gym_is_asked_again_after_a_day() -> None:
    lines = ("c: quero saber dos planos", "a: oi Ana! Você já treinou alguma vez?")
    assert suggest(*lines).text == ""
    again = suggest(*lines, later=timedelta(days=2))
    assert again.text == "Oi, Ana! Voltando aqui: você já treinou alguma vez?"


def test_a_promise_is_spoken_of_after_a_day() -> None:
    lines = ("c: meu estorno caiu?", "a: vou ver com o financeiro e te falo", "c: tá bom")
    assert suggest(*lines).text == ""
    assert (
        "ainda estou vendo o estorno com o financeiro"
        in suggest(*lines, later=timedelta(days=2)).text
    )


def test_who_presses_hears_whom_the_gym_asks_and_an_excuse_where_it_is_long_due() -> None:
    lines = ("c: meu estorno caiu?", "a: vou ver com o financeiro e te falo")
    soon = suggest(*lines, "+1h", "c: conseguiu ver?")
    assert soon.text == "Ana, vou falar com o financeiro e te dou um retorno por aqui."
    late = suggest(*lines, "+2d", "c: conseguiu ver?")
    assert late.text.startswith("Oi, Ana! Desculpa a demora em te responder. Vou falar com o ")


def test_who_is_on_the_way_is_answered_within_the_hour_or_not_at_all() -> None:
    lines = ("c: oi, quero treinar", "a: vem hoje!", "c: vou atrasar, o professor espera?")
    assert "se o professor espera" in suggest(*lines).text
    assert suggest(*lines, later=timedelta(hours=2)).text == ""


@pytest.mark.parametrize(
    "question",
    ["o que precisa pra matricular?", "quanto é o do personal?", "posso ir de tênis?"],
)
def test_a_fact_that_was_not_asked_for_is_not_stated(question: str) -> None:
    text = suggest(f"c: oi, quero treinar. {question}", facts=FACTS).text
    assert not any(fact in text for fact in ("taxa", "R$", "trazer"))


@pytest.mark.parametrize(
    "lines",
    [
        ("c: oi", "a: oi!", "c: minha tia que viu a placa mandou eu falar aqui"),
        ("c: tem aula hoje?", "a: tem", "c: então vou ver se o tênis aparece kkk"),
        ("c: oi, tem vaga no judô?", "a: tem!", "c: e o sensei, é bravo? e se ele não for?"),
    ],
)
def test_nothing_vague_is_said(lines: tuple[str, ...]) -> None:
    assert suggest(*lines).text == ""


def test_what_was_asked_of_a_moment_is_left_unsaid_when_it_has_passed() -> None:
    lines = ("c: oi, quero treinar", "a: oi!", "c: hoje 19h tem aula?")
    assert "hoje 19h" in suggest(*lines).text
    assert suggest(*lines, later=timedelta(hours=11)).text == ""


@pytest.mark.parametrize(
    "lines",
    [
        ("c: quanto custa?", "a: 120", "c: obrigada!"),
        ("c: vocês querem anunciar na nossa rádio? segue proposta", "a: não, obrigado"),
        ("a: promoção só hoje!",),
    ],
)
def test_nothing_is_said_where_nobody_waits(lines: tuple[str, ...]) -> None:
    assert suggest(*lines) == Suggestion("", None, "")


def test_a_proposal_is_taken_where_a_message_is_due_and_its_time_has_not_passed() -> None:
    question = "c: vocês vendem touca?"
    plain = suggest(question, proposal="Oi! Vendemos sim, quer reservar uma?")
    assert (plain.text, plain.holds_until) == ("Oi! Vendemos sim, quer reservar uma?", None)
    dated = suggest(question, proposal="Oi! Pode vir hoje às 18h ver as toucas?")
    assert dated.holds_until == MONDAY.replace(hour=18)
    passed = suggest(question, proposal="Oi! Pode vir hoje às 18h?", later=timedelta(hours=9))
    assert "18h" not in passed.text
    assert suggest("c: obrigada!", "a: até!", proposal="Oi! Quer vir treinar?").text == ""


SILENCES = {
    "sells": ("c: oi, somos da gráfica Vale, segue a tabela. vocês usam panfleto?",),
    "mourns": ("c: meu pai faleceu ontem", "a: sinto muito", "c: vocês têm multa?"),
    "suffers": ("c: tá tudo bem?", "a: sim!", "c: torci o pé. vocês têm fila de espera?"),
    "has left": ("c: quero treinar", "a: oi!", "c: vocês vendem touca?", "c: já me matriculei"),
    "takes leave": ("c: quero treinar", "a: oi!", "c: vocês vendem touca?", "c: fui, até mais"),
    "speaks English": ("c: hello, we would like to train with you", "a: hi!", "c: and yoga tem?"),
    "knows by heart": ("c: quero treinar", "a: que bom!", "c: que horas é mais vazio?"),
    "asks advice": ("c: quero treinar", "a: que bom!", "c: o que vocês vão fazer?"),
    "asks thrice": (
        "c: quero treinar",
        "a: que bom!",
        "c: vocês vendem touca? vocês alugam armário? vocês vendem luva?",
    ),
    "asks half": (
        "c: quero treinar",
        "a: oi!",
        "c: vocês vendem touca? e quanto fica se ela passar pra duas vezes na semana",
    ),
    "sends a card": ("c: sou da van", "a: manda seu cartão", "c: olha só|imagem"),
    "presses": ("c: e o muro?", "a: vou ver e te falo", "+2d", "c: conseguiu ver?"),
}


@pytest.mark.parametrize("lines", SILENCES.values(), ids=SILENCES)
def test_silence_is_kept_where_a_rule_would_miss(lines: tuple[str, ...]) -> None:
    suggestion = suggest(*lines)
    assert (suggestion.text, suggestion.afterwards) == ("", "")


def test_an_outsider_is_answered_where_the_gym_promised() -> None:
    offer = "c: oi, somos a prefeitura, precisamos do documento da obra"
    pressed = suggest(offer, "a: vou ver e te mando", "+2d", "c: e o documento?")
    assert "a questão do documento" in pressed.text


def test_trouble_is_taken_up_by_the_thing_that_it_is_about() -> None:
    lines = ("c: oi, sou aluna", "a: oi!", "c: a catraca me barrou de novo")
    assert suggest(*lines).text.startswith(
        "Ana, sinto muito pelo transtorno. Vou verificar a questão da catraca e "
    )


def test_a_word_that_the_contact_gives_is_taken_on_the_day() -> None:
    lines = ("c: quero fazer o plano anual", "a: me manda seu nome completo?", "c: mando à noite")
    assert "fico no aguardo" in suggest(*lines).text
    assert suggest(*lines, later=timedelta(hours=13)).text == ""


def test_the_version_follows_the_facts_and_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = SuggestionWriter(FACTS).version
    assert before == SuggestionWriter(FACTS).version
    assert before != SuggestionWriter().version
    monkeypatch.setattr(suggestions, "_VERSION", suggestions._VERSION + 1)
    assert SuggestionWriter(FACTS).version != before


def test_a_transcript_without_instants_repeats_no_moment_in_what_lasts() -> None:
    record = {"id": 1, "messages": [{"from": "contact", "text": "oi, quinta às 19h tem aula?"}]}
    conversation = parse_record(json.loads(json.dumps(record)))
    written = SuggestionWriter().write(conversation, STATES.read(conversation), MONDAY)
    assert "19h" in written.text
    assert written.holds_until is not None
    assert "19h" not in written.afterwards
