"""Initialises Superset's own database: migrations, permissions, the service account.

One process replaces three starts of Superset's command line. It does nothing if the database has
the stamp of this version, these files and this secret key.
"""

import hashlib
from importlib.metadata import version
from pathlib import Path

import psycopg

from geniai_pipeline.dashboards.client import SERVICE_ACCOUNT, service_password
from geniai_pipeline.warehouse.connections import SUPERSET, connect, role_url

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Initialises the database unless it has the current stamp."""
    stamp = _compute_stamp()
    if _read_stamp() == stamp:
        return
    with connect(role_url("superset", SUPERSET)) as connection:
        connection.execute((HERE / "tables.sql").read_bytes())
    _initialise()
    with connect(role_url("superset", SUPERSET)) as connection:
        connection.execute("create table if not exists geniai_initialised (stamp text)")
        connection.execute("truncate geniai_initialised")
        connection.execute("insert into geniai_initialised values (%s)", [stamp])


def _read_stamp() -> str | None:
    with connect(role_url("superset", SUPERSET)) as connection:
        try:
            row = connection.execute("select stamp from geniai_initialised").fetchone()
        except psycopg.errors.UndefinedTable:
            connection.rollback()
            return None
    return row[0] if row else None


def _compute_stamp() -> str:
    digest = hashlib.sha256(version("apache-superset").encode())
    for path in sorted(
        [*HERE.glob("*.py"), *HERE.glob("*.sql"), HERE.parent / "superset_config.py"]
    ):
        digest.update(path.read_bytes())
    digest.update(service_password().encode())
    return digest.hexdigest()


def _initialise() -> None:
    import flask_migrate
    from superset.app import create_app

    app = create_app()
    with app.app_context():
        flask_migrate.upgrade()
        from superset.extensions import appbuilder, db, security_manager

        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        account = security_manager.find_user(SERVICE_ACCOUNT)
        if account is None:
            security_manager.add_user(
                SERVICE_ACCOUNT, "GeniAI", "Plataforma", "geniai@localhost",
                security_manager.find_role("Admin"), service_password(),
            )  # fmt: skip
        else:
            security_manager.reset_password(account.id, service_password())
        db.session.commit()


if __name__ == "__main__":
    main()
