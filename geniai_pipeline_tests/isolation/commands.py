"""Dynamic checks: every command on every relation by every identity, executed.

An identity's granted commands must work on its own rows, and all others must be refused. Whether a
grant is right is checked by ``catalogue``.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from geniai_pipeline_tests.isolation import expected
from geniai_pipeline_tests.isolation.canaries import CANARIES, Canary, Connection, insertion
from geniai_pipeline_tests.isolation.identities import IDENTITIES, ActAs, Identity

_DENIED = psycopg.errors.InsufficientPrivilege.sqlstate
_IMPOSSIBLE = {"42809", "55000", "0A000", "428C9", "25001"}
"""What no view can do, or no table with policies: nobody learns anything."""

_RELATIONS = """
select c.oid, c.oid::regclass::text, c.relkind::text,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'),
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
from pg_class c
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
order by 2
"""
_PRIVILEGES = """
select
    array(select p from unnest('{select,insert,update,delete}'::text[]) p
          where has_table_privilege(of.oid, p)),
    array(select c from unnest(of.columns) c where has_column_privilege(of.oid, c, 'select')),
    array(select c from unnest(of.columns) c where has_column_privilege(of.oid, c, 'update'))
from (select %s::oid, %s::text[]) as of (oid, columns)
"""
_FUNCTIONS = """
select p.oid, p.oid::regprocedure::text,
    format('select %s.%I(%s)', p.pronamespace::regnamespace, p.proname,
        (select string_agg('null::' || format_type(type, null), ', ' order by place)
         from unnest(p.proargtypes) with ordinality as argument (type, place)))
from pg_proc p
where p.prokind = 'f' and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
  and p.pronamespace::regnamespace::text !~ '^(pg_|information_schema$)'
order by 2
"""
_MAY_CALL = """
select has_function_privilege(%(oid)s, 'execute')
    and has_schema_privilege((select pronamespace from pg_proc where oid = %(oid)s), 'usage')
"""


@dataclass(frozen=True)
class Relation:
    """A table, view or sequence."""

    oid: int
    name: str
    kind: str
    has_tenant: bool
    columns: tuple[str, ...]
    new_rows: dict[Canary, str]
    """The statement that inserts a second row of each canary."""
    rows: dict[Canary, int]
    """How many of each there are."""


OWNER_COMMANDS = {
    "truncate": "truncate {name} cascade",
    "copy from": "copy {name} from stdin",
    "trigger": "create trigger own before insert on {name} for each statement"
    " execute function suppress_redundant_updates_trigger()",
    "rule": "create rule own as on delete to {name} do also select 1",
    "index": "create index on {name} ({column})",
    "policy": "create policy own on {name} using (true)",
    "no row-level security": "alter table {name} disable row level security",
    "not forced": "alter table {name} no force row level security",
    "owner": "alter table {name} owner to current_user",
    "column": "alter table {name} add own integer",
    "child": "create table public.own () inherits ({name})",
    "comment": "comment on {kind} {name} is 'own'",
    "reindex": "reindex table {name}",
    "refresh": "refresh materialized view {name}",
    "drop": "drop {kind} {name} cascade",
}
"""What only an owner may do, and a tenant with a right too many."""
_KINDS = {
    "r": "table",
    "p": "table",
    "v": "view",
    "m": "materialized view",
    "S": "sequence",
    "f": "foreign table",
}


def relations(admin: Connection, names: set[str] | None = None) -> list[Relation]:
    """Reads all relations from the catalogue, or those of the given names."""
    found = []
    for oid, name, kind, has_tenant, columns in admin.execute(_RELATIONS).fetchall():
        if names is not None and name not in names:
            continue
        is_table = kind in "rp" and has_tenant
        new = (
            {canary: insertion(admin, name, canary, which=2) for canary in CANARIES}
            if is_table
            else {}
        )
        rows = {canary: _count(admin, name, canary) for canary in CANARIES} if has_tenant else {}
        found.append(Relation(oid, name, kind, has_tenant, tuple(columns or ()), new, rows))
    return found


def _count(admin: Connection, name: str, canary: Canary) -> int:
    statement = f"select count(*) from {name} where tenant_id = {canary.tenant_id}"
    (rows,) = admin.execute(statement.encode()).fetchone() or (0,)
    return int(rows)


def leaks(tried: list[Relation], act_as: ActAs) -> list[str]:
    """Yields what an identity can do or read and must not, or must and cannot."""
    found = []
    for who in IDENTITIES:
        connection = act_as(who)
        connection.execute("savepoint begun")
        for relation in tried:
            tries = _Attempt(connection, who, relation)
            lines = [*tries.owner_commands(), *tries.locks()]
            if relation.has_tenant:
                lines += [*tries.rows(), *tries.insertions()]
            found += [f"{who.name}, {relation.name}: {line}" for line in lines]
        connection.execute("rollback to savepoint begun")
    return found


def calls(functions: list[tuple[int, str, str]], act_as: ActAs) -> list[str]:
    """Yields what a function reveals or does without the caller's right to it."""
    found = []
    for who in IDENTITIES:
        connection = act_as(who)
        connection.execute("savepoint begun")
        for oid, name, call in functions:
            connection.execute("rollback to savepoint begun")
            (may,) = connection.execute(_MAY_CALL, {"oid": oid}).fetchone() or (False,)
            outcome, answer = attempt(connection, call)
            if (outcome == "refused") == may:
                found.append(f"{who.name}, {name}: {outcome}")
            found += [
                f"{who.name}, {name} shows {canary.slug}"
                for canary in set(CANARIES) - set(who.canaries)
                if canary.is_in(answer)
            ]
        connection.execute("rollback to savepoint begun")
    return found


