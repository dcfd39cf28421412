"""The OpenAI analyzer: bounded by a budget, paced by the provider's limits, backed by the rules.

`prompt` says what is asked, `calls` asks it, `ledger` books it, `pacing` says when, `answers` makes
an analysis of it, `session` leads each conversation through these; `models` knows the prices.
Nothing of the `openai` package is imported before the first call.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache
from threading import Thread
from typing import Any

from pydantic import SecretStr

from geniai_pipeline.analysis.base import Analysis, Conversation
from geniai_pipeline.analysis.bill import Bill, Notice
from geniai_pipeline.analysis.local import RulesAnalyzer
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.calls import Caller
from geniai_pipeline.analysis.openai.fallbacks import NOTICES, Fallback
from geniai_pipeline.analysis.openai.ledger import Ledger
from geniai_pipeline.analysis.openai.models import find_model, shutdown_warning
from geniai_pipeline.analysis.openai.pacing import Pace
from geniai_pipeline.analysis.openai.session import Session
from geniai_pipeline.errors import PermanentError

AT_ONCE = 1000
"""Conversations under way at most; the client's pool has as many connections."""

__all__ = ["AT_ONCE", "Fallback", "OpenAIAnalyzer"]


class OpenAIAnalyzer:
    """The `Analyzer` that asks a model, and the rules where it cannot.

    Args:
        model: the configured model's name.
        api_key: None: nothing is asked.
        base_url: the provider's address.
        brl_per_usd: reais a dollar costs.
        ledger: books every call; what it refuses is not made.
        pace: says when a call may be made.

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
        pace: Pace,
    ) -> None:
        self.model = model
        self._api_key, self._base_url = api_key, base_url
        self._brl_per_usd, self._ledger, self._pace = brl_per_usd, ledger, pace
        self._rules = _compiled_rules()
        self.bill = Bill("OpenAI")

    @property
    def version(self) -> str:
        """The prompt's digest and the model: it changes whenever they do."""
        return f"{prompt.VERSION} {self.model}"

    def refusal(self) -> Notice | None:
        """Returns why no call can be made at all; None: calls can be made."""
        refusal = self._refusal()
        return refusal and refusal[1]

    def can_replace_fallbacks(self) -> bool:
        """Whether calls can be made again."""
        return self._refusal() is None

    def _refusal(self) -> tuple[Fallback, Notice] | None:
        if self._api_key is None:
            return Fallback.UNAUTHORIZED, Notice("There is no OpenAI key.", "Set OPENAI_API_KEY.")
        try:
            find_model(self.model)
        except PermanentError as error:
            return Fallback.MODEL_GONE, Notice(error.what, error.mend)
        if reason := self._ledger.refusal():
            return reason, NOTICES[reason]
        return None

    def analyze(self, conversations: Iterable[Conversation]) -> Iterator[Analysis]:
        """Yields one analysis per conversation, in order, while up to `AT_ONCE` are under way.

        Raises:
            TransientError: the database was away for longer than seconds.

        """
        if refusal := self._refusal():
            yield from self._by_rules(conversations, *refusal)
            return
        with _Background() as background:
            caller = Caller(self._api_key or SecretStr(""), self._base_url)
            session = background.run(self._session(caller)).result()
            warned = background.run(self._warn(caller))
            under_way: deque[Future[Analysis]] = deque()
            try:
                for conversation in conversations:
                    under_way.append(background.run(session.judge(conversation)))
                    while len(under_way) >= AT_ONCE or (under_way and under_way[0].done()):
                        yield under_way.popleft().result()
                while under_way:
                    yield under_way.popleft().result()
                warned.result()
            finally:
                background.end()
                background.run(caller.close()).result()

    async def _session(self, caller: Caller) -> Session:
        return Session(
            name=self.name,
            version=self.version,
            model=find_model(self.model),
            brl_per_usd=self._brl_per_usd,
            caller=caller,
            ledger=self._ledger,
            pace=self._pace,
            rules=self._rules,
            bill=self.bill,
        )

    async def _warn(self, caller: Caller) -> None:
        announced = await caller.announced_shutdown(self.model)
        today = datetime.now(timezone.utc).date()
        self.bill.warning = shutdown_warning(self.model, today, announced)

    def _by_rules(
        self, conversations: Iterable[Conversation], reason: Fallback, notice: Notice
    ) -> Iterator[Analysis]:
        self.bill.notice = notice
        for found in self._rules.analyze(conversations):
            self.bill.fallbacks[reason.value] += 1
            yield replace(found, fallback_reason=reason.value)


@lru_cache(maxsize=1)
def _compiled_rules() -> RulesAnalyzer:
    return RulesAnalyzer()


class _Background:
    """An event loop in a thread of its own, for a generator that is not asynchronous."""

    def __enter__(self) -> "_Background":
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="openai", daemon=True)
        self._thread.start()
        return self

    def run(self, work: Coroutine[Any, Any, Any]) -> Future[Any]:
        """Starts it there."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def end(self) -> None:
        """Ends what is still under way: calls in flight stay booked at their worst case."""
        self.run(self._cancel()).result()

    async def _cancel(self) -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def __exit__(self, *_: object) -> None:
        self.end()
        self.run(self._loop.shutdown_default_executor()).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
