"""The reasons why the rules analyzed a conversation in OpenAI's place."""

from enum import Enum

from geniai_pipeline.analysis.bill import Notice


class Fallback(str, Enum):
    """A reason, as it is stored; the next run tries again all but GIVEN_UP."""

    REFUSED = "refused"  # the model declined to answer
    INCOMPLETE = "incomplete"  # its answer was cut off
    MALFORMED = "malformed"  # its answer is not what the schema says
    NO_EVIDENCE = "no_evidence"  # none of its quotes occurs in the conversation
    LATE = "late"  # no answer in time
    UNREACHABLE = "unreachable"  # the provider could not be reached, or failed
    RATE_LIMITED = "rate_limited"  # its limit is used up for longer than a run waits
    REJECTED = "rejected"  # it does not take the request
    QUOTA = "quota"  # the account's credit is used up
    UNAUTHORIZED = "unauthorized"  # no key, or one it does not take
    MODEL_GONE = "model_gone"  # it does not have the model (any more)
    BUDGET = "budget"  # the tenant's month is spent
    FORBIDDEN = "forbidden"  # the tenant forbids external analysis
    UNRECORDED = "unrecorded"  # a file of recorded answers has none; never stored
    GIVEN_UP = "given_up"  # paid for several times and never of use; until its content changes


NOTICES = {
    Fallback.BUDGET: Notice(
        "The OpenAI budget is spent.",
        "Raise --monthly-budget-brl of `geniai tenant add`, which is per calendar month, or"
        " --budget-brl of `geniai analyze`.",
    ),
    Fallback.FORBIDDEN: Notice(
        "The tenant forbids external analysis.",
        "Allow it with `geniai tenant add SLUG --external-analysis`, or keep the analyzer rules.",
    ),
    Fallback.QUOTA: Notice("The OpenAI account has no credit left.", "Add credit to it."),
    Fallback.UNAUTHORIZED: Notice("OpenAI rejects the key.", "Correct OPENAI_API_KEY."),
    Fallback.MODEL_GONE: Notice(
        "OpenAI does not have the model for this key.", "Set OPENAI_MODEL to one it has."
    ),
}
"""The notices of fallbacks that a new attempt does not avoid."""


class UnusableAnswerError(Exception):
    """OpenAI answered, but the answer cannot be used."""

    def __init__(self, reason: Fallback) -> None:
        self.reason = reason
        super().__init__(reason.value)
