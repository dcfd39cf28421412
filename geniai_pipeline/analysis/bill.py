"""What a paid analyzer did and cost in one run, for people to look at."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple


class Notice(NamedTuple):
    """A line for the operator: what is wrong with an analyzer, and what to do about it."""

    what: str
    mend: str

    def __str__(self) -> str:
        """Returns both on one line."""
        return f"{self.what} {self.mend}"


@dataclass
class Bill:
    """Counts and money of one run."""

    provider: str
    """Who is paid, by the name people know."""
    calls: int = 0
    reused: int = 0
    """Answers that had been paid for before."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_brl: Decimal = Decimal(0)
    """With calls of unknown outcome at their worst case."""
    cost_usd: Decimal = Decimal(0)
    rate_limited: int = 0
    """Times the provider said 429."""
    fallbacks: Counter[str] = field(default_factory=Counter)
    """By reason, the conversations that the rules analyzed instead."""
    compared: int = 0
    """Conversations that both analyzed."""
    same_lead: int = 0
    same_score: int = 0
    notice: Notice | None = None
    """Why the provider was not called (any more), and what to do about it."""
    warning: Notice | None = None
    """The model's end, weeks ahead."""

    @property
    def notices(self) -> list[str]:
        """What the operator should know, one line each."""
        return [str(notice) for notice in (self.notice, self.warning) if notice]
