"""What a run of the OpenAI analyzer did and cost, for people to look at."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from geniai_pipeline.analysis.base import Analysis
from geniai_pipeline.analysis.openai.fallbacks import Fallback, Notice
from geniai_pipeline.analysis.openai.ledger import Settle


@dataclass
class Account:
    """Counts and money of one run."""

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
    """By reason, the conversations that the rules judged instead."""
    compared: int = 0
    """Conversations that both judged."""
    same_lead: int = 0
    same_score: int = 0
    notice: Notice | None = None
    """Why OpenAI was not asked (any more), and what to do about it."""
    warning: Notice | None = None
    """The model's end, weeks ahead."""

    def book(self, settled: Settle, worst_brl: Decimal, worst_usd: Decimal) -> None:
        """Adds a call."""
        self.calls += 1
        self.cost_brl += worst_brl if settled.cost_brl is None else settled.cost_brl
        self.cost_usd += worst_usd if settled.cost_usd is None else settled.cost_usd
        if settled.usage:
            self.input_tokens += settled.usage.input_tokens
            self.cached_tokens += settled.usage.cached_tokens
            self.output_tokens += settled.usage.output_tokens

    def compare(self, ours: Analysis, rules: Analysis) -> None:
        """Counts an answer beside what the rules say of the same conversation."""
        self.compared += 1
        self.same_lead += ours.is_lead == rules.is_lead
        self.same_score += ours.score == rules.score

    def fall_back(self, reason: Fallback) -> None:
        """Counts a conversation that the rules judged instead."""
        self.fallbacks[reason.value] += 1
