"""``core.contacts``: which contacts of a tenant are one person, and how lists name them."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from geniai_pipeline.conversations.members import hash_identity
from geniai_pipeline.conversations.persons import MOST_CONTACTS, group_contacts
from geniai_pipeline.warehouse.load import lock_table
from geniai_pipeline.warehouse.members import fetch_key, fetch_last_list
from geniai_pipeline.warehouse.queries import query


def link_contacts(
    connection: psycopg.Connection[Any], contact_ids: Sequence[int] | None = None
) -> set[int]:
    """Finds the persons of the contacts that changed, and of those linked with them.

    Everybody's is found anew when the tenant's key of hashes is: with the first list of members,
    and when the lists are removed. Who was linked is known to this transaction alone: it has to
    publish them, too.

    Args:
        connection: the tenant's transaction.
        contact_ids: those whose person may have changed, with all of their persons; None: all.

    Returns:
        The contacts it linked.

    """
    only = {"contact_ids": contact_ids and list(contact_ids)}
    lock_table(connection, "core.contacts")
    key = fetch_key(connection) if fetch_last_list(connection) else None
    key_id = hash_identity(key, "") if key else ""
    connection.execute(query("store_shared_identities"), {"most": MOST_CONTACTS, **only})
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
