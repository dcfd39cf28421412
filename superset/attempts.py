"""How often somebody may fail to sign in: counted in the database, over all workers together.

Superset's own AUTH_RATE_LIMIT does not reach its password login.
"""

from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import text

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT

PER_NAME, PER_ADDRESS = 5, 30
"""Failures in a minute."""
_SIGN_IN = ("/login", "/api/v1/security/login")
_OVER = (
    "select count(*) filter (where who = :name) > :per_name"
    " or count(*) filter (where who = :address) > :per_address"
    " from geniai_attempts where who in (:name, :address) and at > now() - interval '1 minute'"
)


def install(app: Flask) -> None:
    """Counts every attempt before it is made, and takes the successful ones back."""

    @app.before_request
    def refuse_guessing() -> Response | None:
        if request.method != "POST" or request.path.rstrip("/") not in _SIGN_IN:
            return None
        name, address = _name(), f"address {request.remote_addr}"
        # nobody guesses its password of 160 bits, and nobody may shut it out
        if name == f"name {SERVICE_ACCOUNT}":
            return None
        g.geniai_attempt = (name, address)
        if _count(name, address):
            return None
        return Response(status=429, headers={"Retry-After": "60"})

    @app.after_request
    def forgive_success(response: Response) -> Response:
        attempt = g.pop("geniai_attempt", None)
        succeeded = response.status_code < 400 and "/login" not in response.headers.get(
            "Location", ""
        )
        if attempt and succeeded:
            _take_back(*attempt)
        return response


def _name() -> str:
    body = request.get_json(silent=True)
    given = body if isinstance(body, dict) else request.form
    return f"name {str(given.get('username', '')).strip().lower()[:128]}"


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
