"""What a gym says of itself, so that suggested messages can answer from it."""

import json
from datetime import time
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from geniai_pipeline.errors import PermanentError

WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
"""The names of days in a file of facts, Monday first."""

_GUIDE = "docs/how-to/describe-a-gym.md shows every field."


def _spell_day(value: object) -> object:
    return {"sab": "sáb"}.get(value.lower(), value.lower()) if isinstance(value, str) else value


def _read_hour(value: object) -> object:
    """Reads "6:00" too, and refuses a plain number, which would be seconds."""
    if not isinstance(value, str):
        raise ValueError("write the hour as 18:30")  # noqa: TRY004  (pydantic reports no other)
    return value.strip().zfill(len("18:30"))


Day = Annotated[
    Literal["seg", "ter", "qua", "qui", "sex", "sáb", "dom"], BeforeValidator(_spell_day)
]
Hour = Annotated[time, BeforeValidator(_read_hour)]
Name = Annotated[str, Field(min_length=1, max_length=60)]
Sentence = Annotated[str, Field(min_length=1, max_length=160)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Plan(_Part):
    """A plan: its price in reais and what the price is for: "mês", "aula", "semestre"."""

    name: Name
    price: Annotated[float, Field(gt=0)]
    per: Name = "mês"
    activity: Name | None = None
    note: Sentence | None = None


class Lesson(_Part):
    """An activity's hours on some days of the week."""

    activity: Name
    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    times: Annotated[tuple[Hour, ...], Field(min_length=1)]


class Opening(_Part):
    """From when to when the gym is open on some days of the week."""

    days: Annotated[tuple[Day, ...], Field(min_length=1)]
    opens: Hour
    closes: Hour


class Trial(_Part):
    """The first visit: its name ("aula experimental"), its price in reais, how it is booked."""

    name: Name = "aula experimental"
    price: Annotated[float, Field(ge=0)] = 0
    booking: Sentence | None = None
    bring: Sentence | None = None


class TenantFacts(_Part):
    """The facts that suggested messages may state; a field that is not given is not known."""

    plans: tuple[Plan, ...] = ()
    enrolment_fee: Annotated[float, Field(ge=0)] | None = None
    timetable: tuple[Lesson, ...] = ()
    opening_hours: tuple[Opening, ...] = ()
    address: Sentence | None = None
    parking: Sentence | None = None
    trial: Trial | None = None
    ages: Sentence | None = None
    payment: tuple[Name, ...] = ()
    platforms: tuple[Name, ...] | None = None
    """The platforms that the gym takes (Wellhub, TotalPass); empty: none, None: not known."""

    @property
    def version(self) -> str:
        """A digest that changes with any fact: suggestions depend on it."""
        return sha256(json.dumps(self.to_json(), sort_keys=True).encode()).hexdigest()[:8]

    def to_json(self) -> dict[str, Any]:
        """Returns the given facts as they are stored."""
        return self.model_dump(mode="json", exclude_unset=True)

    def to_yaml(self) -> str:
        """Formats the given facts as a file of facts."""
        yaml, text = YAML(), StringIO()
        yaml.default_flow_style = False
        yaml.dump(self.to_json(), text)
        return text.getvalue()


def read_facts(path: Path) -> TenantFacts:
    """Reads a YAML file of facts.

    Raises:
        PermanentError: it cannot be read, is no YAML, or a field is wrong; names each field.

    """
    try:
        content = YAML(typ="safe").load(path.read_text("utf-8"))
    except OSError as error:
        raise PermanentError(
            f"{path} cannot be read: {error.strerror}.", mend="Give a file of facts."
        ) from error
    except (YAMLError, UnicodeDecodeError) as error:
        line = " ".join(str(error).split())
        raise PermanentError(f"{path} is no YAML: {line}.", mend=_GUIDE) from error
    return parse_facts(content if content is not None else {}, str(path))


def parse_facts(content: object, source: str = "The facts") -> TenantFacts:
    """Parses facts from what a file or the database holds.

    Raises:
        PermanentError: a field is wrong; names each field.

    """
    try:
        return TenantFacts.model_validate(content)
    except ValidationError as error:
        faults = "; ".join(f"{_name_field(e['loc'])}: {e['msg']}" for e in error.errors())
        raise PermanentError(f"{source} cannot be used: {faults}.", mend=_GUIDE) from error


def _name_field(path: tuple[int | str, ...]) -> str:
    """Names a field as people count: ``plans[2].price`` is the second plan's price."""
    name = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return name.lstrip(".") or "the file"
