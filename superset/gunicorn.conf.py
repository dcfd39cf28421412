"""How Superset's server runs: loaded once and forked, which halves its memory and its start."""

from typing import Any

workers = 2
worker_class = "gthread"
threads = 8
keepalive = 75
timeout = 60
preload_app = True


def post_fork(server: Any, worker: Any) -> None:
    """The connections made while loading stay the parent's: two processes must not share one."""
    from superset.extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
