"""Builds one script of a kind: its scenario, its accidents and its closing."""

from dataclasses import dataclass
from random import Random

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk.calendar import DAY
from chatwoot_demo.talk.closings import add_nightly_resolutions, close
from chatwoot_demo.talk.dialogue import Dialogue, Turn, UnansweredTurnError
from chatwoot_demo.talk.kinds import (
    CAMPAIGN_KINDS,
    KINDS,
    LEAD_KINDS,
    draw_campaign_kind,
    draw_kind,
)
from chatwoot_demo.talk.people import Membership, Person
from chatwoot_demo.talk.places import PLACES

_FEW_CHANNELS = {
    **dict.fromkeys(CAMPAIGN_KINDS, ("whatsapp",)),
    "reaction": ("instagram",),
    "voice_message": ("whatsapp", "whatsapp", "instagram"),
}
_ADS = (
    ("Comece hoje", "Sua {exp} na {gym}. Toque e fale com a gente."),
    ("Primeira aula na {gym}", "Vagas limitadas esta semana em {cidade}."),
    ("Treine perto de casa", "Conheça a {gym}: turmas de manhã e à noite."),
    ("Matrícula zero", "Só até domingo na {gym}."),
)


@dataclass(slots=True)
class Script:
    """One episode: its contact, who the contact is to the gym, and its turns in order of time."""

    kind: str
    role: str
    who: Person
    channel: str
    turns: list[Turn]


def write(
    rng: Random,
    gym: Gym,
    start: float,
    stranger: Person,
    *,
    who: Person | None = None,
    channel: str | None = None,
    campaign: bool = False,
) -> Script:
    """Builds a script that starts at ``start`` (epoch seconds).

    ``who`` wrote before and does again, on ``channel``; without him the ``stranger`` writes. A
    ``campaign`` is a message of the gym, to be answered or not.
    """
    place = PLACES[gym.slug]
    kind = draw_campaign_kind(rng) if campaign else draw_kind(rng, place.kind, who, start)
    if channel is None:
        channel = rng.choice(_FEW_CHANNELS.get(kind, place.channels))
        if channel not in place.channels:
            channel = place.channels[0]
    who = stranger if who is None else who
    _settle_standing(rng, who, KINDS[kind].standing, start)
    talk = Dialogue(rng, gym, place, who, channel, start)
    if kind not in LEAD_KINDS:
        talk.menu = None
    try:
        KINDS[kind].scenario(talk)
    except UnansweredTurnError:
        answered = False
    else:
        answered = any(turn.act == "agent" for turn in talk.turns)
    if kind in LEAD_KINDS and channel in ("whatsapp", "instagram") and rng.random() < 0.13:
        talk.turns[0].data["referral"] = _draw_referral(talk)
    if rng.random() < 0.012 and answered:
        _add_misdirected_message(talk)
    if kind in LEAD_KINDS and talk.agent_spoke_last and answered and rng.random() < 0.06:
        _fail_last_messages(talk)
        answered = False
    _enrol_at_the_desk(talk)
    close(talk, kind, answered)
    talk.turns.sort(key=lambda turn: turn.at)
    if place.nightly:
        add_nightly_resolutions(talk)
    return Script(kind, KINDS[kind].role, who, channel, talk.turns)


def _settle_standing(rng: Random, who: Person, standing: str | None, start: float) -> None:
    """Gives somebody who writes for the first time the past that the story needs."""
    if standing is None or who.memberships:
        return
    since = start - DAY * rng.uniform(150, 900)
    until = start - DAY * rng.uniform(40, 140) if standing == "former" else None
    plan = rng.choice(("Mensal", "Trimestral", "Anual"))
    who.memberships.append(Membership(since, until, rng.random() < 0.85, plan))


def _enrol_at_the_desk(talk: Dialogue) -> None:
    """Lets some who came to a visit enrol days later, which nobody writes about."""
    visits = [turn.meaning["visit_at"] for turn in talk.turns if "visit_at" in turn.meaning]
    meanings = {key for turn in talk.turns for key in turn.meaning}
    states = [turn.meaning["visit"] for turn in talk.turns if "visit" in turn.meaning]
    if not visits or talk.who.memberships or meanings & {"enrolled", "lost", "opted_out"}:
        return
    if states[-1] in ("agreed", "done") and talk.draw_chance(0.15):
        since = max(visits[-1], talk.clock) + DAY * talk.rng.uniform(1, 6)
        talk.who.memberships.append(Membership(since, plan=talk.pick(("Mensal", "Anual"))))


def _draw_referral(talk: Dialogue) -> dict[str, str]:
    headline, body = talk.pick(_ADS)
    number = str(talk.rng.randrange(10**14, 10**15))
    kind = "ad" if talk.draw_chance(0.85) else "post"
    words = {"exp": talk.place.trial, "gym": talk.gym.name, "cidade": talk.gym.city}
    return {
        "source_id": number,
        "source_type": kind,
        "source_url": f"https://fb.example.com/{kind}/{number}",
        "headline": headline.format(**words),
        "body": body.format(**words),
        "media_type": talk.pick(("image", "video")),
        "ctwa_clid": f"{talk.rng.getrandbits(96):024x}",
    }


def _add_misdirected_message(talk: Dialogue) -> None:
    """Adds a message that an agent meant for another chat, and its deletion."""
    at = next(index for index, turn in enumerate(talk.turns) if turn.act == "agent")
    moment = talk.turns[at].at
    wrong = talk.pick(
        ("Oi, já tô saindo daqui", "Ok amor", "Chegou o material?", "Tá confirmado o almoço")
    )
    agent = {"agent": talk.agent}
    talk.turns[at + 1 : at + 1] = [
        Turn(moment + 0.6, "agent", wrong, agent),
        Turn(moment + 0.9, "delete", None, agent),
    ]


def _fail_last_messages(talk: Dialogue) -> None:
    """Marks the agent's last messages as undelivered; no agent reacts."""
    heard = max(turn.at for turn in talk.turns if turn.act == "contact")  # leads write first
    errors = _LATE if talk.clock - heard > DAY else _UNDELIVERABLE
    for turn in talk.turns:
        if turn.act == "agent" and turn.at > heard and talk.channel in errors:
            turn.data["error"] = errors[talk.channel]
            # what was said is lost, and who enrolled has
            turn.meaning = {"enrolled": True} if "enrolled" in turn.meaning else {}


_LATE = {
    "whatsapp": "131047: Re-engagement message",
    "instagram": "(#10) This message is sent outside of allowed window.",
}
_UNDELIVERABLE = {
    "whatsapp": "131026: Message undeliverable",
    "instagram": "(#551) This person isn't available right now.",
}
