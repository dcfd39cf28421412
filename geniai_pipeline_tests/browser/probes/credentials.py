"""Probes of sessions, cookies and passwords: what they open, and for how long."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from geniai_pipeline.dashboards.client import connect_superset
from geniai_pipeline.dashboards.sessions import end_sessions
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import SUPERSET, admin_url, connect
from geniai_pipeline_tests.browser.gyms import FORTE, LEVE, PASSWORD, VAZIA
from geniai_pipeline_tests.browser.probes.scene import Probe, Scene, forge_cookie
from geniai_pipeline_tests.browser.visitor import Visitor


def sessions(_: Scene) -> Iterator[str]:
    """A session ends on the server: a copied cookie or token opens nothing afterwards."""
    visitor = Visitor(VAZIA.viewer)
    cookie = dict(visitor.http.cookies)
    visitor.http.get("/logout/")
    if _is_signed_in(_open_with_cookies(cookie)):
        yield "a cookie lives on when its user has signed out"

    visitor, token = Visitor(VAZIA.viewer), _open_with_token(VAZIA.viewer)
    _read_value(
        "update geniai_sessions set ends_at = now() where email = %s returning 1", VAZIA.viewer
    )
    if _is_signed_in(visitor.http):
        yield "a cookie lives longer than a day"
    if _is_signed_in(token):
        yield "a token lives longer than a day"

    visitor, token = Visitor(VAZIA.viewer), _open_with_token(VAZIA.viewer)
    end_sessions(email=VAZIA.viewer)
    if _is_signed_in(visitor.http):
        yield "a cookie lives on when its session was ended"
    if _is_signed_in(token):
        yield "a token lives on when its session was ended"

    visitor, other = Visitor(VAZIA.viewer), Visitor(VAZIA.viewer)
    other.http.put("/api/v1/me/", json={"password": PASSWORD, "current_password": PASSWORD})
    if _is_signed_in(visitor.http):
        yield "a session lives on when its user has given themselves a new password"


def forged(_: Scene) -> Iterator[str]:
    """A cookie signed with the key, but without the victim's session, opens nothing."""
    with connect_superset() as superset:
        victim = next(
            str(user["id"])
            for user in superset.all("/api/v1/security/users/")
            if user["username"] == LEVE.viewer
        )
    if _is_signed_in(forge_cookie(FORTE.viewer, _user_id=victim).http):
        yield "one's own session signs a forged cookie in as another"
    if _is_signed_in(forge_cookie(FORTE.viewer, _user_id=victim, geniai=None).http):
        yield "a forged cookie without a session signs another in"


def disabled(_: Scene) -> Iterator[str]:
    """Users of a disabled tenant cannot sign in."""
    registry.set_active(VAZIA.slug, False)
    try:
        if _is_signed_in(Visitor(VAZIA.viewer).http):
            yield "a disabled gym's viewer signs in"
        try:
            _open_with_token(VAZIA.viewer)
        except PermanentError:
            pass
        else:
            yield "a disabled gym's viewer is given a token"
    finally:
        registry.set_active(VAZIA.slug, True)


def cookies(_: Scene) -> Iterator[str]:
    """Cookies are HttpOnly and SameSite; the session cookie lasts a day."""
    end_sessions(email=VAZIA.viewer)
    headers = Visitor(VAZIA.viewer).answer.headers.get_list("Set-Cookie")
    wanted = ["HttpOnly", "SameSite=Lax"]
    if (get_settings().public_url or "").startswith("https:"):
        wanted.append("Secure")
    yield from (
        f"the cookie {cookie.partition('=')[0]} is not {word}"
        for cookie in headers
        for word in wanted
        if word not in cookie
    )
    cookie = next(cookie for cookie in headers if cookie.startswith("session="))
    if "Expires=" not in cookie:
        yield "the cookie has no end"
    end = cookie.partition("Expires=")[2].partition(";")[0]
    if end and parsedate_to_datetime(end) > datetime.now(timezone.utc) + timedelta(hours=24):
        yield "the cookie lasts longer than a day"
    lasts = "select ends_at > now() + interval '1 day' from geniai_sessions where email = %s"
    if _read_value(lasts, VAZIA.viewer):
        yield "a session lasts longer than a day"
    end_sessions(email=VAZIA.viewer)


def passwords(_: Scene) -> Iterator[str]:
    """Passwords are hashed by a slow function."""
    body = {"password": PASSWORD, "current_password": PASSWORD}
    Visitor(VAZIA.viewer).http.put("/api/v1/me/", json=body)
    stored = _read_value("select password from ab_user where username = %s", VAZIA.viewer)
    if not stored.startswith("scrypt:32768:8:1$"):
        yield f"a password is kept as {stored.partition('$')[0]}"


PROBES: tuple[Probe, ...] = (sessions, forged, disabled, cookies, passwords)


def _open_with_cookies(cookies: dict[str, str]) -> httpx2.Client:
    return httpx2.Client(base_url=get_settings().superset_url, timeout=60, cookies=cookies)


def _open_with_token(email: str) -> httpx2.Client:
    """Returns a client that authenticates by an API token.

    Raises:
        PermanentError: they are given none.

    """
    answer = httpx2.post(
        f"{get_settings().superset_url}/api/v1/security/login",
        json={"username": email, "password": PASSWORD, "provider": "db"},
        timeout=60,
    )
    if answer.status_code != httpx2.codes.OK:
        raise PermanentError("They are given no token.", mend="")
    token = answer.json()["access_token"]
    return httpx2.Client(
        base_url=get_settings().superset_url,
        timeout=60,
        headers={"Authorization": f"Bearer {token}"},
    )


def _is_signed_in(http: httpx2.Client) -> bool:
    """Whether Superset knows the client: it shows the dashboard to nobody else."""
    return http.get("/api/v1/dashboard/painel").status_code == httpx2.codes.OK


def _read_value(sql: str, *values: Any) -> Any:
    """Returns the first value of the first row from Superset's own database."""
    with connect(admin_url(SUPERSET)) as connection:
        row = connection.execute(sql.encode(), values).fetchone()
    return row[0] if row else None
