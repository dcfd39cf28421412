"""Scenes of a visit: proposed, agreed, moved, cancelled, and its outcome."""
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
from chatwoot_demo.talk.moves import ask_another, give_reason, open_conversation, smalltalk


def book_visit(talk: Dialogue) -> None:
    """A first visit, agreed by both sides; it may end in an enrolment."""
    asks_for_trial(talk)
    visit = agrees(talk)
    talk.label("experimental-agendada", 0.6)
    if comes(talk, visit) and talk.chance(0.45):
        enrols(talk)


def rebook_visit(talk: Dialogue) -> None:
    """A visit moved to another day and hour, both accepted."""
    asks_for_trial(talk)
    visit = agrees(talk)
    cancels(talk, visit)
    talk.agent_turns_up()
    again = talk.appointment(after=talk.clock + DAY)
    if talk.chance(0.5):
        talk.reply(
            "[sem problemas{nm}!|imagina, acontece!|tranquilo!|poxa, melhoras!|fica tranquil{o}!] [qual outro dia fica bom|quer remarcar pra quando|quer deixar pra outro dia|vamos remarcar]?"
        )
        talk.says(WANTS_SLOT, slots=_when(talk, again))
        talk.reply(AGENT_CONFIRMS, slots=_when(talk, again))
    else:
        talk.reply(
            "[sem problemas!|acontece!|tranquilo{nm}!|imagina!] [posso te colocar|consigo te encaixar|tenho vaga] {dia} às {hora}[, pode ser?|, serve?|, o que acha?|?]",
            slots=_when(talk, again),
        )
        talk.says(
            "[pode ser|serve sim|perfeito|ótimo|dá sim|fechado|pode marcar]"
            "[, {dia} {hora} então|, {dia} às {hora}|// {dia} às {hora} eu consigo|, muito obrigad{o}]",
            slots=_when(talk, again),
        )
        talk.reply(
            "[remarcado|combinado|prontinho|fechado]{nm}[!|.] [até {dia}.|te espero {dia} às {hora}.|{dia} às {hora}.]",
            slots=_when(talk, again),
        )
    talk.label("experimental-agendada", 0.6)
    if comes(talk, again) and talk.chance(0.4):
        enrols(talk)


def cancel_visit(talk: Dialogue) -> None:
    """A visit called off, with no new date."""
    asks_for_trial(talk)
    visit = agrees(talk)
    cancels(talk, visit)
    talk.reply(
        "[sem problemas{nm}!|que pena!|tranquilo, acontece.|poxa, tudo bem.|imagina!] [quer remarcar|vamos ver outro dia|quer deixar agendado outro dia|qual outro dia fica bom]?"
    )
    if talk.chance(0.6):
        talk.says(
            "[por enquanto não|ainda não sei|vou ver minha semana e te falo|deixa eu me organizar primeiro|eu te chamo quando der|essa semana tá impossível|acho que vou deixar pra mês que vem|melhor não marcar agora]"
            "[, [te chamo depois|qualquer coisa aviso|desculpa o transtorno|]|]"
        )
        talk.reply(
            "[tá bom|combinado|sem problemas|claro]{nm}[, quando quiser é só chamar.|! estamos por aqui.|. me chama quando puder!|, as portas estão abertas.]"
        )


def propose_visit(talk: Dialogue) -> None:
    """The gym proposes a day and an hour; nobody ever accepts."""
    asks_for_trial(talk)
    talk.agent_turns_up()
    talk.reply("{hello} " + OFFER, slots=_two(talk, talk.appointment()))
    if talk.chance(0.35):
        talk.says(
            f"[{common.OK[1:-1]}|hmm|] [// {common.WILL_THINK}|vou ver se consigo e te falo|preciso ver no trabalho primeiro|se eu conseguir sair mais cedo eu vou|deixa eu confirmar com minha chefe]"
        )
        talk.reply(common.FAREWELL_AGENT)
    elif talk.chance(0.6):
        talk.pause(DAY * talk.rng.uniform(1, 3))
        talk.reply(
            "[oi{nm}!|{bom}{nm}!|{nm} oi!] [quer agendar|vamos marcar|posso reservar|ainda quer fazer] [a {exp}|sua {exp}][ essa semana|]? "
            "[as vagas estão acabando.|me fala o melhor dia pra você.|fico no aguardo.|]",
            wait=0,
        )


