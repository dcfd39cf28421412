"""What the sample gyms' conversations mean, as their author meant it: no rule reads a text.

``read_truth`` gives plain data as of an instant. The scripts mark their turns; a script is one
episode. What a test writes by hand belongs to the episode before, and calls for an answer.
"""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chatwoot_demo.records import Account, DemoConversation, Fact
from chatwoot_demo.talk.kinds import PROSPECT, RETURNING
from chatwoot_demo.talk.people import Person

GYM, NOBODY = "gym", "nobody"


@dataclass(slots=True)
class VisitTruth:
    """A first visit: none, proposed, agreed, cancelled, done or missed. Instants in epoch seconds.

    ``at`` is the visit's own, ``agreed_at`` when both sides first held one, ``moves`` how often
    another was agreed, ``confirmed`` whether the contact said once more that he comes.
    """

    state: str = "none"
    at: float | None = None
    agreed_at: float | None = None
    moves: int = 0
    confirmed: bool = False


@dataclass(slots=True)
class EpisodeTruth:
    """What a person wants of the gym once. ``number`` counts from 1 within the conversation.

    ``person`` is the smallest id of the person's contacts; messages are ids. ``waiting_since`` is
    the message that stands unanswered, where the gym moves next, and ``is_waiting`` whether that
    still calls for an answer: no agent resolved it, no snooze lasts, the contact began nothing else
    in the conversation, and the gym wrote to the person in no other one since.
    """

    conversation: int
    number: int
    person: int
    kind: str
    role: str
    began_at: float
    first_message: int = 0
    last_message: int = 0
    last_answer: int = 0  # the last message of an agent that arrived
    next_actor: str = NOBODY
    waiting_since: int | None = None
    is_waiting: bool = False
    visit: VisitTruth = field(default_factory=VisitTruth)
    outcome: str = "open"
    lost_reason: str | None = None
    opted_out: bool = False
    enrolled_on: date | None = None

    @property
    def is_lead(self) -> bool:
        """Whether somebody who does not train here asks to."""
        return self.role in (PROSPECT, RETURNING)


@dataclass(slots=True)
class PersonTruth:
    """Somebody who writes. ``id`` is the smallest of his contacts; days are the gym's own.

    Who has trained here has ``member_since``, and ``left_on`` if he does not any more.
    """

    id: int
    contact_ids: tuple[int, ...]
    is_member: bool = False
    member_since: date | None = None
    left_on: date | None = None
    opted_out: bool = False


@dataclass(slots=True)
class Truth:
    """One gym's people who write and their episodes, in the order of contacts and conversations."""

    persons: list[PersonTruth]
    episodes: list[EpisodeTruth]


def read_truth(account: Account, at: float) -> Truth:
    """Reads what is true of a gym at an instant (epoch seconds) that is not after the world's."""
    zone = ZoneInfo(account.timezone)
    people = {number: who for who in account.people for number in who.contacts.values()}
    persons: dict[int, PersonTruth] = {}
    members: dict[int, Person] = {}
    for contact in sorted(account.contacts.values(), key=lambda each: each.id):
        who = people.get(contact.id)
        ids = sorted(who.contacts.values()) if who else [contact.id]
        written = [each for each in ids if account.contacts[each].created_at <= at]
        if written and contact.id == written[0]:
            persons[contact.id] = _describe_person(who, tuple(written), at, zone)
            if who:
                members[contact.id] = who
    person_of = {number: person.id for person in persons.values() for number in person.contact_ids}
    episodes = [
        episode
        for conversation in account.conversations.values()
        if conversation.contact.id in person_of
        for episode in _read_episodes(conversation, person_of[conversation.contact.id], at)
    ]
    for episode in episodes:
        persons[episode.person].opted_out |= episode.opted_out
    _end_waits(episodes)
    _settle_enrolments(episodes, members, at, zone)
    return Truth([*persons.values()], episodes)


def _end_waits(episodes: list[EpisodeTruth]) -> None:
    """Lets nobody wait in an old episode, nor after an answer in another conversation."""
    newest = {each.conversation: each.number for each in episodes}
    by_person: dict[int, list[EpisodeTruth]] = {}
    for episode in episodes:
        by_person.setdefault(episode.person, []).append(episode)
    for episode in episodes:
        if episode.waiting_since is not None:
            episode.is_waiting &= newest[episode.conversation] == episode.number and all(
                other is episode or other.last_answer < episode.waiting_since
                for other in by_person[episode.person]
            )


