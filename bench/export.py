"""Measures the export of 50,000 conversations, and pandas on the same rows.

pandas' ``read_sql`` and ``to_csv`` are what Superset's own download does, without its server.
"""

import argparse
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

import pandas as pd
from _database import temporary_postgres
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine

from geniai_pipeline import exports
from geniai_pipeline.exports.columns import COLUMNS
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import connect, role_url, tenant_transaction

SLUG, ROUNDS = "bench", 3
FILL = """
insert into analytics.conversations_analytics
select %(tenant)s, i, 'Contato número ' || i, 'c' || i || '@example.com',
       '+55119' || lpad(i::text, 8, '0'), 1, 'WhatsApp Matriz', 'Channel::Whatsapp', 'open',
       now() - i * interval '1 minute', now() - i * interval '30 seconds', 12, 6, 4, 2,
       i %% 2 = 0, i %% 6, i %% 6 = 5, i %% 9 = 0, null, null, null, null, null, 'contact', now(),
       null, null, '{}', null, 'rules', '1', 'https://chat.example.com/' || i, ''
from generate_series(1, %(rows)s) i"""
FILL_TEXTS = """
insert into analytics.conversation_texts
select %(tenant)s, i, '', null, null, repeat('Perguntou o preço e quer treinar à noite. ', 6),
       repeat('Olá! Que tal conhecer a academia amanhã às 19h? ', 4), '{}', ''
from generate_series(1, %(rows)s) i"""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=50_000)
    rows = options.parse_args().rows
    with temporary_postgres():
        fill(rows)
        times: dict[str, list[float]] = {}
        size: dict[str, int] = {}
        before = peak_megabytes()
        for _ in range(ROUNDS):
            for format_ in exports.FORMATS:
                measure(times, size, f"GeniAI, {format_}", partial(export_by_geniai, format_))
        growth = peak_megabytes() - before
        for _ in range(ROUNDS):
            measure(times, size, "pandas, csv", pandas_csv)
        pandas_growth = peak_megabytes() - before - growth
    show(rows, times, size)
    print(
        f"Memory's peak grew by {growth:.0f} MB in our exports, then {pandas_growth:.0f} in pandas."
    )


def export_by_geniai(format_: str, out: BinaryIO) -> None:
    exports.export_tenant(SLUG, None, None, format_, out)


def pandas_csv(out: BinaryIO) -> None:
    wanted = ", ".join(column.source for column in COLUMNS)
    engine = create_engine(role_url(login_name(SLUG)).replace("postgresql", "postgresql+psycopg2"))
    table = pd.read_sql(
        f"select {wanted} from analytics.conversations_analytics"
        " join analytics.conversation_texts using (tenant_id, conversation_id)",
        engine,
    )
    table.to_csv(out, index=False, sep=";", encoding="utf-8-sig")


def fill(rows: int) -> None:
    config = TenantConfig(
        chatwoot_url="https://chat.example.com", chatwoot_account_id=1, chatwoot_token="t"
    )
    registry.add_tenant(SLUG, SLUG, config)
    tenant = registry.load_tenant(SLUG).tenant_id
    with tenant_transaction(tenant) as connection:
        for statement in (FILL, FILL_TEXTS):
            connection.execute(statement, {"tenant": tenant, "rows": rows})
    with connect(role_url(login_name(SLUG))) as connection:
        connection.execute("select count(*) from analytics.conversation_texts")


def measure(
    times: dict[str, list[float]], size: dict[str, int], name: str, run: Callable[[BinaryIO], None]
) -> None:
    with tempfile.TemporaryFile() as out:
        started = time.monotonic()
        run(out)
        times.setdefault(name, []).append(time.monotonic() - started)
        size[name] = out.tell()


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def show(rows: int, times: dict[str, list[float]], size: dict[str, int]) -> None:
    table = Table("", "seconds", "rows/s", "MB", "of pandas' time", box=None)
    peer = statistics.median(times["pandas, csv"])
    for name, seconds in times.items():
        median = statistics.median(seconds)
        table.add_row(
            name, f"{median:.2f}", f"{rows / median:,.0f}", f"{size[name] / 1e6:.1f}",
            f"{median / peer:.2f}",
        )  # fmt: skip
    Console().print(f"{rows:,} conversations, median of {ROUNDS}", table)


if __name__ == "__main__":
    main()