def functions(admin: Connection) -> list[tuple[int, str, str]]:
    """Lists the product's functions: oid, name, and a call."""
    return admin.execute(_FUNCTIONS).fetchall()


class _Attempt:
    def __init__(self, connection: Connection, who: Identity, relation: Relation) -> None:
        self._connection, self._who, self._relation = connection, who, relation
        connection.execute("rollback to savepoint begun")
        row = connection.execute(_PRIVILEGES, [relation.oid, list(relation.columns)]).fetchone()
        assert row is not None
        self._whole, self._columns, self._changeable = set(row[0]), row[1], set(row[2])
        key = (relation.name, who.role)
        everyone = key in expected.SEES_ALL
        no_one = key in expected.SEES_NOTHING
        self._last = relation.columns[-1] if relation.columns else ""
        self._birds = CANARIES if everyone else () if no_one else who.canaries

    def owner_commands(self) -> Iterator[str]:
        relation = self._relation
        for name, template in OWNER_COMMANDS.items():
            column = relation.columns[0] if relation.columns else "last_value"
            statement = template.format(
                name=relation.name, column=column, kind=_KINDS[relation.kind]
            )
            if self._try(statement)[0] == "done":
                yield f"{name} was done"

    def locks(self) -> Iterator[str]:
        """Commands that lock or move something without reading a row."""
        relation = self._relation
        writes = bool(self._whole & {"update", "delete"})
        outcome, _ = self._try(f"lock table {relation.name} in access exclusive mode")
        if relation.kind in "rp" and (outcome == "done") != writes:
            yield f"lock: {outcome}"
        if relation.kind == "S":
            for statement in (
                "select nextval('{0}')",
                "select last_value from {0}",
                "select setval('{0}', 1)",
            ):
                if self._try(statement.format(relation.name))[0] == "done":
                    yield f"{statement.format(relation.name)} was done"

    def rows(self) -> Iterator[str]:
        """Checks whose rows a command reaches, and that it reaches those it should."""
        name, all_columns = self._relation.name, ", ".join(self._columns) or "*"
        reads = {
            "select": f"select {all_columns} from {name}",
            "copy to": f"copy (select {all_columns} from {name}) to stdout",
        }
        for command, statement in reads.items():
            outcome, rows = self._try(statement)
            heard = {canary.slug for canary in CANARIES if canary.is_in(rows)}
            meant = {canary.slug for canary in self._birds} if self._columns else set()
            if heard != meant:
                yield f"{command} ({outcome}) heard {sorted(heard)}, not {sorted(meant)}"
        for column in set(self._relation.columns) - set(self._columns):
            if self._try(f"select {column} from {name}")[0] != "refused":
                yield f"select {column} was not refused"
        for canary in CANARIES:
            yield from self._writes(name, canary)
        outcome, rows = self._try(f"update {name} set {self._last} = {self._last}")
        own = sum(self._relation.rows[canary] for canary in self._birds)
        may = self._last in self._changeable and self._last in self._columns
        if (rows if outcome == "done" else 0) != (own if may else 0):
            yield f"update of all: {outcome} {rows}, not {own}"

    def _writes(self, name: str, canary: Canary) -> Iterator[str]:
        own = f"tenant_id = {canary.tenant_id}"
        column = self._last
        source = f"(select {canary.tenant_id} as tenant_id) own on own.tenant_id = t.tenant_id"
        changes = column in self._changeable and {column, "tenant_id"} <= set(self._columns)
        locks = bool(self._changeable) and "tenant_id" in self._columns
        deletes = "delete" in self._whole and "tenant_id" in self._columns
        writes = {
            "update": (f"update {name} set {column} = {column} where {own}", changes),
            "delete": (f"delete from {name} where {own}", deletes),
            "merge, update": (
                f"merge into {name} t using {source}"
                f" when matched then update set {column} = t.{column}",
                changes,
            ),
            "merge, delete": (
                f"merge into {name} t using {source} when matched then delete",
                deletes,
            ),
            "select for update": (f"select tenant_id from {name} where {own} for update", locks),
        }
        for command, (statement, may) in writes.items():
            outcome, rows = self._try(statement)
            reached = outcome == "done" and rows != [] and rows != 0
            if reached != (may and canary in self._birds):
                yield f"{command} of {canary.slug}: {outcome} {rows}"
        for other in CANARIES:
            if other is not canary and not {canary, other} <= set(self._birds):
                moved, rows = self._try(
                    f"update {name} set tenant_id = {other.tenant_id} where {own}"
                )
                if moved == "done" and rows:
                    yield f"moved a row of {canary.slug} to {other.slug}"

    def insertions(self) -> Iterator[str]:
        for canary, statement in self._relation.new_rows.items():
            outcome, answer = self._try(statement)
            meant = "insert" in self._whole and canary in self._birds
            if meant and outcome == "refused":
                yield f"insert of {canary.slug}: {answer}"
            # an error other than a refusal would tell whether the row is there already
            if not meant and outcome != "refused":
                yield f"insert of {canary.slug}: {outcome}"

    def _try(self, statement: str) -> tuple[str, object]:
        return attempt(self._connection, statement)


def attempt(connection: Connection, statement: str) -> tuple[str, object]:
    """Returns ``done`` with the rows or their number, ``refused``, or ``error`` with its code.

    The same round trip rolls back the previous attempt.
    """
    cursor = connection.cursor()
    try:
        if statement.startswith("copy"):
            cursor.execute("rollback to savepoint begun")
            with cursor.copy(statement.encode()) as copy:
                return "done", b"" if " stdin" in statement else b"".join(map(bytes, copy))
        cursor.execute(f"rollback to savepoint begun; {statement}".encode())
        cursor.nextset()
        return "done", cursor.fetchall() if cursor.description else cursor.rowcount
    except psycopg.Error as error:
        refused = error.sqlstate == _DENIED or error.sqlstate in _IMPOSSIBLE
        return ("refused" if refused else "error"), f"{error.sqlstate} {error}"
