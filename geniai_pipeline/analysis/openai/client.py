"""A client of the Responses API that reads the usage of every response, even a broken one.

`responses.parse` is not used: it raises on a malformed or cut answer and loses the usage with it.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from geniai_pipeline.analysis.openai.fallbacks import Fallback
from geniai_pipeline.analysis.openai.models import Usage
from geniai_pipeline.analysis.openai.rate_limiter import parse_duration
from geniai_pipeline.text import remove_unstorable

if TYPE_CHECKING:
    import openai

TIMEOUT_SECONDS = 60.0
_CONNECT_SECONDS = 5.0

_OUT_OF_CREDIT = "insufficient_quota"


@dataclass(frozen=True)
class CallResult:
    """The outcome of one call."""

    state: str
    """As `ledger.Settle.state`."""
    outcome: str
    usage: Usage | None = None
    answer: str | None = None
    """The model's text, if it answered to the end."""
    failure: Fallback | None = None
    retryable: bool = False
    """Whether trying again soon may help."""
    retry_after: float | None = None
    """Seconds the provider asked to wait."""
    fatal: bool = False
    """Whether no further call can succeed."""
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    request_id: str | None = None


class Client:
    """A client without retries of its own. Lives in one event loop."""

    def __init__(self, api_key: SecretStr, base_url: str) -> None:
        import openai  # slow to import, so not before the first call

        self._client = openai.AsyncOpenAI(
            api_key=api_key.get_secret_value(),
            base_url=base_url,
            max_retries=0,
            timeout=openai.Timeout(TIMEOUT_SECONDS, connect=_CONNECT_SECONDS),
        )

    async def send(self, body: dict[str, Any]) -> CallResult:
        """Sends one request; never raises for what the provider does."""
        import openai

        try:
            raw = await asyncio.wait_for(
                self._client.responses.with_raw_response.create(**body), TIMEOUT_SECONDS
            )
            return parse_response(raw.text, raw.headers)
        except (openai.APIStatusError, openai.APIConnectionError, asyncio.TimeoutError) as error:
            return describe_failure(error)

    async def fetch_shutdown_date(self, model: str) -> date | None:
        """Asks the provider for the day the model ends; None: it names none."""
        import openai

        try:
            return parse_shutdown_date(
                await self._client.models.retrieve(model, timeout=_CONNECT_SECONDS)
            )
        except openai.OpenAIError:
            return None

    async def close(self) -> None:
        """Closes its connections."""
        await self._client.close()


def describe_failure(error: Exception) -> CallResult:
    """Describes a call that raised: a status of 400 or more, no answer in time, no connection."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _parse_error(error)
    if _is_connection_failure(error):
        return CallResult(
            "unanswered", "no_connection", failure=Fallback.UNREACHABLE, retryable=True
        )
    if isinstance(error, openai.APITimeoutError | asyncio.TimeoutError):
        return CallResult("unknown", "timeout", failure=Fallback.LATE, retryable=True)
    return CallResult("unknown", "no_connection", failure=Fallback.UNREACHABLE, retryable=True)


def parse_transcription(text: str, headers: Mapping[str, str]) -> CallResult:
    """Parses the answer of the transcription endpoint; its text is empty where nobody speaks."""
    request_id = headers.get("x-request-id")
    try:
        body = json.loads(text)
        used = body["usage"]
        usage = Usage(int(used["input_tokens"]), 0, 0, int(used["output_tokens"]))
        words = remove_unstorable(str(body["text"])).strip()
    except (ValueError, TypeError, KeyError):
        return CallResult(
            "unknown", "unreadable", failure=Fallback.MALFORMED, headers=headers,
            request_id=request_id,
        )  # fmt: skip
    return CallResult(
        "answered", "completed", usage=usage, answer=words, headers=headers, request_id=request_id
    )


def parse_shutdown_date(card: object) -> date | None:
    """Reads the day a model's card names for its end; None: it names none."""
    try:
        return date.fromisoformat(str(getattr(card, "shutdown_date", None))[:10])
    except ValueError:
        return None


def parse_response(text: str, headers: Mapping[str, str]) -> CallResult:
    """Parses a response of status 200; its usage even if all else is broken."""
    request_id = headers.get("x-request-id")
    try:
        body = json.loads(text)
        usage = _parse_usage(body["usage"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return CallResult(
            "unknown", "unreadable", failure=Fallback.MALFORMED, headers=headers,
            request_id=request_id,
        )  # fmt: skip
    status = str(body.get("status"))
    output = _read_output(body)
    failure = None
    if status == "incomplete":
        failure = Fallback.INCOMPLETE
    elif output is None:
        failure = Fallback.REFUSED
    elif status != "completed":
        failure = Fallback.MALFORMED
    return CallResult(
        "answered",
        "refusal" if failure is Fallback.REFUSED else status[:40],
        usage=usage,
        answer=None if failure else output,
        failure=failure,
        headers=headers,
        request_id=request_id,
    )


def _parse_usage(usage: Mapping[str, Any]) -> Usage:
    details = usage.get("input_tokens_details") or {}
    return Usage(
        input_tokens=int(usage["input_tokens"]),
        cached_tokens=int(details.get("cached_tokens") or 0),
        written_tokens=int(details.get("cache_write_tokens") or 0),
        output_tokens=int(usage["output_tokens"]),
    )


def _read_output(body: Mapping[str, Any]) -> str | None:
    """Reads the output text, without NUL and lone surrogates; None: the model declined."""
    try:
        parts = [
            part
            for item in body.get("output") or []
            if item.get("type") == "message"
            for part in item.get("content") or []
        ]
        if any(part.get("type") == "refusal" for part in parts):
            return None
        text = "".join(str(p.get("text", "")) for p in parts if p.get("type") == "output_text")
    except (AttributeError, TypeError):
        return ""
    return remove_unstorable(text)


def _parse_error(error: "openai.APIStatusError") -> CallResult:
    """Parses a status of 400 or more: nothing is owed, unless a proxy gave up."""
    code, status = str(error.code or ""), error.status_code
    headers = error.response.headers
    context: dict[str, Any] = {"headers": headers, "request_id": headers.get("x-request-id")}
    fatal = {401: Fallback.UNAUTHORIZED, 403: Fallback.UNAUTHORIZED, 404: Fallback.MODEL_GONE}
    if _OUT_OF_CREDIT in (code, error.type):
        fatal[status] = Fallback.QUOTA
    if failure := fatal.get(status):
        return CallResult(
            "unanswered", code[:40] or str(status), failure=failure, fatal=True, **context
        )
    if status == 429:
        wait = _read_retry_after(headers)
        return CallResult(
            "unanswered", "rate_limited", failure=Fallback.RATE_LIMITED, retryable=True,
            retry_after=wait, **context,
        )  # fmt: skip
    if status >= 500 or status in (408, 409):
        state = "unknown" if status in (408, 502, 504) else "unanswered"
        return CallResult(
            state, str(status), failure=Fallback.UNREACHABLE, retryable=True,
            retry_after=_read_retry_after(headers, default=None), **context,
        )  # fmt: skip
    return CallResult("unanswered", code[:40] or str(status), failure=Fallback.REJECTED, **context)


def _read_retry_after(headers: Mapping[str, str], default: float | None = 1.0) -> float | None:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    resets = [
        parse_duration(headers.get(f"x-ratelimit-reset-{kind}")) for kind in ("requests", "tokens")
    ]
    return max(resets) if default is not None and any(resets) else default


def _is_connection_failure(error: BaseException) -> bool:
    """Whether no connection came about, so that the provider knows nothing of the call."""
    import httpx2

    cause = error.__cause__
    return isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
