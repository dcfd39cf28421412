"""Why the rules spoke where OpenAI was asked to."""

from enum import Enum


class Fallback(str, Enum):
    """The reason, as it is stored; the next run tries again all but GIVEN_UP."""

    REFUSED = "refused"  # the model declined to answer
    INCOMPLETE = "incomplete"  # its answer was cut off
    MALFORMED = "malformed"  # its answer is not what the schema says
    NO_EVIDENCE = "no_evidence"  # it judged, and no quote of its stands in the conversation
    LATE = "late"  # no answer in time
    UNREACHABLE = "unreachable"  # the provider could not be reached, or failed
    RATE_LIMITED = "rate_limited"  # its limit is used up for longer than a run waits
    REJECTED = "rejected"  # it does not take the request
    QUOTA = "quota"  # the account's credit is used up
    UNAUTHORIZED = "unauthorized"  # no key, or one it does not take
    MODEL_GONE = "model_gone"  # it does not have the model (any more)
    BUDGET = "budget"  # the tenant's month is spent
    FORBIDDEN = "forbidden"  # the tenant forbids the outside
    GIVEN_UP = "given_up"  # paid for several times and never of use; until its content changes


NOTICES = {
    Fallback.BUDGET: "The month's OpenAI budget is spent; raise it with"
    " `geniai tenant add SLUG --monthly-budget-brl X`, or wait for the next month.",
    Fallback.FORBIDDEN: "The tenant forbids analysis outside; the rules judge alone.",
}
"""What the operator is told when the ledger itself refuses."""


class Unusable(Exception):
    """An answer that came and cannot be used."""

    def __init__(self, reason: Fallback) -> None:
        self.reason = reason
        super().__init__(reason.value)
