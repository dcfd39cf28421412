"""The state of an episode: who must act next, the visit, the contact's role, the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.injection import ORDERS
from geniai_pipeline.analysis.local.rules import CONTACT_RULES, GYM_RULES, Kind
from geniai_pipeline.analysis.local.words import WORDS
from geniai_pipeline.analysis.state.next_actor import Actor, Waiting, find_next_actor
from geniai_pipeline.analysis.state.opt_outs import find_opt_out
from geniai_pipeline.analysis.state.outcomes import LostReason, Outcome, judge_outcome
from geniai_pipeline.analysis.state.roles import LEAD_ROLES, Role, judge_role
from geniai_pipeline.analysis.state.spoken_instants import say_instant
from geniai_pipeline.analysis.state.turns import MOVES, Turn, TurnReader
from geniai_pipeline.analysis.state.visits import Visit, follow_visit

_VERSION = 2
"""Increment it with each change of the code of this package: every state is then judged anew."""


@dataclass(frozen=True)
class EpisodeState:
    """What a transcript shows at its end, by the rubric of `docs/labelling.md`."""

    role: Role
    is_referral: bool
    """Whether they ask for somebody else who is to start."""
    next_actor: Actor
    waiting_since: int | None
    """The message of the contact (its index from 0) since which the gym must answer."""
    visit: Visit
    appointment: str
    """The visit's instant in Portuguese: "quinta, dia 12, às 18h30"; empty where it has none."""
    outcome: Outcome
    lost_reason: LostReason | None
    lost_quote: str | None
    """The contact's words that prove the reason; None where silence is the reason."""
    opted_out: int | None
    """The message (its index) in which the contact asks not to be written to again."""

    @property
    def visit_scheduled(self) -> bool:
        """Whether a first visit is agreed on, or took place."""
        return self.visit.state in ("agreed", "done")

    @property
    def visit_at(self) -> str | None:
        """The visit's instant as local time of the gym, to the minute."""
        at = self.visit.at if self.visit.state not in ("none", "proposed") else None
        return f"{at:%Y-%m-%dT%H:%M}" if at else None

    @property
    def fields(self) -> dict[str, str | int | None]:
        """The values that labels have too, each under its own name."""
        return {
            "role": self.role,
            "next_actor": self.next_actor,
            "waiting_since": self.waiting_since,
            "visit_state": self.visit.state,
            "visit_at": self.visit_at,
            "outcome": self.outcome,
            "lost_reason": self.lost_reason,
        }


class StateReader:
    """Reads the state of transcripts by rules alone. Threads may share it."""

    def __init__(self) -> None:
        """Compiles the rules."""
        self._turns = TurnReader()

    def read(self, conversation: Transcript) -> EpisodeState:
        """Reads one transcript; the same one gives the same state."""
        return self.judge(conversation, self.read_turns(conversation))

    def read_turns(self, conversation: Transcript) -> tuple[Turn, ...]:
        """Reads what each message does, for `judge` and for whoever needs the words too."""
        return self._turns.read(conversation)

    def judge(self, conversation: Transcript, turns: Sequence[Turn]) -> EpisodeState:
        """Judges the state of a transcript by its turns."""
        visit = follow_visit(turns)
        role = judge_role(turns, self._turns.read_name(conversation), visit.state)
        waiting = Waiting("nobody") if role == "spam" else find_next_actor(turns)
        ending = judge_outcome(turns, role)
        visit = visit if role in LEAD_ROLES else Visit()
        is_dated = any(message.at for message in conversation.messages)
        return EpisodeState(
            role=role,
            is_referral=any(turn.is_contact and Kind.FOR_ANOTHER in turn.kinds for turn in turns),
            next_actor=waiting.actor,
            waiting_since=waiting.since,
            visit=visit if is_dated else replace(visit, at=None),
            appointment=say_instant(visit.at, turns, is_dated=is_dated) if visit.at else "",
            outcome=ending.outcome,
            lost_reason=ending.lost_reason,
            lost_quote=ending.lost_quote,
            opted_out=find_opt_out(turns),
        )


@lru_cache(maxsize=1)
def compute_version() -> str:
    """Computes a digest of the rules; it changes whenever a state could change."""
    rules = repr((CONTACT_RULES, GYM_RULES, WORDS, MOVES, ORDERS.pattern)).encode()
    return f"{_VERSION}-{sha256(rules).hexdigest()[:8]}"
