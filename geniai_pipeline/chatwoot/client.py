"""API client of one Chatwoot account, with its role check and server clock."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from geniai_pipeline.chatwoot.downloads import download
from geniai_pipeline.chatwoot.refusals import (
    NotJsonError,
    RedirectedError,
    UnansweredError,
    UnreachableError,
    build_refusal,
)
from geniai_pipeline.chatwoot.rows import EARLIEST, LATEST
from geniai_pipeline.chatwoot.transport import LATER, SLOW_SECONDS, TRIES, Params, Transport
from geniai_pipeline.chatwoot.whitelist import parse_number
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.tenants import Tenant


@dataclass(frozen=True)
class AccountCheck:
    """The account that a token gives access to, as `Client.check` reads it."""

    name: str
    version: str | None
    role: str
    server_time: datetime


class Client:
    """Reads one account of one Chatwoot. Threads may share it; close it, or use it in a ``with``.

    Every request waits for the rate limiter and sends the token to this address only. A request
    that fails is repeated with back-off.

    Args:
        url: the address of the Chatwoot, in any form ``normalize_address`` knows.
        account_id: the account to read.
        token: of an administrator of the account.
        tenant: named by every error.
        wait: called before each request; returns when the request may be sent.
        slow_seconds: a later failure means that the request asks for too much.
        limits: ``tries`` and ``read_seconds``, as the transport takes them.

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
        wait: Callable[[], None] = lambda: None,
        slow_seconds: float = SLOW_SECONDS,
        **limits: Any,
    ) -> None:
        self._transport = Transport(
            url,
            account_id,
            token,
            tenant=tenant,
            wait=wait,
            slow_seconds=slow_seconds,
            **limits,
        )
        self._wait = wait
        self.slow_seconds = slow_seconds
        self.url = self._transport.url
        self.account_id = account_id
        self.tenant = tenant
        self._about: dict[str, Any] | None = None

    @classmethod
    def for_tenant(cls, tenant: Tenant, **options: Any) -> "Client":
        """Builds the client of a tenant's own account; ``options`` as the constructor takes them.

        Raises:
            PermanentError: the address or the token cannot be one.

        """
        return cls(
            tenant.chatwoot_url,
            tenant.chatwoot_account_id,
            tenant.chatwoot_token,
            tenant=tenant.slug,
            **options,
        )

    def __enter__(self) -> "Client":
        """The client itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    @property
    def requests(self) -> int:
        """The number of requests sent, repeated ones included."""
        return self._transport.requests

    def get(self, path: str, params: Params | None = None, *, tries: int = TRIES) -> Any:
        """Fetches JSON from a path below ``/api/v1/accounts/{account_id}/``.

        Raises:
            PermanentError: a refusal; ``NotFoundError`` and ``NotAllowedError`` are subclasses.
            UnansweredError: every attempt fails; ``heavy`` if a smaller request may succeed.
            TransientError: the server is unreachable, or the rate limit stays exceeded.

        """
        return self._transport.fetch(
            self._path(path), params, tries=tries, divisible=path.startswith("conversations")
        )

    def post(
        self, path: str, body: Any, params: Params | None = None, *, tries: int = TRIES
    ) -> Any:
        """Fetches JSON with a query that is too long for an address.

        Raises:
            PermanentError: as ``get``.
            TransientError: as ``get``.

        """
        return self._transport.fetch(
            self._path(path), params, tries=tries, body=body, divisible=True
        )

    def delete(self, path: str, *, tries: int = TRIES) -> None:
        """Deletes what a path below ``/api/v1/accounts/{account_id}/`` names.

        Raises:
            PermanentError: as ``get``; ``NotFoundError``: it is not there.
            TransientError: as ``get``.

        """
        self._transport.fetch(self._path(path), tries=tries, method="DELETE")

    def download(self, address: str, *, most_bytes: int) -> bytes:
        """Downloads a message's file into memory, within the rate limit and without the token.

        Args:
            address: the file's, as Chatwoot gives it.
            most_bytes: a larger file is refused.

        Raises:
            DownloadError: why it cannot be had.

        """
        self._wait()
        return download(self.url, address, most_bytes=most_bytes)

    def rows(self, path: str, params: Params | None = None) -> list[Any]:
        """Fetches the rows of a list without pages, in any of Chatwoot's three envelopes."""
        return self.extract_rows(self.get(path, params), path)

    def extract_rows(self, answer: Any, path: str) -> list[Any]:
        """Extracts the rows of an answer: a bare list, or one in ``payload`` or ``data.payload``.

        Raises:
            UnansweredError: there is no list in it.

        """
        if isinstance(answer, dict):
            answer = answer.get("data", answer)
        if isinstance(answer, dict):
            answer = answer.get("payload")
        if not isinstance(answer, list):
            raise UnansweredError(
                f"Chatwoot at {self._transport.host} answered {path} without a list.",
                mend=LATER,
                tenant=self.tenant,
            )
        return answer

    def check(self) -> AccountCheck:
        """Checks that the address is a Chatwoot and that the token is an administrator's.

        Raises:
            PermanentError: what is wrong with the address, the token, the account or the role.
            TransientError: the Chatwoot cannot be reached, or is sick.

        """
        version = self.version()
        entry = self._membership(tries=2)
        if str(entry.get("status", "active")) == "suspended":
            raise build_refusal(
                401,
                "Account is suspended",
                host=self._transport.host,
                account_id=self.account_id,
                path="profile",
                tenant=self.tenant,
            )
        role = str(entry.get("role"))
        if role != "administrator":
            raise PermanentError(
                f"The access token's user is {role!r} in account {self.account_id} at"
                f" {self._transport.host}, and sees only a part of its conversations.",
                mend="Make the user an administrator, or use the token of one.",
                tenant=self.tenant,
            )
        name = str(entry.get("name") or f"account {self.account_id}")
        return AccountCheck(name, version, role, self.server_time())

    def labels(self) -> list[str]:
        """Fetches the titles of the account's labels.

        Raises:
            PermanentError: it is refused.
            TransientError: the Chatwoot cannot be reached, or is sick.

        """
        path = f"api/v1/accounts/{self.account_id}/labels"
        rows = self.extract_rows(self._transport.fetch(path, tries=2), path)
        return [str(row["title"]) for row in rows if isinstance(row, dict) and row.get("title")]

    def is_administrator(self) -> bool:
        """Whether the token's user is an administrator: agents are not shown every conversation."""
        return self._membership().get("role") == "administrator"

    def confirm_alive(self) -> None:
        """Checks that the server answers another request, so that the failed one is at fault.

        Raises:
            TransientError: it answers nothing.
            PermanentError: it refuses the token meanwhile.

        """
        self._transport.fetch("api/v1/profile")

    def require_server(self) -> None:
        """Checks that a Chatwoot answers, even if it refuses this tenant.

        Raises:
            UnreachableError: no server answers, or only a proxy does.

        """
        try:
            self._transport.fetch("api", tries=1)
        except (NotJsonError, PermanentError):  # a proxy hides this path
            return
        except UnansweredError as error:
            raise UnreachableError(error.what, mend=error.mend, tenant=self.tenant) from error
        except UnreachableError:
            raise
        except TransientError:  # a rate limit is an answer too
            return

    def version(self) -> str | None:
        """Chatwoot's version; None: the server does not name it."""
        version = self._read_about().get("version")
        return str(version) if version else None

    def server_time(self) -> datetime:
        """Computes the server's current time: its latest answer's, plus the time since.

        Sends a request only if no answer came before. For a server without a clock in its answers,
        the machine's clock counts.
        """
        transport = self._transport
        if transport.clock is None:
            about = self._read_about()
            if transport.clock is None:
                timestamp = parse_number(about.get("timestamp"))
                now = datetime.now(timezone.utc)
                if timestamp is not None and EARLIEST <= timestamp < LATEST:
                    now = datetime.fromtimestamp(timestamp, timezone.utc)
                transport.clock = now, time.monotonic()
        then, at = transport.clock
        return then + timedelta(seconds=time.monotonic() - at)

    def _path(self, path: str) -> str:
        return f"api/v1/accounts/{self.account_id}/{path}"

    def _read_about(self) -> dict[str, Any]:
        """``GET /api``, the one answer that needs no token; empty where a proxy hides it."""
        if self._about is None:
            try:
                about = self._transport.fetch("api", tries=2)
            except RedirectedError:
                raise
            except (PermanentError, UnansweredError):
                about = {}
            self._about = about if isinstance(about, dict) else {}
        return self._about

    def _membership(self, *, tries: int = TRIES) -> dict[str, Any]:
        try:
            profile = self._transport.fetch("api/v1/profile", tries=tries)
        except NotJsonError:
            profile = None
        accounts = profile.get("accounts") if isinstance(profile, dict) else None
        if not isinstance(accounts, list):
            raise PermanentError(
                f"{self.url} does not answer as a Chatwoot does.",
                mend="Check the Chatwoot address: it is what the browser shows before /app/.",
                tenant=self.tenant,
            )
        mine = [entry for entry in accounts if isinstance(entry, dict)]
        for entry in mine:
            if str(entry.get("id")) == str(self.account_id):
                return entry
        others = ", ".join(str(entry.get("id")) for entry in mine[:10]) or "none"
        raise PermanentError(
            f"The access token's user is not a member of account {self.account_id} at"
            f" {self._transport.host} (only of: {others}).",
            mend="Check the account's number, or invite the user to it as an administrator.",
            tenant=self.tenant,
        )
