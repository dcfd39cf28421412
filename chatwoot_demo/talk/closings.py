"""The end of a script: who resolves it, by hand or by rule, snoozes it, or leaves it open."""
# ruff: noqa: E501  (phrases are easier to read in one piece)

from chatwoot_demo.talk.calendar import DAY, HOUR
from chatwoot_demo.talk.dialogue import Dialogue, Turn
from chatwoot_demo.talk.kinds import LEAD_KINDS


def close(talk: Dialogue, kind: str, answered: bool) -> None:
    """Adds the acts of agents at the end: they resolve, snooze, or leave it open."""
    if kind in LEAD_KINDS and answered:
        talk.add_label("lead", 0.45)
    if kind == "spam":
        talk.add_act("block")
    if kind == "campaign_silent":
        if talk.draw_chance(0.7):
            talk.clock += DAY * 3
            talk.add_act("auto_resolve")
        return
    if not answered:
        if talk.draw_chance(0.3):
            talk.clock += DAY * 7
            talk.add_act("auto_resolve")
        return
    if talk.draw_chance(0.1):
        talk.add_act("team", team=0 if kind in LEAD_KINDS else -1)
    if kind in LEAD_KINDS and talk.draw_chance(0.05):
        talk.add_act("priority", priority=talk.pick(("medium", "high", "urgent")))
    if talk.draw_chance(0.05):
        until = talk.clock + DAY * talk.rng.randint(3, 15)
        talk.add_act("snooze", until=until)
        talk.turns.append(Turn(until, "wake"))
    elif talk.draw_chance(0.35 if talk.place.nightly else 0.75):
        talk.clock = talk.calendar.delay_until_staffed(
            talk.clock + HOUR * min(48, talk.rng.lognormvariate(1.2, 1.2))
        )
        talk.add_act("resolve")
        _survey(talk)
        if talk.next_actor != "gym" and talk.draw_chance(0.07):
            talk.pause(HOUR * talk.rng.uniform(3, 40))
            talk.say(
                "[[deu certo aqui|vi agora|recebi|tudo certo então], [obrigad{o}|valeu|obrigad{o} pelo retorno]|bom trabalho aí pra vocês][!|]",
                mood="good",
                then="nobody",
            )
    elif not talk.place.nightly and talk.draw_chance(0.5):
        talk.clock += DAY * 7
        talk.add_act("auto_resolve")


def add_nightly_resolutions(talk: Dialogue) -> None:
    """Adds the rule's resolution at the end of each day on which something happened."""
    nights = []
    for turn, following in zip(talk.turns, [*talk.turns[1:], None], strict=True):
        night = talk.calendar.find_night(turn.at)
        if following is None or following.at > night:
            nights.append(Turn(night, "nightly"))
    talk.turns = sorted([*talk.turns, *nights], key=lambda turn: turn.at)


def _survey(talk: Dialogue) -> None:
    """Adds the survey that some gyms send after a resolution, and some answers."""
    if talk.place.kind in (
        "crossfit",
        "swimming",
        "functional",
        "boutique",
    ) and talk.draw_chance(0.5):
        talk.turns.append(Turn(talk.clock + 2, "csat"))
        if talk.draw_chance(0.35):
            rating = talk.rng.choices((5, 4, 3, 2, 1), (60, 22, 8, 4, 6))[0]
            talk.clock += 60 + HOUR * 5 * talk.rng.random() ** 3
            feedback = _FEEDBACK[rating] if talk.draw_chance(0.4) else ()
            talk.add_act("rate", rating=rating, feedback=talk.pick(feedback) if feedback else None)


_FEEDBACK: dict[int, tuple[str, ...]] = {
    5: (
        "Atendimento nota 10!",
        "Super atenciosos",
        "Muito rápido, amei",
        "Resolveram na hora",
        "Equipe maravilhosa",
    ),
    4: ("Bom, só demorou um pouco", "Gostei do atendimento", "Tudo certo", "Atenciosos"),
    3: ("Podia ser mais rápido", "Normal", "Ficou faltando responder uma dúvida"),
    2: ("Demorou demais", "Esperava mais"),
    1: ("Ninguém resolveu", "Péssimo, esperei 2 dias", "Não responderam o que perguntei"),
}
