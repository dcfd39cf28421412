"""What one script's texts depend on: both sides, the clock, the marks of a template."""

from collections.abc import Callable
from random import Random
from typing import Any, TypeVar

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk import common, words
from chatwoot_demo.talk.calendar import DAY, Appointment, Calendar, pick
from chatwoot_demo.talk.grammar import expand, tidy
from chatwoot_demo.talk.people import Person
from chatwoot_demo.talk.places import Place

T = TypeVar("T")

Slots = dict[str, str | Callable[[], str]]
"""Values of a template's own slots: texts, or functions that return them when a turn is added."""


class Phrasing:
    """Fills templates for a gym and a person at the clock's instant.

    A mark in a template, such as ``{:lost=price}``, adds to ``meaning`` and leaves no text.
    """

    def __init__(
        self, rng: Random, gym: Gym, place: Place, who: Person, channel: str, start: float
    ) -> None:
        self.rng = rng
        self.gym = gym
        self.place = place
        self.who = who
        self.channel = channel
        self.clock = start
        self.calendar = Calendar(rng, gym, place)
        self.knows_name = who.known
        self.welcome = False
        self.meaning: dict[str, Any] = {}
        agents = len(place.agents)
        self.agent = min(int(rng.random() ** 1.6 * agents), agents - 1)
        self._hello_at: float | None = None
        self._slots = words.build_slots(rng, gym, place, who)

    def draw_chance(self, probability: float) -> bool:
        """Returns True with this probability."""
        return self.rng.random() < probability

    def pick(self, options: tuple[T, ...] | list[T]) -> T:
        """Draws one of the options."""
        return pick(self.rng, options)

    def draw_appointment(self, *, after: float = 0) -> Appointment:
        """Draws a class in the days after the clock, or after that instant if it is later."""
        return self.calendar.draw_appointment(max(self.clock, after))

    def name_day(self, appointment: Appointment) -> str:
        """Names the appointment's day as seen from the clock."""
        return self.calendar.name_day(appointment, self.clock)

    def name_visit(self, visit: Appointment) -> Slots:
        """Builds the slots of a visit; its day is named when the turn is added."""
        return {
            "dia": lambda: self.name_day(visit),
            "data": lambda: self.calendar.name_date(visit),
            "hora": visit.hour,
        }

    def fill(self, template: str, slots: Slots | None = None) -> str:
        """Fills a template; ``slots`` are its own, before those of the gym and the person."""

        def fill_slot(name: str) -> str:
            if name[0] == ":":  # a mark, such as {:lost=price}
                key, _, meant = name[1:].partition("=")
                self.meaning[key] = meant
                return ""
            if slots and name in slots:
                value = slots[name]
                return value if isinstance(value, str) else value()
            if name in self._slots:
                return self._slots[name]
            return self._fill_moving_slot(name)

        return expand(template, self.rng, fill_slot)

    def split_agent_text(self, text: str) -> list[str]:
        """Splits a text into the messages that the agent sends."""
        pieces: list[str] = []
        split = (0.2, 0.7, 0.45, 0.85, 0.3, 0.6)[self.agent]
        for piece in (each.strip() for each in text.split("//")):
            if not piece:
                continue
            if pieces and self.rng.random() > split:
                end = "" if pieces[-1][-1:] in ".!?…:" else "."
                pieces[-1] += f"{end} {piece}"
            else:
                pieces.append(piece)
        pieces = [tidy(piece) for piece in pieces]
        emojis = ("😊", "💪", "🧡", "😉", "🙌", "🤗")
        if self.rng.random() < (0.35, 0.1, 0.5, 0.2, 0.05, 0.3)[self.agent]:
            pieces[-1] += f" {emojis[(self.agent + int(self.rng.random() * 2)) % 6]}"
        return pieces

    def _fill_moving_slot(self, name: str) -> str:
        """Returns the value of a slot that depends on the clock or the agent."""
        if name == "bom":
            return self.calendar.choose_greeting(self.clock)
        if name == "oi":
            return common.FORMAL_HELLO if self.channel == "email" else common.HELLO
        if name == "hello":
            before, self._hello_at = self._hello_at, self.clock
            if before is None:
                return common.AGENT_WELCOME if self.welcome else common.AGENT_HELLO
            return "[oi|opa|{bom}]{nm}!" if self.clock - before > DAY / 3 else ""
        if name == "nm":  # the contact's name, as it follows a word
            if self.knows_name and self.rng.random() < 0.6:
                return f"{self.pick((', ', ' ', ' '))}{self.who.first}"
            return ""
        if name == "agente":
            return self.place.agents[self.agent][0]
        if name == "ag":  # the agent's ending: obrigad{ag}
            return "a" if self.place.agents[self.agent][1] else "o"
        if name in ("coach", "do_coach", "a_coach"):
            me = self.place.agents[self.agent][0]
            others = [each for each in self.place.coaches if me not in each]
            bare, _, possessive, dative = words.contract_article(self.pick(others))
            return {"coach": bare, "do_coach": possessive, "a_coach": dative}[name]
        if name == "hoje":  # the day of the next class
            return "hoje" if self.calendar.to_local(self.clock).hour < 12 else "amanhã"
        return self.pick(
            {
                "uai": self.place.interjections,
                "tri": self.place.great,
                "sô": self.place.regional_end,
                "manhã": self.place.mornings,
                "noite": self.place.evenings,
            }[name]
        )
