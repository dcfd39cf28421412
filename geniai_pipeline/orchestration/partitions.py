"""The tenants' partitions in Dagster's database, without the seconds it takes to import Dagster."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from geniai_pipeline.warehouse.connections import DAGSTER, connect, role_url

_DEFINITION = "tenant"
"""As ``assets.py`` names it."""


def add_partitions(slugs: list[str]) -> None:
    """Makes the tenants' partitions; those that are there stay."""
    with _storage() as connection:
        connection.execute(
            "insert into dynamic_partitions (partitions_def_name, partition)"
            " select %s, unnest(%s::text[]) on conflict do nothing",
            [_DEFINITION, slugs],
        )


def remove_partition(slug: str) -> bool:
    """Removes a tenant's partition; whether it was there."""
    with _storage() as connection:
        removed = connection.execute(
            "delete from dynamic_partitions where partitions_def_name = %s and partition = %s",
            [_DEFINITION, slug],
        )
        return removed.rowcount > 0


def partitions() -> set[str]:
    """The slugs that have a partition."""
    with _storage() as connection:
        rows = connection.execute(
            "select partition from dynamic_partitions where partitions_def_name = %s",
            [_DEFINITION],
        ).fetchall()
    return {slug for (slug,) in rows}


@contextmanager
def _storage() -> Iterator[psycopg.Connection[Any]]:
    """Dagster's database; its tables are made by Dagster where it has never been started."""
    with connect(role_url("dagster", DAGSTER)) as connection:
        found = connection.execute("select to_regclass('dynamic_partitions')").fetchone()
        if found is None or found[0] is None:
            from geniai_pipeline.orchestration.instance import open_instance

            with open_instance() as dagster:
                dagster.get_dynamic_partitions(_DEFINITION)
        yield connection
