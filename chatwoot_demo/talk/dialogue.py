"""One conversation under construction: its clock, its turns and its slot values."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any, NoReturn

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk import common
from chatwoot_demo.talk.calendar import HOUR, MINUTE
from chatwoot_demo.talk.grammar import tidy
from chatwoot_demo.talk.people import Person
from chatwoot_demo.talk.phrasing import Phrasing, Slots
from chatwoot_demo.talk.places import Place
from chatwoot_demo.talk.style import FORMAL

_GREETING = re.compile(r"\btudo (?:bem|certo)\?", re.IGNORECASE)
"""What asks for no answer."""


@dataclass(slots=True)
class Turn:
    """One event of a conversation: a message, or an act such as ``resolve``."""

    at: float
    act: str
    text: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    meaning: dict[str, Any] = field(default_factory=dict)
    """What the author means by it, such as who moves next; nobody in the world sees it."""


class UnansweredTurnError(Exception):
    """The gym never answers, so the conversation ends."""


class Dialogue(Phrasing):
    """One script's clock and turns. Scenarios add turns with ``say`` and ``reply``."""

    def __init__(
        self, rng: Random, gym: Gym, place: Place, who: Person, channel: str, start: float
    ) -> None:
        super().__init__(rng, gym, place, who, channel, start)
        self.turns: list[Turn] = []
        self.mood = "plain"
        self.menu: str | None = "1"
        self.labels: list[str] = []
        self.topics: list[Any] = []
        self.next_actor = "gym"
        self._awaits_answer = False
        self._answered = False
        self._last: str | None = None

    def say(
        self,
        template: str,
        *,
        wait: float | None = None,
        mood: str | None = None,
        slots: Slots | None = None,
        then: str = "gym",
    ) -> None:
        """Adds one or more messages of the contact, after ``wait`` seconds if given.

        ``then`` is who moves next: the gym, the contact or nobody. "open" is the contact if the gym
        waits for an answer, else nobody; "patience" leaves the gym with what it promised.
        """
        first = not self.turns
        self.await_contact(wait)
        style = FORMAL if self.channel == "email" else self.who.style
        texts = style.type(self.fill(template, slots), self.rng, mood or self.mood)
        if then == "open":
            then = "contact" if self._awaits_answer else "nobody"
        else:
            self._awaits_answer = False
        self._mean_next(then)
        for text in texts:
            if self._last == "contact":
                self.clock += 3 + len(text) * self.rng.uniform(0.08, 0.33) + 4 * self.rng.random()
            self._add_message("contact", text, {})
            self._last = "contact"
        self._finish_message()
        if first:
            self._add_automatic_answer()

    def send_file(self, file_type: str, then: str = "gym", transcription: str = "") -> None:
        """Adds a file of the contact: an image, a voice message, a video, a document.

        ``transcription`` is the template of what Chatwoot understands of a voice message; empty: it
        transcribes none.
        """
        if self._last == "contact":
            self.clock += 5 + 40 * self.rng.random()
        elif self.turns:
            self.clock = self.calendar.delay_until_awake(
                self.clock + self.calendar.draw_contact_wait()
            )
        first = not self.turns
        self._awaits_answer = False
        spoken = {"transcription": tidy(self.fill(transcription))} if transcription else {}
        self._mean_next(then)
        self._add_message("contact", None, {"file": file_type, **spoken})
        self._finish_message()
        self._last = "contact"
        if first:
            self._add_automatic_answer()

    def reply(
        self,
        template: str,
        *,
        wait: float | None = None,
        slots: Slots | None = None,
        then: str | None = None,
    ) -> None:
        """Adds one or more messages of an agent.

        ``then`` is who moves next: contact, nobody, or "promise", where the gym owes something. If
        it is missing, the contact does while a question of the gym is open, else nobody.

        Raises:
            UnansweredTurnError: no agent ever answers.

        """
        self.await_agent(wait)
        first = True
        texts = self.split_agent_text(self.fill(template, slots))
        if then is None:
            asks = any("?" in _GREETING.sub("", text) for text in texts)
            then = "contact" if asks or self._awaits_answer else "nobody"
        self._mean_next(then)
        for text in texts:
            if not first:
                self.clock += 4 + len(text) * (0.05 + 0.1 * self.rng.random())
            self._add_message("agent", text, {"agent": self.agent})
            first = False
        self._finish_message()
        self._last = "agent"

    def mean(self, **meaning: Any) -> None:
        """Adds to the meaning of the last message: the role, the visit, the outcome."""
        next(turn for turn in reversed(self.turns) if turn.meaning).meaning.update(meaning)

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
        self.turns.append(Turn(self.clock, "bot", self.fill(template), {"handover": hands_over}))
        self._last = "bot"

    def add_note(self, template: str, slots: Slots | None = None) -> None:
        """Adds an agent's private note."""
        self.clock += 20 + 90 * self.rng.random()
        text = tidy(self.fill(template, slots))
        self.turns.append(Turn(self.clock, "note", text, {"agent": self.agent}))

    def add_campaign(self, text: str, name: str) -> None:
        """Adds a campaign's message: an approved template that the gym sends to many."""
        filled = tidy(self.fill(text))
        self._mean_next("contact")
        self._add_message("template", filled, {"campaign": name})
        self._finish_message()
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
        """Enrols the contact, mostly with the gym's own label."""
        self.mean(enrolled=True)
        self.add_label(self.gym.converted_label, 0.92)

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

    @contextmanager
    def use_mood(self, mood: str) -> Iterator[None]:
        """Sets the mood of the contact's emojis during the block: good, plain or bad."""
        before, self.mood = self.mood, mood
        yield
        self.mood = before

    def _mean_next(self, actor: str) -> None:
        """Completes the meaning of a filled template, whose own marks come first."""
        actor = self.meaning.setdefault("next", actor)
        if actor == "contact":
            self._awaits_answer = True
        self.next_actor = "gym" if actor in ("promise", "patience") else actor

    def _add_message(self, act: str, text: str | None, data: dict[str, Any]) -> None:
        """Adds one of the messages that were filled together."""
        meaning = {"next": self.meaning["next"]}
        self.turns.append(Turn(self.clock, act, text, data, meaning))

    def _finish_message(self) -> None:
        """Gives the last of the messages that were filled together all of their meaning."""
        self.turns[-1].meaning, self.meaning = self.meaning, {}

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
