"""Audit log: records sign-ins, rejected sign-ins, downloads and changes of an account.

It has a Postgres login of its own, which may insert rows and read none.
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
    """Event logger without effect, in place of Superset's request log.

    Superset's log writes three rows per chart, and nothing reads them. It took a fifth of a chart's
    time, and stores without limit which user opened which page.
    """

    def log(self, *_: Any, **__: Any) -> None:
        """Writes nothing."""

    def log_with_context(self, *_: Any, **__: Any) -> None:
        """Writes nothing, and skips the queries that Superset makes first."""


def record(
    act: str,
    user: Any,
    *,
    tenant: str | None = None,
    subject: str | None = None,
    outcome: str = "done",
    **after: Any,
) -> None:
    """Inserts one row: what a user did, and from which address.

    Args:
        act: noun and verb, ``session.start``.
        user: the actor; None: unknown. The name that an unknown person typed is not stored, because
            it is sometimes their password.
        tenant: the slug of the tenant the row belongs to, if not the user's own.
        subject: the object of the act; by default the user.
        outcome: ``done`` or ``failed``.
        after: further values of the row.

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
    """Records a sign-in. A failure to record it does not prevent the sign-in."""
    try:
        record("session.start", user)
        with connect(role_url(_LOGIN)) as connection:
            connection.execute(
                "update ops.users set last_login_at = ops.now() where email = %s", [user.username]
            )
    except GeniaiError as error:
        _log.error("The sign-in of %s could not be recorded: %s", user.username, error)


def record_rejected_sign_in(user: Any, reason: str) -> None:
    """Records a rejected sign-in."""
    try:
        record("session.refuse", user, outcome="failed", motivo=reason)
    except GeniaiError as error:
        _log.error("A rejected sign-in could not be recorded: %s", error)


def is_tenant_active(tenant: str) -> bool:
    """Whether the tenant's users may sign in; False if the database cannot be read."""
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
    """Records every chart's download. A download that cannot be recorded is not sent."""

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
