"""One run's conversations, each on its way: asked, booked, judged, or left to the rules."""

import asyncio
import json
import random
import time
from dataclasses import replace
from decimal import Decimal
from hashlib import sha256
from typing import Any

from geniai_pipeline.analysis.base import Analysis, Conversation
from geniai_pipeline.analysis.bill import Bill, Notice
from geniai_pipeline.analysis.local import RulesAnalyzer
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.answers import judged
from geniai_pipeline.analysis.openai.batched_ledger import BatchedLedger
from geniai_pipeline.analysis.openai.calls import Caller, Reply
from geniai_pipeline.analysis.openai.fallbacks import NOTICES, Fallback, Unusable
from geniai_pipeline.analysis.openai.ledger import Find, Ledger, Reserve, Settle
from geniai_pipeline.analysis.openai.models import Model
from geniai_pipeline.analysis.openai.pacing import Pace, Pacer
from geniai_pipeline.analysis.privacy import Mask

_ATTEMPTS = 5
_PATIENCE_SECONDS = 120.0
"""From a conversation's first call on; after that it is late."""
_SICK = 20
"""So many failures in a row, and the provider is left alone for this run."""
_CHARS_A_TOKEN = 4
_OVERHEAD_TOKENS = 64
"""What the provider adds around a prompt."""


