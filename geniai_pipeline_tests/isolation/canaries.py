"""Canary data: two tenants, each with a recognisable row in every table."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import admin_login_name, login_name
from geniai_pipeline.warehouse import registry

Connection = psycopg.Connection[Any]

_NOW = datetime.now(timezone.utc)
_FIRST_NUMBER = 710_001
"""tenant_id of the first canary: a number that nothing else has."""

_COLUMNS = """
select a.attname, format_type(a.atttypid, null),
    (select substring(pg_get_constraintdef(k.oid) from '''([^'']+)''')
     from pg_constraint k
     where k.conrelid = a.attrelid and k.contype = 'c' and k.conkey = array[a.attnum])
from pg_attribute a
where a.attrelid = %s::regclass and a.attnum > 0 and not a.attisdropped
  and (not a.atthasdef or a.atttypid = 'boolean'::regtype)
  and a.attidentity = '' and a.attgenerated = ''
  and (a.attnotnull or a.atttypid <> 'numeric'::regtype)  -- a cost is there in some states only
order by a.attnum
"""
_TABLES = """
select c.oid::regclass::text
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
where c.relkind in ('r', 'p') and not c.relispartition
order by 1
"""


@dataclass(frozen=True)
class Canary:
    """A tenant whose rows are recognisable in any output."""

    slug: str
    word: str
    """A word in every text of its rows."""
    tenant_id: int

    @property
    def login(self) -> str:
        """The Postgres login of its viewers."""
        return login_name(self.slug)

    @property
    def admin_login(self) -> str:
        """The Postgres login of its administrators."""
        return admin_login_name(self.slug)

    def is_in(self, answer: object) -> bool:
        """Whether data of this tenant is in an answer."""
        text = str(answer).lower()
        return self.word in text or str(self.tenant_id) in text


ONE = Canary("canario", "qzcanario71", _FIRST_NUMBER)
OTHER = Canary("sabia", "qzsabia93", _FIRST_NUMBER + 1)
CANARIES = (ONE, OTHER)


def add_canaries(admin: Connection) -> None:
    """Registers both tenants and writes a row of each into every table with a tenant.

    The settings name the database.
    """
    admin.execute(f"alter table ops.tenants alter tenant_id restart with {_FIRST_NUMBER}")
    admin.commit()
    for canary in CANARIES:
        registry.add_tenant(
            canary.slug,
            canary.word,
            TenantConfig(
                chatwoot_url=f"https://{canary.word}.example.com",
                chatwoot_account_id=1,
                chatwoot_token=canary.word,
                brand_logo=f"data:{canary.word}",
            ),
        )
    with admin.transaction():
        admin.execute("set local session_replication_role = replica")  # parents come in any order
        for (table,) in admin.execute(_TABLES).fetchall():
            insert_canaries(admin, table)
    admin.execute("analyze")
    admin.commit()


def insert_canaries(admin: Connection, table: str) -> None:
    """Inserts a row of each canary into a table without one."""
    for canary in CANARIES:
        known = admin.execute(f"select from {table} where tenant_id = %s", [canary.tenant_id])
        if known.fetchone() is None:
            admin.execute(insertion(admin, table, canary).encode())


def insertion(admin: Connection, table: str, canary: Canary, which: int = 1) -> str:
    """Returns the statement that inserts a row of a canary.

    Args:
        admin: the connection that reads the table's columns.
        table: its qualified name.
        canary: the row's tenant.
        which: the row's number; rows of different numbers have different keys.

    """
    columns = admin.execute(_COLUMNS, [table]).fetchall()
    names = ", ".join(f'"{name}"' for name, _, _ in columns)
    places = ", ".join(["%s"] * len(columns))
    values = [_value(name, kind, choice, canary, which) for name, kind, choice in columns]
    return psycopg.ClientCursor(admin).mogrify(
        f"insert into {table} ({names}) values ({places})".encode(), values
    )


def _value(name: str, kind: str, choice: str | None, canary: Canary, which: int) -> object:
    word = canary.word if which == 1 else f"{canary.word}{which}"
    if name == "tenant_id":
        return canary.tenant_id
    if name.endswith("score"):
        return 4  # of a lead: views show leads alone
    if kind in ("text", "name", "character varying"):
        return choice if choice and choice.isalpha() else word
    values = {
        "jsonb": Jsonb({"words": word}),
        "json": Jsonb({"words": word}),
        "text[]": [word],
        "boolean": True,
        "timestamp with time zone": _NOW - timedelta(days=which),
        "date": (_NOW - timedelta(days=which)).date(),
        "uuid": f"00000000-0000-0000-0000-{canary.tenant_id + 1000 * which:012d}",
        "inet": "127.0.0.1",
    }
    return values.get(kind, which)
