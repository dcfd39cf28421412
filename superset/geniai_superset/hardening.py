"""Security headers, session cookies, restricted endpoints, and the protections doctor checks."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from flask import Flask, Response, abort, current_app, request, session
from flask_jwt_extended import verify_jwt_in_request
from superset.config import TALISMAN_CONFIG as SUPERSET_TALISMAN

from geniai_superset import expressions, patches, tenancy
from geniai_superset.security_manager import SecurityManager

# These respond with user names, roles and values of every tenant.
_RELATED_LISTS = re.compile(r"/api/v1/\w+/(related|distinct)/")
_COLORS = re.compile(r"/api/v1/dashboard/\w+/colors")


def _content_security_policy() -> dict[str, Any]:
    """Returns Superset's own policy without other hosts."""
    policy: dict[str, Any] = deepcopy(SUPERSET_TALISMAN["content_security_policy"])
    policy["img-src"] = ["'self'", "blob:", "data:"]
    policy["connect-src"] = ["'self'"]
    policy["style-src"] = ["'self'", "'unsafe-inline'"]
    policy["font-src"] = ["'self'"]
    policy["frame-ancestors"] = ["'self'"]
    return policy


TALISMAN_CONFIG = {**SUPERSET_TALISMAN, "content_security_policy": _content_security_policy()}


def install(app: Flask) -> None:
    """Registers the request hooks, and the endpoint that doctor reads."""

    @app.before_request
    def make_session_permanent() -> None:
        if not request.path.startswith("/static/") and not session.permanent:
            session.permanent = True  # else the lifetime limits the signature only, not the cookie

    @app.before_request
    def restrict_related_lists() -> None:
        from superset.extensions import security_manager

        if _RELATED_LISTS.match(request.path) and not security_manager.is_admin():
            abort(403)

    @app.before_request
    def ignore_color_updates() -> Response | None:
        """Ignores the chart colours that a page stores on leaving; the brand sets them."""
        if request.method == "PUT" and _COLORS.fullmatch(request.path):
            return Response("{}", mimetype="application/json")
        return None

    @app.get("/geniai/protections")
    def protections() -> dict[str, list[str]]:
        """Tells `geniai doctor` which protections are missing and which patches do not hold."""
        from superset.extensions import security_manager

        verify_jwt_in_request(optional=True)
        if not security_manager.is_admin():
            abort(403)
        return {
            "missing": list_missing_protections(current_app.config),
            "patches": patches.find_faults(),
        }


def list_missing_protections(config: Mapping[str, Any]) -> list[str]:
    """Lists the protections of tenants that the running configuration lacks, in words."""
    flags = {**config["DEFAULT_FEATURE_FLAGS"], **config["FEATURE_FLAGS"]}
    present = {
        "connections by the user's own login": config["DB_CONNECTION_MUTATOR"]
        is tenancy.connect_as_user,
        "the cache's key by login": flags["CACHE_QUERY_BY_USER"],
        "an allow-list of functions": config["SQL_QUERY_MUTATOR"] is expressions.check_query,
        "filters stored per user": config["FILTER_STATE_CACHE_CONFIG"]["CACHE_TYPE"]
        == config["EXPLORE_FORM_DATA_CACHE_CONFIG"]["CACHE_TYPE"]
        == "geniai_superset.caches.UserCache",
        "no templates in SQL": not flags["ENABLE_TEMPLATE_PROCESSING"],
        "no guests": not flags["EMBEDDED_SUPERSET"],
        "dashboards by role": flags["DASHBOARD_RBAC"],
        "sessions on the server": config["CUSTOM_SECURITY_MANAGER"] is SecurityManager,
        "the content policy": config["TALISMAN_ENABLED"]
        and config["TALISMAN_CONFIG"] is TALISMAN_CONFIG,
    }
    return [protection for protection, is_present in present.items() if not is_present]
