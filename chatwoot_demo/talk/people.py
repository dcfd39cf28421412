"""Generated contacts: names, phones of an unassigned range, addresses at example.com."""

import re
import unicodedata
from dataclasses import dataclass, field
from random import Random

from chatwoot_demo.talk.names import MEN, SOUTHERN_SURNAMES, SURNAMES, WOMEN
from chatwoot_demo.talk.style import Style

_DECORATIONS = ("🌸", "🦋", "💕", "🙏🏽", "🔥", "⚽", "✨", "🌻", "🐾", "🎶", "🏍️", "🍀")
_NICKNAMES = {
    "Ju": "Juliana", "Bia": "Beatriz", "Gabi": "Gabriela", "Rafa": "Rafael", "Dani": "Daniela",
    "Nanda": "Fernanda", "Cacau": "Carla", "Binho": "Fábio", "Gui": "Guilherme", "Duda": "Eduardo",
    "Lu": "Luciana", "Nando": "Fernando", "Leo": "Leonardo", "Tati": "Tatiane", "Mari": "Mariana",
}  # fmt: skip
_SHORT = {full: short for short, full in _NICKNAMES.items()}
_ODD_NAMES = (
    ".", "🌸", "🙏🏽", "Deus é fiel", "mãe do Theo", "~", "Vendas", "lojinha da Keila",
    "🔥🔥", "Família", "JC", "Eu", "Jesus te ama ❤️", "Mãe da Laurinha", "R.", "✨✨",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Membership:
    """A time in which somebody trains here, in epoch seconds; ``until`` None: for now.

    ``has_since`` is whether the gym's list of members has the first day.
    """

    since: float
    until: float | None = None
    has_since: bool = True
    plan: str = "Mensal"


@dataclass(slots=True, eq=False)
class Person:
    """Somebody who writes to a gym or trains there, perhaps through several contacts.

    ``shown`` is their name in Chatwoot; ``known`` is whether it is a real name. ``contacts`` and
    ``threads`` are the ids of their contacts and of their last conversations by channel. ``role``
    is what they last were to the gym, and ``busy_until`` the end of their last script.
    """

    first: str
    full: str
    female: bool
    shown: str
    known: bool
    phone: str
    email: str
    handle: str
    style: Style
    channel: str | None = None
    role: str | None = None
    busy_until: float = 0.0
    contacts: dict[str, int] = field(default_factory=dict)
    threads: dict[str, int] = field(default_factory=dict)
    memberships: list[Membership] = field(default_factory=list)

    def is_member(self, at: float) -> bool:
        """Whether they train here at that instant."""
        return any(
            each.since <= at and (each.until is None or at < each.until)
            for each in self.memberships
        )


def draw_person(rng: Random, area_code: int, women: float, state: str) -> Person:
    """Draws a new contact in the gym's city; ``women`` is the share of women among its contacts."""
    female = rng.random() < women
    first = rng.choice(WOMEN if female else MEN)
    surnames = [*SURNAMES, *SOUTHERN_SURNAMES] if state in ("PR", "RS", "SC") else SURNAMES
    last = rng.choice(surnames)
    full = f"{first} {last}" if rng.random() < 0.6 else f"{first} {rng.choice(SURNAMES)} {last}"
    shown, known = _draw_profile_name(rng, first, last, full)
    plain = remove_accents(f"{first}.{last}").lower()
    handle = re.sub(r"\.", rng.choice((".", "_", "")), plain) + rng.choice(
        ("", "", "_", str(rng.randint(1, 99)))
    )
    return Person(
        first=first,
        full=full,
        female=female,
        shown=shown,
        known=known,
        # Real numbers have 6 to 9 after the first 9, so that 90 is valid and unassigned.
        phone=f"+55{area_code}90{rng.randrange(10**7):07d}",
        email=f"{plain}{rng.choice(('', str(rng.randint(1, 99))))}@example.com",
        handle=handle,
        style=Style.draw(rng),
    )


def remove_accents(text: str) -> str:
    """Removes accents and all other characters that are not ASCII."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _draw_profile_name(rng: Random, first: str, last: str, full: str) -> tuple[str, bool]:
    draw = rng.random()
    if draw < 0.04:
        return "", False
    if draw < 0.075:
        return rng.choice(_ODD_NAMES), False
    if draw < 0.40:
        return full, True
    if draw < 0.66:
        return first, True
    if draw < 0.78:
        return f"{first} {last[0]}.", True
    if draw < 0.85:
        return first.lower(), True
    if draw < 0.92:
        return f"{_SHORT.get(first, first)} {rng.choice(_DECORATIONS)}", True
    return f"{first} {last}".upper() if draw < 0.95 else f"{first} {last}", True
