"""Ends sessions on the server; ``geniai_superset/sessions.py`` opens and reads them."""

import psycopg

from geniai_pipeline.warehouse.connections import SUPERSET, connect, role_url


def end_sessions(*, email: str | None = None, tenant: str | None = None) -> None:
    """Signs a person out everywhere, or all people of a tenant. Superset need not be running."""
    with connect(role_url("superset", SUPERSET)) as connection:
        try:
            connection.execute(
                "delete from geniai_sessions where email = %s or tenant = %s", [email, tenant]
            )
        except psycopg.errors.UndefinedTable:  # Superset has never been started: nobody is in
            connection.rollback()
