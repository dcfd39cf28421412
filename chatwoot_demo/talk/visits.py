"""Scenarios of visits: proposed, agreed, moved, cancelled, and their outcome."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.calendar import DAY, HOUR, MINUTE, WEEKDAYS, Appointment
from chatwoot_demo.talk.dialogue import Dialogue, Slots
from chatwoot_demo.talk.invitations import (
    ACCEPTS,
    AFTER_CLASS,
    AGENT_CONFIRMS,
    ASK_TRIAL,
    ASK_WHEN,
    CONFIRMS,
    DISLIKED,
    ENROL_DATA,
    ENROL_DONE,
    ENROL_PAID,
    ENROL_STEPS,
    LIKED,
    LOOKS_FORWARD,
    OFFER,
    REMINDER,
    WANTS_SLOT,
    WANTS_TO_ENROL,
)
from chatwoot_demo.talk.moves import ask_another, give_reason, make_smalltalk, open_conversation


def book_visit(talk: Dialogue) -> None:
    """Both sides agree on a first visit; the contact may enrol after it."""
    ask_for_trial(talk)
    visit = agree_on_visit(talk)
    talk.add_label("experimental-agendada", 0.6)
    if attend_visit(talk, visit) and talk.draw_chance(0.45):
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
        talk.say(WANTS_SLOT, slots=_build_visit_slots(talk, again))
        talk.reply(AGENT_CONFIRMS, slots=_build_visit_slots(talk, again))
    else:
        talk.reply(
            "[sem problemas!|acontece!|tranquilo{nm}!|imagina!] [posso te colocar|consigo te encaixar|tenho vaga] {dia} às {hora}[, pode ser?|, serve?|, o que acha?|?]",
            slots=_build_visit_slots(talk, again),
        )
        talk.say(
            "[pode ser|serve sim|perfeito|ótimo|dá sim|fechado|pode marcar]"
            "[, {dia} {hora} então|, {dia} às {hora}|// {dia} às {hora} eu consigo|, muito obrigad{o}]",
            slots=_build_visit_slots(talk, again),
        )
        talk.reply(
            "[remarcado|combinado|prontinho|fechado]{nm}[!|.] [até {dia}.|te espero {dia} às {hora}.|{dia} às {hora}.]",
            slots=_build_visit_slots(talk, again),
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
            "[por enquanto não|ainda não sei|vou ver minha semana e te falo|deixa eu me organizar primeiro|eu te chamo quando der|essa semana tá impossível|acho que vou deixar pra mês que vem|melhor não marcar agora]"
            "[, [te chamo depois|qualquer coisa aviso|desculpa o transtorno|]|]"
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
            f"[{common.OK[1:-1]}|hmm|] [// {common.WILL_THINK}|vou ver se consigo e te falo|preciso ver no trabalho primeiro|se eu conseguir sair mais cedo eu vou|deixa eu confirmar com minha chefe]"
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
        talk.say(ACCEPTS, wait=_draw_short_wait(talk), slots=_build_visit_slots(talk, visit))
    else:
        talk.reply("{hello} " + ASK_WHEN)
        talk.await_contact()
        visit = talk.draw_appointment()
        talk.say(WANTS_SLOT, slots=_build_visit_slots(talk, visit))
        if talk.draw_chance(0.25):
            full, visit = visit, talk.draw_appointment()
            while visit.at == full.at:
                visit = talk.draw_appointment()
            talk.reply(
                "[{dia0} {hora0} já [lotou|fechou a turma|tá cheio], infelizmente.|esse horário não tenho mais vaga.|poxa, esse tá completo.] [pode ser|tenho|consigo] {dia} às {hora}[, serve?|, pode ser?|?]",
                wait=_draw_short_wait(talk), slots=_build_visit_slots(talk, visit) | {"dia0": lambda: talk.name_day(full), "hora0": full.hour},
            )  # fmt: skip
            talk.say(
                "[serve|pode ser|dá sim|ok, pode ser|tá ótimo|pode marcar][, {dia} {hora} então|// {dia} às {hora}|, fica {dia} às {hora}]",
                wait=_draw_short_wait(talk), slots=_build_visit_slots(talk, visit),
            )  # fmt: skip
    talk.reply(AGENT_CONFIRMS, wait=_draw_short_wait(talk), slots=_build_visit_slots(talk, visit))
    if "nome completo" in (talk.turns[-1].text or ""):
        talk.say(
            "[{nome_completo}|é {nome_completo}|{nome_completo}, obrigad{o}|pode colocar {nome_completo}]",
            wait=_draw_short_wait(talk),
        )
        talk.knows_name = True
    elif talk.draw_chance(0.7):
        talk.say(
            LOOKS_FORWARD,
            wait=_draw_short_wait(talk),
            mood="good",
            slots=_build_visit_slots(talk, visit),
        )
    if talk.draw_chance(0.2):
        talk.add_note(
            "[agendou|marcou] {exp} [{dia} {hora}|{hora} de {dia}][, veio do anúncio|, indicação de aluna|, tem interesse no anual|, avisar {coach}|]",
            slots=_build_visit_slots(talk, visit),
        )
    return visit


def call_off_visit(talk: Dialogue, visit: Appointment) -> None:
    """Adds the contact's cancellation, some hours before the visit."""
    talk.advance_to(visit.at - HOUR * talk.rng.uniform(1.5, 9))
    talk.say(
        "[{oi}[ {agente}|]|{oi}|oi{sô}, então|{uai}, {bom}|desculpa avisar em cima da hora|me desculpa]// [não vou conseguir ir [hoje|{dia}]|vou precisar [desmarcar|cancelar] [a aula|a {exp}|]|infelizmente não vai dar [pra eu ir|hoje|]|surgiu um imprevisto e não consigo ir|preciso desmarcar]"
        "[// [meu filho [tá com febre|ficou doente]|fiquei pres{o} no trabalho|[acordei|tô] gripad{o}|meu carro quebrou|marcaram uma reunião bem na hora|choveu muito e alagou tudo aqui|torci o pé|minha mãe passou mal|não consegui quem fique com as crianças]|]",
        wait=0, mood="plain", slots=_build_visit_slots(talk, visit),
    )  # fmt: skip


