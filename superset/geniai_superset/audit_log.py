"""What Superset itself writes into the audit log: who came in, who was refused, what was taken out.

It has a Postgres login of its own for that, which may add lines and read none.
"""

import logging
import re
from typing import Any

from flask import Flask, Response, g, has_request_context, request
from psycopg.types.json import Jsonb
from superset.utils.log import AbstractEventLogger

from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.warehouse.audit import PLATFORM_ID
from geniai_pipeline.warehouse.connections import connect, role_url
from geniai_superset.tenancy import tenant_of, tenant_slug

_LOGIN = "gatekeeper"
_UNKNOWN = "(desconhecido)"
_FILE = re.compile(r'filename="?([^";]+)')
_ADD = (
    "insert into ops.audit_logs"
    " (tenant_id, tenant, actor, origin, act, subject, outcome, after)"
    " values (coalesce((select tenant_id from ops.tenants where slug = %(tenant)s), %(platform)s),"
    " %(tenant)s, %(actor)s, %(origin)s, %(act)s, %(subject)s, %(outcome)s, %(after)s)"
)

_log = logging.getLogger(__name__)


class NoEvents(AbstractEventLogger):
    """Superset's own log of every request, unwritten: three rows a chart, which nobody reads.

    It took a fifth of a chart's time, and grew for ever with who looked at what.
    """

    def log(self, *_: Any, **__: Any) -> None:
        """Nothing."""

    def log_with_context(self, *_: Any, **__: Any) -> None:
        """Nothing, and none of the questions it would ask first."""


def note(
    act: str,
    user: Any,
    *,
    tenant: str | None = None,
    subject: str | None = None,
    outcome: str = "done",
    **after: Any,
) -> None:
    """Adds one line: what a user did, from where.

    Args:
        act: noun and verb, ``session.start``.
        user: who did it; None: nobody we know. What somebody typed as his name is not kept: now
            and then it is his password.
        tenant: the slug of the tenant it belongs to, where that is not the user's own.
        subject: what it was done to; the user himself without one.
        outcome: ``done`` or ``failed``.
        after: more to know of it.

    """
    name = getattr(user, "username", _UNKNOWN)
    values = {
        "tenant": tenant or (tenant_of(user) if user else None),
        "platform": PLATFORM_ID,
        "actor": name,
        "origin": (request.remote_addr if has_request_context() else None) or "Superset",
        "act": act,
        "subject": subject or name,
        "outcome": outcome,
        "after": Jsonb(after),
    }
    with connect(role_url(_LOGIN)) as connection:
        connection.execute(_ADD, values)


def note_arrival(user: Any) -> None:
    """A user has signed in. That he has is worth more than that it can be noted."""
    try:
        note("session.start", user)
        with connect(role_url(_LOGIN)) as connection:
            connection.execute(
                "update ops.users set last_login_at = ops.now() where email = %s", [user.username]
            )
    except GeniaiError as error:
        _log.error("The sign-in of %s could not be noted: %s", user.username, error)


def note_refusal(user: Any, reason: str) -> None:
    """Somebody was not let in."""
    try:
        note("session.refuse", user, outcome="failed", motivo=reason)
    except GeniaiError as error:
        _log.error("A refused sign-in could not be noted: %s", error)


def is_open(tenant: str) -> bool:
    """Whether the tenant's users may come in. One that is not there, or cannot be seen, is not."""
    try:
        with connect(role_url(_LOGIN)) as connection:
            row = connection.execute(
                "select active from ops.tenants where slug = %s", [tenant]
            ).fetchone()
    except GeniaiError as error:
        _log.error("Whether %s is active could not be seen: %s", tenant, error)
        return False
    return bool(row and row[0])


def install(app: Flask) -> None:
    """Notes every table that leaves by a chart's menu. What cannot be noted does not leave."""

    @app.after_request
    def note_export(response: Response) -> Response:
        disposition = response.headers.get("Content-Disposition", "")
        if request.path.startswith("/api/v1/chart/") and "attachment" in disposition:
            name = _FILE.search(disposition)
            note(
                "data.export", g.user,
                tenant=tenant_slug(), subject=name[1] if name else request.path,
            )  # fmt: skip
        return response
