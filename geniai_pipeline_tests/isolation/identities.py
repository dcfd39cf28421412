"""Identities of the data database, and connections that act as each of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from geniai_pipeline.warehouse.connections import admin_url, role_url
from geniai_pipeline_tests.isolation.canaries import CANARIES, ONE, OTHER, Canary, Connection


@dataclass(frozen=True)
class Identity:
    """A role or login, and the tenants whose rows it may read."""

    name: str
    role: str
    """The role by which ``expected`` lists it."""
    canaries: tuple[Canary, ...]
    login: str
    """The Postgres login, or the role that the administrator sets."""
    setting: int | None = None
    """The loader's tenant."""


TENANT = Identity("a tenant", "bi_tenant", (ONE,), ONE.login)
LOADER = Identity("the loader of one", "etl_writer", (ONE,), "etl_writer", ONE.tenant_id)
IDENTITIES = (
    TENANT,
    Identity("a tenant's administrator", "bi_tenant_admin", (ONE,), ONE.admin_login),
    Identity("another tenant", "bi_tenant", (OTHER,), OTHER.login),
    Identity("the staff", "bi_staff", CANARIES, "bi_staff"),
    Identity("nobody", "bi_none", (), "bi_none"),
    LOADER,
    Identity("the loader of another", "etl_writer", (OTHER,), "etl_writer", OTHER.tenant_id),
    Identity("the loader of none", "etl_writer", (), "etl_writer"),
    Identity("the platform", "platform", CANARIES, "platform"),
    Identity("the gatekeeper", "gatekeeper", CANARIES, "gatekeeper"),
)

ActAs = Callable[[Identity], Connection]
"""Returns a connection of the identity, in a transaction that is never committed."""


@dataclass
class SuiteDatabase:
    """The suite's database: the administrator's connection, and one per identity on demand."""

    admin: Connection
    is_embedded: bool
    _admin_url: str
    _urls: dict[str, str]
    _connections: dict[str, Connection] = field(default_factory=dict)

    @classmethod
    def open(cls, *, is_embedded: bool) -> "SuiteDatabase":
        """Opens the database that the settings name."""
        logins = {who.login for who in IDENTITIES} | {"superset", "dagster"}
        urls = {login: role_url(login) for login in logins}
        return cls(psycopg.connect(admin_url()), is_embedded, admin_url(), urls)

    def url(self, login: str, database: str | None = None) -> str:
        """Returns a login's address of the suite's database, or of another on the server."""
        start, _, end = self._urls[login].rpartition("/")
        return f"{start}/{database or end}"

    def act_as(self, who: Identity) -> Connection:
        """Returns the identity's own connection, with its own password where it has one."""
        if who.name not in self._connections:
            if can_log_in(self.admin, who.login):
                self._connections[who.name] = psycopg.connect(self.url(who.login))
            else:
                connection = self._connections[who.name] = psycopg.connect(self._admin_url)
                connection.execute(f"set session authorization {who.login}")
                connection.commit()
        for connection in self._connections.values():  # even a refused nextval() holds its lock
            connection.rollback()
        connection = self._connections[who.name]
        return _with_setting(connection, who)

    def become(self, who: Identity) -> Connection:
        """Returns the administrator's connection as that identity; it sees uncommitted rows."""
        self.admin.execute("reset session authorization")
        self.admin.execute(f'set session authorization "{who.login}"')
        return _with_setting(self.admin, who)

    def close(self) -> None:
        """Closes all connections."""
        for connection in (self.admin, *self._connections.values()):
            connection.close()


def can_log_in(admin: Connection, role: str) -> bool:
    """Whether the role has the LOGIN attribute."""
    row = admin.execute("select rolcanlogin from pg_roles where rolname = %s", [role]).fetchone()
    return bool(row and row[0])


def _with_setting(connection: Connection, who: Identity) -> Connection:
    connection.execute("set local lock_timeout = '2s'")  # a wait for a lock counts as a refusal
    connection.execute(f"set local app.current_tenant_id = '{who.setting or ''}'".encode())
    return connection
