"""Plans the conversations of the world: the start and the script of each."""

from datetime import datetime, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from chatwoot_demo.gyms import Gym
from chatwoot_demo.records import DemoConversation
from chatwoot_demo.talk.people import Person
from chatwoot_demo.talk.scripts import Script, write

HISTORY = timedelta(days=120)
_HOURS = (1, 0.5, 0.2, 0.2, 0.3, 1, 3, 4, 5, 6, 6, 7, 8, 6, 5, 5, 5, 6, 8, 9, 9, 8, 6, 3)
_WEEKDAYS = (1.25, 1.1, 1.05, 1.0, 0.9, 0.55, 0.45)
_RECENT = 40
_LATEST = 8
_LATEST_SECONDS = 45 * 60
"""Conversations just before the anchor, so that the first page shows waiting contacts."""


def build_random(seed: str) -> Random:
    """Builds a random generator that gives the same values for the same seed."""
    return Random(seed)  # noqa: S311  (a made-up world, not a secret)


class ScriptAuthor:
    """Writes one gym's conversations, each different."""

    def __init__(self, gym: Gym) -> None:
        self._gym = gym
        self._known: list[Person] = []
        self._texts: set[str] = set()

    def write(self, seed: str, start: float) -> Script:
        """Writes a conversation with contact messages that this gym has not seen before."""
        for attempt in count():
            # Members are taken from among earlier contacts, but not from the last few days'.
            script = write(
                build_random(f"{seed} {attempt}"), self._gym, start, known=self._known[:-_RECENT]
            )
            texts = [turn.text or "" for turn in script.turns if turn.act == "contact"]
            text = " ".join(texts)
            if len(texts) < 2 or text not in self._texts:
                break
        self._texts.add(text)
        self._known.append(script.who)
        return script


class ScriptRun:
    """The progress of a script: its next turn, and its conversation."""

    __slots__ = ("conversation", "gym", "next", "script")

    def __init__(self, gym: Gym, script: Script) -> None:
        self.gym = gym
        self.script = script
        self.next = 0
        self.conversation: DemoConversation | None = None


def draw_starts(rng: Random, gym: Gym, anchor: float) -> list[float]:
    """Draws the start times of a gym's conversations, by weekday and hour."""
    zone = ZoneInfo(gym.timezone)
    last = datetime.fromtimestamp(anchor, zone)
    days = [last.date() - timedelta(days=ago) for ago in range(HISTORY.days + 1)]
    weights = [_WEEKDAYS[day.weekday()] for day in days]
    latest = min(_LATEST, gym.conversations // 10)
    found = [round(anchor - 60 - _LATEST_SECONDS * rng.random(), 6) for _ in range(latest)]
    while len(found) < gym.conversations:
        day = rng.choices(days, weights)[0]
        hour = rng.choices(range(24), _HOURS)[0]
        moment = datetime(day.year, day.month, day.day, hour, tzinfo=zone)
        at = round(moment.timestamp() + 3600 * rng.random(), 6)
        if anchor - HISTORY.total_seconds() < at < anchor - 60:
            found.append(at)
    return sorted(found)
