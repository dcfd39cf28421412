"""Doors of Superset's own, closed to tenants, and what every answer carries."""

import re
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from flask import Flask, Response, abort, current_app, request, session
from flask_jwt_extended import verify_jwt_in_request
from superset.config import TALISMAN_CONFIG as SUPERSET_TALISMAN

# These answer with the names of users, roles and values of every tenant.
_LISTS_OF_OTHERS = re.compile(r"/api/v1/\w+/(related|distinct)/")
_COLORS = re.compile(r"/api/v1/dashboard/\w+/colors")


def _content_security_policy() -> dict[str, Any]:
    """Superset's own policy without any host but this one: no page asks anything of another."""
    policy: dict[str, Any] = deepcopy(SUPERSET_TALISMAN["content_security_policy"])
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
        if not request.path.startswith("/static/") and not session.permanent:
            session.permanent = True  # else the lifetime bounds the signature alone, not the cookie

    @app.before_request
    def close_lists_of_others() -> None:
        from superset.extensions import security_manager

        if _LISTS_OF_OTHERS.match(request.path) and not security_manager.is_admin():
            abort(403)

    @app.before_request
    def store_no_colors() -> Response | None:
        """Every page tries to store its charts' colours as it is left; ours are the brand's."""
        if request.method == "PUT" and _COLORS.fullmatch(request.path):
            return Response("{}", mimetype="application/json")
        return None

    @app.get("/geniai/protections")
    def protections() -> dict[str, list[str]]:
        """For `geniai doctor`: what should stand between tenants, and does not."""
        from superset.extensions import security_manager

        verify_jwt_in_request(optional=True)
        if not security_manager.is_admin():
            abort(403)
        return {"missing": missing_protections(current_app.config)}


def missing_protections(config: Mapping[str, Any]) -> list[str]:
    """Those protections of tenants that the running Superset has not got, in words."""
    from superset.db_engine_specs.postgres import PostgresEngineSpec

    from geniai_superset import expressions, tenancy
    from geniai_superset.security_manager import SecurityManager

    flags = {**config["DEFAULT_FEATURE_FLAGS"], **config["FEATURE_FLAGS"]}
    found = {
        "connections by the user's own login": config["DB_CONNECTION_MUTATOR"]
        is tenancy.connect_as_user,
        "the cache's key by login": flags["CACHE_QUERY_BY_USER"]
        and getattr(PostgresEngineSpec.get_impersonation_key, "is_by_login", False),
        "an allow-list of functions": config["SQL_QUERY_MUTATOR"] is expressions.check_query,
        "filters kept for each user": config["FILTER_STATE_CACHE_CONFIG"]["CACHE_TYPE"]
        == config["EXPLORE_FORM_DATA_CACHE_CONFIG"]["CACHE_TYPE"]
        == "geniai_superset.caches.OwnCache",
        "no templates in SQL": not flags["ENABLE_TEMPLATE_PROCESSING"],
        "no guests": not flags["EMBEDDED_SUPERSET"],
        "dashboards by role": flags["DASHBOARD_RBAC"],
        "sessions kept on the server": config["CUSTOM_SECURITY_MANAGER"] is SecurityManager,
        "the content policy": config["TALISMAN_ENABLED"]
        and config["TALISMAN_CONFIG"] is TALISMAN_CONFIG,
    }
    return [protection for protection, stands in found.items() if not stands]
