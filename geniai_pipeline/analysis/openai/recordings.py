"""Records answers of a model, and scores them again without network or budget.

A record has the answer as the model wrote it, with pseudonyms in place of personal data, and a
digest of the request, but no conversation and no id of one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from geniai_pipeline.analysis.base import Analysis, Transcript
from geniai_pipeline.analysis.bill import Bill, Notice
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.answers import parse_analysis
from geniai_pipeline.analysis.openai.fallbacks import Fallback, UnusableAnswerError
from geniai_pipeline.analysis.openai.ledger import (
    Find,
    InMemoryLedger,
    Job,
    Reserve,
    Result,
    Settle,
)
from geniai_pipeline.analysis.openai.models import Model, Usage, find_model
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_facts import TenantFacts

_FAILURES = {"refusal": Fallback.REFUSED, "incomplete": Fallback.INCOMPLETE}


class Recording(BaseModel):
    """One paid answer of a model."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    content_hash: str
    model: str
    prompt_version: str
    outcome: str
    """`completed`, `refusal`, `incomplete` or what else the provider says."""
    answer: str | None
    """None: there is none to use."""
    usage: Usage


class RecordingLedger(InMemoryLedger):
    """A budget in memory that writes each paid answer to a file, and finds those that it has.

    Args:
        budget_brl: what the answers may cost at most.
        path: the file of recordings; it may exist.

    Raises:
        PermanentError: the file exists, and is none of recordings.

    """

    def __init__(self, budget_brl: Decimal, path: Path) -> None:
        super().__init__(budget_brl)
        self._path = path
        self._answers = {
            r.content_hash: r.answer for r in (read_recordings(path) if path.exists() else ())
        }
        self._calls: list[Reserve] = []

    def _do_job(self, job: Job) -> Result:
        if isinstance(job, Find):
            return self._answers.get(job.content_hash)
        result = super()._do_job(job)
        if isinstance(job, Reserve) and isinstance(result, int):
            self._calls.append(job)
        elif isinstance(job, Settle) and job.usage:
            self._record(self._calls[job.call_id], job, job.usage)
        return result

    def _record(self, call: Reserve, settlement: Settle, usage: Usage) -> None:
        recording = Recording(
            content_hash=call.content_hash,
            model=call.model,
            prompt_version=prompt.VERSION,
            outcome=settlement.outcome,
            answer=settlement.answer,
            usage=usage,
        )
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{recording.model_dump_json()}\n")


class RecordedAnalyzer:
    """The `Analyzer` that takes a model's answers from a file, and falls back to the rules.

    Args:
        path: the recordings. Answers to another version of the prompt are of no use.
        brl_per_usd: reais a dollar costs.

    Raises:
        PermanentError: the file cannot be read, has no answer to this version of the prompt, or
            those of several models.

    """

    name = "openai"

    def __init__(self, path: Path, brl_per_usd: Decimal) -> None:
        self._model, self._recordings = _select_recordings(path)
        self._brl_per_usd = brl_per_usd
        self._rules = RulesAnalyzer()
        self.bill = Bill("OpenAI")

    @property
    def version(self) -> str:
        """Returns the prompt's digest and the model."""
        return f"{prompt.VERSION} {self.model}"

    @property
    def model(self) -> str:
        """Returns the name of the model that answered."""
        return self._model.name

    def unavailable_reason(self) -> Notice | None:
        """Returns None: it needs no provider."""
        return None

    def can_replace_fallbacks(self) -> bool:
        """Returns False: the file does not change."""
        return False

    def analyze(self, conversations: Iterable[Transcript]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order; UNRECORDED without a recording."""
        for conversation in conversations:
            (rules,) = self._rules.analyze([conversation])
            request = prompt.prepare_request(conversation, rules, self._model, TenantFacts())
            try:
                yield rules if request is None else self._parse(conversation, rules, request)
            except UnusableAnswerError as unusable:
                self.bill.fallbacks[unusable.reason.value] += 1
                yield replace(rules, fallback_reason=unusable.reason.value)

    def _parse(
        self, conversation: Transcript, rules: Analysis, request: prompt.Request
    ) -> Analysis:
        recording = self._recordings.get(request.content_hash)
        if recording is None:
            raise UnusableAnswerError(Fallback.UNRECORDED)
        cost = self._model.cost_usd(recording.usage)
        self.bill.add_call(recording.usage, cost * self._brl_per_usd, cost)
        if recording.answer is None:
            raise UnusableAnswerError(_FAILURES.get(recording.outcome, Fallback.MALFORMED))
        return parse_analysis(
            recording.answer, conversation, request.mask, rules,
            name=self.name, version=self.version,
        )  # fmt: skip


def read_recordings(path: Path) -> list[Recording]:
    """Reads a file of recordings.

    Raises:
        PermanentError: it cannot be read, or a line is no recording; names the line.

    """
    recordings = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise PermanentError(f"{path} cannot be read: {error}.", mend=_MEND) from error
    for number, line in enumerate(lines, start=1):
        try:
            recordings.append(Recording.model_validate_json(line))
        except ValidationError as error:
            raise PermanentError(
                f"{path}, line {number}, is no recorded answer.", mend=_MEND
            ) from error
    return recordings


_MEND = "Record one: geniai eval FILE.jsonl --analyzer openai --record answers.jsonl."


def _select_recordings(path: Path) -> tuple[Model, dict[str, Recording]]:
    """Selects the answers to this prompt, of a question the last that can be used."""
    recordings = read_recordings(path)
    current = [r for r in recordings if r.prompt_version == prompt.VERSION]
    if not current:
        versions = ", ".join(sorted({r.prompt_version for r in recordings})) or "nothing"
        raise PermanentError(
            f"{path} has no answer to the prompt {prompt.VERSION}, but to {versions}.", mend=_MEND
        )
    models = sorted({r.model for r in current})
    if len(models) > 1:
        raise PermanentError(
            f"{path} has answers of several models: {', '.join(models)}.",
            mend="Keep a file for each model.",
        )
    current.sort(key=lambda recording: recording.answer is not None)
    return find_model(models[0]), {r.content_hash: r for r in current}
