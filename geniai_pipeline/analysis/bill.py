"""Counts and cost of a paid analyzer in one run."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:  # its module shows notices of this one
    from geniai_pipeline.analysis.openai.models import Usage


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
    """The provider's name, for people."""
    calls: int = 0
    reused: int = 0
    """Answers that an earlier run paid for."""
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    cost_brl: Decimal = Decimal(0)
    """Includes calls of unknown outcome, at their worst cost."""
    cost_usd: Decimal = Decimal(0)
    rate_limited: int = 0
    """Answers with status 429."""
    fallbacks: Counter[str] = field(default_factory=Counter)
    """By reason, the conversations that the rules analyzed instead."""
    compared: int = 0
    """Conversations that both analyzed."""
    same_lead: int = 0
    same_score: int = 0
    notice: Notice | None = None
    """Why the provider was not called (any more), and how to correct it."""
    warning: Notice | None = None
    """The model's shutdown date, up to 60 days ahead."""

    def add_call(self, usage: "Usage | None", cost_brl: Decimal, cost_usd: Decimal) -> None:
        """Adds a paid call; without usage its tokens are unknown."""
        self.calls += 1
        self.cost_brl += cost_brl
        self.cost_usd += cost_usd
        if usage:
            self.input_tokens += usage.input_tokens
            self.cached_tokens += usage.cached_tokens
            self.output_tokens += usage.output_tokens

    @property
    def notices(self) -> list[str]:
        """The notices for the operator, one line each."""
        return [str(notice) for notice in (self.notice, self.warning) if notice]
