"""Database of five million conversations in a hundred tenants: generator and server.

Generation takes some minutes and 20 GB in ``.geniai/bench/five_million``, and happens once. Delete
the folder to repeat it. ``python bench/_five_million.py`` only generates.
"""

import argparse
import contextlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from _database import running_postgres

from geniai_pipeline.settings import ROOT
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession, admin_url
from geniai_pipeline.warehouse.publish import roll_up

CONVERSATIONS, TENANTS = 5_000_000, 100
ZONE = "America/Sao_Paulo"
HOME = ROOT / ".geniai" / "bench" / "five_million"

_MADE = "made"
# No durability: rows that a crash loses are generated again.
_HASTE = {
    "fsync": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "20GB",
    "checkpoint_timeout": "1h",
    "maintenance_work_mem": "512MB",
    "autovacuum": "off",
}


@contextmanager
def open_five_million(count: int = CONVERSATIONS) -> Iterator[None]:
    """Runs a server with this database and the product's own settings for the block.

    The tenants are ``gym-001``, the largest with a fifth of all conversations, to ``gym-100``.

    Args:
        count: the number of conversations; each number has a folder of its own.

    """
    home = HOME if count == CONVERSATIONS else HOME.with_name(str(count))
    if not (home / _MADE).exists():
        _make(home, count)
    with running_postgres(home):
        yield


def options(doc: str | None, *, repetitions: int) -> argparse.Namespace:
    """Parses a benchmark's arguments: ``conversations``, and the rounds per query."""
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--conversations", type=int, default=CONVERSATIONS)
    parser.add_argument("--repetitions", type=int, default=repetitions)
    return parser.parse_args()


def slug(rank: int) -> str:
    """Returns the slug of the tenant with this rank by size, 1 to ``TENANTS``."""
    return f"gym-{rank:03d}"


def _make(home: Path, count: int) -> None:
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    with running_postgres(home, **_HASTE):
        for rank in range(1, TENANTS + 1):
            registry.add_tenant(
                slug(rank),
                f"Academia {rank:03d}",
                TenantConfig(
                    chatwoot_url="http://127.0.0.1:1",
                    chatwoot_account_id=rank,
                    chatwoot_token="bench",
                    timezone=ZONE,
                ),
            )
        with _connect_as_administrator() as connection:
            # every row's tenant was drawn from the registry: asking for each again takes minutes
            connection.execute("set session_replication_role = replica")
            text = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
            connection.execute(text.replace("%(count)s", str(count)).encode())
            connection.execute("vacuum analyze")
        for tenant in registry.describe_tenants():
            with TenantSession(tenant["tenant_id"]) as session:
                roll_up(session, ZONE)
        with _connect_as_administrator() as connection:
            connection.execute("vacuum analyze analytics.daily_metrics")
    (home / _MADE).touch()


@contextmanager
def _connect_as_administrator() -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with contextlib.closing(psycopg.connect(admin_url(), autocommit=True)) as connection:
        yield connection


if __name__ == "__main__":
    started = time.perf_counter()
    with open_five_million():
        print(f"{HOME} is there ({time.perf_counter() - started:.0f} s)")
