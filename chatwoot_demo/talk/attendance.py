"""What follows an agreed visit: the reminder, the visit or its absence, the enrolment."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk import common
from chatwoot_demo.talk.calendar import HOUR, MINUTE, WEEKDAYS, Appointment
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.invitations import (
    AFTER_CLASS,
    CONFIRMS,
    DISLIKED,
    ENROL_DATA,
    ENROL_DONE,
    ENROL_PAID,
    ENROL_STEPS,
    LIKED,
    MISSED,
    MISSED_ASK,
    MISSED_LOST,
    REMINDER,
    WANTS_TO_ENROL,
)


def attend_visit(talk: Dialogue, visit: Appointment) -> bool:
    """Adds messages about the visit, before and after it; returns whether the contact liked it."""
    reminder = talk.calendar.delay_until_staffed(visit.at - HOUR * talk.rng.uniform(3, 8))
    if talk.draw_chance(0.5) and talk.clock + HOUR < reminder < visit.at - HOUR:
        talk.advance_to(reminder)
        talk.reply(REMINDER, wait=0, slots=talk.name_visit(visit))
        if talk.draw_chance(0.7):
            talk.say(CONFIRMS, wait=talk.rng.uniform(1, 40) * MINUTE, mood="good", then="nobody")
    if talk.draw_chance(0.16):
        miss_visit(talk, visit)
        return False
    if talk.draw_chance(0.55):
        talk.advance_to(visit.at + HOUR * talk.rng.uniform(1.2, 20))
        talk.reply(AFTER_CLASS, wait=0)
        if talk.draw_chance(0.85):
            liked = talk.draw_chance(0.8)
            coach = "a" if talk.draw_chance(0.5) else "o"
            talk.say(
                LIKED if liked else DISLIKED,
                mood="good" if liked else "plain",
                slots={"x": coach},
            )
            if liked and talk.draw_chance(0.75):
                talk.reply(
                    "[que bom que gostou|ficamos felizes|oba, que bom]{nm}! [e aí, vamos começar?|bora fechar?|quer que eu te passe os planos?|já quer garantir seu horário?]"
                )
            elif not liked:
                talk.reply(
                    "[entendo{nm}|sem problemas{nm}|obrigad{ag} por ser sincer{o}]! [se quiser tentar outro horário me avisa.|a primeira sempre assusta um pouco rs, se quiser faz mais uma por nossa conta.|qualquer coisa estamos aqui.]"
                )
            return liked
        return False
    talk.advance_to(visit.at + HOUR * talk.rng.uniform(2, 30))
    if talk.draw_chance(0.5):
        talk.say(
            "{oi}// "
            + "{:visit=done}[fiz a {exp} [ontem|com vocês|essa semana] e [amei|gostei muito|curti]|adorei a aula, {coach} é [show|demais]|gostei muito daí]",
            wait=0,
            mood="good",
        )
        talk.reply(
            "[que bom que gostou{nm}!|ficamos felizes{nm}!|oba, que bom!] [e aí, vamos começar?|bora fechar?|quer que eu te passe os planos?|já quer garantir seu horário?]"
        )
        return True
    return False


def miss_visit(talk: Dialogue, visit: Appointment) -> None:
    """Adds the messages about a visit that the contact missed: another day, a no, or silence."""
    talk.advance_to(talk.calendar.delay_until_staffed(visit.at + HOUR))
    talk.reply("[oi{nm}|{bom}{nm}|poxa{nm}], " + MISSED, wait=0)
    talk.mean(visit="missed")
    draw = talk.rng.random()
    if draw < 0.35:
        return
    if draw < 0.6:
        talk.say(MISSED_LOST, mood="plain", then="nobody")
        talk.reply(
            "[entendo|sem problemas|tranquilo]{nm}[, as portas estão abertas.|! quando quiser é só chamar.|, obrigad{ag} por avisar.]"
        )
        return
    talk.await_contact()
    again = talk.draw_appointment(after=max(talk.clock, visit.at))
    talk.say(MISSED_ASK, slots=talk.name_visit(again))
    talk.mean(visit="proposed")
    talk.reply(
        "[claro!|imagina, acontece!|sem problemas{nm}!|pode sim!] [remarcado pra|então fica|te espero] {data} às {hora}.",
        slots=talk.name_visit(again),
    )
    talk.mean(visit="agreed", visit_at=again.at)
    if talk.draw_chance(0.5):
        talk.say(
            "[obrigad{o}, dessa vez vou|combinado|até lá|tá marcado|agora vai rs]", then="nobody"
        )


def enrol(talk: Dialogue) -> None:
    """Adds the enrolment, the payment and the gym's own label."""
    with talk.use_mood("good"):
        talk.say(WANTS_TO_ENROL)
        talk.reply("{hello} " + ENROL_STEPS, then="contact")
        talk.say(ENROL_DATA)
        talk.knows_name = True
        talk.reply(
            "[perfeito|obrigad{ag}|recebi|anotado]! [segue o link do pagamento: pag.example.com/{número}|te mandei o contrato e o link por e-mail.|o contrato foi pro seu e-mail, e o link é pag.example.com/{número}|te enviei o link, confere por favor?]",
            slots={"número": str(talk.rng.randint(1000, 99999))},
            then="contact",
        )
        talk.say(ENROL_PAID)
        if talk.draw_chance(0.5):
            talk.send_file("image")
        talk.reply(ENROL_DONE)
        talk.enrol_contact()
        if talk.draw_chance(0.75):
            talk.say(
                f"[{common.THANKS[1:-1]}|[uhuu|eba|oba|aee], [obrigad{{o}}|valeu|bora]|até {_draw_weekday(talk)} então|feliz demais, obrigad{{o}}]",
                then="nobody",
            )


def _draw_weekday(talk: Dialogue) -> str:
    """Draws the name of a weekday one to three days after the clock."""
    return WEEKDAYS[(talk.calendar.to_local(talk.clock).weekday() + talk.rng.randint(1, 3)) % 5]
