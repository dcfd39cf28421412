"""What a tenant's user was shown a moment ago is shown again at once.

He opens a lead and comes back, and the page asks anew for each of its charts. Superset keeps what
the database said, but to find that it has it is most of its work. Here the answer is kept as it was
sent, as long as Superset keeps what it is made of: for that user alone, while he may what he might,
and until something is synchronised.
"""

import json
from datetime import datetime, timezone
from hashlib import sha256
from typing import Any

from flask import Flask, Response, g, request

from geniai_superset.tenancy import seen_now, tenant_slug

_CHART = "/api/v1/chart/data"


def install(app: Flask) -> None:
    """Answers in Superset's place where it can, and keeps what Superset answers."""
    from superset.extensions import cache_manager

    @app.before_request
    def show_again() -> Response | None:
        question = _question()
        kept = question and not _is_anew() and cache_manager.data_cache.get(question)
        if kept:
            return Response(kept, mimetype="application/json")
        g.geniai_question = question
        return None

    @app.after_request
    def keep(response: Response) -> Response:
        question = g.pop("geniai_question", None)
        if question and response.status_code == 200 and response.mimetype == "application/json":
            seconds = min(map(_left, response.get_json()["result"]), default=0)
            if seconds > 0:
                cache_manager.data_cache.set(question, response.get_data(), timeout=seconds)
        return response


def _question() -> str | None:
    """Who asks for what, hashed; None: not a tenant's user, or not a chart of a dashboard."""
    body = request.get_json(silent=True) if request.path == _CHART else None
    if not isinstance(body, dict) or "dashboard_id" not in request.args or tenant_slug() is None:
        return None
    from superset.extensions import security_manager

    asked = [{**part, "force": None} for part in (request.args, body)]
    who = [g.user.id, sorted(security_manager.granted_now()), seen_now()]
    return sha256(json.dumps([who, asked], sort_keys=True).encode()).hexdigest()


def _left(part: dict[str, Any]) -> int:
    """How many seconds Superset still keeps what a part of an answer is made of."""
    if not part.get("queried_dttm"):  # it says no rows, but what would be asked
        return 0
    said = datetime.fromisoformat(part["queried_dttm"])
    age = datetime.now(timezone.utc) - said
    return int(part["cache_timeout"] - age.total_seconds())


def _is_anew() -> bool:
    """Whether the user wants it from the database: "Consultar de novo"."""
    return bool((request.get_json(silent=True) or {}).get("force")) or "force" in request.args
