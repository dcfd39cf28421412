"""Audit log: records sign-ins, rejected sign-ins, downloads and changes of an account.

It has a Postgres login of its own for that, which may add rows and read none.
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
from geniai_superset.tenancy import tenant_slug, user_tenant

_LOGIN = "gatekeeper"
_UNKNOWN = "(desconhecido)"
_FILE = re.compile(r'filename="?([^";]+)')
_INSERT = (
    "insert into ops.audit_logs"
    " (tenant_id, tenant, actor, origin, act, subject, outcome, after)"
    " values (coalesce((select tenant_id from ops.tenants where slug = %(tenant)s), %(platform)s),"
    " %(tenant)s, %(actor)s, %(origin)s, %(act)s, %(subject)s, %(outcome)s, %(after)s)"
)

_log = logging.getLogger(__name__)


class NullEventLogger(AbstractEventLogger):
    """Superset's log of every request, unwritten: three rows a chart, which nobody reads.

    It took a fifth of a chart's time, and grew for ever with who looked at what.
    """

    def log(self, *_: Any, **__: Any) -> None:
        """Writes nothing."""

    def log_with_context(self, *_: Any, **__: Any) -> None:
        """Writes nothing, and asks none of the questions it would ask first."""


def record(
    act: str,
    user: Any,
    *,
    tenant: str | None = None,
    subject: str | None = None,
    outcome: str = "done",
    **after: Any,
) -> None:
    """Adds one row: what a user did, from where.

    Args:
        act: noun and verb, ``session.start``.
        user: who did it; None: nobody we know. What somebody typed as their name is not stored: now
            and then it is their password.
        tenant: the slug of the tenant it belongs to, where that is not the user's own.
        subject: what it was done to; the user themselves without one.
        outcome: ``done`` or ``failed``.
        after: more to know about it.

    """
    name = getattr(user, "username", _UNKNOWN)
    values = {
        "tenant": tenant or (user_tenant(user) if user else None),
        "platform": PLATFORM_ID,
        "actor": name,
        "origin": (request.remote_addr if has_request_context() else None) or "Superset",
        "act": act,
        "subject": subject or name,
        "outcome": outcome,
        "after": Jsonb(after),
    }
    with connect(role_url(_LOGIN)) as connection:
        connection.execute(_INSERT, values)


def record_sign_in(user: Any) -> None:
    """Records that a user has signed in. That they have is worth more than its record."""
    try:
        record("session.start", user)
        with connect(role_url(_LOGIN)) as connection:
            connection.execute(
                "update ops.users set last_login_at = ops.now() where email = %s", [user.username]
            )
    except GeniaiError as error:
        _log.error("The sign-in of %s could not be recorded: %s", user.username, error)


def record_rejected_sign_in(user: Any, reason: str) -> None:
    """Records that somebody was not let in."""
    try:
        record("session.refuse", user, outcome="failed", motivo=reason)
    except GeniaiError as error:
        _log.error("A rejected sign-in could not be recorded: %s", error)


def is_tenant_active(tenant: str) -> bool:
    """Whether the tenant's users may sign in; false if that cannot be read."""
    try:
        with connect(role_url(_LOGIN)) as connection:
            row = connection.execute(
                "select active from ops.tenants where slug = %s", [tenant]
            ).fetchone()
    except GeniaiError as error:
        _log.error("Whether %s is active could not be read: %s", tenant, error)
        return False
    return bool(row and row[0])


def install(app: Flask) -> None:
    """Registers the record of every chart's download. What cannot be recorded is not sent."""

    @app.after_request
    def record_download(response: Response) -> Response:
        disposition = response.headers.get("Content-Disposition", "")
        if request.path.startswith("/api/v1/chart/") and "attachment" in disposition:
            name = _FILE.search(disposition)
            record(
                "data.export", g.user,
                tenant=tenant_slug(), subject=name[1] if name else request.path,
            )  # fmt: skip
        return response
