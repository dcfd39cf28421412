"""Navigation: menu entries, home pages, and the staff's read-only view of a tenant's dashboard.

While a staff user views a tenant's dashboard, they act as that tenant's viewer in Postgres. They
see the tenant's rows and brand, and nothing of other tenants.
"""

import re
from typing import Any

from flask import Flask, abort, g, redirect, request, session
from werkzeug.wrappers import Response

from geniai_pipeline.tenants import admin_login_name
from geniai_superset import audit_log, branding
from geniai_superset.tenancy import (
    STAFF_LOGIN,
    VIEWED_TENANT,
    is_staff,
    postgres_login,
    tenant_slug,
)

_DASHBOARD = "/superset/dashboard/{}/"
_HOME, _ADMIN_HOME, _STAFF_HOME = map(_DASHBOARD.format, ("painel", "administracao", "plataforma"))
_ALL_TENANTS = "/geniai/clientes/"
_LISTS = re.compile(r"/(dashboard|chart|tablemodelview)/list/?")


def build_menu(stored: dict[str, Any]) -> dict[str, Any]:
    """Returns Superset's menu with GeniAI's entries, and without the version."""
    no_version = dict.fromkeys(("version_string", "version_sha", "build_number"))
    return {
        **stored,
        "menu": [
            {"name": label, "label": label, "url": url, "icon": ""} for label, url in _entries()
        ],
        "navbar_right": {**stored["navbar_right"], **no_version},
    }


def install(app: Flask) -> None:
    """Registers the redirect to the user's home page, and the staff's view of a tenant."""

    @app.before_request
    def redirect_home() -> Response | None:
        if request.path.rstrip("/") != "/superset/welcome":
            return None
        if tenant_slug():
            return redirect(_HOME)
        return redirect(_STAFF_HOME) if postgres_login() == STAFF_LOGIN else None

    @app.before_request
    def redirect_from_lists() -> Response | None:
        """Superset lists the pages and charts that a user may read; tenants have a menu instead."""
        return redirect(_HOME) if tenant_slug() and _LISTS.fullmatch(request.path) else None

    @app.get("/geniai/cliente/<slug>")
    def view_tenant(slug: str) -> Response:
        """Shows a tenant's dashboard to a staff user as the tenant's viewer sees it."""
        if not is_staff():
            abort(403)
        if not audit_log.is_tenant_active(slug):
            abort(404)
        audit_log.record("client.view", g.user, tenant=slug, subject=slug)
        session[VIEWED_TENANT] = slug
        _clear_page_cache()
        return redirect(_HOME)

    @app.get(_ALL_TENANTS)
    def leave_tenant() -> Response:
        """Ends the view of a tenant, and shows all tenants."""
        if session.pop(VIEWED_TENANT, None):
            _clear_page_cache()
        return redirect(_STAFF_HOME)

    @app.context_processor
    def viewed_tenant() -> dict[str, Any]:
        name = branding.read_brand().name if is_staff() and session.get(VIEWED_TENANT) else None
        return {"viewed_tenant": name, "all_tenants_url": _ALL_TENANTS}


def _entries() -> list[tuple[str, str]]:
    slug = tenant_slug()
    if slug and postgres_login() == admin_login_name(slug):
        return [("Painel", _HOME), ("Minha academia", _ADMIN_HOME)]
    if slug and is_staff():
        return [("← Todos os clientes", _ALL_TENANTS)]
    if postgres_login() == STAFF_LOGIN:
        return [("Todos os clientes", _STAFF_HOME)]
    return []


def _clear_page_cache() -> None:
    """Deletes Superset's cache of page data, which lasts a minute per user."""
    from superset.extensions import cache_manager
    from superset.views.base import cached_common_bootstrap_data

    cache_manager.cache.delete_memoized(cached_common_bootstrap_data)
