"""``ops.audit_logs``: who did what, on which tenant, from where, and what it changed.

Rows are only ever added. An act in SQL gets its entry in its own transaction. An act of another
program (Superset) gets two: the intention before the request, and the outcome after it.
"""

import json
import os
import pwd
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from geniai_pipeline.warehouse.connections import admin_url, connect

PLATFORM_ID = 0
"""The tenant_id of entries that belong to no tenant. Tenants' ids begin at 1."""

_INSERT = (
    "insert into ops.audit_logs"
    " (tenant_id, tenant, actor, origin, act, subject, outcome, intent_id, before, after)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning audit_id"
)


class AuditTenant(NamedTuple):
    """The tenant whose audit log gets an entry; without values, the platform."""

    tenant_id: int = PLATFORM_ID
    slug: str | None = None


def add_entry(
    connection: psycopg.Connection[Any],
    act: str,
    tenant: AuditTenant,
    *,
    subject: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    outcome: str = "done",
    intent_id: int | None = None,
) -> int:
    """Adds one entry in the connection's transaction, with this command line's operator as actor.

    Args:
        connection: the administrator's connection.
        act: noun and verb, ``tenant.change``.
        tenant: the tenant whose act it is.
        subject: the user, tenant or other thing that was changed.
        before: the changed values before the act. Never a secret.
        after: the same values after it.
        outcome: ``intended``, ``done`` or ``failed``.
        intent_id: the number of the intention's entry, if this is its outcome.

    Returns:
        The entry's number.

    """
    row = connection.execute(
        _INSERT,
        [
            *tenant, find_operator(), f"linha de comando em {socket.gethostname()}", act, subject,
            outcome, intent_id, _serialize(before), _serialize(after),
        ],
    ).fetchone()  # fmt: skip
    assert row is not None  # noqa: S101  (returning always answers)
    return int(row[0])


@contextmanager
def record_intent(
    act: str, tenant: AuditTenant, *, subject: str, before: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Records the intention before an act, and its outcome after it.

    Yields:
        The entry's ``after``; the block fills it in.

    """
    after: dict[str, Any] = {}
    with connect(admin_url()) as connection:
        number = add_entry(
            connection, act, tenant, subject=subject, before=before, outcome="intended"
        )
    outcome = "failed"
    try:
        yield after
        outcome = "done"
    except Exception as error:
        after.setdefault("error", str(error))
        raise
    finally:
        with connect(admin_url()) as connection:
            add_entry(
                connection, act, tenant,
                subject=subject, before=before, after=after, outcome=outcome, intent_id=number,
            )  # fmt: skip


def compare_states(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the values that differ between two states: before, and after."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def find_operator() -> str:
    """Returns the login on this machine of the person at this command line."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's nameless user
        return f"uid {os.geteuid()}"


def _serialize(values: Mapping[str, Any] | None) -> Jsonb:
    return Jsonb(dict(values or {}), dumps=partial(json.dumps, default=str))
