"""Ends sessions on the server; ``geniai_superset/sessions.py`` opens and reads them."""

import psycopg

from geniai_pipeline.warehouse.connections import SUPERSET, connect, role_url


def end_sessions(*, email: str | None = None, tenant: str | None = None) -> None:
    """Ends a user's sessions, or those of a tenant's users. Superset need not be running."""
    with connect(role_url("superset", SUPERSET)) as connection:
        try:
            connection.execute(
                "delete from geniai_sessions where email = %s or tenant = %s", [email, tenant]
            )
        except psycopg.errors.UndefinedTable:  # before Superset's first start there is no session
            connection.rollback()
