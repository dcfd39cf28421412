"""Plans the scripts of the world: when they start, who writes, and who comes back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from chatwoot_demo.gyms import Gym
from chatwoot_demo.records import Account, DemoConversation
from chatwoot_demo.talk.calendar import DAY
from chatwoot_demo.talk.kinds import FAMILY, MEMBER, OUTSIDER, PROSPECT, RETURNING
from chatwoot_demo.talk.people import Membership, Person, draw_person
from chatwoot_demo.talk.places import PLACES
from chatwoot_demo.talk.scripts import Script, write

HISTORY = timedelta(days=120)
_HOURS = (1, 0.5, 0.2, 0.2, 0.3, 1, 3, 4, 5, 6, 6, 7, 8, 6, 5, 5, 5, 6, 8, 9, 9, 8, 6, 3)
_WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 0.9, 0.55, 0.45)
_LATEST = 8
_LATEST_SECONDS = 45 * 60
"""Conversations just before the anchor, so that the first page shows waiting contacts."""
_CAMPAIGNS = 0.045
"""The share of conversations that a campaign of the gym starts."""
_RETURNS = {PROSPECT: 0.32, RETURNING: 0.3, MEMBER: 0.36, FAMILY: 0.3, OUTSIDER: 0.15}
"""How many of those who wrote, by who they are to the gym, write again one day."""
_TAKES_RETURN = 0.25
"""How many new conversations are of somebody who wrote before, where somebody is due."""
_OLD_FORM_EVERY = 12
"""Each so many people have a number that may be written without its ninth digit."""
_WALK_INS = 0.35
"""Members who never write, per conversation of the history."""


def build_random(seed: str) -> Random:
    """Builds a random generator that gives the same values for the same seed."""
    return Random(seed)  # noqa: S311  (a made-up world, not a secret)


@dataclass(slots=True)
class Opening:
    """A script to be written at ``at``: a stranger's new conversation, or ``who`` writing again.

    ``who`` writes in the old ``conversation``. ``campaign``: the gym writes first.
    """

    gym: Gym
    seed: str
    at: float
    campaign: bool = False
    who: Person | None = None
    conversation: DemoConversation | None = None


class ScriptRun:
    """The progress of a script: its next turn, and its conversation."""

    __slots__ = ("conversation", "gym", "next", "script")

    def __init__(self, gym: Gym, script: Script, conversation: DemoConversation | None) -> None:
        self.gym = gym
        self.script = script
        self.next = 0
        self.conversation = conversation


class ScriptAuthor:
    """Writes one gym's scripts, each different, and remembers who wrote."""

    def __init__(self, gym: Gym, account: Account, seed: str, anchor: float) -> None:
        self._gym = gym
        self._account = account
        self._place = PLACES[gym.slug]
        self._texts: set[str] = set()
        self._addresses: set[str] = set()
        self._strangers = count(1)
        self._due: list[tuple[float, Person]] = []
        self._add_walk_ins(build_random(seed), anchor)

    def write(self, opening: Opening) -> Script:
        """Writes a script with contact messages that this gym has not seen before."""
        who, channel = opening.who, None
        if who is not None:
            channel = who.channel
        elif not opening.campaign:
            who, channel = self._take_due(build_random(f"{opening.seed} who"), opening.at)
        before = [*who.memberships] if who else []
        for attempt in count():
            rng = build_random(f"{opening.seed} {attempt}")
            script = write(
                rng,
                self._gym,
                opening.at,
                self._draw_stranger(rng),
                who=who,
                channel=channel,
                campaign=opening.campaign,
            )
            texts = [turn.text or "" for turn in script.turns if turn.act == "contact"]
            text = " ".join(texts)
            if len(texts) < 2 or text not in self._texts:
                break
            if who is not None:
                who.memberships[:] = before
        self._texts.add(text)
        self._remember(script)
        return script

    def plan_return(self, run: ScriptRun) -> Opening | None:
        """Plans the same person's next script in the same conversation, if there will be one.

        Who comes back to a new conversation instead takes the place of a stranger one day.
        """
        script, who = run.script, run.script.who
        heard = [turn.at for turn in script.turns if turn.act == "contact"]
        rng = build_random(f"{self._gym.slug} {who.phone} {who.busy_until}")
        left = any("opted_out" in turn.meaning for turn in script.turns)
        if not heard or left or rng.random() > _RETURNS.get(script.role, 0.06):
            return None
        at = heard[-1] + DAY * (
            rng.uniform(14.3, 45) if rng.random() < 0.7 else rng.uniform(60, 75)
        )
        resolved = [turn.at for turn in script.turns if turn.act == "resolve"]
        if resolved and not self._place.nightly and heard[-1] < resolved[-1] and rng.random() < 0.5:
            at = resolved[-1] + DAY * rng.uniform(3.3, 14)
        at = self._wake(rng, max(at, script.turns[-1].at + 3600))
        conversation = run.conversation
        if conversation is None or not conversation.inbox.one_thread or rng.random() < 0.3:
            self._due.append((at, who))
            return None
        return Opening(
            self._gym, f"{self._gym.slug} {who.phone} {at}", at, False, who, conversation
        )

    def _take_due(self, rng: Random, at: float) -> tuple[Person | None, str | None]:
        """Takes one of those who are due, and a channel on which a new conversation begins."""
        if rng.random() > _TAKES_RETURN:
            return None, None
        found = [
            (index, channels)
            for index, (due, who) in enumerate(self._due)
            if due <= at and who.busy_until < at and (channels := self._list_channels(who))
        ]
        if not found:
            return None, None
        index, channels = rng.choice(found)
        return self._due.pop(index)[1], rng.choice(channels)

    def _list_channels(self, who: Person) -> list[str]:
        """Lists the channels on which a message of theirs starts a new conversation."""
        return [
            channel
            for channel in dict.fromkeys(self._place.channels)
            if channel not in who.threads
            or (
                not self._place.one_thread
                and (thread := self._account.conversations.get(who.threads[channel]))
                and thread.status == "resolved"
            )
        ]

    def _wake(self, rng: Random, at: float) -> float:
        """Moves an instant of the night to the next day's hours of business."""
        hour = datetime.fromtimestamp(at, ZoneInfo(self._gym.timezone)).hour
        return at if 8 <= hour < 21 else at + 3600 * ((8 - hour) % 24 + 12 * rng.random())

    def _draw_stranger(self, rng: Random) -> Person:
        """Draws somebody whose telephone number and e-mail address nobody else has here."""
        while True:
            who = draw_person(rng, self._gym.area_code, self._place.women, self._gym.state)
            if not self._addresses & {who.phone, who.email}:
                return who

    def _remember(self, script: Script) -> None:
        who = script.who
        who.role, who.channel, who.busy_until = script.role, script.channel, script.turns[-1].at
        if not who.contacts:
            number = next(self._strangers)
            if number % _OLD_FORM_EVERY == 0:  # nobody's number either, but one of the old form
                who.phone = f"+55{self._gym.area_code}99999{number % 10_000:04d}"
            self._addresses |= {who.phone, who.email}
            self._account.people.append(who)

    def _add_walk_ins(self, rng: Random, anchor: float) -> None:
        """Adds the members who never write, of whom some left and some will join or leave."""
        start = anchor - HISTORY.total_seconds()
        for _ in range(round(self._gym.conversations * _WALK_INS)):
            who = self._draw_stranger(rng)
            is_old = rng.random() < 0.75
            since = (
                start - DAY * rng.uniform(0, 900) if is_old else start + DAY * rng.uniform(0, 300)
            )
            until = since + DAY * rng.uniform(60, 1000) if rng.random() < 0.4 else None
            plan = rng.choice(("Mensal", "Trimestral", "Anual"))
            who.memberships.append(Membership(since, until, rng.random() < 0.9, plan))
            self._addresses |= {who.phone, who.email}
            self._account.people.append(who)


