"""HTTP transport to Chatwoot: rate limits, retries with back-off, and no redirects."""

import random
import re
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
import stamina

from geniai_pipeline.chatwoot.address import normalize_address
from geniai_pipeline.chatwoot.body import ENCODING, BodySizeError, decode, parse_json, read_body
from geniai_pipeline.chatwoot.refusals import (
    ClosedError,
    NotJsonError,
    UnansweredError,
    UnreachableError,
    build_redirect_error,
    build_refusal,
)
from geniai_pipeline.chatwoot.rows import EARLIEST, LATEST
from geniai_pipeline.errors import PermanentError, TransientError

TRIES, FIRST_TRIES = 5, 2
"""How often a request is sent. An unreachable server that never answered this client gets two
attempts only: one that is down costs 11 s instead of a minute."""
PATIENCE_SECONDS = 120.0
"""No request is repeated after this time."""
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
SLOW_SECONDS = 10.0
"""A later failure is taken for the server's own time limit (15 s in Chatwoot)."""

LATER = "The next run tries again; if this stays so, look into that server's health."

Params = Mapping[str, str | int]


class _RetryableError(Exception):
    """A failed request that may succeed when it is repeated."""

    def __init__(
        self,
        what: str,
        *,
        becomes: type[TransientError] = UnansweredError,
        wait: float | None = None,
        heavy: bool = False,
        again: bool = True,
    ) -> None:
        super().__init__(what)
        self.becomes = becomes
        """The error to raise when every attempt fails."""
        self.wait = wait
        """Seconds to wait before the next attempt, if the answer says so."""
        self.heavy = heavy
        """Whether the request may have asked for too much at once."""
        self.again = again
        """False: it took too long to be repeated where a smaller request is possible."""


