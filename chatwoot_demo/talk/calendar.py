"""Times of a gym: opening hours, hours of sleep, reply delays, names of days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from chatwoot_demo.gyms import Gym
from chatwoot_demo.talk.places import Place

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
WEEKDAYS = ("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo")

T = TypeVar("T")


def pick(rng: Random, options: tuple[T, ...] | list[T]) -> T:
    """Draws one of the options."""
    return options[int(rng.random() * len(options))]


def _draw_skewed(rng: Random, low: float, high: float, power: float) -> float:
    """Draws a number between ``low`` and ``high``; a larger ``power`` draws nearer to ``low``."""
    return low + (high - low) * float(rng.random() ** power)


@dataclass(slots=True)
class Appointment:
    """A class that a contact may attend: its instant, and its hour in words."""

    at: float
    hour: str


class Calendar:
    """One gym's hours. Instants are epoch seconds, waits are seconds."""

    def __init__(self, rng: Random, gym: Gym, place: Place) -> None:
        self._rng = rng
        self._gym = gym
        self._place = place
        self._zone = ZoneInfo(gym.timezone)

    def to_local(self, at: float) -> datetime:
        """Converts an instant to the gym's time zone."""
        return datetime.fromtimestamp(at, self._zone)

    def is_open(self, at: float) -> bool:
        """Whether the gym is open at that instant."""
        moment = self.to_local(at)
        hours = self._gym.business_hours.get(moment.weekday())
        return hours is not None and hours[0] <= moment.time() < hours[1]

    def delay_until_staffed(self, at: float) -> float:
        """Returns the instant, or one after the next opening if no agent works at that instant."""
        moment = self.to_local(at)
        hours = self._gym.business_hours
        today = hours.get(moment.weekday())
        late = today is not None and today[1] <= moment.time() and moment.hour < 23
        if self.is_open(at) or (late and self._rng.random() < self._place.evening):
            return at
        for ahead in range(8):
            day = moment + timedelta(days=ahead)
            opens = hours.get(day.weekday())
            if opens and (ahead or moment.time() < opens[0]):
                start = day.replace(hour=opens[0].hour, minute=0, second=0, microsecond=0)
                wait = _draw_skewed(self._rng, 5, 115, 1.5) * MINUTE
                return start.timestamp() + wait + self._rng.random()
        raise ValueError(f"{self._gym.slug} never opens")

    def delay_until_awake(self, at: float) -> float:
        """Returns the instant, or one of the next morning if people sleep at that instant."""
        moment = self.to_local(at)
        if 6 <= moment.hour < 23 or (moment.hour == 23 and self._rng.random() < 0.3):
            return at
        morning = moment.replace(hour=7, minute=0, second=0, microsecond=0)
        if moment.hour >= 23:
            morning += timedelta(days=1)
        return morning.timestamp() + 150 * MINUTE * self._rng.random()

    def find_night(self, at: float) -> float:
        """Finds the next half past eleven at night."""
        moment = self.to_local(at)
        night = moment.replace(hour=23, minute=30, second=0, microsecond=0)
        if night <= moment:
            night += timedelta(days=1)
        return night.timestamp()

    def draw_contact_wait(self) -> float:
        """Draws a contact's reply delay: mostly minutes, sometimes until the next day."""
        draw = self._rng.random()
        if draw < 0.66:
            return _draw_skewed(self._rng, 20, 220, 2)
        if draw < 0.9:
            return _draw_skewed(self._rng, 5, 60, 1.5) * MINUTE
        return _draw_skewed(self._rng, 1, 15, 2) * HOUR

    def draw_first_wait(self) -> float:
        """Draws the delay of the gym's first answer."""
        wait = self._place.minutes * MINUTE * self._rng.lognormvariate(0, 1.1) + 10
        return min(wait, 3 * DAY)

    def draw_agent_wait(self) -> float:
        """Draws the delay of an agent's later answers."""
        wait = self._place.minutes * MINUTE * self._rng.lognormvariate(-0.9, 0.9) + 12
        return min(wait, DAY)

    def draw_appointment(self, at: float) -> Appointment:
        """Draws a class one to five days after the instant, on a weekday."""
        base = self.to_local(at)
        while True:
            day = base + timedelta(days=pick(self._rng, (1, 1, 1, 2, 2, 3, 4, 5)))
            hour = pick(self._rng, self._place.evenings * 2 + self._place.mornings)
            hours, _, minutes = hour.partition("h")
            then = day.replace(hour=int(hours), minute=int(minutes or 0), second=0, microsecond=0)
            if day.weekday() < 5 and then.timestamp() - at > 16 * HOUR:
                return Appointment(then.timestamp(), hour)

    def name_day(self, appointment: Appointment, at: float) -> str:
        """Names the appointment's day as seen from that instant: hoje, amanhã, quinta."""
        then = self.to_local(appointment.at)
        days = (then.date() - self.to_local(at).date()).days
        if days == 0:
            return "hoje"
        if days == 1:
            return "amanhã"
        name = WEEKDAYS[then.weekday()]
        return f"{name} dia {then.day}" if days > 4 else name

    def name_date(self, appointment: Appointment) -> str:
        """Names the appointment's day with its date: quarta dia 18."""
        then = self.to_local(appointment.at)
        return f"{WEEKDAYS[then.weekday()]} dia {then.day}"

    def choose_greeting(self, at: float) -> str:
        """Returns bom dia, boa tarde or boa noite."""
        hour = self.to_local(at).hour
        return "bom dia" if 4 <= hour < 12 else "boa tarde" if 12 <= hour < 18 else "boa noite"
