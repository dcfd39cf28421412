"""Connection strings of the databases and logins, and one tenant's sessions."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from geniai_pipeline.errors import DatabaseDownError, PermanentError
from geniai_pipeline.settings import get_settings

EMBEDDED_ADMIN = "geniai_admin"
DATA, DAGSTER, SUPERSET = "geniai", "dagster", "superset"
"""The three databases. An operator's own ``GENIAI_DATABASE_URL`` may name the first otherwise."""

OWN_LOGINS = ("etl_writer", "bi_staff", "bi_none", "gatekeeper", "dagster", "superset")
"""The logins that are no tenant's. Their passwords are derived from the secret key."""

APPLICATION = "geniai"

_REFUSALS = ("authentication failed", "does not exist", "not permitted to log in")


def embedded_data(home: Path) -> Path:
    """Locates the data folder of the embedded server."""
    return home / "postgres"


def admin_url(database: str | None = None) -> str:
    """Builds the administrator's connection string: migrations, tenants, backups; never a run.

    Raises:
        DatabaseDownError: no server is set and the embedded one is not running.

    """
    server = _server()
    return _url(server, server["user"], server.get("password"), database)


def old_admin_url() -> str:
    """Builds the administrator's by the old secret key, until ``geniai rotate-key`` has run."""
    server = _server()
    own = get_settings().database_url is None
    password = get_settings().derive_old(f"pg:{EMBEDDED_ADMIN}") if own else server.get("password")
    return _url(server, server["user"], password, None)


def role_url(role: str, database: str | None = None) -> str:
    """Builds one login's connection string; its password is derived from the secret key.

    Raises:
        DatabaseDownError: no server is set and the embedded one is not running.

    """
    return _url(_server(), role, get_settings().derive(f"pg:{role}"), database)


@contextmanager
def connect(url: str) -> Iterator[psycopg.Connection[Any]]:
    """Opens a connection; commits at the end of the block, or rolls back.

    Raises:
        DatabaseDownError: the server cannot be reached or went away.
        PermanentError: it refuses the login, or its disk is full.

    """
    with _translate_errors(), _open(url) as connection:
        yield connection


class TenantSession:
    """One connection of the loader to one tenant's rows, for all transactions of a pipeline step.

    The loader sees and writes the rows of the transaction's tenant alone: the policies read
    ``sec.loading_tenant()``, which is set for one transaction at a time. Threads may share a
    session; their transactions take turns. The connection opens with the first transaction, and
    again if one failed or the server closed it between two.

    Args:
        tenant_id: whose rows.

    """

    def __init__(self, tenant_id: int) -> None:
        self.tenant_id = tenant_id
        self._connection: psycopg.Connection[Any] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "TenantSession":
        """Returns the session; it connects when it has to."""
        return self

    def __exit__(self, *error: object) -> None:
        """Closes the connection."""
        self._close()

    @contextmanager
    def transaction(self) -> Iterator[psycopg.Connection[Any]]:
        """Opens a transaction; commits at the end of the block, or rolls back.

        Raises:
            DatabaseDownError: the server cannot be reached or went away.
            PermanentError: it refuses the login, or its disk is full.

        """
        with self._lock, _translate_errors():
            connection = self._begin()
            try:
                yield connection
                connection.commit()
            except BaseException:
                with suppress(psycopg.Error):
                    connection.rollback()
                self._close()
                raise

    def _begin(self) -> psycopg.Connection[Any]:
        if self._connection is not None:
            try:
                bind_tenant(self._connection, self.tenant_id)
            except psycopg.OperationalError:
                self._close()
            else:
                return self._connection
        self._connection = _open(role_url("etl_writer"))
        # a statement is planned for its arguments each time, as on a connection of its own
        self._connection.prepare_threshold = None
        bind_tenant(self._connection, self.tenant_id)
        return self._connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class LoginConnections:
    """Open connections for short reads by several logins, shared by the threads of a process.

    A login has one connection, which opens with its first read, and again if the server closed it.
    Reads take turns. To open one costs some eighty times as much as to read a row through it.

    Args:
        most: how many logins keep theirs; the one that read least recently loses it.

    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._connections: dict[str, psycopg.Connection[Any]] = {}  # by URL, the latest read last
        self._lock = threading.Lock()

    def fetch_row(self, url: str, statement: str) -> dict[str, Any]:
        """Returns the only row of a query.

        Raises:
            DatabaseDownError: the server cannot be reached or went away.
            PermanentError: it refuses the login.

        """
        with self._lock, _translate_errors():
            connection = self._connections.pop(url, None)
            try:
                row = self._fetch(connection, statement) if connection else None
            except psycopg.OperationalError:
                row = None
            if connection is None or row is None:
                connection = _open(url)
                connection.autocommit = True
                row = self._fetch(connection, statement)
            self._connections[url] = connection
            if len(self._connections) > self._most:
                self._connections.pop(next(iter(self._connections))).close()
            return row

    @staticmethod
    def _fetch(connection: psycopg.Connection[Any], statement: str) -> dict[str, Any]:
        try:
            row = connection.cursor(row_factory=dict_row).execute(statement).fetchone()
        except BaseException:
            connection.close()
            raise
        assert row is not None  # noqa: S101  (an aggregate always answers)
        return row


@contextmanager
def tenant_transaction(tenant_id: int) -> Iterator[psycopg.Connection[Any]]:
    """Opens a ``TenantSession`` for one transaction."""
    with TenantSession(tenant_id) as session, session.transaction() as connection:
        yield connection


def bind_tenant(connection: psycopg.Connection[Any], tenant_id: int) -> None:
    """Binds the rest of the loader's transaction to one tenant."""
    connection.execute("select set_config('app.current_tenant_id', %s, true)", [str(tenant_id)])