class Transport:
    """Sends requests with one token to one address. Threads may share it.

    Every request waits for the rate limiter and is repeated with back-off while it fails.

    Args:
        url: the address of the Chatwoot, in any form ``normalize_address`` knows.
        account_id: the account to read; named by errors.
        token: sent with every request, to this address only.
        tenant: named by every error.
        wait: called before each request; returns when the request may be sent.
        slow_seconds: a request that fails later is not repeated.
        tries: how often a request is sent at most.
        read_seconds: the longest pause within an answer.

    Raises:
        PermanentError: the address or the token cannot be one.

    """

    def __init__(
        self,
        url: str,
        account_id: int,
        token: str,
        *,
        tenant: str,
        wait: Callable[[], None],
        slow_seconds: float = SLOW_SECONDS,
        tries: int = TRIES,
        read_seconds: float = READ_SECONDS,
    ) -> None:
        self.url = normalize_address(url, tenant)
        self.host = urlsplit(self.url).netloc
        self.account_id = account_id
        self.tenant = tenant
        self.requests = 0
        self.clock: tuple[datetime, float] | None = None
        """The server's clock at its latest answer, and ours (monotonic) at that moment."""
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable():
            raise PermanentError(
                "The access token is empty or has characters that no access token has.",
                mend="Copy it again from the profile page in Chatwoot.",
                tenant=tenant,
            )
        self._token = token
        self._wait = wait
        self._closed: ClosedError | None = None
        """A refused token is not sent again: other threads may still be reading."""
        self._slow_seconds = slow_seconds
        self._tries = tries
        self._lock = threading.Lock()
        self._http = httpx2.Client(
            # Rails reads this as api_access_token, whose underscores nginx would drop.
            headers={
                "Api-Access-Token": token,
                "Accept": "application/json",
                "Accept-Encoding": ENCODING,
            },
            timeout=httpx2.Timeout(read_seconds, connect=CONNECT_SECONDS),
            follow_redirects=False,
            verify=_build_ssl_context(),
        )

    def close(self) -> None:
        """Closes the connections."""
        self._http.close()

    def fetch(
        self,
        path: str,
        params: Params | None = None,
        *,
        tries: int | None = None,
        body: Any = None,
        method: str | None = None,
        divisible: bool = False,
    ) -> Any:
        """Fetches the JSON at a path below the address.

        Args:
            path: of the request.
            params: of the query.
            tries: attempts at most.
            body: sent as JSON.
            method: of the request; None: POST with a body, GET without.
            divisible: whether the caller can split a request that is too large.

        Raises:
            PermanentError: a refusal or a redirect.
            UnansweredError: every attempt of this request fails, while others may succeed.
            UnreachableError: no server answers.
            TransientError: the rate limit stays exceeded.

        """
        tries = min(tries or self._tries, self._tries)
        refused = 0

        def decide_retry(error: Exception) -> bool | float:
            nonlocal refused
            refused += isinstance(error, _RetryableError) and error.becomes is UnreachableError
            if self.clock is None and refused == FIRST_TRIES:
                return False
            return _find_wait(error, divisible=divisible)

        try:
            for attempt in stamina.retry_context(
                on=decide_retry,
                attempts=tries,
                timeout=PATIENCE_SECONDS,
                wait_initial=0.5,
                wait_exp_base=3,
                wait_max=20.0,
                wait_jitter=0.5,
            ):
                with attempt:
                    return self._send_once(
                        path, params, body, method or ("GET" if body is None else "POST")
                    )
        except _RetryableError as sick:
            failure = sick.becomes(
                f"Chatwoot at {self.host} {sick}.", mend=LATER, tenant=self.tenant
            )
            if isinstance(failure, UnansweredError):
                failure.heavy = sick.heavy
            raise failure from sick
        raise AssertionError("every attempt returns or raises")

    def _send_once(self, path: str, params: Params | None, question: Any, method: str) -> Any:
        self._wait()
        if self._closed is not None:
            raise self._closed
        with self._lock:
            self.requests += 1
        url = f"{self.url}/{path}"
        started = time.monotonic()
        try:
            with self._http.stream(method, url, params=params, json=question) as response:
                body = read_body(response)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise _RetryableError(
                f"cannot be reached ({_describe_cause(error)})", becomes=UnreachableError
            ) from error
        except httpx2.TimeoutException as error:
            raise _RetryableError(
                f"gave no answer to {path} in time", heavy=True, again=False
            ) from error
        except httpx2.RequestError as error:
            raise _RetryableError(f"ended its answer to {path} too early", heavy=True) from error
        except TimeoutError as error:
            raise _RetryableError(
                f"gave no whole answer to {path} in {error}", heavy=True, again=False
            ) from None
        except zlib.error as error:
            raise _RetryableError(
                f"answered {path} with data that cannot be decompressed ({error})"
            ) from None
        except BodySizeError as error:
            raise _build_size_error(path, error) from None
        self._set_clock(response)
        status = response.status_code
        if status == 429:
            raise _RetryableError(
                "allows no more requests for now (429)",
                becomes=TransientError,
                wait=_seconds_until_allowed(response, self._now()),
            )
        if status in (408, 425) or status >= 500:
            slow = time.monotonic() - started > self._slow_seconds
            raise _RetryableError(f"fails on {path} ({status})", heavy=slow, again=not slow)
        if 300 <= status < 400:
            raise build_redirect_error(
                url, response.headers.get("location", ""), tenant=self.tenant
            )
        if status >= 400:
            refused = build_refusal(
                status,
                decode(body).replace(self._token, "***"),
                host=self.host,
                account_id=self.account_id,
                path=path,
                tenant=self.tenant,
            )
            if isinstance(refused, ClosedError):
                self._closed = refused
            raise refused
        if method == "DELETE" and not body:
            return None
        try:
            return parse_json(body)
        except BodySizeError as error:
            raise _build_size_error(path, error) from None
        except (ValueError, RecursionError):
            is_page = body.lstrip()[:1] == b"<"
            what = "a web page" if is_page else "something cut off or no JSON"
            raise _RetryableError(
                f"answered {path} with {what}", becomes=NotJsonError, heavy=not is_page
            ) from None

    def _now(self) -> datetime:
        return self.clock[0] if self.clock else datetime.now(timezone.utc)

    def _set_clock(self, response: httpx2.Response) -> None:
        try:
            date = parsedate_to_datetime(response.headers.get("date", ""))
            timestamp = date.timestamp()
        except (ValueError, OverflowError):
            return
        if EARLIEST <= timestamp < LATEST:
            self.clock = datetime.fromtimestamp(timestamp, timezone.utc), time.monotonic()


def _seconds_until_allowed(response: httpx2.Response, now: datetime) -> float:
    """Computes the seconds until the rate limit ends, with jitter of up to 2 s.

    Chatwoot counts by whole minutes and sends no header; a proxy before it may send one.
    """
    wait = response.headers.get("retry-after", "")
    seconds = min(float(wait), 60.0) if wait.isdecimal() else 60.0 - now.second
    return seconds + random.uniform(0, 2)  # noqa: S311


@lru_cache
def _build_ssl_context() -> ssl.SSLContext:
    """Builds the TLS context once: reading the certificates takes as long as a request."""
    return httpx2.create_ssl_context()


def _find_wait(error: Exception, *, divisible: bool) -> bool | float:
    if not isinstance(error, _RetryableError) or (divisible and not error.again):
        return False
    return True if error.wait is None else error.wait


def _build_size_error(path: str, error: BodySizeError) -> _RetryableError:
    return _RetryableError(f"answers {path} with {error}", heavy=True, again=False)


def _describe_cause(error: Exception) -> str:
    if isinstance(error, httpx2.ConnectTimeout):
        return f"no answer within {CONNECT_SECONDS:.0f} s"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its TLS certificate is not valid: {cause.verify_message}"
        cause = cause.__cause__ or cause.__context__
    return re.sub(r"^\[Errno -?\d+\] ", "", str(error)) or type(error).__name__
