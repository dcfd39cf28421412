"""Groups contacts to persons: who shares a telephone or an e-mail is one person."""

from collections.abc import Iterable


def group_contacts(
    identities: Iterable[tuple[int, str | None, str | None]],
) -> dict[int, int]:
    """Finds each contact's person: the least id of the contacts that are linked with it.

    A telephone that a family shares makes one person of the family.

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
