"""Doors of Superset's own, closed to tenants; and how often somebody may try to sign in."""

import re
from copy import deepcopy
from typing import Any

from flask import Flask, Response, abort, redirect, request, session
from limits import parse, storage, strategies
from superset.config import TALISMAN_CONFIG as SUPERSET_TALISMAN
from tenancy import STAFF, postgres_login, tenant_slug

HOME = "/superset/dashboard/painel/"
STAFF_HOME = "/superset/dashboard/plataforma/"

# These answer with the names of users, roles and values of every tenant.
_LISTS_OF_OTHERS = re.compile(r"/api/v1/\w+/(related|distinct)/")
_SIGN_IN = ("/login", "/api/v1/security/login")
_FAILURES_PER_NAME, _FAILURES_PER_ADDRESS = parse("5/minute"), parse("30/minute")


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
    _limit_sign_in(app)

    @app.before_request
    def keep_session() -> None:
        session.permanent = True  # else the lifetime bounds the signature alone, not the cookie

    @app.before_request
    def close_lists_of_others() -> None:
        from superset import security_manager

        if _LISTS_OF_OTHERS.match(request.path) and not security_manager.is_admin():
            abort(403)

    @app.before_request
    def go_home() -> Response | None:
        if request.path.rstrip("/") != "/superset/welcome":
            return None
        if tenant_slug():
            return redirect(HOME)
        return redirect(STAFF_HOME) if postgres_login() == STAFF else None


def without_version(menu: dict[str, Any]) -> dict[str, Any]:
    """The menu without the line that tells everybody which version this is."""
    unsaid = dict.fromkeys(("version_string", "version_sha", "build_number"))
    return {**menu, "navbar_right": {**menu["navbar_right"], **unsaid}}


def _limit_sign_in(app: Flask) -> None:
    """Superset's AUTH_RATE_LIMIT does not reach its password login; failures are counted here.

    Each worker counts its own, so that in all there are as many times more as there are workers.
    """
    failures = strategies.MovingWindowRateLimiter(storage.MemoryStorage())

    def attempts() -> list[tuple[Any, str]]:
        body = request.get_json(silent=True)
        given = body if isinstance(body, dict) else request.form
        name = str(given.get("username", "")).strip().lower()[:128]
        return [
            (_FAILURES_PER_NAME, f"name {name}"),
            (_FAILURES_PER_ADDRESS, f"address {request.remote_addr}"),
        ]

    def signing_in() -> bool:
        return request.method == "POST" and request.path.rstrip("/") in _SIGN_IN

    @app.before_request
    def refuse_guessing() -> Response | None:
        if signing_in() and not all(failures.test(limit, who) for limit, who in attempts()):
            return Response(status=429, headers={"Retry-After": "60"})
        return None

    @app.after_request
    def count_failures(response: Response) -> Response:
        failed = response.status_code == 401 or "/login" in response.headers.get("Location", "")
        if signing_in() and failed:
            for limit, who in attempts():
                failures.hit(limit, who)
        return response
