"""Scenarios of campaigns: no answer, a no, interest."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.calendar import DAY, HOUR
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.moves import ask_another, open_conversation
from chatwoot_demo.talk.topics import PRICE, TIMES

CAMPAIGNS: tuple[tuple[str, str], ...] = (
    (
        "volta_as_aulas",
        "Oi{nm}! Faz um tempinho que você conversou com a gente 🧡 Esta semana a matrícula {no_lugar} é por nossa conta. Quer que eu reserve sua {exp}?",
    ),
    (
        "novas_turmas",
        "{nm_}abrimos novas turmas {no_lugar}, de manhã e à noite 💪 Quer que eu te mande os horários e os valores?",
    ),
    (
        "semana_aberta",
        "{gym}: semana de portas abertas! De segunda a sexta você treina sem pagar nada. Responda EU QUERO e escolha o horário.",
    ),
    (
        "planos_anuais",
        "{gym}: últimos dias do plano anual por {anual}/mês. Quer garantir? Responda SIM. Para não receber mais mensagens, responda PARAR.",
    ),
    (
        "saudade",
        "Sentimos sua falta{nm}! Que tal voltar a treinar? Preparamos uma condição especial para você {no_lugar}: {tri3} por mês no trimestral.",
    ),
)


def ignore_campaign(talk: Dialogue) -> None:
    """The contact does not answer a campaign."""
    _send_campaign(talk)


def stop_campaign(talk: Dialogue) -> None:
    """The contact answers a campaign with a no."""
    _send_campaign(talk)
    talk.say(
        "[{:opted_out=yes}[PARAR|parar|pare|sair|não quero [mais|] receber [mensagem|isso|essas mensagens]|[me tira|podem tirar meu número] [dessa lista|da lista]|não me [escreva|mande] mais [nada|mensagem|]|parem de mandar msg por favor]|{:next=gym}quem é?|{:next=gym}como conseguiram meu número?|não tenho interesse|obrigad{o} mas não|"
        "agora não, obrigad{o}|não, valeu][.|!|, por favor|]",
        wait=HOUR * talk.rng.uniform(0.02, 20), mood="plain", then="nobody",
    )  # fmt: skip
    if talk.draw_chance(0.6):
        talk.reply(
            "[sem problemas|ok|certo|desculpe o incômodo|tudo bem]{nm}[, já removi seu contato.|! retirei da lista.|, não enviaremos mais.|.]",
            then="nobody",
        )


def answer_campaign(talk: Dialogue) -> None:
    """The contact answers a campaign with interest."""
    _send_campaign(talk)
    talk.say(
        "[sim|quero|eu quero|oi, quero sim|opa, me interessa|tenho interesse|quero saber|quero aproveitar|ainda tá valendo?|até quando vai?|sim por favor|quero, como faço?]"
        "[// [{:role=returning}queria voltar mesmo|tava pensando nisso essa semana|quais os horários?|qual o valor?|serve pra minha esposa também?|tem vaga à noite?|tô precisando kkk]|]",
        wait=HOUR * talk.rng.uniform(0.02, 20), mood="good",
    )  # fmt: skip
    if talk.turns[0].data["campaign"] == "saudade":
        talk.mean(role="returning")
    talk.reply(
        "{hello} [que bom!|oba!|ótimo!|maravilha!] [vale até sexta.|ainda dá tempo sim.|a condição é {anual} no anual ou {tri3} no trimestral.|qual horário prefere, manhã ou noite? temos {manhãs} e {noites}.|qual dia você consegue vir?]"
    )
    for _ in range(talk.rng.randint(0, 2)):
        ask_another(talk)
    if talk.draw_chance(0.5):
        talk.say(common.WILL_THINK, then="open")
        talk.reply(common.FAREWELL_AGENT)


def refuse_contact(talk: Dialogue) -> None:
    """A lead asks, hears too much of the gym, and wants to be left alone."""
    open_conversation(talk, talk.pick((PRICE, TIMES)))
    talk.pause(DAY * talk.rng.uniform(1, 3))
    talk.reply(
        "[oi{nm}!|{bom}{nm}!] [conseguiu pensar|ainda tem interesse|vamos marcar uma {exp}]? [essa semana a matrícula tá grátis.|]",
        wait=0,
    )
    if talk.draw_chance(0.5):
        talk.pause(DAY * talk.rng.uniform(1, 4))
        talk.reply(
            "[{bom}{nm}!|oi{nm}!] últimos dias da promoção, [posso reservar sua vaga|vamos fechar]?",
            wait=0,
        )
    talk.say(
        "{:opted_out=yes}{:lost=other}[por favor, não me [escreva|mande mensagem|mande mais nada]|não me escreva mais[, por favor|]|não quero mais receber mensagens[ de vocês|]|para de mandar mensagem[, não tenho mais interesse|]|pode tirar meu número da lista, [desisti|não quero mais]|parem de me mandar msg, já desisti]",
        mood="bad",
        then="nobody",
    )
    if talk.draw_chance(0.6):
        talk.reply(
            "[desculpa o incômodo|tudo bem|entendido]{nm}, [não escreveremos mais.|já tirei seu contato da lista.]"
        )


def _send_campaign(talk: Dialogue) -> None:
    name, text = talk.pick(CAMPAIGNS)
    known = talk.who.known and talk.draw_chance(0.8)
    talk.add_campaign(
        text.replace("{nm_}", f"{talk.who.first}, " if known else "").replace(
            "{nm}", f", {talk.who.first}" if known else ""
        ),
        name,
    )
