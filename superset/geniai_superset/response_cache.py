"""Response cache: chart responses, stored per user, permissions, last sync and request.

A user opens a lead and comes back, and the page requests each of its charts again. Superset caches
the database's result, but to find that it has it is most of its work. Here the response is stored
as it was sent, as long as Superset caches what it is made of.
"""

import json
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, request

from geniai_superset.tenancy import login_and_last_sync, tenant_slug

_CHART = "/api/v1/chart/data"


def install(app: Flask) -> None:
    """Registers what reads the cache before a request, and what writes it after one."""
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
    """Hashes user and request; None: not a tenant's user, or not a chart of a dashboard."""
    body = request.get_json(silent=True) if request.path == _CHART else None
    if not isinstance(body, dict) or "dashboard_id" not in request.args or tenant_slug() is None:
        return None
    from superset.extensions import security_manager

    query = [{**part, "force": None} for part in (request.args, body)]
    user = [g.user.id, sorted(security_manager.user_permissions()), login_and_last_sync()]
    return sha256(json.dumps([user, query], sort_keys=True).encode()).hexdigest()


def _remaining_seconds(result: dict[str, Any]) -> int:
    """How long Superset still caches what one result of a response is made of."""
    if not result.get("queried_dttm"):  # it holds no rows, but the statement
        return 0
    age = datetime.now(timezone.utc) - datetime.fromisoformat(result["queried_dttm"])
    return int(result["cache_timeout"] - age.total_seconds())


def _is_refresh() -> bool:
    """Whether the user wants it from the database: "Consultar de novo"."""
    return bool((request.get_json(silent=True) or {}).get("force")) or "force" in request.args
