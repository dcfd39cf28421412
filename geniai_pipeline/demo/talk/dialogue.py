"""One conversation being written: who speaks next, when, and what the words fill in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from geniai_pipeline.demo.gyms import Gym
from geniai_pipeline.demo.talk import common
from geniai_pipeline.demo.talk.grammar import expand, tidy
from geniai_pipeline.demo.talk.people import Person
from geniai_pipeline.demo.talk.places import Place
from geniai_pipeline.demo.talk.style import FORMAL

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")
Slot = str | Callable[[], str]
"""What fills a slot: words, or what says them at the moment they are written."""

_CONTRACTED = {"o": ("o", "no", "do", "ao", "pelo"), "a": ("a", "na", "da", "à", "pela"),
               "as": ("as", "nas", "das", "às", "pelas")}  # fmt: skip


@dataclass(slots=True)
class Turn:
    """Something that happens in a conversation: a message, or an act such as ``resolve``."""

    at: float
    act: str
    text: str | None = None
    data: dict[str, Any] = field(default_factory=dict)


class Unanswered(Exception):
    """The gym never answered: the story ends here."""


@dataclass(slots=True)
class Appointment:
    """A day and an hour, with the words for it."""

    at: float
    hour: str


class Dialogue:
    """One conversation's clock and turns. Scenarios drive it with ``says`` and ``reply``."""

    def __init__(
        self, rng: Random, gym: Gym, place: Place, who: Person, channel: str, start: float
    ) -> None:
        self.rng = rng
        self.gym = gym
        self.place = place
        self.who = who
        self.channel = channel
        self.clock = start
        self.start = start
        self.zone = ZoneInfo(gym.timezone)
        self.turns: list[Turn] = []
        self.mood = "plain"
        self.knows_name = who.known
        self.member = False
        self.welcome = False
        self.menu: str | None = "1"
        agents = len(place.agents)
        self.agent = min(int(rng.random() ** 1.6 * agents), agents - 1)
        self.labels: list[str] = []
        self.asked: list[Any] = []
        self._hello_at: float | None = None
        self._answered = False
        self._last: str | None = None
        self._slots = self._fixed_slots()

    # What happens, in the order it happens.

    def says(
        self, template: str, *, wait: float | None = None, mood: str | None = None, **slots: Slot
    ) -> None:
        """The contact writes, in one message or several, after ``wait`` seconds if given."""
        first = not self.turns
        self.contact_turns_up(wait)
        style = FORMAL if self.channel == "email" else self.who.style
        for text in style.type(self._fill(template, slots), self.rng, mood or self.mood):
            if self._last == "contact":
                self.clock += (
                    3 + len(text) * (0.08 + 0.25 * self.rng.random()) + 4 * self.rng.random()
                )
            self.turns.append(Turn(self.clock, "contact", text))
            self._last = "contact"
        if first:
            self._automatic_answer()

    def sends(self, file_type: str, caption: str | None = None) -> None:
        """The contact sends a file: an image, a voice message, a video, a document."""
        if self._last == "contact":
            self.clock += 5 + 40 * self.rng.random()
        elif self.turns:
            self.clock = self._awake(self.clock + self._contact_wait())
        first = not self.turns
        self.turns.append(Turn(self.clock, "contact", caption, {"file": file_type}))
        self._last = "contact"
        if first:
            self._automatic_answer()

    def reply(self, template: str, *, wait: float | None = None, **slots: Slot) -> None:
        """An agent answers, in one message or several.

        Raises:
            Unanswered: nobody ever did.

        """
        self.agent_turns_up(wait)
        first = True
        for text in self._agent_pieces(self._fill(template, slots)):
            if not first:
                self.clock += 4 + len(text) * (0.05 + 0.1 * self.rng.random())
            self.turns.append(Turn(self.clock, "agent", text, {"agent": self.agent}))
            first = False
        self._last = "agent"

    def contact_turns_up(self, wait: float | None = None) -> None:
        """The clock moves on to when the contact writes next, if that is not now."""
        if self.turns and self._last not in ("contact", "contact here"):
            self.clock = self._awake(self.clock + (self._contact_wait() if wait is None else wait))
            self._last = "contact here"

    def agent_turns_up(self, wait: float | None = None) -> None:
        """The clock moves on to when an agent answers, if that is not now.

        Raises:
            Unanswered: nobody ever does.

        """
        if self._last == "agent here":
            return
        if not self._answered:
            if self.rng.random() < self.place.unanswered:
                self._gives_up()
            self.clock = self._answer_time()
            if self.rng.random() < 0.55:
                self.turns.append(Turn(self.clock - 1, "assign", None, {"agent": self.agent}))
            self._answered = True
        else:
            self.clock = self.attended(self.clock + (self._agent_wait() if wait is None else wait))
        self._last = "agent here"

    def bot(self, template: str, *, hands_over: bool = False) -> None:
        """The welcome bot writes, seconds later."""
        self.clock += 1.5 + 2 * self.rng.random()
        self.turns.append(
            Turn(self.clock, "bot", self._fill(template, {}), {"handover": hands_over})
        )
        self._last = "bot"

    def note(self, template: str, **slots: Slot) -> None:
        """An agent leaves a private note."""
        self.clock += 20 + 90 * self.rng.random()
        self.turns.append(
            Turn(self.clock, "note", self._fill(template, slots), {"agent": self.agent})
        )

    def campaign(self, text: str, name: str) -> None:
        """The gym writes first, to many at once, with an approved template."""
        self.turns.append(Turn(self.clock, "template", self._fill(text, {}), {"campaign": name}))
        self._last = "agent"

    def act(self, act: str, **data: Any) -> None:
        """Something other than a message, half a minute later or so."""
        self.clock += 5 + 40 * self.rng.random()
        self.turns.append(Turn(self.clock, act, None, {"agent": self.agent, **data}))

    def label(self, title: str, often: float = 1.0) -> None:
        """The agent tags the conversation."""
        if title not in self.labels and self.rng.random() < often:
            self.labels.append(title)
            self.act("label", label=title)

    def converts(self) -> None:
        """The contact enrols: the gym's own label says so."""
        self.label(self.gym.converted_label)
        self.member = True

    def pause(self, seconds: float) -> None:
        """Time goes by; the next one to speak does so in daylight."""
        self.clock = self._awake(self.clock + seconds)
        self._last = None

    def until(self, at: float) -> None:
        """Time goes by until then, or a little later if it has already passed."""
        self.clock = max(self.clock + MINUTE, at)
        self._last = None

    @property
    def agent_spoke_last(self) -> bool:
        """Whether the contact has something to answer to."""
        return self._last == "agent"

    # Choices.

    def chance(self, probability: float) -> bool:
        """True that often."""
        return self.rng.random() < probability

    def pick(self, options: tuple[Any, ...] | list[Any]) -> Any:
        """One of them."""
        return options[int(self.rng.random() * len(options))]

    def some(
        self, options: tuple[Any, ...] | list[Any], at_least: int, at_most: int
    ) -> Iterator[Any]:
        """A few different ones, in random order."""
        count = min(self.rng.randint(at_least, at_most), len(options))
        return iter(self.rng.sample(list(options), count))

    # Time.

    @property
    def local(self) -> datetime:
        """The clock in the gym's time zone."""
        return datetime.fromtimestamp(self.clock, self.zone)

    def appointment(self, *, after: float | None = None) -> Appointment:
        """A day and hour at which the gym has a class, one to five days ahead."""
        base = datetime.fromtimestamp(max(self.clock, after or 0), self.zone)
        while True:
            day = base + timedelta(days=self.pick((1, 1, 1, 2, 2, 3, 4, 5)))
            hour = self.pick(self.place.evenings * 2 + self.place.mornings)
            hours, _, minutes = hour.partition("h")
            at = day.replace(hour=int(hours), minute=int(minutes or 0), second=0, microsecond=0)
            if day.weekday() < 5 and at.timestamp() - base.timestamp() > 16 * HOUR:
                return Appointment(at.timestamp(), hour)

    def day(self, appointment: Appointment) -> str:
        """The appointment's day as one says it now: hoje, amanhã, quinta, segunda que vem."""
        then = datetime.fromtimestamp(appointment.at, self.zone)
        days = (then.date() - self.local.date()).days
        if days == 0:
            return "hoje"
        if days == 1:
            return "amanhã"
        if days > 4:
            return f"{WEEKDAYS[then.weekday()]} dia {then.day}"
        return WEEKDAYS[then.weekday()]

    def greeting(self) -> str:
        """Bom dia, boa tarde or boa noite."""
        hour = self.local.hour
        return "bom dia" if 4 <= hour < 12 else "boa tarde" if 12 <= hour < 18 else "boa noite"

    @contextmanager
    def feeling(self, mood: str) -> Iterator[None]:
        """The contact's emojis while this lasts: good, plain or bad."""
        before, self.mood = self.mood, mood
        yield
        self.mood = before

    # How long things take.

    def _contact_wait(self) -> float:
        draw = self.rng.random()
        if draw < 0.66:
            return 20 + 200 * self.rng.random() ** 2
        if draw < 0.9:
            return 5 * MINUTE + 55 * MINUTE * self.rng.random() ** 1.5
        return HOUR + 14 * HOUR * self.rng.random() ** 2

    def _agent_wait(self) -> float:
        return min(self.place.minutes * MINUTE * self.rng.lognormvariate(-0.9, 0.9), DAY) + 12

    def _answer_time(self) -> float:
        wait = self.place.minutes * MINUTE * self.rng.lognormvariate(0, 1.1) + 10
        return self.attended(self.clock + min(wait, 3 * DAY))

    def attended(self, at: float) -> float:
        """The instant, or the next opening if nobody works then."""
        moment = datetime.fromtimestamp(at, self.zone)
        hours = self.gym.business_hours
        opens = hours.get(moment.weekday())
        if opens and opens[0] <= moment.time() < opens[1]:
            return at
        if (
            moment.hour < 23
            and opens
            and moment.time() > opens[1]
            and self.rng.random() < self.place.evening
        ):
            return at
        for ahead in range(8):
            day = moment + timedelta(days=ahead)
            opens = hours.get(day.weekday())
            if opens and (ahead or moment.time() < opens[0]):
                start = day.replace(
                    hour=opens[0].hour, minute=opens[0].minute, second=0, microsecond=0
                )
                return (
                    start.timestamp()
                    + (5 + 110 * self.rng.random() ** 1.5) * MINUTE
                    + self.rng.random()
                )
        raise ValueError(f"{self.gym.slug} never opens")

    def _awake(self, at: float) -> float:
        """The instant, or the next morning if people sleep then."""
        moment = datetime.fromtimestamp(at, self.zone)
        if 6 <= moment.hour < 23 or (moment.hour == 23 and self.rng.random() < 0.3):
            return at
        morning = moment.replace(hour=7, minute=0, second=0, microsecond=0)
        if moment.hour >= 23:
            morning += timedelta(days=1)
        return morning.timestamp() + 150 * MINUTE * self.rng.random()

    def _gives_up(self) -> None:
        if self.rng.random() < 0.4:
            self.pause(HOUR * self.rng.uniform(2, 40))
            self.says(common.NUDGES, mood="plain")
        raise Unanswered

    # Words.

    def _automatic_answer(self) -> None:
        opens = self.gym.business_hours.get(self.local.weekday())
        closed = not opens or not opens[0] <= self.local.time() < opens[1]
        if self.place.bot and self.channel in ("whatsapp", "website") and self.rng.random() < 0.85:
            self.bot(common.BOT_WELCOME[self.gym.slug])
            if self.menu and self.rng.random() < 0.3:
                wait = 6 + 20 * self.rng.random()
                self.says("[{menu}|{menu}|opção {menu}]", wait=wait, mood="plain", menu=self.menu)
                self.bot(common.BOT_CHOSEN, hands_over=True)
        elif closed and self.channel != "email":
            self.clock += 2
            self.turns.append(Turn(self.clock, "away", None))
            self._last = "bot"

    def _agent_pieces(self, text: str) -> list[str]:
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

    def _fill(self, template: str, slots: dict[str, Slot]) -> str:
        def slot(name: str) -> str:
            if name in slots:
                value = slots[name]
                return value if isinstance(value, str) else value()
            if name in self._slots:
                return self._slots[name]
            return self._moving_slot(name)

        return expand(template, self.rng, slot)

    def _moving_slot(self, name: str) -> str:
        """The words that depend on the moment."""
        if name == "bom":
            return self.greeting()
        if name == "oi":
            return common.FORMAL_HELLO if self.channel == "email" else common.HELLO
        if name == "hello":
            before, self._hello_at = self._hello_at, self.clock
            if before is None:
                return common.AGENT_WELCOME if self.welcome else common.AGENT_HELLO
            return "[oi|opa|{bom}]{nm}!" if self.clock - before > DAY / 3 else ""
        if name == "nm":  # the contact's name, the way it is put after a word
            if self.knows_name and self.rng.random() < 0.6:
                return f"{self.pick((', ', ' ', ' '))}{self.who.first}"
            return ""
        if name == "uai":
            return str(self.pick(self.place.interjections))
        if name == "tri":
            return str(self.pick(self.place.great))
        if name == "sô":
            return str(self.pick(self.place.regional_end))
        if name == "agente":
            return self.place.agents[self.agent][0]
        if name == "ag":  # the agent's ending: obrigad{ag}
            return "a" if self.place.agents[self.agent][1] else "o"
        if name in ("coach", "do_coach", "a_coach"):
            me = self.place.agents[self.agent][0]
            others = [each for each in self.place.coaches if me not in each]
            article, _, rest = self.pick(others).partition(" ")
            form = {"coach": 0, "do_coach": 2, "a_coach": 3}[name]
            return f"{_CONTRACTED[article][form]} {rest}"
        if name == "hoje":  # the next class one may ask about
            return "hoje" if self.local.hour < 12 else "amanhã"
        if name == "manhã":
            return str(self.pick(self.place.mornings))
        if name == "noite":
            return str(self.pick(self.place.evenings))
        raise KeyError(f"No slot {{{name}}}")

    def _fixed_slots(self) -> dict[str, str]:
        place, gym, who = self.place, self.gym, self.who
        sport = self.pick(place.sports)
        slots = {
            "o": "a" if who.female else "o",
            "a_eu": "a" if who.female else "o",
            "par": "[meu marido|meu namorado]" if who.female else "[minha esposa|minha namorada]",
            "eu": who.first,
            "nome_completo": who.full,
            "email": who.email,
            "gym": gym.name,
            "cidade": gym.city,
            "exp": place.trial,
            "exp_preço": place.trial_price,
            "prof": place.coach,
            "endereço": place.address,
            "bairro": place.district,
            "ponto": place.landmark,
            "estacionar": place.parking,
            "mensal": place.plans[0],
            "tri3": place.plans[1],
            "anual": place.plans[2],
            "avulsa": place.single,
            "manhãs": _listed(place.mornings),
            "noites": _listed(place.evenings),
            "sábado": place.saturday,
            "levar": place.bring,
            "iniciante": place.beginner,
            "passe": place.partner_pass,
            "kids": place.kids or "",
            "perdido": self.pick(place.lost),
            "quebrado": self.pick(place.broken),
        }
        for word, phrase in (("lugar", place.place), ("m", sport)):
            article, _, noun = phrase.partition(" ")
            bare, inside, of, to, by = _CONTRACTED[article]
            slots |= {word: noun, f"o_{word}": f"{bare} {noun}", f"no_{word}": f"{inside} {noun}",
                      f"do_{word}": f"{of} {noun}", f"ao_{word}": f"{to} {noun}",
                      f"pelo_{word}": f"{by} {noun}"}  # fmt: skip
        return slots


def _listed(hours: tuple[str, ...]) -> str:
    return f"{', '.join(hours[:-1])} e {hours[-1]}"
