"""The supported models: prices, parameters and shutdown dates, as `models.yaml` has them."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from geniai_pipeline.analysis.bill import Notice
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings

MILLION = Decimal(1_000_000)
WARNING_DAYS = 60
_FILE = Path(__file__).with_name("models.yaml")
_TRANSCRIBER = "gpt-4o-mini-transcribe"
_SNAPSHOT = re.compile(r"-\d{4}-\d{2}-\d{2}$")

Price = Annotated[Decimal, Field(ge=0)]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Rates(_Entry):
    """A model's prices in US dollars per million tokens, and its reasoning effort."""

    input: Price
    cached: Price
    output: Price
    cache_write: Price | None = None
    """None: writing to the cache costs what reading anew does."""
    effort: str | None = None
    """`reasoning.effort`; None: the model does not reason and refuses the parameter."""


class Shutdown(_Entry):
    """The day on which a model stops, and the model to use then."""

    day: date
    successor: str


class ModelTable(_Entry):
    """A file of models."""

    models: dict[str, Rates] = {}
    transcribers: dict[str, Rates] = {}
    shutdowns: dict[str, Shutdown] = {}


@dataclass(frozen=True)
class Usage:
    """The tokens the provider counted for one call."""

    input_tokens: int
    cached_tokens: int
    """Of the input, read from the provider's cache."""
    written_tokens: int
    """Of the input, written to it."""
    output_tokens: int


@dataclass(frozen=True)
class Model:
    """One model under the name by which it is called."""

    name: str
    rates: Rates

    @property
    def effort(self) -> str | None:
        """Its `reasoning.effort`; None: it does not reason."""
        return self.rates.effort

    def worst_usd(self, input_tokens: int, output_tokens: int) -> Decimal:
        """Computes the most that so many tokens can cost, in US dollars."""
        rates = self.rates
        dearest = max(rates.input, rates.cache_write or rates.input)
        return (input_tokens * dearest + output_tokens * rates.output) / MILLION

    def cost_usd(self, usage: Usage) -> Decimal:
        """Computes what a call cost, in US dollars."""
        rates = self.rates
        plain = max(0, usage.input_tokens - usage.cached_tokens - usage.written_tokens)
        return (
            plain * rates.input
            + usage.cached_tokens * rates.cached
            + usage.written_tokens * (rates.cache_write or rates.input)
            + usage.output_tokens * rates.output
        ) / MILLION


def find_model(name: str) -> Model:
    """Finds the model of that name; a dated snapshot has its family's prices.

    Raises:
        PermanentError: its price is not known, so that no budget could be kept, or the operator's
            file of models cannot be used.

    """
    models = read_models().models
    known = models.get(name) or models.get(_family(name))
    if known is None:
        raise PermanentError(
            f"The price of the model '{name}' is not known, so no budget can be enforced.",
            mend=f"Set OPENAI_MODEL to one of {', '.join(models)}, or write its price into a file"
            " that GENIAI_OPENAI_MODELS names.",
        )
    return Model(name, known)


def find_transcriber() -> Model:
    """Finds the model that writes audios down.

    Raises:
        PermanentError: the operator's file of models cannot be used.

    """
    return Model(_TRANSCRIBER, read_models().transcribers[_TRANSCRIBER])


def build_shutdown_warning(name: str, today: date, announced: date | None = None) -> Notice | None:
    """Builds the warning that a model stops within 60 days, or has stopped.

    Args:
        name: the configured model.
        today: the current day, in UTC.
        announced: the day that the provider's model list names, if any.

    Raises:
        PermanentError: the operator's file of models cannot be used.

    """
    shutdowns = read_models().shutdowns
    listed = shutdowns.get(name) or shutdowns.get(_family(name))
    day = announced or (listed.day if listed else None)
    if day is None or (day - today).days > WARNING_DAYS:
        return None
    left = (day - today).days
    when = f"stops on {day}, in {left} days" if left > 0 else f"was shut down on {day}"
    successor = listed.successor if listed else "another model"
    return Notice(f"The model {name} {when}.", f"Set OPENAI_MODEL to {successor}.")


def read_models() -> ModelTable:
    """Reads the table of models, with the operator's entries in place of the package's.

    Raises:
        PermanentError: the operator's file cannot be read, or an entry is wrong; names it.

    """
    return _read_tables(get_settings().openai_models)


@lru_cache(maxsize=8)
def _read_tables(override: Path | None) -> ModelTable:
    tables = [_read_table(path) for path in (_FILE, override) if path]
    return ModelTable(
        models={name: rates for table in tables for name, rates in table.models.items()},
        transcribers={name: rates for t in tables for name, rates in t.transcribers.items()},
        shutdowns={name: end for table in tables for name, end in table.shutdowns.items()},
    )


def _read_table(path: Path) -> ModelTable:
    mend = "Correct GENIAI_OPENAI_MODELS; geniai_pipeline/analysis/openai/models.yaml has the form."
    try:
        return ModelTable.model_validate(YAML(typ="safe").load(path.read_text("utf-8")) or {})
    except OSError as error:
        raise PermanentError(f"{path} cannot be read: {error.strerror}.", mend=mend) from error
    except (YAMLError, UnicodeDecodeError) as error:
        line = " ".join(str(error).split())
        raise PermanentError(f"{path} is no YAML: {line}.", mend=mend) from error
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise PermanentError(f"{path} cannot be used: {faults}.", mend=mend) from error


def _family(name: str) -> str:
    return _SNAPSHOT.sub("", name)