def enrol_after_visit(talk: Dialogue) -> None:
    """Decides to enrol in the first conversation, without a trial."""
    open_conversation(talk)
    for _ in range(talk.rng.randint(0, 2)):
        ask_another(talk)
    enrols(talk)


def asks_for_trial(talk: Dialogue) -> None:
    """The opening of someone who ends up asking for a trial."""
    if talk.chance(0.35):
        open_conversation(talk, extra=ASK_TRIAL)
        return
    open_conversation(talk)
    if talk.chance(0.5):
        give_reason(talk)
    for _ in range(talk.rng.randint(0, 2)):
        ask_another(talk)
    smalltalk(talk)
    talk.says(ASK_TRIAL)


def agrees(talk: Dialogue) -> Appointment:
    """Both sides settle on a day and an hour."""
    talk.agent_turns_up()
    if talk.chance(0.45):
        visit = talk.appointment()
        talk.reply("{hello} " + OFFER, slots=_two(talk, visit))
        talk.says(ACCEPTS, wait=_soon(talk), slots=_when(talk, visit))
    else:
        talk.reply("{hello} " + ASK_WHEN)
        talk.contact_turns_up()
        visit = talk.appointment()
        talk.says(WANTS_SLOT, slots=_when(talk, visit))
        if talk.chance(0.25):
            full, visit = visit, talk.appointment()
            while visit.at == full.at:
                visit = talk.appointment()
            talk.reply(
                "[{dia0} {hora0} já [lotou|fechou a turma|tá cheio], infelizmente.|esse horário não tenho mais vaga.|poxa, esse tá completo.] [pode ser|tenho|consigo] {dia} às {hora}[, serve?|, pode ser?|?]",
                wait=_soon(talk), slots=_when(talk, visit) | {"dia0": lambda: talk.day(full), "hora0": full.hour},
            )  # fmt: skip
            talk.says(
                "[serve|pode ser|dá sim|ok, pode ser|tá ótimo|pode marcar][, {dia} {hora} então|// {dia} às {hora}|, fica {dia} às {hora}]",
                wait=_soon(talk), slots=_when(talk, visit),
            )  # fmt: skip
    talk.reply(AGENT_CONFIRMS, wait=_soon(talk), slots=_when(talk, visit))
    if "nome completo" in (talk.turns[-1].text or ""):
        talk.says(
            "[{nome_completo}|é {nome_completo}|{nome_completo}, obrigad{o}|pode colocar {nome_completo}]",
            wait=_soon(talk),
        )
        talk.knows_name = True
    elif talk.chance(0.7):
        talk.says(LOOKS_FORWARD, wait=_soon(talk), mood="good", slots=_when(talk, visit))
    if talk.chance(0.2):
        talk.note(
            "[agendou|marcou] {exp} [{dia} {hora}|{hora} de {dia}][, veio do anúncio|, indicação de aluna|, tem interesse no anual|, avisar {coach}|]",
            slots=_when(talk, visit),
        )
    return visit


def cancels(talk: Dialogue, visit: Appointment) -> None:
    """The contact calls the visit off, some hours before it."""
    talk.until(visit.at - HOUR * talk.rng.uniform(1.5, 9))
    talk.says(
        "[{oi}[ {agente}|]|{oi}|oi{sô}, então|{uai}, {bom}|desculpa avisar em cima da hora|me desculpa]// [não vou conseguir ir [hoje|{dia}]|vou precisar [desmarcar|cancelar] [a aula|a {exp}|]|infelizmente não vai dar [pra eu ir|hoje|]|surgiu um imprevisto e não consigo ir|preciso desmarcar]"
        "[// [meu filho [tá com febre|ficou doente]|fiquei pres{o} no trabalho|[acordei|tô] gripad{o}|meu carro quebrou|marcaram uma reunião bem na hora|choveu muito e alagou tudo aqui|torci o pé|minha mãe passou mal|não consegui quem fique com as crianças]|]",
        wait=0, mood="plain", slots=_when(talk, visit),
    )  # fmt: skip


