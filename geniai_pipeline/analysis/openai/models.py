"""The supported models: prices, parameters and shutdown dates."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from geniai_pipeline.analysis.bill import Notice
from geniai_pipeline.errors import PermanentError

MILLION = Decimal(1_000_000)
WARNING_DAYS = 60
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")


@dataclass(frozen=True)
class Model:
    """One model: prices in US dollars per million tokens, and its reasoning effort."""

    name: str
    input_usd: Decimal
    cached_usd: Decimal
    output_usd: Decimal
    cache_write_usd: Decimal | None = None
    """None: writing to the cache costs what reading anew does."""
    effort: str | None = None
    """`reasoning.effort`; None: the model does not reason and refuses the parameter."""

    def worst_usd(self, input_tokens: int, output_tokens: int) -> Decimal:
        """Computes the most that so many tokens can cost, in US dollars."""
        dearest = max(self.input_usd, self.cache_write_usd or self.input_usd)
        return (input_tokens * dearest + output_tokens * self.output_usd) / MILLION

    def cost_usd(self, usage: "Usage") -> Decimal:
        """Computes what a call cost, in US dollars."""
        plain = max(0, usage.input_tokens - usage.cached_tokens - usage.written_tokens)
        return (
            plain * self.input_usd
            + usage.cached_tokens * self.cached_usd
            + usage.written_tokens * (self.cache_write_usd or self.input_usd)
            + usage.output_tokens * self.output_usd
        ) / MILLION


@dataclass(frozen=True)
class Usage:
    """The tokens the provider counted for one call."""

    input_tokens: int
    cached_tokens: int
    """Of the input, read from the provider's cache."""
    written_tokens: int
    """Of the input, written to it."""
    output_tokens: int


# Standard prices of OpenAI's price page as of November 2026; the model card has the same.
MODELS = {
    model.name: model
    for model in (
        Model(
            "gpt-6-luna", Decimal("0.10"), Decimal("0.01"), Decimal("0.50"), Decimal("0.125"),
            effort="none",
        ),
        Model("gpt-5.6-luna", Decimal("0.20"), Decimal("0.02"), Decimal("1.20"), effort="none"),
        Model("gpt-5-nano", Decimal("0.05"), Decimal("0.005"), Decimal("0.40"), effort="minimal"),
        Model("gpt-4o-mini", Decimal("0.15"), Decimal("0.075"), Decimal("0.60")),
    )
}  # fmt: skip

# OpenAI's deprecations page, November 2026: when a model stops, and what it names in its place.
SHUTDOWNS = {
    "gpt-4.1-nano": (date(2026, 10, 23), "gpt-6-luna"),
    "gpt-5-nano": (date(2026, 12, 11), "gpt-6-luna"),
    "gpt-5-mini": (date(2026, 12, 11), "gpt-6-luna"),
    "gpt-4o-mini": (date(2027, 1, 14), "gpt-6-luna"),
}


def find_model(name: str) -> Model:
    """Finds the model of that name; a dated snapshot has its family's prices.

    Raises:
        PermanentError: its price is not known, so that no budget could be kept.

    """
    known = MODELS.get(name) or MODELS.get(_family(name))
    if known is None:
        raise PermanentError(
            f"The price of the model '{name}' is not known, so no budget can be enforced.",
            mend=f"Set OPENAI_MODEL to one of {', '.join(MODELS)}.",
        )
    return Model(**{**vars(known), "name": name})


def build_shutdown_warning(name: str, today: date, announced: date | None = None) -> Notice | None:
    """Builds the warning that a model stops within 60 days, or has stopped.

    Args:
        name: the configured model.
        today: the current day, in UTC.
        announced: the day that the provider's model list names, if any.

    """
    listed, successor = SHUTDOWNS.get(name) or SHUTDOWNS.get(_family(name)) or (None, "gpt-6-luna")
    stops = announced or listed
    if stops is None or (stops - today).days > WARNING_DAYS:
        return None
    left = (stops - today).days
    when = f"stops on {stops}, in {left} days" if left > 0 else f"was shut down on {stops}"
    return Notice(f"The model {name} {when}.", f"Set OPENAI_MODEL={successor}.")


def _family(name: str) -> str:
    return _SNAPSHOT.sub("", name)
