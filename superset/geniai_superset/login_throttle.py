"""How often somebody may fail to give a password: counted in the database, over all workers.

What is counted is the account that was found, however its name was written, and where there is
none, the name. Strangers' failures shut nobody out of a browser in which they have signed in
before: it has a signed cookie, and a count of its own. Superset's own AUTH_RATE_LIMIT does not
reach its password login.
"""

import secrets
import unicodedata
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, g, request, session
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import text
from werkzeug.security import check_password_hash

from geniai_pipeline.settings import get_settings

PER_NAME, PER_ADDRESS = 5, 30
"""Failures in a minute."""
DEVICE = "geniai_device"
"""The cookie of a browser in which somebody has signed in."""
_DEVICE_LIFE = timedelta(days=365)
_DEVICE_USERS = 8
"""A browser knows so many people, the latest ones."""
_OVER = (
    "select count(*) filter (where who = :name) > :per_name"
    " or count(*) filter (where who = :address) > :per_address"
    " from geniai_attempts where who in (:name, :address) and at > now() - interval '1 minute'"
)


def install(app: Flask) -> None:
    """Answers for an attempt too many, and gives a browser its cookie."""

    @app.after_request
    def refuse_guessing(response: Response) -> Response:
        if not g.pop("geniai_refused", False):
            return response
        session.pop("_flashes", None)  # that the password is wrong, which was not looked at
        return Response(status=429, headers={"Retry-After": "60"})

    @app.after_request
    def know_browser(response: Response) -> Response:
        user_id = g.pop("geniai_arrived", None)
        if user_id is not None:
            response.set_cookie(
                DEVICE,
                _signer().dumps(_known_with(user_id)),
                max_age=_DEVICE_LIFE,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        return response


def allow(user: Any, name: str) -> bool:
    """Counts an attempt before it is made; too many, and the request is answered with 429.

    Args:
        user: the account that was found; None: there is none.
        name: what was written as its name.

    """
    who = _account(user, name), f"address {request.remote_addr}"
    browser, known = _browser()
    if user is not None and user.id in known:
        who = f"browser {browser} {user.id}", f"address of browser {browser}"
    g.geniai_attempt = who
    g.geniai_refused = not _count(*who)
    return not g.geniai_refused


def forgive(user: Any) -> None:
    """Takes the attempt back that has succeeded; the browser is known from then on."""
    attempt = g.pop("geniai_attempt", None)
    if attempt:
        _take_back(*attempt)
        g.geniai_arrived = user.id


def prove(user: Any, password: str) -> bool:
    """Whether it is the password of the user who is signed in; a wrong one counts like any."""
    if not allow(user, user.username) or not check_password_hash(user.password, password):
        return False
    forgive(user)
    return True


def _account(user: Any, name: str) -> str:
    """What is counted: a user by their number, for their name can be written in many ways."""
    if user is not None:
        return f"user {user.id}"
    return f"name {unicodedata.normalize('NFKC', name).casefold().strip()[:128]}"


def _browser() -> tuple[str, list[int]]:
    """The browser's own name, and the numbers of those who have signed in with it."""
    try:
        browser, *known = _signer().loads(request.cookies.get(DEVICE, ""))
    except (BadSignature, ValueError, TypeError):
        return secrets.token_urlsafe(16), []
    return browser, known


def _known_with(user_id: int) -> list[Any]:
    browser, known = _browser()
    return [browser, *[other for other in known if other != user_id][1 - _DEVICE_USERS :], user_id]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(get_settings().derive("superset:device"))


def _count(name: str, address: str) -> bool:
    """Counts an attempt, unless there were too many: then it is none."""
    with _engine().begin() as connection:
        # one after another, so that many at once are not each the last that may
        connection.execute(text("lock table geniai_attempts in exclusive mode"))
        connection.execute(
            text("delete from geniai_attempts where at < now() - interval '1 minute'")
        )
        connection.execute(
            text("insert into geniai_attempts (who) values (:name), (:address)"),
            {"name": name, "address": address},
        )
        over = connection.execute(
            text(_OVER),
            {"name": name, "address": address, "per_name": PER_NAME, "per_address": PER_ADDRESS},
        ).scalar()
        if over:
            _forget(connection, name, address)
    return not over


def _take_back(name: str, address: str) -> None:
    with _engine().begin() as connection:
        _forget(connection, name, address)


def _forget(connection: Any, name: str, address: str) -> None:
    """Takes the latest attempt back."""
    for who in (name, address):
        connection.execute(
            text(
                "delete from geniai_attempts where ctid = (select ctid from geniai_attempts"
                " where who = :who order by at desc limit 1)"
            ),
            {"who": who},
        )


def _engine() -> Any:
    from superset.extensions import db

    return db.engine
