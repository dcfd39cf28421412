"""How Superset's server runs: loaded once and forked, which halves its memory and its start."""

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
    """What was loaded stays: no process looks through it for garbage, which copies its memory."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """The connections made while loading stay the parent's: two processes must not share one."""
    from superset.extensions import db

    with server.app.wsgi().app_context():
        db.engine.dispose(close=False)
