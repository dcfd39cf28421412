"""Where a user lands, where he may go from there, and how the staff looks through a client's eyes.

One of the staff who opens a client's dashboard becomes that client's reader in Postgres until he
goes back: he sees what the client sees, with its brand, and nothing of anybody else.
"""

from typing import Any

from flask import Flask, abort, g, redirect, request, session
from werkzeug.wrappers import Response

from geniai_pipeline.tenants import admin_login_name
from geniai_superset import audit_log
from geniai_superset.tenancy import CLIENT, STAFF_LOGIN, is_staff, postgres_login, tenant_slug

_DASHBOARD = "/superset/dashboard/{}/"
_HOME, _OWN, _STAFF_HOME = map(_DASHBOARD.format, ("painel", "administracao", "plataforma"))
_BACK = "/geniai/clientes/"


def menu(stored: dict[str, Any]) -> dict[str, Any]:
    """Superset's menu with our own entries, without the line that tells which version this is."""
    unsaid = dict.fromkeys(("version_string", "version_sha", "build_number"))
    return {
        **stored,
        "menu": [
            {"name": label, "label": label, "url": url, "icon": ""} for label, url in _entries()
        ],
        "navbar_right": {**stored["navbar_right"], **unsaid},
    }


def install(app: Flask) -> None:
    """Registers the ways."""

    @app.before_request
    def go_home() -> Response | None:
        if request.path.rstrip("/") != "/superset/welcome":
            return None
        if tenant_slug():
            return redirect(_HOME)
        return redirect(_STAFF_HOME) if postgres_login() == STAFF_LOGIN else None

    @app.get("/geniai/cliente/<slug>")
    def open_client(slug: str) -> Response:
        """Shows one of the staff a client's dashboard as the client sees it."""
        if not is_staff():
            abort(403)
        if not audit_log.is_open(slug):
            abort(404)
        audit_log.note("client.view", g.user, tenant=slug, subject=slug)
        session[CLIENT] = slug
        _forget_pages()
        return redirect(_HOME)

    @app.get(_BACK)
    def leave_client() -> Response:
        """And brings him back to all of them."""
        if session.pop(CLIENT, None):
            _forget_pages()
        return redirect(_STAFF_HOME)

    @app.context_processor
    def viewing() -> dict[str, Any]:
        return {"geniai_client": session.get(CLIENT), "geniai_back": _BACK}


def _entries() -> list[tuple[str, str]]:
    slug = tenant_slug()
    if slug and postgres_login() == admin_login_name(slug):
        return [("Painel", _HOME), ("Minha academia", _OWN)]
    if slug and is_staff():
        return [("← Todos os clientes", _BACK)]
    if postgres_login() == STAFF_LOGIN:
        return [("Todos os clientes", _STAFF_HOME)]
    return []


def _forget_pages() -> None:
    """Superset keeps what a user's pages begin with for a minute."""
    from superset.extensions import cache_manager
    from superset.views.base import cached_common_bootstrap_data

    cache_manager.cache.delete_memoized(cached_common_bootstrap_data)
