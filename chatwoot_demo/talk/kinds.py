"""Every kind of script: its scenario, how often it occurs, and who the contact is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from random import Random

from chatwoot_demo.talk import campaigns, leads, members, others, relations, visits
from chatwoot_demo.talk.dialogue import Dialogue
from chatwoot_demo.talk.people import Person

PROSPECT, RETURNING = "prospect", "returning"
MEMBER, FAMILY, FORMER = "member", "member_family", "ex_member"
OUTSIDER, SPAM, UNKNOWN = "outsider", "spam", "unknown"


@dataclass(frozen=True)
class Kind:
    """A scenario with its relative frequency; ``role`` is who its contact is to the gym.

    ``standing`` is what the writer must be: member, former, or whoever.
    """

    scenario: Callable[[Dialogue], None]
    weight: float
    role: str
    standing: str | None = None


def _member(scenario: Callable[[Dialogue], None], weight: float) -> Kind:
    return Kind(scenario, weight, MEMBER, "member")


KINDS: dict[str, Kind] = {
    "visit_booked": Kind(visits.book_visit, 9, PROSPECT),
    "visit_rebooked": Kind(visits.rebook_visit, 2.5, PROSPECT),
    "visit_cancelled": Kind(visits.cancel_visit, 2.5, PROSPECT),
    "visit_proposed": Kind(visits.propose_visit, 4.5, PROSPECT),
    "enrolled": Kind(visits.enrol_after_visit, 6, PROSPECT),
    "price": Kind(leads.ask_price, 10, PROSPECT),
    "schedule": Kind(leads.ask_schedule, 7, PROSPECT),
    "details": Kind(leads.ask_details, 6, PROSPECT),
    "goal": Kind(leads.discuss_goal, 6, PROSPECT),
    "trial": Kind(leads.request_trial, 4, PROSPECT),
    "vague": Kind(leads.ask_vaguely, 3.5, PROSPECT),
    "lost": Kind(leads.decline_offer, 3, PROSPECT),
    "opt_out": Kind(campaigns.refuse_contact, 1, PROSPECT),
    "returning": Kind(leads.rejoin, 3, RETURNING, "former"),
    "child": Kind(leads.ask_for_child, 2.5, PROSPECT),
    "relative": Kind(leads.ask_for_relative, 2, PROSPECT),
    "company": Kind(leads.ask_for_company, 0.6, PROSPECT),
    "day_pass": Kind(leads.ask_for_day_pass, 1.2, PROSPECT),
    "men_allowed": Kind(others.ask_if_men_may_join, 0.8, PROSPECT),
    "referral": Kind(relations.refer_somebody, 2, PROSPECT, "member"),
    "member_billing": _member(members.ask_about_billing, 9),
    "member_classes": _member(members.ask_about_classes, 13),
    "member_freeze": _member(members.freeze_plan, 4.5),
    "member_cancel": _member(members.cancel_plan, 4),
    "member_lost_item": _member(members.report_lost_item, 3),
    "member_complaint": _member(members.complain, 3),
    "member_praise": _member(members.praise_gym, 2.5),
    "member_upgrade": _member(members.upgrade_plan, 2.5),
    "member_errand": _member(members.run_errand, 5),
    "member_asks": _member(relations.ask_as_lead, 2.5),
    "family": Kind(relations.write_for_member, 3.5, FAMILY),
    "former": Kind(relations.ask_as_former_member, 2.5, FORMER, "former"),
    "job_seeker": Kind(others.seek_job, 5, OUTSIDER),
    "vendor": Kind(others.offer_product, 6, OUTSIDER),
    "meeting": Kind(others.meet_outsider, 3.5, OUTSIDER),
    "partnership": Kind(others.propose_partnership, 2, OUTSIDER),
    "wrong_number": Kind(others.reach_wrong_number, 3.2, OUTSIDER),
    "off_topic": Kind(others.ask_off_topic, 2, OUTSIDER),
    "spam": Kind(others.send_spam, 2.2, SPAM),
    "greeting": Kind(others.greet, 4, UNKNOWN),
    "reaction": Kind(others.react_to_post, 3.5, UNKNOWN),
    "prank": Kind(others.play_prank, 0.2, UNKNOWN),
    "voice_message": Kind(others.send_voice_message, 2, UNKNOWN),
    "campaign_silent": Kind(campaigns.ignore_campaign, 2.5, UNKNOWN),
    "campaign_stop": Kind(campaigns.stop_campaign, 0.8, UNKNOWN),
    "campaign_answered": Kind(campaigns.answer_campaign, 1.2, PROSPECT),
}

CAMPAIGN_KINDS = frozenset(kind for kind in KINDS if kind.startswith("campaign_"))
"""Those that the gym starts."""

LEAD_KINDS = (
    frozenset(kind for kind, each in KINDS.items() if each.role in (PROSPECT, RETURNING))
    - CAMPAIGN_KINDS
)

_REGULAR_OUTSIDERS = frozenset({"job_seeker", "vendor", "meeting", "partnership"})


def draw_kind(rng: Random, place_kind: str, who: Person | None, at: float) -> str:
    """Draws what somebody writes about who is not answering a campaign; None is a stranger."""
    weights = _weigh_kinds(place_kind)
    if who is not None:
        weights = {kind: weight for kind, weight in weights.items() if _fits(kind, who, at)}
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def draw_campaign_kind(rng: Random) -> str:
    """Draws how somebody answers a campaign."""
    kinds = sorted(CAMPAIGN_KINDS)
    return rng.choices(kinds, [KINDS[kind].weight for kind in kinds])[0]


def _fits(kind: str, who: Person, at: float) -> bool:
    """Whether somebody who wrote before may write this."""
    each = KINDS[kind]
    if who.is_member(at):
        return each.standing == "member"
    if any(membership.since <= at for membership in who.memberships):
        return each.standing == "former"
    if each.standing is not None:
        return False
    if who.role == OUTSIDER:
        return kind in _REGULAR_OUTSIDERS
    if who.role == FAMILY:
        return each.role == FAMILY
    return kind in LEAD_KINDS


@cache
def _weigh_kinds(place_kind: str) -> dict[str, float]:
    """Returns the kinds of a conversation that a kind of gym has, and their weights."""
    weights = {kind: each.weight for kind, each in KINDS.items() if kind not in CAMPAIGN_KINDS}
    if place_kind != "women":
        del weights["men_allowed"]
    if place_kind in ("swimming", "martial", "dance"):
        weights["child"] *= 3.5
        weights["family"] *= 2
    elif place_kind not in ("crossfit",):
        weights["child"] *= 0.3
    if place_kind == "lowcost":
        weights |= {"member_billing": 15, "member_cancel": 8, "visit_booked": 5}
    if place_kind in ("pilates", "boutique"):
        weights |= {"day_pass": 0.4 if place_kind == "pilates" else 2.5, "member_classes": 18}
    return weights
