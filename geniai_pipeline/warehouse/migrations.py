"""The numbered files of ``sql/``, applied in order, each in its transaction, once.

Safe when several start at once: they take turns by an advisory lock, polled and never waited for,
because a waiter's open transaction would block ``create index concurrently`` of the holder.
"""

import hashlib
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.settings import ROOT, get_settings
from geniai_pipeline.warehouse.connections import (
    DAGSTER,
    OWN_LOGINS,
    SUPERSET,
    admin_url,
    connect,
)

_LOCK = 7_042_311
_PATIENCE_SECONDS = 120
_OWN_DATABASES = {DAGSTER: "dagster", SUPERSET: "superset"}


def migrate() -> list[str]:
    """Brings the server to this version: databases, logins, the files not yet applied.

    Returns:
        The names of the files applied now, in order.

    Raises:
        PermanentError: an applied file was changed since, or the login lacks a right.
        TransientError: the server is not reachable, or another migration does not end.

    """
    _make_database(admin_url())
    try:
        with connect(admin_url()) as connection:
            connection.autocommit = True
            _take_turn(connection)
            applied = _apply(connection)
            for database, role in _OWN_DATABASES.items():
                _make_own_database(connection, database, role)
            for login in OWN_LOGINS:
                set_password(connection, login)
    except psycopg.errors.InsufficientPrivilege as error:
        raise PermanentError(
            f"The database's login may not set it up: {error}.",
            mend="Let GENIAI_DATABASE_URL name a superuser, for `geniai migrate` at least.",
        ) from error
    return applied


def pending(connection: psycopg.Connection[Any]) -> list[str]:
    """The names of the files that this database has not had yet."""
    known = {n for (n,) in connection.execute("select name from public.schema_migrations")}
    return [path.name for path in _files() if path.name not in known]


def _files() -> list[Path]:
    return sorted((ROOT / "sql").glob("[0-9]*.sql"))


def _apply(connection: psycopg.Connection[Any]) -> list[str]:
    connection.execute(
        "create table if not exists public.schema_migrations ("
        " name text primary key, sha256 text not null, applied_at timestamptz default now())"
    )
    known = dict(connection.execute("select name, sha256 from public.schema_migrations").fetchall())
    applied = []
    for path in _files():
        text = path.read_bytes()
        digest = hashlib.sha256(text).hexdigest()
        if path.name in known:
            if known[path.name] != digest:
                raise PermanentError(
                    f"{path.name} was changed after it was applied to this database.",
                    mend="Undo the change and write it as a new numbered file.",
                )
            continue
        with connection.transaction():
            connection.execute(text)
            connection.execute(
                "insert into public.schema_migrations (name, sha256) values (%s, %s)",
                [path.name, digest],
            )
        applied.append(path.name)
    return applied


def _take_turn(connection: psycopg.Connection[Any]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        (taken,) = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone() or (0,)
        if taken:
            return  # released with the connection
        if time.monotonic() > deadline:
            raise TransientError(
                f"Another migration has been running for {_PATIENCE_SECONDS} s.",
                mend="Wait for it, or end its connection, then try again.",
            )
        time.sleep(0.2)


def _make_database(url: str) -> None:
    """The data database, if the server has not got it yet."""
    try:
        with closing(psycopg.connect(url, connect_timeout=10)):
            return
    except psycopg.OperationalError as error:
        if "does not exist" not in str(error):
            with connect(url):
                return
    name = str(psycopg.conninfo.conninfo_to_dict(url)["dbname"])
    with connect(admin_url("postgres")) as connection:
        connection.autocommit = True
        _create_database(connection, name)


def _make_own_database(connection: psycopg.Connection[Any], database: str, role: str) -> None:
    """A database and a login of its own for Dagster, and for Superset."""
    if not _exists(connection, "select from pg_roles where rolname = %s", role):
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
    if not _exists(connection, "select from pg_database where datname = %s", database):
        _create_database(connection, database)
    names = {"database": sql.Identifier(database), "role": sql.Identifier(role)}
    for statement in (
        "grant {role} to current_user",
        "alter database {database} owner to {role}",
        "revoke connect, temporary on database {database} from public",
    ):
        connection.execute(sql.SQL(statement).format(**names))


def _create_database(connection: psycopg.Connection[Any], name: str) -> None:
    # C.UTF-8, so that upper and lower case of accented letters work; from 17 on Postgres brings it
    # itself, before that it is the system's
    locale = (
        "locale 'C' locale_provider builtin builtin_locale 'C.UTF-8'"
        if connection.info.server_version >= 170000
        else "locale 'C.UTF-8'"
    )
    connection.execute(
        sql.SQL("create database {} template template0 encoding 'UTF8' {}").format(
            sql.Identifier(name), sql.SQL(locale)
        )
    )


def _exists(connection: psycopg.Connection[Any], query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None


def set_password(connection: psycopg.Connection[Any], role: str) -> None:
    """Gives a login the password that ``role_url`` derives for it."""
    password = get_settings().derive(f"pg:{role}")
    with connection.transaction():
        # Iterations slow down whoever guesses. 160 bits are not guessed, and each of a dashboard's
        # queries signs in: many take less time than iterations do. Postgres 15 has no such setting.
        if connection.info.server_version >= 160_000:
            connection.execute("set local scram_iterations = 1")
        connection.execute(
            sql.SQL("alter role {} password {}").format(sql.Identifier(role), sql.Literal(password))
        )
