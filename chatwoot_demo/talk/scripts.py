"""Builds one conversation of a kind: its scenario and its closing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from random import Random

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk import leads, members, others, visits
from chatwoot_demo.talk.calendar import DAY, HOUR
from chatwoot_demo.talk.dialogue import Dialogue, Turn, UnansweredTurnError
from chatwoot_demo.talk.people import Person, draw_person
from chatwoot_demo.talk.places import PLACES

Scenario = Callable[[Dialogue], None]

SCENARIOS: dict[str, tuple[Scenario, float]] = {
    "visit_booked": (visits.book_visit, 9),
    "visit_rebooked": (visits.rebook_visit, 2.5),
    "visit_cancelled": (visits.cancel_visit, 2.5),
    "visit_proposed": (visits.propose_visit, 4.5),
    "enrolled": (visits.enrol_after_visit, 3.5),
    "price": (leads.ask_price, 10),
    "schedule": (leads.ask_schedule, 7),
    "details": (leads.ask_details, 6),
    "goal": (leads.discuss_goal, 6),
    "trial": (leads.request_trial, 4),
    "vague": (leads.ask_vaguely, 3.5),
    "lost": (leads.decline_offer, 3),
    "returning": (leads.rejoin, 2),
    "child": (leads.ask_for_child, 2.5),
    "relative": (leads.ask_for_relative, 2),
    "company": (leads.ask_for_company, 0.6),
    "day_pass": (leads.ask_for_day_pass, 1.2),
    "member_billing": (members.ask_about_billing, 4),
    "member_classes": (members.ask_about_classes, 6),
    "member_freeze": (members.freeze_plan, 2),
    "member_cancel": (members.cancel_plan, 2),
    "member_lost_item": (members.report_lost_item, 1.6),
    "member_complaint": (members.complain, 1.5),
    "member_praise": (members.praise_gym, 1.2),
    "member_upgrade": (members.upgrade_plan, 1.2),
    "member_errand": (members.run_errand, 2.5),
    "job_seeker": (others.seek_job, 1.8),
    "vendor": (others.offer_product, 2),
    "spam": (others.send_spam, 0.6),
    "wrong_number": (others.reach_wrong_number, 1),
    "campaign_silent": (others.ignore_campaign, 2.5),
    "campaign_stop": (others.stop_campaign, 0.8),
    "campaign_answered": (others.answer_campaign, 1.2),
    "greeting": (others.greet, 1.6),
    "reaction": (others.react_to_post, 1.2),
    "partnership": (others.propose_partnership, 0.6),
    "off_topic": (others.ask_off_topic, 0.6),
    "prank": (others.play_prank, 0.12),
    "voice_message": (others.send_voice_message, 1),
    "men_allowed": (others.ask_if_men_may_join, 0.8),
}
"""Every kind of conversation: its scenario and its relative frequency."""

LEAD_KINDS = frozenset(list(SCENARIOS)[:17])
_GYM_STARTS = frozenset({"campaign_silent", "campaign_stop", "campaign_answered"})
_KNOWN_BEFORE = (
    frozenset({kind for kind in SCENARIOS if kind.startswith("member_")} | {"returning"})
    | _GYM_STARTS
)
_FEW_CHANNELS = {
    **dict.fromkeys(_GYM_STARTS, ("whatsapp",)),
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
    """A whole conversation: its contact, its channel, and its turns in order of time."""

    kind: str
    who: Person
    channel: str
    turns: list[Turn]


def write(rng: Random, gym: Gym, start: float, *, known: list[Person] | None = None) -> Script:
    """Builds a conversation that starts at ``start`` (epoch seconds).

    ``known`` are earlier contacts, who are often the contact of a member's conversation.
    """
    place = PLACES[gym.slug]
    kinds, weights = _weigh_kinds(place.kind)
    kind = rng.choices(kinds, weights)[0]
    channel = rng.choice(_FEW_CHANNELS.get(kind, place.channels))
    if channel not in place.channels:
        channel = place.channels[0]
    who = None
    if known and kind in _KNOWN_BEFORE and rng.random() < 0.45:
        who = rng.choice(known)
    if who is None:
        share = {"men_allowed": 0.0}.get(kind, place.women)
        who = draw_person(rng, gym.area_code, share, gym.state)
    talk = Dialogue(rng, gym, place, who, who.channel or channel, start)
    if kind not in LEAD_KINDS:
        talk.menu = None
    if kind in _GYM_STARTS:
        talk.clock = _find_office_morning(talk)
    who.channel = talk.channel
    try:
        SCENARIOS[kind][0](talk)
    except UnansweredTurnError:
        answered = False
    else:
        answered = any(turn.act == "agent" for turn in talk.turns)
    if kind in LEAD_KINDS and talk.channel in ("whatsapp", "instagram") and rng.random() < 0.13:
        talk.turns[0].data["referral"] = _draw_referral(talk)
    if rng.random() < 0.012 and answered:
        _add_misdirected_message(talk)
    if kind in LEAD_KINDS and talk.agent_spoke_last and answered and rng.random() < 0.06:
        _fail_last_messages(talk)
        answered = False
    _close(talk, kind, answered)
    who.member = who.member or talk.member
    talk.turns.sort(key=lambda turn: turn.at)
    return Script(kind, who, talk.channel, talk.turns)


def _find_office_morning(talk: Dialogue) -> float:
    """Returns an instant after ten o'clock, the hour of campaigns, of the last weekday."""
    day = talk.calendar.to_local(talk.clock).replace(hour=10, minute=0, second=0, microsecond=0)
    while day.timestamp() >= talk.clock or day.weekday() > 4:
        day -= timedelta(days=1)
    return day.timestamp() + 240 * talk.rng.random()


@cache
def _weigh_kinds(place_kind: str) -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Returns the kinds of conversation that a kind of gym has, and their weights."""
    weights = {kind: weight for kind, (_, weight) in SCENARIOS.items()}
    if place_kind != "women":
        del weights["men_allowed"]
    if place_kind in ("swimming", "martial", "dance"):
        weights["child"] *= 3.5
    elif place_kind not in ("crossfit",):
        weights["child"] *= 0.3
    if place_kind == "lowcost":
        weights |= {"member_billing": 8, "member_cancel": 5, "visit_booked": 5}
    if place_kind in ("pilates", "boutique"):
        weights |= {"day_pass": 0.4 if place_kind == "pilates" else 2.5, "member_classes": 9}
    return tuple(weights), tuple(weights.values())


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


_LATE = {
    "whatsapp": "131047: Re-engagement message",
    "instagram": "(#10) This message is sent outside of allowed window.",
}
_UNDELIVERABLE = {
    "whatsapp": "131026: Message undeliverable",
    "instagram": "(#551) This person isn't available right now.",
}


def _close(talk: Dialogue, kind: str, answered: bool) -> None:
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
    elif talk.draw_chance(0.8):
        talk.clock = talk.calendar.delay_until_staffed(
            talk.clock + HOUR * talk.rng.lognormvariate(1.2, 1.2)
        )
        talk.add_act("resolve")
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
                talk.add_act(
                    "rate", rating=rating, feedback=talk.pick(feedback) if feedback else None
                )


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
