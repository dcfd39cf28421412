"""Schema migrations: the numbered files of ``sql/`` once, its views when they change.

The numbered files are applied in order, each in its transaction. A released file is never edited:
`make release` lists it in ``sql/released.sha256``. The files of ``sql/views`` are applied in name
order in one transaction, again whenever one of them changes; ``sql/boundaries.sql`` at each start,
because it is about what a server brings along.

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
from geniai_pipeline.settings import ROOT
from geniai_pipeline.warehouse.connections import (
    DAGSTER,
    SUPERSET,
    admin_url,
    connect,
)
from geniai_pipeline.warehouse.logins import restore_logins

_LOCK = 7_042_311
_LOCK_TIMEOUT_SECONDS = 120
_FOLDER = ROOT / "sql"
_VIEWS = "views"
"""The name by which a database knows its edition of ``sql/views``."""
_OWN_DATABASES = {DAGSTER: "dagster", SUPERSET: "superset"}


def migrate() -> list[str]:
    """Brings the server to this version: databases, logins, the files not yet applied.

    Returns:
        The names of the files applied or amended now, in order; ``views`` for all views together.

    Raises:
        PermanentError: an applied file is no released edition of it, the login lacks a right, or
            something that is not ours depends on a view.
        TransientError: the server is not reachable, or another migration does not end.

    """
    _make_database(admin_url())
    try:
        with connect(admin_url()) as connection:
            connection.autocommit = True
            _acquire_lock(connection)
            applied = _apply(connection)
            with connection.transaction():
                connection.execute((_FOLDER / "boundaries.sql").read_bytes())
            for database, role in _OWN_DATABASES.items():
                _make_own_database(connection, database, role)
            restore_logins(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise PermanentError(
            f"The database's login has no right to create the schema: {error}.",
            mend="Set GENIAI_DATABASE_URL to a superuser's address, at least for `geniai migrate`.",
        ) from error
    except psycopg.errors.DependentObjectsStillExist as error:
        raise PermanentError(
            f"The views cannot be created again: {error.diag.message_detail}.",
            mend="Drop the objects that depend on them; create those again after `geniai migrate`.",
        ) from error
    return applied


def list_files() -> list[Path]:
    """Lists the numbered files, in the order in which they are applied."""
    return sorted(_FOLDER.glob("[0-9]*.sql"))


def list_pending(connection: psycopg.Connection[Any]) -> list[str]:
    """Names the files that this database has not had yet."""
    known = _read_editions(connection)
    missing = [path.name for path in list_files() if path.name not in known]
    return missing + ([_VIEWS] if _has_other_views(known) else [])


def list_newer(connection: psycopg.Connection[Any]) -> list[str]:
    """Names the files that this database has had from a later version than this one."""
    return _list_later_files(_read_editions(connection))


def _list_later_files(known: dict[str, str]) -> list[str]:
    return sorted(known.keys() - {path.name for path in list_files()} - {_VIEWS})


def _read_editions(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """Reads the checksums of applied files by name."""
    return dict(connection.execute("select name, sha256 from public.schema_migrations").fetchall())


def _apply(connection: psycopg.Connection[Any]) -> list[str]:
    connection.execute(
        "create table if not exists public.schema_migrations ("
        " name text primary key, sha256 text not null, applied_at timestamptz default now())"
    )
    names = _amend(connection)
    known = _read_editions(connection)
    for path in (path for path in list_files() if path.name not in known):
        text = path.read_bytes()
        with connection.transaction():
            connection.execute(text)
            connection.execute(
                "insert into public.schema_migrations (name, sha256) values (%s, %s)",
                [path.name, hashlib.sha256(text).hexdigest()],
            )
        names.add(path.name)
    return sorted(names) + _apply_views(connection)


def _apply_views(connection: psycopg.Connection[Any]) -> list[str]:
    if not _has_other_views(_read_editions(connection)):
        return []
    with connection.transaction():
        for path in _view_files():
            connection.execute(path.read_bytes())
        connection.execute("reset role")
        connection.execute(
            "insert into public.schema_migrations (name, sha256) values (%s, %s)"
            " on conflict (name) do update set sha256 = excluded.sha256, applied_at = now()",
            [_VIEWS, _hash_views()],
        )
    return [_VIEWS]


def _has_other_views(known: dict[str, str]) -> bool:
    """Tells whether the views differ from ours; a later version's stay as they are."""
    return known.get(_VIEWS) != _hash_views() and not _list_later_files(known)


def _hash_views() -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in _view_files())).hexdigest()


def _view_files() -> list[Path]:
    return sorted((_FOLDER / "views").glob("*.sql"))


def _amend(connection: psycopg.Connection[Any]) -> set[str]:
    """Amends what an older edition of a file has made.

    Some files were edited after they were released; ``released.sha256`` lists their editions. An
    amendment either changes what differs, or takes all of it back and forgets that the file was
    applied, so that it is applied anew.

    Returns:
        The names of the files whose older edition was found.

    """
    released = {
        tuple(line.split())
        for line in (_FOLDER / "released.sha256").read_text(encoding="utf-8").splitlines()
    }
    known = _read_editions(connection)
    amended = set()
    for path in list_files():
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        edition = known.get(path.name, digest)
        if edition == digest:
            continue
        if (edition, path.name) not in released:
            raise PermanentError(
                f"{path.name} was changed after it was applied to this database.",
                mend="Undo the change and write it as a new numbered file.",
            )
        with connection.transaction():
            connection.execute((_FOLDER / "amendments" / path.name).read_bytes())
            connection.execute(
                "update public.schema_migrations set sha256 = %s where name = %s",
                [digest, path.name],
            )
        amended.add(path.name)
    return amended


def _acquire_lock(connection: psycopg.Connection[Any]) -> None:
    deadline = time.monotonic() + _LOCK_TIMEOUT_SECONDS
    while True:
        (taken,) = connection.execute("select pg_try_advisory_lock(%s)", [_LOCK]).fetchone() or (0,)
        if taken:
            return  # released with the connection
        if time.monotonic() > deadline:
            raise TransientError(
                f"Another migration has been running for {_LOCK_TIMEOUT_SECONDS} s.",
                mend="Wait for it, or end its connection, then try again.",
            )
        time.sleep(0.2)


def _make_database(url: str) -> None:
    """Creates the data database unless it is there."""
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
    """Creates a database and a login of its own, for Dagster or Superset."""
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