def _open(url: str) -> psycopg.Connection[Any]:
    return psycopg.connect(url, connect_timeout=10, application_name=APPLICATION)


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except psycopg.OperationalError as error:
        raise _build_connection_error(error) from error


def _build_connection_error(error: psycopg.OperationalError) -> DatabaseDownError | PermanentError:
    reason = (str(error).strip() or "connection lost").splitlines()[0]
    reason = reason.removeprefix("connection failed: ").rstrip(".")
    if isinstance(error, psycopg.errors.DiskFull) or "No space left" in reason:
        return PermanentError(
            "The database's disk is full; this step wrote nothing.",
            mend="Free space on it, then repeat the step.",
        )
    if any(sign in reason for sign in _REFUSALS):
        return PermanentError(
            f"The database refused the login: {reason}.",
            mend="Run `geniai migrate`, with the GENIAI_SECRET_KEY and GENIAI_DATABASE_URL"
            " of this installation.",
        )
    return DatabaseDownError(
        f"The database cannot be reached: {reason}.",
        mend="Start it (`geniai up` starts the embedded one), or correct GENIAI_DATABASE_URL.",
    )


def _server() -> dict[str, Any]:
    """The connection parameters of the administrator, as libpq names them."""
    settings = get_settings()
    if settings.database_url is not None:
        return _parse(settings.database_url.get_secret_value())
    # not cached: the embedded server may come back on another port
    return {
        "host": "127.0.0.1",
        "port": _embedded_port(embedded_data(settings.home)),
        "user": EMBEDDED_ADMIN,
        "password": settings.derive(f"pg:{EMBEDDED_ADMIN}"),
        "dbname": DATA,
    }


@lru_cache
def _parse(url: str) -> dict[str, Any]:
    try:
        server = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise PermanentError(
            "GENIAI_DATABASE_URL cannot be read.",
            mend="Write it as postgresql://user:password@host:5432/geniai.",
        ) from error
    return {"host": "127.0.0.1", "port": "5432", "user": "postgres", "dbname": DATA, **server}


def _embedded_port(data: Path) -> str:
    try:
        return (data / "postmaster.pid").read_text().splitlines()[3]
    except (OSError, IndexError) as error:
        raise DatabaseDownError(
            "The embedded database is not running.",
            mend="Start it with `geniai up`, or set GENIAI_DATABASE_URL to your own server.",
        ) from error


def _url(server: dict[str, Any], user: str, password: str | None, database: str | None) -> str:
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    extra = {k: v for k, v in server.items() if k.startswith("ssl") or k == "options"}
    host = str(server["host"])
    if host.startswith("/"):  # a socket's folder goes into the query
        extra["host"], host = host, ""
    query = f"?{urlencode(extra)}" if extra else ""
    name = quote(database or str(server["dbname"]), safe="")
    return f"postgresql://{login}@{host}:{server['port']}/{name}{query}"