def attend_visit(talk: Dialogue, visit: Appointment) -> bool:
    """Adds messages about the visit, before and after it; returns whether the contact liked it."""
    reminder = talk.calendar.delay_until_staffed(visit.at - HOUR * talk.rng.uniform(3, 8))
    if talk.draw_chance(0.4) and talk.clock + HOUR < reminder < visit.at - HOUR:
        talk.advance_to(reminder)
        talk.reply(REMINDER, wait=0, slots=_build_visit_slots(talk, visit))
        if talk.draw_chance(0.7):
            talk.say(CONFIRMS, wait=talk.rng.uniform(1, 40) * MINUTE, mood="good")
    if talk.draw_chance(0.12):
        talk.advance_to(visit.at + HOUR)
        talk.reply(
            "[oi{nm}|{bom}{nm}|poxa{nm}], [sentimos sua falta [hoje|na aula]|não te vi na aula, aconteceu algo|deu algum imprevisto|conseguiu chegar]? [quer remarcar?|me avisa se quiser outro dia.|]",
            wait=0,
        )
        return False
    if talk.draw_chance(0.55):
        talk.advance_to(visit.at + HOUR * talk.rng.uniform(1.2, 20))
        talk.reply(AFTER_CLASS, wait=0)
        if talk.draw_chance(0.85):
            liked = talk.draw_chance(0.8)
            coach = "a" if talk.draw_chance(0.5) else "o"
            talk.say(
                LIKED if liked else DISLIKED, mood="good" if liked else "plain", slots={"x": coach}
            )
            if not liked:
                talk.reply(
                    "[entendo{nm}|sem problemas{nm}|obrigad{ag} por ser sincer{o}]! [se quiser tentar outro horário me avisa.|a primeira sempre assusta um pouco rs, se quiser faz mais uma por nossa conta.|qualquer coisa estamos aqui.]"
                )
            return liked
        return False
    talk.advance_to(visit.at + HOUR * talk.rng.uniform(2, 30))
    if talk.draw_chance(0.5):
        talk.say(
            "{oi}// "
            + "[fiz a {exp} [ontem|com vocês|essa semana] e [amei|gostei muito|curti]|adorei a aula, {coach} é [show|demais]|gostei muito daí]",
            wait=0,
            mood="good",
        )
        talk.reply(
            "[que bom que gostou{nm}!|ficamos felizes{nm}!|oba, que bom!] [e aí, vamos começar?|bora fechar?|quer que eu te passe os planos?|já quer garantir seu horário?]"
        )
        return True
    return False


def enrol(talk: Dialogue) -> None:
    """Adds the enrolment, the payment and the gym's own label."""
    with talk.use_mood("good"):
        talk.say(WANTS_TO_ENROL)
        talk.reply("{hello} " + ENROL_STEPS)
        talk.say(ENROL_DATA)
        talk.knows_name = True
        talk.reply(
            "[perfeito|obrigad{ag}|recebi|anotado]! [segue o link do pagamento: pag.example.com/{número}|te mandei o contrato e o link por e-mail.|o contrato foi pro seu e-mail, e o link é pag.example.com/{número}|te enviei o link, confere por favor?]",
            slots={"número": str(talk.rng.randint(1000, 99999))},
        )
        talk.say(ENROL_PAID)
        if talk.draw_chance(0.5):
            talk.send_file("image")
        talk.reply(ENROL_DONE)
        talk.enrol_contact()
        if talk.draw_chance(0.75):
            talk.say(
                f"[{common.THANKS[1:-1]}|[uhuu|eba|oba|aee], [obrigad{{o}}|valeu|bora]|até {_draw_weekday(talk)} então|feliz demais, obrigad{{o}}]"
            )


def _draw_short_wait(talk: Dialogue) -> float:
    """Draws the seconds between two messages while both sides agree on a visit."""
    return 20 + 1200 * talk.rng.random() ** 3


def _draw_weekday(talk: Dialogue) -> str:
    """Draws the name of a weekday one to three days after the clock."""
    return WEEKDAYS[(talk.calendar.to_local(talk.clock).weekday() + talk.rng.randint(1, 3)) % 5]


def _build_visit_slots(talk: Dialogue, visit: Appointment) -> Slots:
    """Builds the slots of a visit; its day is named when the turn is added."""
    return {"dia": lambda: talk.name_day(visit), "hora": visit.hour}


def _build_choice_slots(talk: Dialogue, visit: Appointment) -> Slots:
    """Builds the slots of the visit and of an alternative, the earlier first."""
    other = talk.draw_appointment()
    while other.at == visit.at:
        other = talk.draw_appointment()
    first, second = sorted((visit, other), key=lambda each: each.at)
    return _build_visit_slots(talk, first) | {
        "dia2": lambda: talk.name_day(second),
        "hora2": second.hour,
    }
