"""Groups contacts to persons: who shares a telephone or an e-mail is one person."""

from collections.abc import Iterable

MOST_CONTACTS = 20
"""That may be one person by one telephone or e-mail. A family has some five members, and with
several channels a dozen contacts; what an import or an attendant wrote into everybody's contact,
such as +5511999999999, has thousands.
"""


def group_contacts(
    identities: Iterable[tuple[int, str | None, str | None]],
) -> dict[int, int]:
    """Finds each contact's person: the least id of the contacts that are linked with it.

    A telephone that a family shares makes one person of the family. One that more than
    ``MOST_CONTACTS`` share is to be left out.

    Args:
        identities: contact id, telephone (E.164) and e-mail, as often as they were seen; a contact
            whose telephone changed is linked by both.

    """
    parents: dict[int, int] = {}
    holders: dict[str, int] = {}

    def find(contact: int) -> int:
        root = contact
        while parents[root] != root:
            root = parents[root]
        while parents[contact] != root:
            parents[contact], contact = root, parents[contact]
        return root

    for contact, phone, email in identities:
        parents.setdefault(contact, contact)
        for identity in (phone, email):
            if identity:
                first, second = find(holders.setdefault(identity, contact)), find(contact)
                parents[max(first, second)] = min(first, second)
    return {contact: find(contact) for contact in parents}
