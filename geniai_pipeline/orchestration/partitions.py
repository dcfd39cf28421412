"""Tenants' partitions in Dagster's database, read by SQL: importing Dagster takes seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from geniai_pipeline.warehouse.connections import DAGSTER, connect, role_url

_DEFINITION = "tenant"
"""The partitions definition in ``assets.py``."""


def add_partitions(slugs: list[str]) -> None:
    """Adds tenants' partitions; existing ones stay."""
    with _open_storage() as connection:
        connection.execute(
            "insert into dynamic_partitions (partitions_def_name, partition)"
            " select %s, unnest(%s::text[]) on conflict do nothing",
            [_DEFINITION, slugs],
        )


def remove_partition(slug: str) -> bool:
    """Removes a tenant's partition; returns whether there was one."""
    with _open_storage() as connection:
        removed = connection.execute(
            "delete from dynamic_partitions where partitions_def_name = %s and partition = %s",
            [_DEFINITION, slug],
        )
        return removed.rowcount > 0


def read_partitions() -> set[str]:
    """Reads the slugs that have a partition."""
    with _open_storage() as connection:
        rows = connection.execute(
            "select partition from dynamic_partitions where partitions_def_name = %s",
            [_DEFINITION],
        ).fetchall()
    return {slug for (slug,) in rows}


@contextmanager
def _open_storage() -> Iterator[psycopg.Connection[Any]]:
    """Opens Dagster's database; Dagster creates its tables there before its first start."""
    with connect(role_url("dagster", DAGSTER)) as connection:
        row = connection.execute("select to_regclass('dynamic_partitions')").fetchone()
        if row is None or row[0] is None:
            from geniai_pipeline.orchestration.instance import open_instance

            with open_instance() as dagster:
                dagster.get_dynamic_partitions(_DEFINITION)
        yield connection
