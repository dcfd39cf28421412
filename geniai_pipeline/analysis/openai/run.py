"""Analyzes the conversations of one run: request, reservation, retries, fallback to the rules."""

import asyncio
import random
import time
from dataclasses import replace
from decimal import Decimal

from geniai_pipeline.analysis.base import Analysis, Transcript
from geniai_pipeline.analysis.bill import Bill, Notice
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.answers import parse_analysis
from geniai_pipeline.analysis.openai.batched_ledger import BatchedLedger
from geniai_pipeline.analysis.openai.client import CallResult, Client
from geniai_pipeline.analysis.openai.fallbacks import NOTICES, Fallback, UnusableAnswerError
from geniai_pipeline.analysis.openai.ledger import Find, Ledger, Reserve, Settle, build_settlement
from geniai_pipeline.analysis.openai.models import Model
from geniai_pipeline.analysis.openai.rate_limiter import RateLimiter, RequestQueue
from geniai_pipeline.analysis.privacy import Mask
from geniai_pipeline.tenant_facts import TenantFacts

_ATTEMPTS = 5
_DEADLINE_SECONDS = 120.0
"""From a conversation's first call on; after that it is late."""
_MAX_FAILURES = 20
"""So many failures in a row, and the provider is left alone for this run."""
_CHARS_A_TOKEN = 4
_OVERHEAD_TOKENS = 64
"""What the provider adds around a prompt."""


