"""Client for Superset's REST API, signed in as the service account."""

import json
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any

import httpx2

from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError
from geniai_pipeline.settings import get_settings

SERVICE_ACCOUNT = "geniai"
_SECONDS = 60
_PAGE = 1000


class RefusedAccountError(PermanentError):
    """Superset answers 401: the account, its password or its token is none of its own."""


class Superset:
    """Signed-in HTTP session with Superset; a context manager.

    Superset's access tokens live for 15 minutes: after an expired one it signs in again.

    Raises:
        TransientError: Superset is not running, or answers 5xx or 429.
        PermanentError: Superset refuses the account or the request; gives the reason.

    """

    def __init__(self, base_url: str, username: str, password: str) -> None:
        self.base_url = base_url.rstrip("/")
        self._http = httpx2.Client(
            base_url=self.base_url,
            timeout=_SECONDS,
            headers={"Referer": self.base_url},
            # the cookie is Secure in production, but this client uses http on loopback
            cookies=CookieJar(DefaultCookiePolicy(secure_protocols=("http", "https"))),
        )
        self._login = {"username": username, "password": password, "provider": "db"}
        self._sign_in()

    def __enter__(self) -> "Superset":
        """Returns the session."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the connections."""
        self._http.close()

    def get(self, path: str) -> dict[str, Any]:
        """Sends a GET and returns the JSON answer."""
        return self._ask("GET", path)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sends a POST and returns the JSON answer."""
        return self._ask("POST", path, json=body)

    def put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Sends a PUT and returns the JSON answer."""
        return self._ask("PUT", path, json=body)

    def delete(self, path: str) -> dict[str, Any]:
        """Sends a DELETE and returns the JSON answer."""
        return self._ask("DELETE", path)

    def upload(self, path: str, field: str, name: str, content: bytes) -> dict[str, Any]:
        """Sends a POST of one ZIP file and returns the JSON answer."""
        return self._ask("POST", path, files={field: (name, content, "application/zip")})

    def download(self, path: str) -> bytes:
        """Sends a GET and returns the answer's bytes."""
        return self._send("GET", path).content

    def all(self, path: str) -> list[dict[str, Any]]:
        """Reads all rows of a list, page by page."""
        rows: list[dict[str, Any]] = []
        while True:
            answer = self.get(f"{path}?q=(page:{len(rows) // _PAGE},page_size:{_PAGE})")
            rows += answer["result"]
            if not answer["result"] or len(rows) >= answer["count"]:
                return rows

    def _sign_in(self) -> None:
        self._http.headers.pop("Authorization", None)
        answer = self._request("POST", "/api/v1/security/login", json=self._login)
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        answer = self._request("GET", "/api/v1/security/csrf_token/")
        self._http.headers["X-CSRFToken"] = answer.json()["result"]

    def _ask(self, method: str, path: str, **content: Any) -> dict[str, Any]:
        response = self._send(method, path, **content)
        answer: dict[str, Any] = response.json() if response.content else {}
        return answer

    def _send(self, method: str, path: str, **content: Any) -> httpx2.Response:
        try:
            return self._request(method, path, **content)
        except RefusedAccountError:  # its token has expired
            self._sign_in()
            return self._request(method, path, **content)

    def _request(self, method: str, path: str, **content: Any) -> httpx2.Response:
        try:
            response = self._http.request(method, path, **content)
        except httpx2.TransportError as error:
            raise TransientError(
                f"Superset does not answer at {self.base_url} ({error}).",
                mend="Start it with `geniai up`, or read its log.",
            ) from error
        if response.is_success:
            return response
        raise _refusal(method, path, response)


def connect_superset() -> Superset:
    """Opens a session of the service account with this installation's Superset.

    Raises:
        TransientError: Superset is not running.

    """
    return Superset(get_settings().superset_url, SERVICE_ACCOUNT, service_password())


def service_password() -> str:
    """Derives the service account's password from the secret key."""
    return get_settings().derive("superset:geniai")


def _refusal(method: str, path: str, response: httpx2.Response) -> GeniaiError:
    status = response.status_code
    if status == httpx2.codes.UNAUTHORIZED:
        return RefusedAccountError(
            "Superset refuses the service account.",
            mend="Start it again by `geniai up`, with this installation's GENIAI_SECRET_KEY.",
        )
    what = f"Superset answered {method} {path} with {status}: {_reason(response)}."
    if status >= httpx2.codes.INTERNAL_SERVER_ERROR or status == httpx2.codes.TOO_MANY_REQUESTS:
        return TransientError(
            what, mend="Try again in a minute; if the error stays, read Superset's log."
        )
    return PermanentError(what, mend="Read Superset's log; the request may need a new version.")


def _reason(response: httpx2.Response) -> str:
    try:
        return json.dumps(response.json(), ensure_ascii=False)[:500]
    except ValueError:
        return response.text[:200]
