"""The rules, read from `phrases/*.ini`: a section is a rule, its keys are the fields of `Rule`."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum, auto
from pathlib import Path

from geniai_pipeline.analysis.ini_files import read_ini

_FOLDER = Path(__file__).with_name("phrases")


class Kind(IntEnum):
    """The meaning of a rule's match, in three groups: who writes, what they want, how."""

    VENDOR = auto()
    JOB = auto()
    WRONG_NUMBER = auto()
    SPAM = auto()
    INJECTION = auto()
    OFF_TOPIC = auto()
    STAFF = auto()
    MEMBER = auto()
    MEMBER_SERVICE = auto()
    FOR_ANOTHER = auto()
    RETURNING = auto()

    CURIOSITY = auto()
    INTENT = auto()
    QUESTION = auto()
    DROP_IN = auto()
    TRIAL = auto()
    ENROLMENT = auto()
    LOST = auto()
    REFUSAL = auto()
    CONDITION = auto()
    GOAL = auto()

    YES = auto()
    NO = auto()
    MAYBE = auto()
    CANCEL = auto()
    CHANGE = auto()
    SAME_TIME = auto()
    CALL = auto()
    ABOUT_GYM = auto()
    SMALL_TALK = auto()
    HEARS_MEMBER = auto()
    HEARS_STRANGER = auto()
    OFFERS_TRIAL = auto()
    OFFERS_INFO = auto()
    OFFERS_ENROLMENT = auto()
    ASKS_GOAL = auto()
    ASKS_MEMBER = auto()
    MOVE = auto()
    """A rule that only `analysis.state` reads, by its name."""


@dataclass(frozen=True)
class Rule:
    """A rule: a meaning, and the phrases that express it (syntax: `matcher`).

    `means` is the meaning of a match in Portuguese; it appears in the reasoning. `label` is the
    noun phrase of a condition or goal. `unless` phrases in the same sentence void the rule.
    `negatable` rules are void after "não", "nunca", "sem". A rule matches its `example` and not
    its `counter`.
    """

    name: str
    kind: Kind
    means: str
    example: str
    counter: str
    phrases: tuple[str, ...]
    unless: tuple[str, ...]
    label: str
    negatable: bool


def read_rules(*names: str) -> tuple[Rule, ...]:
    """Reads the rules of the files, in order."""
    return tuple(rule for name in names for rule in read_rule_file(_FOLDER / f"{name}.ini"))


def read_rule_file(path: Path) -> tuple[Rule, ...]:
    """Reads the rules of one file, in order; without a kind a rule is a move."""
    return tuple(_read(path))


def _read(path: Path) -> Iterator[Rule]:
    parser = read_ini(path)
    for name in parser.sections():
        section = parser[name]
        yield Rule(
            name=name,
            kind=Kind[section.get("kind", Kind.MOVE.name)],
            means=section.get("means", ""),
            example=section["example"],
            counter=section["counter"],
            phrases=_lines(section["phrases"]),
            unless=_lines(section.get("unless", "")),
            label=section.get("label", ""),
            negatable=section.getboolean("negatable", True),
        )


def _lines(block: str) -> tuple[str, ...]:
    return tuple(line for line in block.splitlines() if line)


_BOTH_SIDES, _GYM = read_rules("turns"), read_rules("gym")
CONTACT_RULES = (
    *read_rules("trade", "strangers", "members", "interest", "decisions", "health", "goals"),
    *_BOTH_SIDES,
)
GYM_RULES = (*_GYM, *_BOTH_SIDES)
RULES = (*CONTACT_RULES, *_GYM)
