"""Doors of Superset's own, closed to tenants, and what every answer carries."""

import re
from copy import deepcopy
from typing import Any

from flask import Flask, abort, request, session
from superset.config import TALISMAN_CONFIG as SUPERSET_TALISMAN

# These answer with the names of users, roles and values of every tenant.
_LISTS_OF_OTHERS = re.compile(r"/api/v1/\w+/(related|distinct)/")


def _content_security_policy() -> dict[str, Any]:
    """Superset's own policy without any host but this one: no page asks anything of another."""
    policy = deepcopy(SUPERSET_TALISMAN["content_security_policy"])
    policy["img-src"] = ["'self'", "blob:", "data:"]
    policy["connect-src"] = ["'self'"]
    policy["style-src"] = ["'self'", "'unsafe-inline'"]
    policy["font-src"] = ["'self'"]
    policy["frame-ancestors"] = ["'self'"]
    return policy


TALISMAN_CONFIG = {**SUPERSET_TALISMAN, "content_security_policy": _content_security_policy()}


def install(app: Flask) -> None:
    """Registers the rules every request passes."""

    @app.before_request
    def keep_session() -> None:
        session.permanent = True  # else the lifetime bounds the signature alone, not the cookie

    @app.before_request
    def close_lists_of_others() -> None:
        from superset import security_manager

        if _LISTS_OF_OTHERS.match(request.path) and not security_manager.is_admin():
            abort(403)
