"""The OpenAI analyzer: within a budget and the provider's limits, with the rules as fallback.

`run` takes each conversation through the steps: `prompt` builds the request, `ledger` reserves its
cost, `rate_limiter` delays it, `client` sends it, `answers` parses the answer. `models` has the
prices, `fallbacks` the reasons why the rules took over. The `openai` package is not imported before
the first call.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from threading import Thread
from typing import Any

from pydantic import SecretStr

from geniai_pipeline.analysis.base import Analysis, Transcript
from geniai_pipeline.analysis.bill import Bill, Notice
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.client import Client
from geniai_pipeline.analysis.openai.fallbacks import NOTICES, Fallback
from geniai_pipeline.analysis.openai.ledger import Ledger
from geniai_pipeline.analysis.openai.models import build_shutdown_warning, find_model
from geniai_pipeline.analysis.openai.rate_limiter import RateLimiter
from geniai_pipeline.analysis.openai.run import AnalysisRun
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.tenant_facts import TenantFacts

AT_ONCE = 1000
"""Conversations under way at most; the client's pool has as many connections."""

__all__ = ["AT_ONCE", "Fallback", "OpenAIAnalyzer"]


class OpenAIAnalyzer:
    """The `Analyzer` that calls a model, and falls back to the rules.

    Args:
        model: the configured model's name.
        api_key: None: no call is made.
        base_url: the provider's address.
        brl_per_usd: reais a dollar costs.
        ledger: reserves and settles every call; a call it refuses is not made.
        rate_limiter: reserves the instants of calls.
        read_clock: reads the time by which the model's shutdown date is near.
        facts: what the tenant says of itself.
        only_unsure: whether the model is asked only where the local analysis is unsure.

    """

    name = "openai"

    def __init__(
        self,
        *,
        model: str,
        api_key: SecretStr | None,
        base_url: str,
        brl_per_usd: Decimal,
        ledger: Ledger,
        rate_limiter: RateLimiter,
        read_clock: Callable[[], datetime],
        facts: TenantFacts,
        only_unsure: bool,
    ) -> None:
        self.model = model
        self._api_key, self._base_url = api_key, base_url
        self._brl_per_usd, self._ledger, self._rate_limiter = brl_per_usd, ledger, rate_limiter
        self._read_clock, self._facts, self._only_unsure = read_clock, facts, only_unsure
        self._rules = _build_rules()
        self.bill = Bill("OpenAI")

    @property
    def version(self) -> str:
        """Returns the prompt's digest, the model and when it is asked."""
        return f"{prompt.VERSION} {self.model}{' unsure' if self._only_unsure else ''}"

    def unavailable_reason(self) -> Notice | None:
        """Returns why no call can be made at all; None: calls can be made."""
        unavailable = self._find_obstacle()
        return unavailable and unavailable[1]

    def can_replace_fallbacks(self) -> bool:
        """Whether calls can be made again."""
        return self._find_obstacle() is None

    def _find_obstacle(self) -> tuple[Fallback, Notice] | None:
        if self._api_key is None:
            return Fallback.UNAUTHORIZED, Notice("There is no OpenAI key.", "Set OPENAI_API_KEY.")
        try:
            find_model(self.model)
        except PermanentError as error:
            return Fallback.MODEL_GONE, Notice(error.what, error.mend)
        if reason := self._ledger.unavailable_reason():
            return reason, NOTICES[reason]
        return None

    def analyze(self, conversations: Iterable[Transcript]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order, while up to `AT_ONCE` are under way.

        Raises:
            TransientError: the database was away for longer than seconds.

        """
        self.bill.warning = self._find_warning()  # known without the provider
        if unavailable := self._find_obstacle():
            yield from self._fall_back(conversations, *unavailable)
            return
        with _EventLoopThread() as thread:
            client = Client(self._api_key or SecretStr(""), self._base_url)
            run = thread.submit(self._start_run(client)).result()
            warning = thread.submit(self._check_shutdown(client))
            pending: deque[Future[Analysis]] = deque()
            try:
                for conversation in conversations:
                    pending.append(thread.submit(run.analyze(conversation)))
                    while len(pending) >= AT_ONCE or (pending and pending[0].done()):
                        yield pending.popleft().result()
                while pending:
                    yield pending.popleft().result()
                warning.result()
            finally:
                thread.cancel_all()
                thread.submit(client.close()).result()

    async def _start_run(self, client: Client) -> AnalysisRun:
        return AnalysisRun(
            name=self.name,
            version=self.version,
            model=find_model(self.model),
            facts=self._facts,
            only_unsure=self._only_unsure,
            brl_per_usd=self._brl_per_usd,
            client=client,
            ledger=self._ledger,
            rate_limiter=self._rate_limiter,
            rules=self._rules,
            bill=self.bill,
        )

    async def _check_shutdown(self, client: Client) -> None:
        if announced := await client.fetch_shutdown_date(self.model):
            self.bill.warning = self._find_warning(announced)

    def _find_warning(self, announced: date | None = None) -> Notice | None:
        try:
            return build_shutdown_warning(self.model, self._read_clock().date(), announced)
        except PermanentError:
            return None  # the obstacle is that the operator's file of models cannot be used

    def _fall_back(
        self, conversations: Iterable[Transcript], reason: Fallback, notice: Notice
    ) -> Iterator[Analysis]:
        self.bill.notice = notice
        for analysis in self._rules.analyze(conversations):
            self.bill.fallbacks[reason.value] += 1
            yield replace(analysis, fallback_reason=reason.value)


@lru_cache(maxsize=1)
def _build_rules() -> RulesAnalyzer:
    return RulesAnalyzer()


class _EventLoopThread:
    """Runs an event loop in its own thread, for a generator that is not asynchronous."""

    def __enter__(self) -> "_EventLoopThread":
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="openai", daemon=True)
        self._thread.start()
        return self

    def submit(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Starts a coroutine in the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def cancel_all(self) -> None:
        """Cancels what is pending: calls in flight stay reserved at their worst case."""
        self.submit(self._cancel()).result()

    async def _cancel(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __exit__(self, *_: object) -> None:
        self.cancel_all()
        self.submit(self._loop.shutdown_default_executor()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
