"""``core.contacts``: which contacts of a tenant are one person, and how lists name them."""

from psycopg.types.json import Jsonb

from geniai_pipeline.conversations.members import hash_identity
from geniai_pipeline.conversations.persons import group_contacts
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.members import load_key, read_last_list
from geniai_pipeline.warehouse.queries import query


def link_contacts(session: TenantSession) -> int:
    """Finds the person of each contact anew, from the contacts as they are now.

    Returns:
        How many contacts changed.

    """
    key = load_key(session) if read_last_list(session) else None
    with session.transaction() as connection:
        rows = connection.execute(query("contact_identities")).fetchall()
        hashes: dict[int, set[str]] = {}
        for contact, *identities in rows:
            known = hashes.setdefault(contact, set())
            if key is not None:
                known.update(hash_identity(key, each) for each in identities if each)
        contacts = [
            [contact, person, sorted(hashes[contact])]
            for contact, person in group_contacts(rows).items()
        ]
        return connection.execute(query("store_persons"), [Jsonb(contacts)]).rowcount
