"""``core.contacts``: which contacts of a tenant are one person, and how lists name them."""

from collections import defaultdict
from collections.abc import Sequence

from psycopg.types.json import Jsonb

from geniai_pipeline.conversations.members import hash_identity
from geniai_pipeline.conversations.persons import group_contacts
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.load import lock_table
from geniai_pipeline.warehouse.members import load_key, read_last_list
from geniai_pipeline.warehouse.queries import query


def link_contacts(session: TenantSession, contact_ids: Sequence[int] | None = None) -> set[int]:
    """Finds the persons of the contacts that changed, and of those linked with them.

    Everybody's is found anew when the tenant's key of hashes is: with the first list of members,
    and when the lists are removed.

    Args:
        session: the tenant's.
        contact_ids: those whose person may have changed, with all of their persons; None: all.

    Returns:
        The contacts it linked.

    """
    only = {"contact_ids": contact_ids and list(contact_ids)}
    key = load_key(session) if read_last_list(session) else None
    key_id = hash_identity(key, "") if key else ""
    with session.transaction() as connection:
        lock_table(connection, "core.contacts")
        rows = connection.execute(query("changed_contacts"), {"key_id": key_id, **only}).fetchall()
        identities: dict[int, set[str]] = defaultdict(set)
        versions: dict[int, str] = {}
        for contact, phone, email, version in rows:
            identities[contact].update(filter(None, (phone, email)))
            versions[contact] = version
        contacts = [
            [
                contact,
                person,
                sorted(hash_identity(key, each) for each in identities[contact]) if key else [],
                versions[contact],
            ]
            for contact, person in group_contacts(row[:3] for row in rows).items()
        ]
        connection.execute(query("store_persons"), {"persons": Jsonb(contacts), **only})
    return set(identities)
