"""Measures the insertion of rows, and that of raw COPY, psycopg2's execute_values and dlt's merge.

Every method gets the same rows and the same fresh Postgres. dlt is not among our dependencies:
``uv venv .dlt && uv pip install --python .dlt 'dlt[postgres]'`` puts it into a folder of its own,
and ``python bench/load.py --dlt .dlt/bin/python`` uses it.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from math import nan
from pathlib import Path
from statistics import median

import psutil
import psycopg
import psycopg2.extras
from _database import temporary_postgres
from _rows import messages
from rich.console import Console
from rich.table import Table

from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import (
    admin_url,
    connect,
    embedded_data,
    role_url,
    tenant_transaction,
)
from geniai_pipeline.warehouse.load import upsert

ROWS, ROUNDS = 20_000, 5
RAW = "raw COPY, plain table"
MESSAGES = [(c, m, json.dumps(p, ensure_ascii=False), h) for c, m, p, h in messages(ROWS)]


@dataclass
class Figure:
    """The measurement of one load."""

    seconds: float
    cpu_seconds: float
    """Of this process and of Postgres: what the clock on the wall shows when nobody else works."""
    wal_bytes: float


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--dlt", metavar="PYTHON", help="an interpreter that has dlt")
    dlt = options.parse_args().dlt
    results: dict[str, list[Figure]] = defaultdict(list)
    with temporary_postgres():
        tenant = _tenant()
        for _ in range(ROUNDS):
            _empty()
            results[RAW].append(_measure(lambda: raw_copy(tenant)))
            for size in (10_000, 5_000, 1_000):
                _empty()
                for again in ("", ", the same again"):
                    results[f"GeniAI, {size:,} a batch{again}"].append(
                        _measure(lambda: geniai(tenant, size))  # noqa: B023
                    )
            for page in (100, 1_000):
                _empty()
                for again in ("", ", the same again"):
                    results[f"execute_values, pages of {page:,}{again}"].append(
                        _measure(lambda: execute_values(tenant, page))  # noqa: B023
                    )
        if dlt:
            results |= dlt_merge(dlt)
    _print(results)
    if not dlt:
        print("Without dlt. " + str(__doc__).partition("\n\n")[2])


def raw_copy(tenant: int) -> None:
    """Loads by COPY without key, index, policy or second load: the lower bound."""
    with connect(admin_url()) as connection, connection.cursor() as cursor:
        for first in range(0, ROWS, 10_000):
            with cursor.copy("copy plain from stdin") as copy:
                for row in MESSAGES[first : first + 10_000]:
                    copy.write_row((tenant, *row))
            connection.commit()


def geniai(tenant: int, size: int) -> None:
    """Loads as the landing does: a transaction and an upsert per batch."""
    for first in range(0, ROWS, size):
        with tenant_transaction(tenant) as connection:
            upsert(
                connection,
                "raw.messages",
                ("conversation_id", "message_id", "payload", "content_hash"),
                MESSAGES[first : first + size],
                key=("conversation_id", "message_id"),
                hash_column="content_hash",
                also_set="fetched_at = now()",
            )


def execute_values(tenant: int, page: int) -> None:
    """Loads by psycopg2's execute_values, by pages (default 100), without comparing hashes."""
    connection = psycopg2.connect(role_url("etl_writer"))
    for first in range(0, ROWS, 10_000):
        with connection, connection.cursor() as cursor:
            cursor.execute("select set_config('app.current_tenant_id', %s, true)", [str(tenant)])
            psycopg2.extras.execute_values(
                cursor,
                "insert into raw.messages"
                " (tenant_id, conversation_id, message_id, payload, content_hash) values %s"
                " on conflict (tenant_id, conversation_id, message_id) do update set"
                " payload = excluded.payload, content_hash = excluded.content_hash,"
                " fetched_at = now()",
                [(tenant, *row) for row in MESSAGES[first : first + 10_000]],
                page_size=page,
            )
    connection.close()


def dlt_merge(python: str) -> dict[str, list[Figure]]:
    """Loads by dlt in its own process and a new database; only ``pipeline.run`` is timed."""
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute("create database dlt")
    before = _read_wal()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [python, Path(__file__).with_name("_dlt.py"), admin_url("dlt"), str(ROWS)],
            env={**os.environ, "DLT_DATA_DIR": folder, "RUNTIME__DLTHUB_TELEMETRY": "false"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    wal = (_read_wal() - before) / 2
    first, again = map(float, done.stdout.split())
    return {
        "dlt, merge": [Figure(first, nan, wal)],
        "dlt, merge, the same again": [Figure(again, nan, wal)],
    }


def _tenant() -> int:
    registry.add_tenant(
        "bench",
        "Bench",
        TenantConfig(
            chatwoot_url="http://127.0.0.1:1", chatwoot_account_id=1, chatwoot_token="bench"
        ),
    )
    return registry.load_tenant("bench").tenant_id


def _empty() -> None:
    with psycopg.connect(admin_url(), autocommit=True) as connection:
        connection.execute("truncate raw.messages cascade")
        connection.execute("drop table if exists plain")
        connection.execute(
            "create table plain (tenant_id integer, conversation_id bigint, message_id bigint,"
            " payload jsonb, content_hash text)"
        )
        connection.execute("checkpoint")


def _measure(load: Callable[[], None]) -> Figure:
    wal, cpu, started = _read_wal(), _read_cpu(), time.perf_counter()
    load()
    seconds = time.perf_counter() - started
    return Figure(seconds, _read_cpu() - cpu, _read_wal() - wal)


def _read_cpu() -> float:
    """Returns the CPU seconds of this process and of the server's ended backends, one per load."""
    time.sleep(0.3)  # until they have
    server = embedded_data(get_settings().home) / "postmaster.pid"
    ended = psutil.Process(int(server.read_text().split()[0])).cpu_times()
    return time.process_time() + float(ended.children_user + ended.children_system)


def _read_wal() -> float:
    with psycopg.connect(admin_url()) as connection:
        row = connection.execute("select pg_current_wal_insert_lsn() - '0/0'").fetchone()
        assert row is not None
        return float(row[0])


def _print(results: dict[str, list[Figure]]) -> None:
    """Prints the table; ratios compare loads of one round, because the machine's load varies."""
    table = Table(title=f"Loading {ROWS:,} messages of 1 KB (median of {ROUNDS})")
    for heading in ("method", "rows/s", "of raw COPY", "by CPU", "WAL MB"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    raw = results[RAW]
    for name, figures in results.items():
        beside = raw if len(figures) == ROUNDS else [raw[0]] * len(figures)
        pairs = list(zip(beside, figures, strict=True))
        rate = ROWS / median(figure.seconds for figure in figures)
        ratio = median(r.seconds / figure.seconds for r, figure in pairs)
        by_cpu = median(r.cpu_seconds / figure.cpu_seconds for r, figure in pairs)
        wal = median(figure.wal_bytes for figure in figures) / 2**20
        table.add_row(name, f"{rate:,.0f}", f"{ratio:.2f}", f"{by_cpu:.2f}", f"{wal:.0f}")
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
