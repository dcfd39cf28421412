"""One conversation under construction: its clock, its turns and its slot values."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, NoReturn, TypeVar

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk import common, words
from chatwoot_demo.talk.calendar import DAY, HOUR, MINUTE, Appointment, Calendar, pick
from chatwoot_demo.talk.grammar import expand, tidy
from chatwoot_demo.talk.people import Person
from chatwoot_demo.talk.places import Place
from chatwoot_demo.talk.style import FORMAL

T = TypeVar("T")

Slots = dict[str, str | Callable[[], str]]
"""Values of a template's own slots: texts, or functions that return them when a turn is added."""


@dataclass(slots=True)
class Turn:
    """One event of a conversation: a message, or an act such as ``resolve``."""

    at: float
    act: str
    text: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


class UnansweredTurnError(Exception):
    """The gym never answers, so the conversation ends."""


class Dialogue:
    """One conversation's clock and turns. Scenarios add turns with ``say`` and ``reply``."""

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
        self.turns: list[Turn] = []
        self.mood = "plain"
        self.knows_name = who.known
        self.member = False
        self.welcome = False
        self.menu: str | None = "1"
        agents = len(place.agents)
        self.agent = min(int(rng.random() ** 1.6 * agents), agents - 1)
        self.labels: list[str] = []
        self.topics: list[Any] = []
        self._hello_at: float | None = None
        self._answered = False
        self._last: str | None = None
        self._slots = words.build_slots(rng, gym, place, who)

    def say(
        self,
        template: str,
        *,
        wait: float | None = None,
        mood: str | None = None,
        slots: Slots | None = None,
    ) -> None:
        """Adds one or more messages of the contact, after ``wait`` seconds if given."""
        first = not self.turns
        self.await_contact(wait)
        style = FORMAL if self.channel == "email" else self.who.style
        for text in style.type(self._fill(template, slots), self.rng, mood or self.mood):
            if self._last == "contact":
                self.clock += 3 + len(text) * self.rng.uniform(0.08, 0.33) + 4 * self.rng.random()
            self.turns.append(Turn(self.clock, "contact", text))
            self._last = "contact"
        if first:
            self._add_automatic_answer()

    def send_file(self, file_type: str) -> None:
        """Adds a file of the contact: an image, a voice message, a video, a document."""
        if self._last == "contact":
            self.clock += 5 + 40 * self.rng.random()
        elif self.turns:
            self.clock = self.calendar.delay_until_awake(
                self.clock + self.calendar.draw_contact_wait()
            )
        first = not self.turns
        self.turns.append(Turn(self.clock, "contact", None, {"file": file_type}))
        self._last = "contact"
        if first:
            self._add_automatic_answer()

    def reply(
        self, template: str, *, wait: float | None = None, slots: Slots | None = None
    ) -> None:
        """Adds one or more messages of an agent.

        Raises:
            UnansweredTurnError: no agent ever answers.

        """
        self.await_agent(wait)
        first = True
        for text in self._split_agent_text(self._fill(template, slots)):
            if not first:
                self.clock += 4 + len(text) * (0.05 + 0.1 * self.rng.random())
            self.turns.append(Turn(self.clock, "agent", text, {"agent": self.agent}))
            first = False
        self._last = "agent"

    def await_contact(self, wait: float | None = None) -> None:
        """Advances the clock to the contact's next message."""
        if self.turns and self._last not in ("contact", "contact here"):
            self.clock = self.calendar.delay_until_awake(
                self.clock + (self.calendar.draw_contact_wait() if wait is None else wait)
            )
            self._last = "contact here"

    def await_agent(self, wait: float | None = None) -> None:
        """Advances the clock to an agent's next message.

        Raises:
            UnansweredTurnError: no agent ever answers.

        """
        if self._last == "agent here":
            return
        if not self._answered:
            if self.rng.random() < self.place.unanswered:
                self._give_up()
            self.clock = self.calendar.delay_until_staffed(
                self.clock + self.calendar.draw_first_wait()
            )
            if self.rng.random() < 0.55:
                self.turns.append(Turn(self.clock - 1, "assign", None, {"agent": self.agent}))
            self._answered = True
        else:
            self.clock = self.calendar.delay_until_staffed(
                self.clock + (self.calendar.draw_agent_wait() if wait is None else wait)
            )
        self._last = "agent here"

    def add_bot_message(self, template: str, *, hands_over: bool = False) -> None:
        """Adds a message of the welcome bot, seconds later."""
        self.clock += 1.5 + 2 * self.rng.random()
        self.turns.append(Turn(self.clock, "bot", self._fill(template), {"handover": hands_over}))
        self._last = "bot"

    def add_note(self, template: str, slots: Slots | None = None) -> None:
        """Adds an agent's private note."""
        self.clock += 20 + 90 * self.rng.random()
        text = tidy(self._fill(template, slots))
        self.turns.append(Turn(self.clock, "note", text, {"agent": self.agent}))

    def add_campaign(self, text: str, name: str) -> None:
        """Adds a campaign's message: an approved template that the gym sends to many."""
        self.turns.append(Turn(self.clock, "template", tidy(self._fill(text)), {"campaign": name}))
        self._last = "agent"

    def add_act(self, act: str, **data: Any) -> None:
        """Adds an act that is no message, 5 to 45 seconds later."""
        self.clock += 5 + 40 * self.rng.random()
        self.turns.append(Turn(self.clock, act, None, {"agent": self.agent, **data}))

    def add_label(self, title: str, often: float = 1.0) -> None:
        """Adds a label to the conversation, with probability ``often``."""
        if title not in self.labels and self.rng.random() < often:
            self.labels.append(title)
            self.add_act("label", label=title)

    def enrol_contact(self) -> None:
        """Enrols the contact: adds the gym's own label."""
        self.add_label(self.gym.converted_label)
        self.member = True

    def pause(self, seconds: float) -> None:
        """Advances the clock, and past the night; anybody may write next."""
        self.clock = self.calendar.delay_until_awake(self.clock + seconds)
        self._last = None

    def advance_to(self, at: float) -> None:
        """Advances the clock to an instant, or by a minute if the instant has passed."""
        self.clock = max(self.clock + MINUTE, at)
        self._last = None

    @property
    def agent_spoke_last(self) -> bool:
        """Whether the latest message is an agent's."""
        return self._last == "agent"

    def draw_chance(self, probability: float) -> bool:
        """Returns True with this probability."""
        return self.rng.random() < probability

    def pick(self, options: tuple[T, ...] | list[T]) -> T:
        """Draws one of the options."""
        return pick(self.rng, options)

    @contextmanager
    def use_mood(self, mood: str) -> Iterator[None]:
        """Sets the mood of the contact's emojis during the block: good, plain or bad."""
        before, self.mood = self.mood, mood
        yield
        self.mood = before

    def draw_appointment(self, *, after: float = 0) -> Appointment:
        """Draws a class in the days after the clock, or after that instant if it is later."""
        return self.calendar.draw_appointment(max(self.clock, after))

    def name_day(self, appointment: Appointment) -> str:
        """Names the appointment's day as seen from the clock."""
        return self.calendar.name_day(appointment, self.clock)

    def _give_up(self) -> NoReturn:
        if self.rng.random() < 0.4:
            self.pause(HOUR * self.rng.uniform(2, 40))
            self.say(common.NUDGES, mood="plain")
        raise UnansweredTurnError

    def _add_automatic_answer(self) -> None:
        if self.place.bot and self.channel in ("whatsapp", "website") and self.rng.random() < 0.85:
            self.add_bot_message(common.BOT_WELCOME[self.gym.slug])
            if self.menu and self.rng.random() < 0.3:
                wait = 6 + 20 * self.rng.random()
                if self.channel == "website":  # a click, which the menu message stores
                    self.clock += wait
                    self.turns.append(Turn(self.clock, "choose", None, {"value": self.menu}))
                else:
                    self.say(
                        "[{menu}|{menu}|opção {menu}]",
                        wait=wait,
                        mood="plain",
                        slots={"menu": self.menu},
                    )
                self.add_bot_message(common.BOT_CHOSEN, hands_over=True)
        elif self.channel != "email" and not self.calendar.is_open(self.clock):
            self.clock += 2
            self.turns.append(Turn(self.clock, "away", None))
            self._last = "bot"

    def _split_agent_text(self, text: str) -> list[str]:
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

    def _fill(self, template: str, slots: Slots | None = None) -> str:
        def fill_slot(name: str) -> str:
            if slots and name in slots:
                value = slots[name]
                return value if isinstance(value, str) else value()
            if name in self._slots:
                return self._slots[name]
            return self._fill_moving_slot(name)

        return expand(template, self.rng, fill_slot)

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
