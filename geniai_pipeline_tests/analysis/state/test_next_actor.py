"""Who must act next, and since which message."""

import pytest

from geniai_pipeline.analysis.state import StateReader
from geniai_pipeline_tests.support.dialogues import dialogue


@pytest.fixture(scope="module")
def reader() -> StateReader:
    return StateReader()


@pytest.mark.parametrize(
    ("lines", "since"),
    [
        (["c: oi", "c: quanto custa o plano mensal?"], 0),
        (["a: oi, tudo bem", "c: boa tarde", "c: a esteira quebrou de novo"], 1),
        (["c: quanto é a aula?", "b: Olá! Nosso horário é de 6h às 22h."], 0),
        (["c: tem desconto pra casal?", "a: vou ver e te falo"], 0),
        (["c: tem desconto?", "a: vou ver com o dono", "c: ok, obrigada"], 0),
        (["c: tem desconto?", "a: vou ver com o dono", "c: ok", "+2d", "c: e aí?"], 2),
        (["c: me manda o recibo?", "a: um momento", "c: 👍"], 0),
        (["a: qual o nome dele?", "c: Pedro Lucas"], 1),
        (["a: oi, como posso ajudar?", "c: [áudio]"], 1),
        (["c: posso pagar no pix?", "n: ver com a gerente"], 0),
        (["a: manda o comprovante por favor", "c: [imagem]"], 1),
        (["a: quinta 6h ou 18h?", "c: tanto faz"], 1),
        (["c: tem aula?", "a: quer que eu te mande a grade?", "c: quero"], 2),
        (["c: tem aula de dança?", "a: Boa tarde, em que posso ajudar?"], 0),
        (["c: pode ser quarta ou quinta, 17h"], 0),
        (["c: oi", "c: quero marcar aula", "b: Digite:\n1 - Aulas\n2 - Outros", "c: 1"], 0),
        (["c: tem aula de ioga?", "b: Por favor, classifique a conversa"], 0),
        (["c: tem aula de ioga?", "b: Já estou chamando alguém da equipe."], 0),
        (["c: tem desconto?", "a: vou ver com o dono", "c: obrigada", "a: imagina!"], 0),
        (["c: vocês têm nota?", "a: quer que eu te mande os planos?", "c: blz"], 2),
        (["a: e aí, gostou da aula?", "c: amei!"], 1),
        (["c: quanto custa?", "a: RESPOSTA AUTOMATICA: retornaremos em breve"], 0),
        (["c: quanto custa?", "a: Mensagens automáticas. Retornaremos em breve"], 0),
        (["a: qual horário você prefere?", "c: sexta 8h fica bom"], 1),
        (["c: a catraca trava", "a: resolvido", "c: valeu", "+3d", "c: travou de novo"], 2),
    ],
)
def test_the_gym_is_next_since_the_unanswered_message(
    reader: StateReader, lines: list[str], since: int
) -> None:
    state = reader.read(dialogue(*lines))
    assert (state.next_actor, state.waiting_since) == ("gym", since)


@pytest.mark.parametrize(
    "lines",
    [
        ["c: quanto é?", "a: 99,90. Quer fazer uma aula experimental?"],
        ["c: oi", "a: oi! qual horário você prefere?", "c: vou ver com meu marido e te aviso"],
        ["c: quero cancelar", "a: me manda foto do documento", "c: ok, obrigada"],
        ["a: quinta às 18h ou sexta?", "c: [figurinha]"],
        ["a: me manda o laudo?", "c: mando amanhã", "a: combinado"],
        ["c: abre cedo?", "a: abre. você já treina?", "c: entendi"],
    ],
)
def test_the_contact_is_next_while_something_of_the_gym_is_open(
    reader: StateReader, lines: list[str]
) -> None:
    state = reader.read(dialogue(*lines))
    assert (state.next_actor, state.waiting_since) == ("contact", None)


@pytest.mark.parametrize(
    "lines",
    [
        ["c: abre sábado?", "a: abre, das 8h às 14h", "c: obrigada!"],
        ["c: abre sábado?", "a: abre sim"],
        ["a: quinta 18h te espero", "c: combinado, até quinta"],
        ["a: quinta 18h pode ser?", "c: pode ser"],
        ["a: lembrando que sua aula é hoje", "c: [reação]"],
        ["c: tem vaga?", "a: tem sim", "c: vou pensar, qualquer coisa te aviso"],
        ["c: como posso pagar?", "a: Temos as opções de débito automático ou cartão."],
        ["a: quer marcar uma aula?", "c: não, obrigada. achei outra perto de casa"],
        ["c: oi", "a: quer conhecer?", "+5d", "a: vou encerrar seu atendimento por aqui"],
        ["c: tem vaga às 15h?", "a: não temos. se abrir vaga te aviso"],
        ["c: mudo o vencimento?", "a: vou pedir e te aviso", "+3h", "a: feito!", "c: valeu"],
        ["c: tem vaga de moto?", "b: Temos sim, na lateral do prédio.", "c: 👏👏"],
        ["c: qual o horário?", "a: Olá Ana, tudo bem? As turmas são às 6h, 7h e 8h."],
        ["c: tem personal?", "a: tem, te passo o contato se quiser", "c: obrigado"],
        ["a: quer que eu te mande a grade?", "c: e o preço?", "a: 99 reais", "c: ok"],
        ["a: te espero quinta 18h", "c: posso levar meu cão? kkk brincadeira, até quinta"],
        ["a: fechado, quinta 18h. qual seu nome completo?", "c: Ana Paula Souza"],
        ["c: 👏👏 que show"],
        ["a: amanhã às 7h tem sua aula, confirma?", "c: confirmo sim, chego uns minutos antes"],
        [],
    ],
)
def test_nobody_is_next_where_nothing_is_open(reader: StateReader, lines: list[str]) -> None:
    state = reader.read(dialogue(*lines))
    assert (state.next_actor, state.waiting_since) == ("nobody", None)
