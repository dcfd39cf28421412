"""Scenarios of visits: proposed, agreed, moved, cancelled, and their outcome."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.attendance import attend_visit, enrol
from chatwoot_demo.talk.calendar import DAY, HOUR, Appointment
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.invitations import (
    ACCEPTS,
    AGENT_CONFIRMS,
    AGENT_FIXES,
    ASK_TRIAL,
    ASK_WHEN,
    CONTACT_FIXES,
    FREE_WHEN,
    LOOKS_FORWARD,
    OFFER,
    WANTS_SLOT,
)
from chatwoot_demo.talk.moves import ask_another, give_reason, make_smalltalk, open_conversation
from chatwoot_demo.talk.phrasing import Slots


def book_visit(talk: Dialogue) -> None:
    """Both sides agree on a first visit; the contact may enrol after it."""
    ask_for_trial(talk)
    visit = agree_on_visit(talk)
    talk.add_label("experimental-agendada", 0.6)
    if attend_visit(talk, visit) and talk.draw_chance(0.55):
        enrol(talk)


def rebook_visit(talk: Dialogue) -> None:
    """Both sides agree on a visit, and then on another day and hour."""
    ask_for_trial(talk)
    visit = agree_on_visit(talk)
    call_off_visit(talk, visit)
    talk.await_agent()
    again = talk.draw_appointment(after=talk.clock + DAY)
    if talk.draw_chance(0.5):
        talk.reply(
            "[sem problemas{nm}!|imagina, acontece!|tranquilo!|poxa, melhoras!|fica tranquil{o}!] [qual outro dia fica bom|quer remarcar pra quando|quer deixar pra outro dia|vamos remarcar]?"
        )
        talk.say(WANTS_SLOT, slots=talk.name_visit(again))
        talk.reply(AGENT_CONFIRMS, slots=talk.name_visit(again))
        talk.mean(visit="agreed", visit_at=again.at)
    else:
        talk.reply(
            "[sem problemas!|acontece!|tranquilo{nm}!|imagina!] {:visit=proposed}[posso te colocar|consigo te encaixar|tenho vaga] {dia} às {hora}[, pode ser?|, serve?|, o que acha?|?]",
            slots=talk.name_visit(again),
        )
        talk.say(
            "[pode ser|serve sim|perfeito|ótimo|dá sim|fechado|pode marcar]"
            "[, {dia} {hora} então|, {dia} às {hora}|// {dia} às {hora} eu consigo|, muito obrigad{o}]",
            slots=talk.name_visit(again),
        )
        talk.mean(visit="agreed", visit_at=again.at)
        talk.reply(
            "[remarcado|combinado|prontinho|fechado]{nm}[!|.] [até {dia}.|te espero {dia} às {hora}.|{dia} às {hora}.]",
            slots=talk.name_visit(again),
        )
    talk.add_label("experimental-agendada", 0.6)
    if attend_visit(talk, again) and talk.draw_chance(0.4):
        enrol(talk)


def cancel_visit(talk: Dialogue) -> None:
    """The contact cancels a visit, without a new date."""
    ask_for_trial(talk)
    visit = agree_on_visit(talk)
    call_off_visit(talk, visit)
    talk.reply(
        "[sem problemas{nm}!|que pena!|tranquilo, acontece.|poxa, tudo bem.|imagina!] [quer remarcar|vamos ver outro dia|quer deixar agendado outro dia|qual outro dia fica bom]?"
    )
    if talk.draw_chance(0.6):
        talk.say(
            "[por enquanto não|{:next=contact}ainda não sei|{:next=contact}vou ver minha semana e te falo|{:next=contact}deixa eu me organizar primeiro|{:next=contact}eu te chamo quando der|essa semana tá impossível|acho que vou deixar pra mês que vem|melhor não marcar agora]"
            "[, [te chamo depois|qualquer coisa aviso|desculpa o transtorno|]|]",
            then="nobody",
        )
        talk.reply(
            "[tá bom|combinado|sem problemas|claro]{nm}[, quando quiser é só chamar.|! estamos por aqui.|. me chama quando puder!|, as portas estão abertas.]"
        )


def propose_visit(talk: Dialogue) -> None:
    """The gym proposes a day and an hour; the contact never accepts."""
    ask_for_trial(talk)
    talk.await_agent()
    talk.reply("{hello} " + OFFER, slots=_build_choice_slots(talk, talk.draw_appointment()))
    if talk.draw_chance(0.35):
        talk.say(
            f"[{common.OK[1:-1]}|hmm|] [// {common.WILL_THINK}|vou ver se consigo e te falo|preciso ver no trabalho primeiro|se eu conseguir sair mais cedo eu vou|deixa eu confirmar com minha chefe]",
            then="open",
        )
        talk.reply(common.FAREWELL_AGENT)
    elif talk.draw_chance(0.6):
        talk.pause(DAY * talk.rng.uniform(1, 3))
        talk.reply(
            "[oi{nm}!|{bom}{nm}!|{nm} oi!] [quer agendar|vamos marcar|posso reservar|ainda quer fazer] [a {exp}|sua {exp}][ essa semana|]? "
            "[as vagas estão acabando.|me fala o melhor dia pra você.|fico no aguardo.|]",
            wait=0,
        )


def enrol_after_visit(talk: Dialogue) -> None:
    """The contact enrols in the first conversation, without a trial."""
    open_conversation(talk)
    for _ in range(talk.rng.randint(0, 2)):
        ask_another(talk)
    enrol(talk)


def ask_for_trial(talk: Dialogue) -> None:
    """Adds the opening of a contact, up to their request for a trial."""
    if talk.draw_chance(0.35):
        open_conversation(talk, extra=ASK_TRIAL)
        return
    open_conversation(talk)
    if talk.draw_chance(0.5):
        give_reason(talk)
    for _ in range(talk.rng.randint(0, 2)):
        ask_another(talk)
    make_smalltalk(talk)
    talk.say(ASK_TRIAL)


def agree_on_visit(talk: Dialogue) -> Appointment:
    """Adds the agreement on a day and an hour, and returns it."""
    talk.await_agent()
    if talk.draw_chance(0.45):
        visit = talk.draw_appointment()
        talk.reply("{hello} " + OFFER, slots=_build_choice_slots(talk, visit))
        talk.say(ACCEPTS, wait=_draw_short_wait(talk), slots=talk.name_visit(visit))
        talk.mean(visit="agreed", visit_at=visit.at)
    elif talk.draw_chance(0.35):
        return _agree_on_date(talk)
    else:
        talk.reply("{hello} " + ASK_WHEN)
        talk.await_contact()
        visit = talk.draw_appointment()
        talk.say(WANTS_SLOT, slots=talk.name_visit(visit))
        if talk.draw_chance(0.25):
            full, visit = visit, talk.draw_appointment()
            while visit.at == full.at:
                visit = talk.draw_appointment()
            talk.reply(
                "[{dia0} {hora0} já [lotou|fechou a turma|tá cheio], infelizmente.|esse horário não tenho mais vaga.|poxa, esse tá completo.] {:visit=proposed}[pode ser|tenho|consigo] {dia} às {hora}[, serve?|, pode ser?|?]",
                wait=_draw_short_wait(talk), slots=talk.name_visit(visit) | {"dia0": lambda: talk.name_day(full), "hora0": full.hour},
            )  # fmt: skip
            talk.say(
                "[serve|pode ser|dá sim|ok, pode ser|tá ótimo|pode marcar][, {dia} {hora} então|// {dia} às {hora}|, fica {dia} às {hora}]",
                wait=_draw_short_wait(talk), slots=talk.name_visit(visit),
            )  # fmt: skip
            talk.mean(visit="agreed", visit_at=visit.at)
    talk.reply(AGENT_CONFIRMS, wait=_draw_short_wait(talk), slots=talk.name_visit(visit))
    talk.mean(visit="agreed", visit_at=visit.at)
    if "nome completo" in (talk.turns[-1].text or ""):
        talk.say(
            "[{nome_completo}|é {nome_completo}|{nome_completo}, obrigad{o}|pode colocar {nome_completo}]",
            wait=_draw_short_wait(talk),
            then="nobody",
        )
        talk.knows_name = True
    elif talk.draw_chance(0.7):
        talk.say(
            LOOKS_FORWARD,
            wait=_draw_short_wait(talk),
            mood="good",
            slots=talk.name_visit(visit),
            then="nobody",
        )
    if talk.draw_chance(0.2):
        talk.add_note(
            "[agendou|marcou] {exp} [{dia} {hora}|{hora} de {dia}][, veio do anúncio|, indicação de aluna|, tem interesse no anual|, avisar {coach}|]",
            slots=talk.name_visit(visit),
        )
    return visit


def _agree_on_date(talk: Dialogue) -> Appointment:
    """Adds an agreement in which one side fixes the day by its date and the other accepts."""
    talk.reply("{hello} " + ASK_WHEN)
    if talk.draw_chance(0.55):
        talk.say(FREE_WHEN)
        talk.mean(visit="proposed")
        talk.await_agent()
        visit = talk.draw_appointment()
        talk.reply(AGENT_FIXES, slots=talk.name_visit(visit))
        talk.say(
            "[ok|combinado|tá marcado|perfeito|fechado|pode ser|beleza|ótimo|tá bom][, até lá|, obrigad{o}|, vou sim|, anotado|, marcado então||]",
            wait=_draw_short_wait(talk),
            then="nobody",
        )
    else:
        talk.await_contact()
        visit = talk.draw_appointment()
        talk.say(CONTACT_FIXES, slots=talk.name_visit(visit))
        talk.mean(visit="proposed")
        talk.reply(
            "[combinado|fechado|marcado|perfeito|pode vir|anotado]{nm}[!|, te esperamos!|! até lá.|, tá na agenda.| 👍]",
            wait=_draw_short_wait(talk),
        )
    talk.mean(visit="agreed", visit_at=visit.at)
    return visit


def call_off_visit(talk: Dialogue, visit: Appointment) -> None:
    """Adds the contact's cancellation, some hours before the visit."""
    talk.advance_to(visit.at - HOUR * talk.rng.uniform(1.5, 9))
    talk.say(
        "[{oi}[ {agente}|]|{oi}|oi{sô}, então|{uai}, {bom}|desculpa avisar em cima da hora|me desculpa]// [não vou conseguir ir [hoje|{dia}]|vou precisar [desmarcar|cancelar] [a aula|a {exp}|]|infelizmente não vai dar [pra eu ir|hoje|]|surgiu um imprevisto e não consigo ir|preciso desmarcar]"
        "[// [meu filho [tá com febre|ficou doente]|fiquei pres{o} no trabalho|[acordei|tô] gripad{o}|meu carro quebrou|marcaram uma reunião bem na hora|choveu muito e alagou tudo aqui|torci o pé|minha mãe passou mal|não consegui quem fique com as crianças]|]",
        wait=0, mood="plain", slots=talk.name_visit(visit),
    )  # fmt: skip
    talk.mean(visit="cancelled")


def _draw_short_wait(talk: Dialogue) -> float:
    """Draws the seconds between two messages while both sides agree on a visit."""
    return 20 + 1200 * talk.rng.random() ** 3


def _build_choice_slots(talk: Dialogue, visit: Appointment) -> Slots:
    """Builds the slots of the visit and of an alternative, the earlier first."""
    other = talk.draw_appointment()
    while other.at == visit.at:
        other = talk.draw_appointment()
    first, second = sorted((visit, other), key=lambda each: each.at)
    return talk.name_visit(first) | {
        "dia2": lambda: talk.name_day(second),
        "hora2": second.hour,
    }