class Session:
    """Judges conversations concurrently; made and used within one event loop."""

    def __init__(
        self,
        *,
        name: str,
        version: str,
        model: Model,
        brl_per_usd: Decimal,
        caller: Caller,
        ledger: Ledger,
        pace: Pace,
        rules: RulesAnalyzer,
        bill: Bill,
    ) -> None:
        self._name, self._version, self._model = name, version, model
        self._brl_per_usd = brl_per_usd
        self._caller, self._desk, self._pacer = caller, BatchedLedger(ledger), Pacer(pace)
        self._rules, self._bill = rules, bill
        self._stopped: Fallback | None = None
        self._in_flight = 0
        self._failures = 0
        self._last_cents = asyncio.Lock()
        self._settled = asyncio.Event()

    async def judge(self, conversation: Conversation) -> Analysis:
        """The model's analysis, or the rules', marked with why.

        Raises:
            TransientError: the database was away for longer than seconds.

        """
        (rules,) = self._rules.analyze([conversation])
        spoken = prompt.heard(conversation)
        if not any(m.sender == "contact" for m in spoken.messages):
            return rules  # nothing that could be asked about
        mask = Mask(n for n in (rules.contact_name, conversation.contact_name) if n)
        body = prompt.request(conversation, mask, self._model.name, self._model.effort)
        sent = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        content = sha256(sent).hexdigest()
        try:
            if kept := await self._found(conversation, content):
                try:
                    return self._compared(self._judged(kept, conversation, mask, rules), rules)
                except Unusable:
                    pass  # it is asked again
            text = await self._asked(conversation, content, body, len(sent))
            return self._compared(self._judged(text, conversation, mask, rules), rules)
        except Unusable as unusable:
            self._bill.fallbacks[unusable.reason.value] += 1
            return replace(rules, fallback_reason=unusable.reason.value)

    def _judged(
        self, text: str, conversation: Conversation, mask: Mask, rules: Analysis
    ) -> Analysis:
        return judged(text, conversation, mask, rules, name=self._name, version=self._version)

    def _compared(self, ours: Analysis, rules: Analysis) -> Analysis:
        self._bill.compared += 1
        self._bill.same_lead += ours.is_lead == rules.is_lead
        self._bill.same_score += ours.score == rules.score
        return ours

    async def _found(self, conversation: Conversation, content: str) -> str | None:
        if self._stopped is Fallback.FORBIDDEN:
            return None
        found = await self._desk.do(Find(conversation.id, content))
        self._bill.reused += isinstance(found, str)
        return found if isinstance(found, str) else None

    async def _asked(
        self, conversation: Conversation, content: str, body: dict[str, Any], size: int
    ) -> str:
        """The model's text, after as many attempts as are right.

        Raises:
            Unusable: there is none.

        """
        charged = size // _CHARS_A_TOKEN + prompt.MAX_OUTPUT_TOKENS
        # a token is at least one byte, so no prompt has more tokens than bytes
        worst_usd = self._model.worst_usd(size + _OVERHEAD_TOKENS, prompt.MAX_OUTPUT_TOKENS)
        began: float | None = None
        reason = Fallback.LATE
        for attempt in range(_ATTEMPTS):
            await self._pacer.turn(charged)
            if self._stopped:
                raise Unusable(self._stopped)
            if began and time.monotonic() - began > _PATIENCE_SECONDS:
                self._pacer.unused()
                raise Unusable(Fallback.LATE)
            began = began or time.monotonic()
            reply = await self._call(conversation, content, body, worst_usd)
            if reply.answer is not None:
                return reply.answer
            reason = reply.failure or Fallback.MALFORMED
            if reply.stop:
                self._stop(reason, NOTICES[reason])
            if not reply.again:
                break
            await self._pause(reply, attempt)
        raise Unusable(reason)

    async def _call(
        self, conversation: Conversation, content: str, body: dict[str, Any], worst_usd: Decimal
    ) -> Reply:
        """Books the worst case, calls, books what it came to; in this order, whatever happens."""
        worst_brl = worst_usd * self._brl_per_usd
        call_id = await self._reserved(
            Reserve(conversation.id, content, self._model.name, worst_brl)
        )
        sent_at = time.monotonic()
        try:
            reply = await self._caller.ask(body)
            settled = self._settlement(call_id, reply)
            await self._desk.do(settled)
        finally:
            self._in_flight -= 1
            self._settled.set()
        self._charge(settled, worst_brl, worst_usd)
        self._bill.rate_limited += reply.failure is Fallback.RATE_LIMITED
        await self._pacer.observe(reply.headers, sent_at)
        self._notice_health(reply)
        return reply

    def _charge(self, settled: Settle, worst_brl: Decimal, worst_usd: Decimal) -> None:
        bill = self._bill
        bill.calls += 1
        bill.cost_brl += worst_brl if settled.cost_brl is None else settled.cost_brl
        bill.cost_usd += worst_usd if settled.cost_usd is None else settled.cost_usd
        if settled.usage:
            bill.input_tokens += settled.usage.input_tokens
            bill.cached_tokens += settled.usage.cached_tokens
            bill.output_tokens += settled.usage.output_tokens

    async def _reserved(self, wanted: Reserve) -> int:
        """The call's id in the ledger.

        The last reais of a month are booked at worst cases, more than what the calls then cost: so
        one after another waits for what calls in flight give back, as long as there are any.
        """
        try:
            booked = await self._try(wanted)
            if booked is Fallback.BUDGET:
                async with self._last_cents:
                    while booked is Fallback.BUDGET and not self._stopped:
                        self._settled.clear()
                        booked = await self._try(wanted)
                        if booked is Fallback.BUDGET and not self._in_flight:
                            self._stop(Fallback.BUDGET, NOTICES[Fallback.BUDGET])
                        elif booked is Fallback.BUDGET:
                            await self._settled.wait()
        except BaseException:
            self._pacer.unused()
            raise
        if isinstance(booked, int):
            return booked
        self._pacer.unused()
        if booked is Fallback.FORBIDDEN:
            self._stop(booked, NOTICES[booked])
        raise Unusable(booked)

    async def _try(self, wanted: Reserve) -> int | Fallback:
        """Counted as in flight before it is booked: who is refused meanwhile may wait for it."""
        self._in_flight += 1
        booked: object = None
        try:
            booked = await self._desk.do(wanted)
        finally:
            if not isinstance(booked, int):
                self._in_flight -= 1
                self._settled.set()
        if isinstance(booked, int | Fallback):
            return booked
        raise TypeError("a reservation is a call's id or a reason")

    def _settlement(self, call_id: int, reply: Reply) -> Settle:
        usd = self._model.cost_usd(reply.usage) if reply.usage else None
        if reply.state == "unanswered":
            usd = Decimal(0)
        return Settle(
            call_id=call_id,
            state=reply.state,
            outcome=reply.outcome,
            cost_brl=None if usd is None else usd * self._brl_per_usd,
            cost_usd=usd,
            usage=reply.usage,
            request_id=reply.request_id,
            answer=reply.answer,
        )

    async def _pause(self, reply: Reply, attempt: int) -> None:
        """Before the next attempt: as long as the provider asks, or longer each time."""
        if reply.failure is Fallback.RATE_LIMITED:
            wait = reply.wait or 1.0
            if wait > _PATIENCE_SECONDS:
                self._stop(
                    Fallback.RATE_LIMITED,
                    Notice(
                        f"OpenAI's limit is used up for another {wait / 60:.0f} minutes.",
                        "The next run tries again.",
                    ),
                )
                raise Unusable(Fallback.RATE_LIMITED)
            await self._pacer.hold(wait)
        else:
            backoff = min(20.0, 0.5 * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311
            await asyncio.sleep(max(reply.wait or 0.0, backoff))

    def _notice_health(self, reply: Reply) -> None:
        sick = reply.failure in (Fallback.LATE, Fallback.UNREACHABLE, Fallback.REJECTED)
        self._failures = self._failures + 1 if sick else 0
        if self._failures >= _SICK and not self._stopped:
            self._stop(
                reply.failure or Fallback.UNREACHABLE,
                Notice(
                    f"OpenAI failed {self._failures} times in a row ({reply.outcome}).",
                    "The next run tries again.",
                ),
            )

    def _stop(self, reason: Fallback, notice: Notice) -> None:
        """No call is made any more in this run; those in flight end as they end."""
        if self._stopped is None:
            self._stopped, self._bill.notice = reason, notice
            self._pacer.open()
