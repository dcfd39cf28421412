"""``ops.tenant_facts``: what a gym says of itself, for its suggested messages."""

from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from geniai_pipeline.tenant_facts import TenantFacts, parse_facts
from geniai_pipeline.warehouse import audit
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.registry import find_audit_tenant

_READ = "select facts from ops.tenant_facts where tenant_id = %s"


def store_facts(slug: str, facts: TenantFacts) -> bool:
    """Replaces a tenant's facts, with an entry in the audit log.

    Returns:
        Whether they changed.

    Raises:
        PermanentError: there is none of that slug.

    """
    tenant = find_audit_tenant(slug)
    with connect(admin_url()) as connection:
        before = _read(connection, tenant.tenant_id)
        if before == facts:
            return False
        connection.execute(
            "insert into ops.tenant_facts (tenant_id, facts) values (%s, %s)"
            " on conflict (tenant_id) do update set facts = excluded.facts, updated_at = ops.now()",
            [tenant.tenant_id, Jsonb(facts.to_json())],
        )
        was, now = audit.compare_states(before.to_json(), facts.to_json())
        audit.add_entry(connection, "tenant.facts", tenant, subject=slug, before=was, after=now)
    return True


def describe_facts(slug: str) -> TenantFacts:
    """Reads a tenant's facts as the administrator; nothing is known of a new tenant.

    Raises:
        PermanentError: there is none of that slug.

    """
    with connect(admin_url()) as connection:
        return _read(connection, find_audit_tenant(slug).tenant_id)


def load_facts(session: TenantSession) -> TenantFacts:
    """Reads a tenant's facts as its run."""
    with session.transaction() as connection:
        return _read(connection, session.tenant_id)


def _read(connection: psycopg.Connection[Any], tenant_id: int) -> TenantFacts:
    row = connection.execute(_READ, [tenant_id]).fetchone()
    return parse_facts(row[0], "The stored facts") if row else TenantFacts()
