"""Every command on every relation as everybody, really tried, and what came of it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from geniai_pipeline_tests.isolation import expected
from geniai_pipeline_tests.isolation.canaries import BIRDS, Bird, Connection, insertion
from geniai_pipeline_tests.isolation.house import IDENTITIES, ActAs, Identity

_DENIED = psycopg.errors.InsufficientPrivilege.sqlstate
_IMPOSSIBLE = {"42809", "55000", "0A000", "428C9", "25001"}
"""What no view can do, or no table with policies: nobody is told anything."""

_RELATIONS = """
select c.oid::regclass::text, c.relkind::text,
    exists (select from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'),
    (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '')
from pg_class c
where c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')
  and c.relnamespace::regnamespace::text !~ '^(pg_|information_schema$)'
order by 1
"""


@dataclass(frozen=True)
class Relation:
    """A table, view or sequence."""

    name: str
    kind: str
    has_tenant: bool
    columns: tuple[str, ...]
    new_rows: dict[Bird, str]
    """How a second row of each bird's would be written."""


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
_KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view", "S": "sequence", "f": "foreign table"}


def relations(admin: Connection) -> list[Relation]:
    """All there are, read from the catalogue."""
    found = []
    for name, kind, has_tenant, columns in admin.execute(_RELATIONS).fetchall():
        is_table = kind in "rp" and has_tenant
        rows = {bird: insertion(admin, name, bird, which=2) for bird in BIRDS} if is_table else {}
        found.append(Relation(name, kind, has_tenant, tuple(columns or ()), rows))
    return found


def leaks(tried: list[Relation], act_as: ActAs) -> list[str]:
    """What somebody could do or see and should not, or should and could not. Empty: all is well."""
    found = []
    for who in IDENTITIES:
        connection = act_as(who)
        connection.execute("savepoint begun")
        for relation in tried:
            attempt = _Attempt(connection, who, relation)
            said = [*attempt.owner_commands(), *attempt.locks()]
            if relation.has_tenant:
                said += [*attempt.rows(), *attempt.insertions()]
            found += [f"{who.name}, {relation.name}: {line}" for line in said]
    return found


class _Attempt:
    def __init__(self, connection: Connection, who: Identity, relation: Relation) -> None:
        self._connection, self._who, self._relation = connection, who, relation
        granted = expected.GRANTS.get(relation.name, {}).get(who.role, "")
        self._whole = set(re.findall(r"\b(\w+)\b(?!\(|\))", re.sub(r"\w+\(\w+\)", "", granted)))
        self._columns = re.findall(r"select\((\w+)\)", granted)
        if "select" in self._whole:
            self._columns = list(relation.columns)
        key = (relation.name, who.role)
        everyone = key in expected.SEES_ALL
        no_one = key in expected.SEES_NOTHING
        self._birds = BIRDS if everyone else () if no_one else who.birds

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
        """What is held or moved without reading a row."""
        relation = self._relation
        writes = bool(self._whole & {"update", "delete"})
        outcome, _ = self._try(f"lock table {relation.name} in access exclusive mode")
        if relation.kind in "rp" and (outcome == "done") != writes:
            yield f"lock: {outcome}"
        if relation.kind == "S":
            for statement in ("select nextval('{0}')", "select last_value from {0}", "select setval('{0}', 1)"):
                if self._try(statement.format(relation.name))[0] == "done":
                    yield f"{statement.format(relation.name)} was done"

    def rows(self) -> Iterator[str]:
        """Whose rows a command reaches, and that what should be reached is."""
        name, all_columns = self._relation.name, ", ".join(self._columns) or "*"
        reads = {
            "select": f"select {all_columns} from {name}",
            "copy to": f"copy (select {all_columns} from {name}) to stdout",
        }
        for command, statement in reads.items():
            outcome, rows = self._try(statement)
            heard = {bird.slug for bird in BIRDS if bird.heard_in(rows)}
            meant = {bird.slug for bird in self._birds} if self._columns else set()
            if heard != meant:
                yield f"{command} ({outcome}) heard {sorted(heard)}, not {sorted(meant)}"
        for column in set(self._relation.columns) - set(self._columns):
            if self._try(f"select {column} from {name}")[0] != "refused":
                yield f"select {column} was not refused"
        for bird in BIRDS:
            yield from self._writes(name, bird)

    def _writes(self, name: str, bird: Bird) -> Iterator[str]:
        own = f"tenant_id = {bird.tenant_id}"
        column = next(c for c in (*self._relation.columns[::-1], "tenant_id") if c != "tenant_id")
        source = f"(select {bird.tenant_id} as tenant_id) own on own.tenant_id = t.tenant_id"
        writes = {
            "update": (f"update {name} set {column} = {column} where {own}", "update"),
            "update of all": (f"update {name} set {column} = {column}", "update"),
            "delete": (f"delete from {name} where {own}", "delete"),
            "merge, update": (
                f"merge into {name} t using {source} when matched then update set {column} = t.{column}",
                "update",
            ),
            "merge, delete": (f"merge into {name} t using {source} when matched then delete", "delete"),
            "select for update": (f"select tenant_id from {name} where {own} for update", "update"),
        }
        for command, (statement, privilege) in writes.items():
            outcome, rows = self._try(statement)
            reached = outcome == "done" and rows != [] and rows != 0
            meant = privilege in self._whole and (bird in self._birds or command == "update of all")
            if reached != (meant and bool(self._birds)):
                yield f"{command} of {bird.slug}: {outcome} {rows}"
            if command == "update of all" and isinstance(rows, int) and rows > len(self._birds):
                yield f"{command}: {rows} rows"
        for other in BIRDS:
            if other is not bird and not {bird, other} <= set(self._birds):
                moved, rows = self._try(f"update {name} set tenant_id = {other.tenant_id} where {own}")
                if moved == "done" and rows:
                    yield f"moved a row of {bird.slug} to {other.slug}"

    def insertions(self) -> Iterator[str]:
        for bird, statement in self._relation.new_rows.items():
            outcome, said = self._try(statement)
            meant = "insert" in self._whole and bird in self._birds
            if meant and outcome == "refused":
                yield f"insert of {bird.slug}: {said}"
            # an error other than a refusal would tell whether the row is there already
            if not meant and outcome != "refused":
                yield f"insert of {bird.slug}: {outcome}"

    def _try(self, statement: str) -> tuple[str, object]:
        """``done`` with the rows or their number, ``refused``, or ``error`` with its code.

        What the attempt before did is undone on the same way to the server.
        """
        cursor = self._connection.cursor()
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