def comes(talk: Dialogue, visit: Appointment) -> bool:
    """The day of the visit: a reminder, perhaps the day after. Says whether it was liked."""
    reminder = talk.calendar.attended(visit.at - HOUR * talk.rng.uniform(3, 8))
    if talk.chance(0.4) and talk.clock + HOUR < reminder < visit.at - HOUR:
        talk.until(reminder)
        talk.reply(REMINDER, wait=0, slots=_when(talk, visit))
        if talk.chance(0.7):
            talk.says(CONFIRMS, wait=talk.rng.uniform(1, 40) * MINUTE, mood="good")
    if talk.chance(0.12):
        talk.until(visit.at + HOUR)
        talk.reply(
            "[oi{nm}|{bom}{nm}|poxa{nm}], [sentimos sua falta [hoje|na aula]|não te vi na aula, aconteceu algo|deu algum imprevisto|conseguiu chegar]? [quer remarcar?|me avisa se quiser outro dia.|]",
            wait=0,
        )
        return False
    if talk.chance(0.55):
        talk.until(visit.at + HOUR * talk.rng.uniform(1.2, 20))
        talk.reply(AFTER_CLASS, wait=0)
        if talk.chance(0.85):
            liked = talk.chance(0.8)
            coach = "a" if talk.chance(0.5) else "o"
            talk.says(
                LIKED if liked else DISLIKED, mood="good" if liked else "plain", slots={"x": coach}
            )
            if not liked:
                talk.reply(
                    "[entendo{nm}|sem problemas{nm}|obrigad{ag} por ser sincer{o}]! [se quiser tentar outro horário me avisa.|a primeira sempre assusta um pouco rs, se quiser faz mais uma por nossa conta.|qualquer coisa estamos aqui.]"
                )
            return liked
        return False
    talk.until(visit.at + HOUR * talk.rng.uniform(2, 30))
    if talk.chance(0.5):
        talk.says(
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


def enrols(talk: Dialogue) -> None:
    """The contact enrols, pays, and gets the gym's own label."""
    with talk.feeling("good"):
        talk.says(WANTS_TO_ENROL)
        talk.reply("{hello} " + ENROL_STEPS)
        talk.says(ENROL_DATA)
        talk.knows_name = True
        talk.reply(
            "[perfeito|obrigad{ag}|recebi|anotado]! [segue o link do pagamento: pag.example.com/{número}|te mandei o contrato e o link por e-mail.|o contrato foi pro seu e-mail, e o link é pag.example.com/{número}|te enviei o link, confere por favor?]",
            slots={"número": str(talk.rng.randint(1000, 99999))},
        )
        talk.says(ENROL_PAID)
        if talk.chance(0.5):
            talk.sends("image")
        talk.reply(ENROL_DONE)
        talk.converts()
        if talk.chance(0.75):
            talk.says(
                f"[{common.THANKS[1:-1]}|[uhuu|eba|oba|aee], [obrigad{{o}}|valeu|bora]|até {_weekday(talk)} então|feliz demais, obrigad{{o}}]"
            )


def _soon(talk: Dialogue) -> float:
    """Seconds between two messages of people who are settling something."""
    return 20 + 1200 * talk.rng.random() ** 3


def _weekday(talk: Dialogue) -> str:
    """A weekday soon."""
    return WEEKDAYS[(talk.calendar.local(talk.clock).weekday() + talk.rng.randint(1, 3)) % 5]


def _when(talk: Dialogue, visit: Appointment) -> Slots:
    """The words for the visit, at the moment they are said."""
    return {"dia": lambda: talk.day(visit), "hora": visit.hour}


def _two(talk: Dialogue, visit: Appointment) -> Slots:
    """The words for the visit and another possible one, the earlier first."""
    other = talk.appointment()
    while other.at == visit.at:
        other = talk.appointment()
    first, second = sorted((visit, other), key=lambda each: each.at)
    return _when(talk, first) | {"dia2": lambda: talk.day(second), "hora2": second.hour}
