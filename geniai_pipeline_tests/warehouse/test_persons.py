"""Contacts are linked anew where they changed, with the result of linking all of them."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from geniai_pipeline.conversations.members import hash_identity
from geniai_pipeline.conversations.persons import MOST_CONTACTS, group_contacts
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, live, members, publish, registry
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.load import lock_table
from geniai_pipeline.warehouse.persons import link_contacts
from geniai_pipeline.warehouse.queries import query
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.contacts import insert_conversation
from geniai_pipeline_tests.support.landed import LandedTenant
from geniai_pipeline_tests.support.members import load_key
from geniai_pipeline_tests.support.waiting import wait_until

CONTACTS = 60
PLACEHOLDER, NO_EMAIL = "+5511999999999", "naotem@gmail.com"


@pytest.fixture
def tenant(embedded: None, make_tenant: MakeTenant) -> Iterator[Tenant]:
    yield make_tenant("linked")
    registry.remove_tenant("linked")


def test_whatever_changes_persons_are_those_of_all_contacts_together(tenant: Tenant) -> None:
    chance = random.Random(7)

    def draw(turn: int) -> dict[str, Any]:
        phone = chance.choice([None, f"+551190000{chance.randrange(25):04}"])
        is_placeholder = chance.random() < (0.7 if turn // 10 % 2 else 0.1)
        return {
            "contact_id": chance.randrange(1, CONTACTS),
            "contact_phone": PLACEHOLDER if is_placeholder else phone,
            "contact_email": chance.choice([None, f"a{chance.randrange(25)}@x.com.br"]),
        }

    is_shared: list[bool] = []
    with TenantSession(tenant.tenant_id) as session:
        for turn in range(40):
            with connect(admin_url()) as connection:
                for number in chance.sample(range(1, 90), 12):
                    connection.execute(
                        "delete from core.conversations where tenant_id = %s"
                        " and conversation_id = %s",
                        [tenant.tenant_id, number],
                    )
                    if chance.random() < 0.8:
                        insert_conversation(connection, tenant.tenant_id, number, **draw(turn))
            if turn == 20:
                LandedTenant(tenant).list_members(("+5511900000001", None))
            _link(session)
            assert _read_persons(session) == _link_all(session, has_list=turn >= 20)
            with session.transaction() as reading:
                shared = reading.execute("select identity from core.shared_identities")
                is_shared.append(shared.fetchall() == [(PLACEHOLDER,)])
        assert not _link(session)
    assert {*is_shared} == {False, True}
    assert is_shared != sorted(is_shared), "it ends, too"


def test_contacts_that_did_not_change_are_left_alone(tenant: Tenant) -> None:
    with connect(admin_url()) as connection:
        for number in range(1, 100):
            insert_conversation(
                connection, tenant.tenant_id, number,
                contact_id=number, contact_phone=f"+551190000{number // 2:04}",
            )  # fmt: skip
    with TenantSession(tenant.tenant_id) as session:
        LandedTenant(tenant).list_members(("+5511900000001", None))
        assert (len(_link(session)), _link(session)) == (99, set())
        with session.transaction() as writing:
            writing.execute(
                "update core.conversations set contact_phone = '+5511900000040'"
                " where contact_id = 10"
            )
        assert len(_link(session)) == 4  # 10; 11, whom it left; 80 and 81, whom it joins


@pytest.mark.parametrize("by_live", [False, True], ids=["a run", "live"])
def test_what_too_many_contacts_share_is_no_sign_of_one_person(
    tenant: Tenant, by_live: bool
) -> None:
    with TenantSession(tenant.tenant_id) as session:
        live.open_state(session)
        _insert_sharers(tenant, range(1, MOST_CONTACTS + 1))
        _link(session)
        assert _count_persons(session) == 1, "a large family"
        _insert_sharers(tenant, [MOST_CONTACTS + 1])
        _publish(session, [MOST_CONTACTS + 1]) if by_live else _link(session)
        assert _count_persons(session) == MOST_CONTACTS + 1
        _publish(session, [3])
        assert _count_persons(session) == MOST_CONTACTS + 1
        with session.transaction() as connection:
            connection.execute("delete from core.conversations where contact_id = 7")
        _link(session)
        assert _count_persons(session) == 1, "nobody who is left is of another telephone"


def test_a_change_of_one_of_thousands_who_share_a_placeholder_stays_small(tenant: Tenant) -> None:
    thousands = 3000
    _insert_sharers(tenant, range(1, thousands + 1), contact_email=NO_EMAIL)
    with TenantSession(tenant.tenant_id) as session:
        live.open_state(session)
        _link(session)
        assert _count_persons(session) == thousands
        _insert_sharers(tenant, [thousands + 1], contact_email=NO_EMAIL)
        for number in (5, thousands + 1):
            with session.transaction() as connection:
                found = connection.execute(
                    query("affected_contacts"), {"conversation_ids": [number]}
                ).fetchall()
            assert found == [(number,)]
            _publish(session, [number])
        assert _count_persons(session) == thousands + 1


def test_lists_tell_nothing_by_what_too_many_share(tenant: Tenant) -> None:
    _insert_sharers(tenant, range(1, MOST_CONTACTS + 2))
    LandedTenant(tenant).list_members((PLACEHOLDER, None))
    with TenantSession(tenant.tenant_id) as session:
        _link(session)
        assert {tuple(hashes) for _, hashes in _read_persons(session).values()} == {()}
        for email, count in ((None, 0), ("ana@example.com", 1)):
            _insert_sharers(tenant, [100], contact_email=email) if email else None
            core.store_sales(session, [(str(email), PLACEHOLDER, email, None)], [])
            assert core.count_buyers_who_wrote(session) == count


def test_lists_that_are_removed_during_a_publication_leave_no_hash(tenant: Tenant) -> None:
    _insert_sharers(tenant, range(1, 3))
    LandedTenant(tenant).list_members((PLACEHOLDER, None))

    def link() -> None:
        with TenantSession(tenant.tenant_id) as own:
            _link(own)

    def remove() -> None:
        with TenantSession(tenant.tenant_id) as own:
            members.remove_lists(own)

    with TenantSession(tenant.tenant_id) as session, ThreadPoolExecutor() as pool:
        _link(session)
        assert all(hashes for _, hashes in _read_persons(session).values())
        with session.transaction() as connection:
            lock_table(connection, "core.contacts")
            store = "update core.contacts set identities_hash = '' where contact_id = %s"
            connection.execute(store, [2])
            removal = pool.submit(remove)
            wait_until(lambda: _count_waiting() == 1)
            linking = pool.submit(link)
            wait_until(lambda: _count_waiting() == 2)
            connection.execute(store, [1])  # in another order than the removal writes them
        for each in (removal, linking):
            each.result()
        assert {tuple(hashes) for _, hashes in _read_persons(session).values()} == {()}


def _count_waiting() -> int:
    """Counts the transactions that wait for another."""
    with connect(admin_url()) as connection:
        row = connection.execute(
            "select count(*) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        ).fetchone()
    return int(row[0]) if row else 0


def _insert_sharers(tenant: Tenant, numbers: Iterable[int], **values: Any) -> None:
    """Inserts a conversation of each contact, all with the same telephone."""
    with connect(admin_url()) as connection:
        for number in numbers:
            insert_conversation(
                connection, tenant.tenant_id, number,
                contact_id=number, contact_phone=PLACEHOLDER, **values,
            )  # fmt: skip


def _publish(session: TenantSession, conversation_ids: list[int]) -> None:
    publish.publish_changes(session, "America/Sao_Paulo", conversation_ids)


def _count_persons(session: TenantSession) -> int:
    return len({person for person, _ in _read_persons(session).values()})


def _link(session: TenantSession) -> set[int]:
    with session.transaction() as connection:
        return link_contacts(connection)


def _read_persons(session: TenantSession) -> dict[int, tuple[int, list[str]]]:
    with session.transaction() as connection:
        rows = connection.execute("select contact_id, person_id, hashes from core.contacts")
        return {contact: (person, hashes) for contact, person, hashes in rows}


def _link_all(session: TenantSession, *, has_list: bool) -> dict[int, tuple[int, list[str]]]:
    key = load_key(session)
    with session.transaction() as connection:
        rows = connection.execute(
            "select contact_id, contact_phone, contact_email from core.conversations"
        ).fetchall()
    identified = {(contact, each) for contact, *identities in rows for each in identities}
    numbers = Counter(each for _, each in identified)
    rows = [
        (contact, *(None if numbers[each] > MOST_CONTACTS else each for each in identities))
        for contact, *identities in rows
    ]
    hashes: dict[int, set[str]] = {contact: set() for contact, *_ in rows}
    for contact, *identities in rows:
        if has_list:
            hashes[contact].update(hash_identity(key, each) for each in identities if each)
    return {
        contact: (person, sorted(hashes[contact]))
        for contact, person in group_contacts(rows).items()
    }
