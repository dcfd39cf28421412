"""Who is signed in, kept on the server: a cookie alone opens nothing.

The cookie (or an API token) carries a secret; its hash stands in a table of Superset's database as
long as the session lives. Signing out, a disabled user or tenant and a new password take it away,
and the next request is nobody's.
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from flask import g, session
from sqlalchemy import text

LIFETIME = timedelta(hours=24)
KEY = "geniai"
"""Where the secret lies in the cookie, and in the claims of an API token."""


def begin(user: Any, tenant: str | None) -> str:
    """Opens a session for 24 hours, and forgets those that are over.

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


def identifier() -> str:
    """What Superset calls the session where it keeps something for one of its tabs."""
    return _hash(f"tabs {g.get('geniai_secret') or session.get(KEY)}")


def lives(secret: str | None, user_id: int) -> bool:
    """Whether the user's session of that secret has neither ended nor been ended."""
    if not secret:
        return False
    with _engine().connect() as connection:
        found = connection.execute(
            text(
                "select 1 from geniai_sessions"
                " where token_hash = :hash and user_id = :user_id and ends_at > now()"
            ),
            {"hash": _hash(secret), "user_id": user_id},
        ).first()
    return found is not None


def end(secret: str | None) -> None:
    """Ends one session."""
    with _engine().begin() as connection:
        connection.execute(
            text("delete from geniai_sessions where token_hash = :hash"), {"hash": _hash(secret)}
        )


def end_others(user_id: int, kept: str | None) -> None:
    """Ends a user's sessions but one."""
    with _engine().begin() as connection:
        connection.execute(
            text("delete from geniai_sessions where user_id = :user_id and token_hash <> :kept"),
            {"user_id": user_id, "kept": _hash(kept)},
        )


def _hash(secret: str | None) -> str:
    return hashlib.sha256((secret or "").encode()).hexdigest()


def _engine() -> Any:
    from superset.extensions import db

    return db.engine
