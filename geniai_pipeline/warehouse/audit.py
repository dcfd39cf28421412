"""``ops.audit_logs``: who did what, on which tenant, from where, and what it changed.

It is only ever added to. What is SQL is noted in the transaction of the act itself; what another
program does (Superset) is noted as intended before it is asked, and again when it has answered.
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
"""The tenant_id of what belongs to no tenant. Tenants are counted from 1."""

_NOTE = (
    "insert into ops.audit_logs"
    " (tenant_id, tenant, actor, origin, act, subject, outcome, intent_id, before, after)"
    " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning audit_id"
)


class Whose(NamedTuple):
    """The tenant an act belongs to."""

    tenant_id: int = PLATFORM_ID
    slug: str | None = None


def note(
    connection: psycopg.Connection[Any],
    act: str,
    whose: Whose,
    *,
    subject: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    outcome: str = "done",
    intent_id: int | None = None,
) -> int:
    """Adds one entry, in the connection's transaction, as the operator of this command line.

    Args:
        connection: the administrator's.
        act: noun and verb, ``tenant.change``.
        whose: the tenant it belongs to.
        subject: whom or what it was done to.
        before: what it changed, as it was. Never a secret.
        after: the same, as it is.
        outcome: ``intended``, ``done`` or ``failed``.
        intent_id: the line of the intention that this is the outcome of.

    Returns:
        The line's number.

    """
    row = connection.execute(
        _NOTE,
        [
            *whose, operator(), f"linha de comando em {socket.gethostname()}", act, subject,
            outcome, intent_id, _json(before), _json(after),
        ],
    ).fetchone()  # fmt: skip
    assert row is not None  # noqa: S101  (returning always answers)
    return int(row[0])


@contextmanager
def intent(
    act: str, whose: Whose, *, subject: str, before: Mapping[str, Any] | None = None
) -> Iterator[dict[str, Any]]:
    """Notes an act before it is tried, and what became of it after.

    Yields:
        What is noted as ``after``; the block fills it in.

    """
    after: dict[str, Any] = {}
    with connect(admin_url()) as connection:
        number = note(connection, act, whose, subject=subject, before=before, outcome="intended")
    outcome = "failed"
    try:
        yield after
        outcome = "done"
    except Exception as error:
        after.setdefault("error", str(error))
        raise
    finally:
        with connect(admin_url()) as connection:
            note(
                connection, act, whose,
                subject=subject, before=before, after=after, outcome=outcome, intent_id=number,
            )  # fmt: skip


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compares two states: what differs, before and after."""
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def operator() -> str:
    """Names the person at this command line, by their login on this machine."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # a container's nameless user
        return f"uid {os.geteuid()}"


def _json(values: Mapping[str, Any] | None) -> Jsonb:
    return Jsonb(dict(values or {}), dumps=partial(json.dumps, default=str))
