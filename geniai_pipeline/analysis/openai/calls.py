"""One call of the Responses API, and what became of it: usage first, the answer after it.

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
from geniai_pipeline.analysis.openai.pacing import seconds

if TYPE_CHECKING:
    import openai

CALL_SECONDS = 60.0
_CONNECT_SECONDS = 5.0

_OUT_OF_CREDIT = "insufficient_quota"


@dataclass(frozen=True)
class Reply:
    """What became of one call."""

    state: str
    """As `ledger.Settle.state`."""
    outcome: str
    usage: Usage | None = None
    answer: str | None = None
    """The model's text, if it answered to the end."""
    failure: Fallback | None = None
    again: bool = False
    """Whether trying again soon may help."""
    wait: float | None = None
    """Seconds the provider asked to wait."""
    stop: bool = False
    """Whether no further call can succeed."""
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    request_id: str | None = None


class Caller:
    """The provider, asked without retries of the client's own. Lives in one event loop."""

    def __init__(self, api_key: SecretStr, base_url: str) -> None:
        import openai  # dear to import: only who calls pays for it

        self._client = openai.AsyncOpenAI(
            api_key=api_key.get_secret_value(),
            base_url=base_url,
            max_retries=0,
            timeout=openai.Timeout(CALL_SECONDS, connect=_CONNECT_SECONDS),
        )

    async def ask(self, body: dict[str, Any]) -> Reply:
        """Sends one request; never raises for what the provider does."""
        import openai

        try:
            raw = await asyncio.wait_for(
                self._client.responses.with_raw_response.create(**body), CALL_SECONDS
            )
            return read(raw.text, raw.headers)
        except openai.APIStatusError as error:
            return _refused(error)
        except (openai.APITimeoutError, asyncio.TimeoutError) as error:
            if _never_sent(error):
                return Reply(
                    "unanswered", "no_connection", failure=Fallback.UNREACHABLE, again=True
                )
            return Reply("unknown", "timeout", failure=Fallback.LATE, again=True)
        except openai.APIConnectionError as error:
            state = "unanswered" if _never_sent(error) else "unknown"
            return Reply(state, "no_connection", failure=Fallback.UNREACHABLE, again=True)

    async def announced_shutdown(self, model: str) -> date | None:
        """The day the provider itself names for the model's end; None: it names none."""
        import openai

        try:
            return announced_end(
                await self._client.models.retrieve(model, timeout=_CONNECT_SECONDS)
            )
        except openai.OpenAIError:
            return None

    async def close(self) -> None:
        """Ends its connections."""
        await self._client.close()


def announced_end(card: object) -> date | None:
    """The day a model's card names for its end; None: it names none."""
    try:
        return date.fromisoformat(str(getattr(card, "shutdown_date", None))[:10])
    except ValueError:
        return None


def read(text: str, headers: Mapping[str, str]) -> Reply:
    """What a response that came with status 200 says; its usage even if all else is broken."""
    request_id = headers.get("x-request-id")
    try:
        body = json.loads(text)
        usage = _usage(body["usage"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return Reply(
            "unknown", "unreadable", failure=Fallback.MALFORMED, headers=headers,
            request_id=request_id,
        )  # fmt: skip
    status = str(body.get("status"))
    said = _said(body)
    failure = None
    if status == "incomplete":
        failure = Fallback.INCOMPLETE
    elif said is None:
        failure = Fallback.REFUSED
    elif status != "completed":
        failure = Fallback.MALFORMED
    return Reply(
        "answered",
        "refusal" if failure is Fallback.REFUSED else status[:40],
        usage=usage,
        answer=None if failure else said,
        failure=failure,
        headers=headers,
        request_id=request_id,
    )


def _usage(told: Mapping[str, Any]) -> Usage:
    details = told.get("input_tokens_details") or {}
    return Usage(
        input_tokens=int(told["input_tokens"]),
        cached_tokens=int(details.get("cached_tokens") or 0),
        written_tokens=int(details.get("cache_write_tokens") or 0),
        output_tokens=int(told["output_tokens"]),
    )


def _said(body: Mapping[str, Any]) -> str | None:
    """The output text without what no database keeps; None: the model declined."""
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
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _refused(error: "openai.APIStatusError") -> Reply:
    """A status of 400 or more: nothing was done, so nothing is owed, unless a proxy gave up."""
    code, status = str(error.code or ""), error.status_code
    headers = error.response.headers
    about: dict[str, Any] = {"headers": headers, "request_id": headers.get("x-request-id")}
    stops = {401: Fallback.UNAUTHORIZED, 403: Fallback.UNAUTHORIZED, 404: Fallback.MODEL_GONE}
    if _OUT_OF_CREDIT in (code, error.type):
        stops[status] = Fallback.QUOTA
    if failure := stops.get(status):
        return Reply("unanswered", code[:40] or str(status), failure=failure, stop=True, **about)
    if status == 429:
        wait = _wait(headers)
        return Reply(
            "unanswered", "rate_limited", failure=Fallback.RATE_LIMITED, again=True, wait=wait,
            **about,
        )  # fmt: skip
    if status >= 500 or status in (408, 409):
        state = "unknown" if status in (408, 502, 504) else "unanswered"
        return Reply(
            state, str(status), failure=Fallback.UNREACHABLE, again=True,
            wait=_wait(headers, default=None), **about,
        )  # fmt: skip
    return Reply("unanswered", code[:40] or str(status), failure=Fallback.REJECTED, **about)


def _wait(headers: Mapping[str, str], default: float | None = 1.0) -> float | None:
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        try:
            return max(0.0, float(headers[name]) * unit)
        except (KeyError, ValueError):
            continue
    resets = [seconds(headers.get(f"x-ratelimit-reset-{kind}")) for kind in ("requests", "tokens")]
    return max(resets) if default is not None and any(resets) else default


def _never_sent(error: BaseException) -> bool:
    """Whether the connection itself failed, so that the provider knows nothing of the call."""
    import httpx2

    cause = error.__cause__
    return isinstance(cause, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.PoolTimeout)
