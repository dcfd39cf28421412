"""Transcribes audios with OpenAI: one at a time, within a budget and the provider's limits."""

import random
import time
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple, Protocol

from pydantic import SecretStr

from geniai_pipeline.analysis.bill import Bill, Notice
from geniai_pipeline.analysis.openai.client import (
    TIMEOUT_SECONDS,
    CallResult,
    describe_failure,
    parse_transcription,
)
from geniai_pipeline.analysis.openai.fallbacks import NOTICES, Fallback, UnusableAnswerError
from geniai_pipeline.analysis.openai.ledger import Reserve, Settle, build_settlement
from geniai_pipeline.analysis.openai.models import find_transcriber
from geniai_pipeline.analysis.openai.rate_limiter import USUAL, Limits, RateLimiter, read_limits

_ATTEMPTS = 3
_LONGEST_WAIT_SECONDS = 60.0
"""A limit that is used up for longer ends the run's calls."""
_CONTEXT_TOKENS, _OUTPUT_TOKENS = 16_000, 2_000
"""The model's own limits: what no call can exceed, however long the audio."""
_BYTES_A_TOKEN = 30
"""Fewer bytes of audio make no token: half of the least that a telephone's codec sends."""
_LANGUAGE = "pt"


class Audio(NamedTuple):
    """One audio of a contact."""

    conversation_id: int
    message_id: int
    attachment_id: int


class AudioLedger(Protocol):
    """Reserves and settles calls; stores the words with the settlement."""

    def unavailable_reason(self) -> Fallback | None:
        """Returns why nothing could be reserved now; None: something could."""

    def reserve(self, job: Reserve) -> int | Fallback:
        """Reserves a call; returns its id, or why it may not be made."""

    def settle(self, done: Settle, audio: Audio, text: str, model: str) -> None:
        """Settles a call and stores the audio's words, if there are any."""


class StoppedError(Exception):
    """No further call of this run can succeed."""

    def __init__(self, notice: Notice) -> None:
        self.notice = notice
        super().__init__(str(notice))


class Transcriber:
    """Sends audios to OpenAI, the next after the answer to the one before.

    Args:
        api_key: None: no call is made.
        base_url: the provider's address.
        brl_per_usd: reais a dollar costs.
        ledger: reserves and settles every call; a call it refuses is not made.
        rate_limiter: reserves the instants of calls.

    """

    def __init__(
        self,
        *,
        api_key: SecretStr | None,
        base_url: str,
        brl_per_usd: Decimal,
        ledger: AudioLedger,
        rate_limiter: RateLimiter,
    ) -> None:
        self._model = find_transcriber()
        self.model = self._model.name
        self.bill = Bill("OpenAI")
        self._api_key, self._base_url = api_key, base_url
        self._brl_per_usd, self._ledger, self._rate_limiter = brl_per_usd, ledger, rate_limiter
        self._limits: Limits | None = None

    def unavailable_reason(self) -> Notice | None:
        """Returns why no call can be made at all; None: calls can be made."""
        if self._api_key is None:
            return Notice("There is no OpenAI key.", "Set OPENAI_API_KEY.")
        reason = self._ledger.unavailable_reason()
        return NOTICES[reason] if reason else None

    def transcribe(self, audio: Audio, content: bytes, file_name: str) -> bool:
        """Has an audio written down; its words are then in the ledger's store.

        Returns:
            Whether there are words: nobody speaks in some.

        Args:
            audio: whose it is.
            content: the file.
            file_name: its ending names the format.

        Raises:
            UnusableAnswerError: it stays unread, and why.
            StoppedError: no further call can succeed.
            TransientError: the database was away for longer than seconds.

        """
        worst_tokens = min(_CONTEXT_TOKENS, len(content) // _BYTES_A_TOKEN + 1)
        question = f"{self.model} {audio.message_id} {audio.attachment_id}"
        worst_usd = self._model.worst_usd(worst_tokens, _OUTPUT_TOKENS)
        job = Reserve(
            audio.conversation_id,
            sha256(question.encode()).hexdigest(),
            self.model,
            worst_usd * self._brl_per_usd,
        )
        reason = Fallback.LATE
        for attempt in range(_ATTEMPTS):
            self._await_turn(worst_tokens + _OUTPUT_TOKENS)
            result = self._call(job, worst_usd, audio, content, file_name)
            if result.answer is not None:
                return bool(result.answer)
            reason = result.failure or Fallback.MALFORMED
            if result.fatal:
                raise StoppedError(NOTICES[reason])
            if not result.retryable or result.state == "unknown":  # it may have been billed
                break
            self._pause(result, attempt)
        raise UnusableAnswerError(reason)

    def _call(
        self, job: Reserve, worst_usd: Decimal, audio: Audio, content: bytes, file_name: str
    ) -> CallResult:
        """Reserves the worst cost, calls, and settles, in this order."""
        reservation = self._ledger.reserve(job)
        if isinstance(reservation, Fallback):
            if notice := NOTICES.get(reservation):
                raise StoppedError(notice)
            raise UnusableAnswerError(reservation)
        result = self._send(content, file_name)
        done = build_settlement(reservation, result, self._model, self._brl_per_usd, answer=None)
        self._ledger.settle(done, audio, result.answer or "", self.model)
        self.bill.add_call(
            done.usage,
            job.worst_brl if done.cost_brl is None else done.cost_brl,
            worst_usd if done.cost_usd is None else done.cost_usd,
        )
        self.bill.rate_limited += result.failure is Fallback.RATE_LIMITED
        if result.headers is not None:
            limits = read_limits(result.headers) or self._limits or USUAL
            if limits != self._limits:
                self._limits = limits
                self._rate_limiter.learn(limits)
        return result

    def _send(self, content: bytes, file_name: str) -> CallResult:
        import openai  # slow to import, so not before the first call

        assert self._api_key is not None  # noqa: S101  (see unavailable_reason)
        with openai.OpenAI(
            api_key=self._api_key.get_secret_value(),
            base_url=self._base_url,
            max_retries=0,
            timeout=TIMEOUT_SECONDS,
        ) as client:
            try:
                raw = client.audio.transcriptions.with_raw_response.create(
                    file=(file_name, content),
                    model=self.model,
                    language=_LANGUAGE,
                    response_format="json",
                )
            except (openai.APIStatusError, openai.APIConnectionError) as error:
                return describe_failure(error)
            return parse_transcription(raw.text, raw.headers)

    def _await_turn(self, tokens: int) -> None:
        reservation = self._rate_limiter.reserve(1, tokens)
        if reservation is not None:  # else no limits are known yet: the answer has them
            time.sleep(max(0.0, reservation.request_wait, reservation.token_wait))

    def _pause(self, result: CallResult, attempt: int) -> None:
        """Waits before the next attempt: as the provider asks, or longer each time."""
        wait = result.retry_after or 0.0
        if wait > _LONGEST_WAIT_SECONDS:
            raise StoppedError(
                Notice(
                    f"OpenAI's limit is used up for another {wait / 60:.0f} minutes.",
                    "The next run tries again.",
                )
            )
        if result.failure is Fallback.RATE_LIMITED:
            self._rate_limiter.hold(wait or 1.0)
        else:
            time.sleep(max(wait, 0.5 * 2**attempt * random.uniform(0.5, 1)))  # noqa: S311
