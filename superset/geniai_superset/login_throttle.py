"""Login throttle: limits failed passwords per account and per address, over all workers.

The database counts attempts by account, whatever the spelling of its name, or by name if there is
no account. A browser in which a user has signed in before has a signed cookie and a count of its
own, so that other people's failures do not lock the user out. Superset's AUTH_RATE_LIMIT does not
cover its password login.
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
"""Failures per minute."""
DEVICE = "geniai_device"
"""Name of the cookie of a browser in which a user has signed in."""
_DEVICE_LIFETIME = timedelta(days=365)
_DEVICE_USERS = 8
"""Number of users in a browser's cookie: the latest ones."""
_IS_OVER = (
    "select count(*) filter (where who = :name) > :per_name"
    " or count(*) filter (where who = :address) > :per_address"
    " from geniai_attempts where who in (:name, :address) and at > now() - interval '1 minute'"
)


def install(app: Flask) -> None:
    """Registers the response to excess attempts, and the browser's cookie."""

    @app.after_request
    def reject_excess_attempts(response: Response) -> Response:
        if not g.pop("geniai_throttled", False):
            return response
        session.pop("_flashes", None)  # the message of a wrong password, which was not checked
        return Response(status=429, headers={"Retry-After": "60"})

    @app.after_request
    def set_device_cookie(response: Response) -> Response:
        user_id = g.pop("geniai_signed_in", None)
        if user_id is not None:
            response.set_cookie(
                DEVICE,
                _signer().dumps(_add_user(user_id)),
                max_age=_DEVICE_LIFETIME,
                secure=current_app.config["SESSION_COOKIE_SECURE"],
                httponly=True,
                samesite="Lax",
            )
        return response


def count_attempt(user: Any, name: str) -> bool:
    """Counts an attempt before it is made; False over the limit, where the response is 429.

    Args:
        user: the account of that name; None: there is none.
        name: the name as it was typed.

    """
    keys = _account(user, name), f"address {request.remote_addr}"
    browser, users = _read_device()
    if user is not None and user.id in users:
        keys = f"browser {browser} {user.id}", f"address of browser {browser}"
    g.geniai_attempt = keys
    g.geniai_throttled = not _count(*keys)
    return not g.geniai_throttled


def discount_attempt(user: Any) -> None:
    """Deletes the attempt after its success, and adds the user to the browser's cookie."""
    attempt = g.pop("geniai_attempt", None)
    if attempt:
        with _engine().begin() as connection:
            _delete_latest(connection, *attempt)
        g.geniai_signed_in = user.id


def verify_password(user: Any, password: str) -> bool:
    """Whether the password is the signed-in user's; a wrong one counts as a failed attempt."""
    if not count_attempt(user, user.username) or not check_password_hash(user.password, password):
        return False
    discount_attempt(user)
    return True


def _account(user: Any, name: str) -> str:
    """Returns the counter's key: the user's id, because a name has many spellings, or the name."""
    if user is not None:
        return f"user {user.id}"
    return f"name {unicodedata.normalize('NFKC', name).casefold().strip()[:128]}"


def _read_device() -> tuple[str, list[int]]:
    """Returns the browser's random name, and the ids of the users who signed in with it."""
    try:
        browser, *users = _signer().loads(request.cookies.get(DEVICE, ""))
    except (BadSignature, ValueError, TypeError):
        return secrets.token_urlsafe(16), []
    return browser, users


def _add_user(user_id: int) -> list[Any]:
    browser, users = _read_device()
    return [browser, *[other for other in users if other != user_id][1 - _DEVICE_USERS :], user_id]


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(get_settings().derive("superset:device"))


def _count(name: str, address: str) -> bool:
    """Counts an attempt; returns False, without counting, over the limit."""
    with _engine().begin() as connection:
        # serialised: concurrent attempts would each see a count below the limit
        connection.execute(text("lock table geniai_attempts in exclusive mode"))
        connection.execute(
            text("delete from geniai_attempts where at < now() - interval '1 minute'")
        )
        connection.execute(
            text("insert into geniai_attempts (who) values (:name), (:address)"),
            {"name": name, "address": address},
        )
        is_over = connection.execute(
            text(_IS_OVER),
            {"name": name, "address": address, "per_name": PER_NAME, "per_address": PER_ADDRESS},
        ).scalar()
        if is_over:
            _delete_latest(connection, name, address)
    return not is_over


def _delete_latest(connection: Any, name: str, address: str) -> None:
    for key in (name, address):
        connection.execute(
            text(
                "delete from geniai_attempts where ctid = (select ctid from geniai_attempts"
                " where who = :key order by at desc limit 1)"
            ),
            {"key": key},
        )


def _engine() -> Any:
    from superset.extensions import db

    return db.engine
