"""The state of an episode: who must act next, the visit, the contact's role, the outcome."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.state.next_actor import Actor, Waiting, find_next_actor
from geniai_pipeline.analysis.state.outcomes import LostReason, Outcome, judge_outcome
from geniai_pipeline.analysis.state.roles import Role, judge_role
from geniai_pipeline.analysis.state.turns import TurnReader
from geniai_pipeline.analysis.state.visits import Visit, follow_visit


@dataclass(frozen=True)
class EpisodeState:
    """What a transcript shows at its end, by the rubric of `docs/labelling.md`."""

    role: Role
    next_actor: Actor
    waiting_since: int | None
    """The message of the contact (its index from 0) since which the gym must answer."""
    visit: Visit
    outcome: Outcome
    lost_reason: LostReason | None

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
        turns = self._turns.read(conversation)
        role = judge_role(turns, self._turns.read_name(conversation))
        waiting = Waiting("nobody") if role == "spam" else find_next_actor(turns)
        outcome, lost_reason = judge_outcome(turns, role)
        return EpisodeState(
            role=role,
            next_actor=waiting.actor,
            waiting_since=waiting.since,
            visit=follow_visit(turns) if role in ("prospect", "returning") else Visit(),
            outcome=outcome,
            lost_reason=lost_reason,
        )

    def read_all(self, conversations: Iterable[Transcript]) -> Iterator[EpisodeState]:
        """Reads each transcript as it is asked for."""
        return map(self.read, conversations)