def _describe_person(
    who: Person | None, contact_ids: tuple[int, ...], at: float, zone: ZoneInfo
) -> PersonTruth:
    person = PersonTruth(contact_ids[0], contact_ids)
    begun = [each for each in who.memberships if each.since <= at] if who else []
    if begun:
        last = max(begun, key=lambda each: each.since)
        person.member_since = datetime.fromtimestamp(last.since, zone).date()
        person.is_member = last.until is None or at < last.until
        if last.until is not None and not person.is_member:
            person.left_on = datetime.fromtimestamp(last.until, zone).date()
    return person


def _read_episodes(conversation: DemoConversation, person: int, at: float) -> list[EpisodeTruth]:
    lost = {
        each.id
        for each in conversation.messages
        if each.status == "failed" or "deleted" in each.content_attributes
    }
    readers: list[_Reader] = []
    for fact in conversation.facts:
        if fact.at > at:
            break
        if fact.act == "begin":
            episode = EpisodeTruth(
                conversation.display_id, len(readers) + 1, person, began_at=fact.at, **fact.meaning
            )
            readers.append(_Reader(episode))
        elif readers:
            readers[-1].read(fact, is_lost=fact.message in lost)
    return [reader.finish(at) for reader in readers]


def _settle_enrolments(
    episodes: list[EpisodeTruth], members: dict[int, Person], at: float, zone: ZoneInfo
) -> None:
    """Gives each enrolment to the person's last episode as a lead that began before it."""
    leads_of: dict[int, list[EpisodeTruth]] = {}
    for episode in episodes:
        if episode.is_lead and episode.person in members:
            leads_of.setdefault(episode.person, []).append(episode)
    for number, leads in leads_of.items():
        for membership in members[number].memberships:
            before = [each for each in leads if each.began_at < membership.since <= at]
            if before:
                last = max(before, key=lambda each: each.began_at)
                last.enrolled_on = datetime.fromtimestamp(membership.since, zone).date()


class _Reader:
    """Follows one episode from mark to mark."""

    def __init__(self, episode: EpisodeTruth) -> None:
        self._episode = episode
        self._run: int | None = None  # the contact's first message after the gym's last
        self._owed: int | None = None  # the message for which the gym promised something
        self._agreed: float | None = None
        self._resolved = False
        self._snoozed_until = 0.0

    def read(self, fact: Fact, *, is_lost: bool) -> None:
        """Reads what one turn means."""
        episode, meaning = self._episode, fact.meaning
        if fact.act == "resolve":
            self._resolved = True
            return
        if fact.act == "snooze":
            self._snoozed_until = meaning["until"]
            return
        assert fact.message is not None  # noqa: S101
        episode.first_message = episode.first_message or fact.message
        episode.last_message = fact.message
        if fact.act == "contact":
            self._resolved, self._snoozed_until = False, 0.0
            self._run = self._run or fact.message
            self._hear(meaning.get("next", GYM))
        elif fact.act in ("agent", "template") and not is_lost:
            episode.last_answer = fact.message
            self._answer(meaning.get("next", NOBODY))
        if not is_lost:
            self._read_rest(fact)

    def finish(self, at: float) -> EpisodeTruth:
        """Returns the episode as of an instant."""
        episode = self._episode
        if not episode.is_lead:
            episode.outcome, episode.lost_reason = "not_applicable", None
        episode.is_waiting = (
            episode.next_actor == GYM and not self._resolved and self._snoozed_until <= at
        )
        return episode

    def _hear(self, following: str) -> None:
        episode = self._episode
        if following == "patience":
            return
        episode.next_actor, self._owed = following, None
        episode.waiting_since = self._run if following == GYM else None

    def _answer(self, following: str) -> None:
        episode = self._episode
        if following == "promise":
            self._owed = self._owed or self._run or episode.waiting_since
            following = GYM
        else:
            self._owed = None
        episode.next_actor, episode.waiting_since = following, self._owed
        self._run = None

    def _read_rest(self, fact: Fact) -> None:
        episode, meaning = self._episode, fact.meaning
        episode.role = meaning.get("role", episode.role)
        episode.opted_out |= "opted_out" in meaning
        if "lost" in meaning:
            episode.outcome, episode.lost_reason = "lost", meaning["lost"]
        elif "outcome" in meaning:
            episode.outcome, episode.lost_reason = meaning["outcome"], None
        visit = episode.visit
        if "confirmed" in meaning:
            episode.visit = replace(visit, confirmed=True)
        state = meaning.get("visit")
        if state == "agreed":
            is_moved = self._agreed not in (None, meaning["visit_at"])
            self._agreed = meaning["visit_at"]
            episode.visit = VisitTruth(
                state,
                self._agreed,
                fact.at if visit.agreed_at is None else visit.agreed_at,
                visit.moves + is_moved,
                visit.confirmed and not is_moved,
            )
        elif state is not None:
            episode.visit = replace(
                visit, state=state, at=None if state == "proposed" else visit.at
            )
