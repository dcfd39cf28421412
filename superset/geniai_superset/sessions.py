"""Server-side sessions: a cookie carries a secret, and a table of Superset's database its hash.

An API token carries the secret too. Signing out, a disabled user or tenant, and a new password
delete the row; the next request is then anonymous.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import g, session
from sqlalchemy import text

LIFETIME = timedelta(hours=24)
KEY = "geniai"
"""Key of the secret in the cookie and in the claims of an API token."""


def create(user: Any, tenant: str | None) -> str:
    """Creates a session of 24 hours, and deletes expired ones.

    Returns:
        Its secret.

    """
    secret = secrets.token_urlsafe(32)
    with _engine().begin() as connection:
        connection.execute(text("delete from geniai_sessions where ends_at < now()"))
        connection.execute(
            text(
                "insert into geniai_sessions (token_hash, user_id, email, tenant, ends_at)"
                " values (:hash, :user_id, :email, :tenant, now() + :lifetime)"
            ),
            {
                "hash": _hash(secret),
                "user_id": user.id,
                "email": user.username,
                "tenant": tenant,
                "lifetime": LIFETIME,
            },
        )
    return secret


def tab_identifier() -> str:
    """Returns the key under which Superset stores the state of the session's tabs."""
    return _hash(f"tabs {g.get('geniai_secret') or session.get(KEY)}")


def is_valid(secret: str | None, user_id: int) -> bool:
    """Whether the user has an unexpired session with that secret."""
    if not secret:
        return False
    with _engine().connect() as connection:
        row = connection.execute(
            text(
                "select 1 from geniai_sessions"
                " where token_hash = :hash and user_id = :user_id and ends_at > now()"
            ),
            {"hash": _hash(secret), "user_id": user_id},
        ).first()
    return row is not None


def end(secret: str | None) -> None:
    """Ends one session."""
    with _engine().begin() as connection:
        connection.execute(
            text("delete from geniai_sessions where token_hash = :hash"), {"hash": _hash(secret)}
        )


def end_others(user_id: int, secret: str | None) -> None:
    """Ends a user's sessions except the one with that secret."""
    with _engine().begin() as connection:
        connection.execute(
            text("delete from geniai_sessions where user_id = :user_id and token_hash <> :hash"),
            {"user_id": user_id, "hash": _hash(secret)},
        )


def _hash(secret: str | None) -> str:
    return hashlib.sha256((secret or "").encode()).hexdigest()


def _engine() -> Any:
    from superset.extensions import db

    return db.engine