def draw_openings(
    rng: Random, gym: Gym, seed: str, start: float, end: float, number: int, latest: int = 0
) -> list[Opening]:
    """Draws when a gym's conversations start, by weekday and hour, campaigns in the morning.

    ``latest`` of the ``number`` start within three quarters of an hour before the ``end``, so that
    somebody waits.
    """
    zone = ZoneInfo(gym.timezone)
    first, last = (datetime.fromtimestamp(at, zone).date() for at in (start, end))
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    weights = [_WEEKDAYS[day.weekday()] for day in days]
    found = [(round(end - _LATEST_SECONDS * rng.random(), 6), False) for _ in range(latest)]
    while len(found) < number:
        day = rng.choices(days, weights)[0]
        campaign = day.weekday() < 5 and rng.random() < _CAMPAIGNS
        hour = 10 if campaign else rng.choices(range(24), _HOURS)[0]
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
        at = round(moment.timestamp() + (240 if campaign else 3600) * rng.random(), 6)
        if start < at < end:
            found.append((at, campaign))
    return [
        Opening(gym, f"{seed} {gym.slug} {index}", at, campaign)
        for index, (at, campaign) in enumerate(sorted(found))
    ]


def draw_history(rng: Random, gym: Gym, seed: str, anchor: float) -> list[Opening]:
    """Draws when the conversations before the anchor start, as many as the gym promises."""
    latest = min(_LATEST, gym.conversations // 10)
    start = anchor - HISTORY.total_seconds()
    return draw_openings(rng, gym, seed, start, anchor - 60, gym.conversations, latest)


def draw_future(rng: Random, gym: Gym, seed: str, start: float, end: float) -> list[Opening]:
    """Draws when conversations start from now on, as often as in the history."""
    mean = gym.conversations * (end - start) / HISTORY.total_seconds()
    return draw_openings(rng, gym, seed, start, end, int(mean + rng.random()))