class AnalysisRun:
    """Analyzes conversations concurrently; made and used within one event loop."""

    def __init__(
        self,
        *,
        name: str,
        version: str,
        model: Model,
        facts: TenantFacts,
        only_unsure: bool,
        brl_per_usd: Decimal,
        client: Client,
        ledger: Ledger,
        rate_limiter: RateLimiter,
        rules: RulesAnalyzer,
        bill: Bill,
    ) -> None:
        self._name, self._version, self._model, self._facts = name, version, model, facts
        self._only_unsure, self._brl_per_usd = only_unsure, brl_per_usd
        self._client, self._ledger = client, BatchedLedger(ledger)
        self._request_queue = RequestQueue(rate_limiter)
        self._rules, self._bill = rules, bill
        self._stopped: Fallback | None = None
        self._in_flight = 0
        self._failures = 0
        self._budget_lock = asyncio.Lock()
        self._settlement = asyncio.Event()

    async def analyze(self, conversation: Transcript) -> Analysis:
        """Returns the model's analysis, or the rules' with the reason for the fallback.

        Raises:
            TransientError: the database was away for longer than seconds.

        """
        (rules,) = self._rules.analyze([conversation])
        request = prompt.prepare_request(conversation, rules, self._model, self._facts)
        if request is None:
            return rules
        try:
            if stored := await self._find_answer(conversation, request.content_hash):
                try:
                    return self._parse(stored, conversation, request.mask, rules)
                except UnusableAnswerError:
                    pass  # a new answer may be usable
            if self._only_unsure and rules.estimate.is_certain:
                return rules
            text = await self._request_answer(conversation, request)
            return self._parse(text, conversation, request.mask, rules)
        except UnusableAnswerError as unusable:
            self._bill.fallbacks[unusable.reason.value] += 1
            return replace(rules, fallback_reason=unusable.reason.value)

    def _parse(self, text: str, conversation: Transcript, mask: Mask, rules: Analysis) -> Analysis:
        """Parses an answer, and counts how far the rules agree with it."""
        analysis = parse_analysis(
            text, conversation, mask, rules, name=self._name, version=self._version
        )
        self._bill.compared += 1
        self._bill.same_lead += analysis.is_lead == rules.is_lead
        self._bill.same_score += analysis.score == rules.score
        return analysis

    async def _find_answer(self, conversation: Transcript, content: str) -> str | None:
        if self._stopped is Fallback.FORBIDDEN:
            return None
        found = await self._ledger.submit(Find(conversation.id, content))
        self._bill.reused += isinstance(found, str)
        return found if isinstance(found, str) else None

    async def _request_answer(self, conversation: Transcript, request: prompt.Request) -> str:
        """Requests the model's text, with as many attempts as may help.

        Raises:
            UnusableAnswerError: there is no usable text.

        """
        size = request.size
        charged = size // _CHARS_A_TOKEN + prompt.MAX_OUTPUT_TOKENS
        # a token is at least one byte, so no prompt has more tokens than bytes
        worst_usd = self._model.worst_usd(size + _OVERHEAD_TOKENS, prompt.MAX_OUTPUT_TOKENS)
        began: float | None = None
        reason = Fallback.LATE
        for attempt in range(_ATTEMPTS):
            await self._request_queue.wait(charged)
            if self._stopped:
                raise UnusableAnswerError(self._stopped)
            if began and time.monotonic() - began > _DEADLINE_SECONDS:
                self._request_queue.cancel()
                raise UnusableAnswerError(Fallback.LATE)
            began = began or time.monotonic()
            result = await self._call(conversation, request, worst_usd)
            if result.answer is not None:
                return result.answer
            reason = result.failure or Fallback.MALFORMED
            if result.fatal:
                self._stop(reason, NOTICES[reason])
            if not result.retryable:
                break
            await self._pause(result, attempt)
        raise UnusableAnswerError(reason)

    async def _call(
        self, conversation: Transcript, request: prompt.Request, worst_usd: Decimal
    ) -> CallResult:
        """Reserves the worst cost, calls, and settles, in this order even after an error."""
        worst_brl = worst_usd * self._brl_per_usd
        call_id = await self._reserve(
            Reserve(conversation.id, request.content_hash, self._model.name, worst_brl)
        )
        sent_at = time.monotonic()
        try:
            result = await self._client.send(request.body)
            settlement = build_settlement(
                call_id, result, self._model, self._brl_per_usd, answer=result.answer
            )
            await self._ledger.submit(settlement)
        finally:
            self._in_flight -= 1
            self._settlement.set()
        self._charge(settlement, worst_brl, worst_usd)
        self._bill.rate_limited += result.failure is Fallback.RATE_LIMITED
        await self._request_queue.observe(result.headers, sent_at)
        self._count_failure(result)
        return result

    def _charge(self, settlement: Settle, worst_brl: Decimal, worst_usd: Decimal) -> None:
        self._bill.add_call(
            settlement.usage,
            worst_brl if settlement.cost_brl is None else settlement.cost_brl,
            worst_usd if settlement.cost_usd is None else settlement.cost_usd,
        )

    async def _reserve(self, job: Reserve) -> int:
        """Reserves a call and returns its id in the ledger.

        The last reais of a month are reserved at worst cases, more than what the calls then cost:
        so one after another waits for what calls in flight give back, as long as there are any.
        """
        try:
            reservation = await self._try_reserve(job)
            if reservation is Fallback.BUDGET:
                async with self._budget_lock:
                    while reservation is Fallback.BUDGET and not self._stopped:
                        self._settlement.clear()
                        reservation = await self._try_reserve(job)
                        if reservation is Fallback.BUDGET and not self._in_flight:
                            self._stop(Fallback.BUDGET, NOTICES[Fallback.BUDGET])
                        elif reservation is Fallback.BUDGET:
                            await self._settlement.wait()
        except BaseException:
            self._request_queue.cancel()
            raise
        if isinstance(reservation, int):
            return reservation
        self._request_queue.cancel()
        if reservation is Fallback.FORBIDDEN:
            self._stop(reservation, NOTICES[reservation])
        raise UnusableAnswerError(reservation)

    async def _try_reserve(self, job: Reserve) -> int | Fallback:
        """Reserves once; counted as in flight before, so that others may wait for its rest."""
        self._in_flight += 1
        reservation: object = None
        try:
            reservation = await self._ledger.submit(job)
        finally:
            if not isinstance(reservation, int):
                self._in_flight -= 1
                self._settlement.set()
        if isinstance(reservation, int | Fallback):
            return reservation
        raise TypeError("a reservation is a call's id or a reason")

    async def _pause(self, result: CallResult, attempt: int) -> None:
        """Waits before the next attempt: as the provider asks, or longer each time."""
        if result.failure is Fallback.RATE_LIMITED:
            wait = result.retry_after or 1.0
            if wait > _DEADLINE_SECONDS:
                self._stop(
                    Fallback.RATE_LIMITED,
                    Notice(
                        f"OpenAI's limit is used up for another {wait / 60:.0f} minutes.",
                        "The next run tries again.",
                    ),
                )
                raise UnusableAnswerError(Fallback.RATE_LIMITED)
            await self._request_queue.hold(wait)
        else:
            backoff = min(20.0, 0.5 * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311
            await asyncio.sleep(max(result.retry_after or 0.0, backoff))

    def _count_failure(self, result: CallResult) -> None:
        is_failure = result.failure in (Fallback.LATE, Fallback.UNREACHABLE, Fallback.REJECTED)
        self._failures = self._failures + 1 if is_failure else 0
        if self._failures >= _MAX_FAILURES and not self._stopped:
            self._stop(
                result.failure or Fallback.UNREACHABLE,
                Notice(
                    f"OpenAI failed {self._failures} times in a row ({result.outcome}).",
                    "The next run tries again.",
                ),
            )

    def _stop(self, reason: Fallback, notice: Notice) -> None:
        """Stops further calls of this run; calls in flight finish."""
        if self._stopped is None:
            self._stopped, self._bill.notice = reason, notice
            self._request_queue.release_all()
