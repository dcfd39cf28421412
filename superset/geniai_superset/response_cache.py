"""Per-user HTTP cache of chart responses, by user, permissions, request and version of the rows.

A user who opens a lead and returns makes the page request each chart again. Superset caches the
database's result, but finding that entry is most of its work. This cache stores the response as it
was sent, for as long as Superset caches the result.
"""

import json
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, request

from geniai_superset.tenancy import login_and_version, tenant_slug

_CHART = "/api/v1/chart/data"


def install(app: Flask) -> None:
    """Registers the hooks that read the cache before a request and write it after one."""
    from superset.extensions import cache_manager

    @app.before_request
    def send_cached_response() -> Response | None:
        key = _make_key()
        stored = key and not _is_refresh() and cache_manager.data_cache.get(key)
        if stored:
            return Response(stored, mimetype="application/json")
        g.geniai_response_key = key
        return None

    @app.after_request
    def store_response(response: Response) -> Response:
        key = g.pop("geniai_response_key", None)
        if key and response.status_code == 200 and response.mimetype == "application/json":
            seconds = min(map(_remaining_seconds, response.get_json()["result"]), default=0)
            if seconds > 0:
                cache_manager.data_cache.set(key, response.get_data(), timeout=seconds)
        return response


def _make_key() -> str | None:
    """Hashes user and request; None for staff, strangers, and requests outside a dashboard."""
    body = request.get_json(silent=True) if request.path == _CHART else None
    if not isinstance(body, dict) or "dashboard_id" not in request.args or tenant_slug() is None:
        return None
    from superset.extensions import security_manager

    query = [{**part, "force": None} for part in (request.args, body)]
    user = [g.user.id, sorted(security_manager.user_permissions()), login_and_version()]
    return sha256(json.dumps([user, query], sort_keys=True).encode()).hexdigest()


def _remaining_seconds(result: dict[str, Any]) -> int:
    """Returns how long Superset still caches a result of the response."""
    if not result.get("queried_dttm"):  # the result holds the statement, not rows
        return 0
    age = datetime.now(timezone.utc) - datetime.fromisoformat(result["queried_dttm"])
    return int(result["cache_timeout"] - age.total_seconds())


def _is_refresh() -> bool:
    """Whether the user requests a new query: "Consultar de novo"."""
    return bool((request.get_json(silent=True) or {}).get("force")) or "force" in request.args
