"""Gunicorn configuration of Superset: preloading and forking halve memory and start time."""

import gc
from typing import Any

# Twice the number of processors, with half the threads each: a request waits for Postgres some
# seventeen times, and after each wait it competes with the threads of its process.
workers = 4
worker_class = "gthread"
threads = 4
keepalive = 75
timeout = 60
preload_app = True


def when_ready(server: Any) -> None:
    """Exempts preloaded objects from garbage collection, which would copy their memory pages."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Drops the parent's connections: two processes must not share one."""
    from superset.extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
