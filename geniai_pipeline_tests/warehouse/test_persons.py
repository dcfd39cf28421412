"""Contacts are linked anew where they changed, with the result of linking all of them."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from geniai_pipeline.conversations.members import hash_identity
from geniai_pipeline.conversations.persons import group_contacts
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import members, registry
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect
from geniai_pipeline.warehouse.persons import link_contacts
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.contacts import insert_conversation
from geniai_pipeline_tests.support.landed import LandedTenant

CONTACTS = 30


@pytest.fixture
def tenant(embedded: None, make_tenant: MakeTenant) -> Iterator[Tenant]:
    yield make_tenant("linked")
    registry.remove_tenant("linked")


def test_whatever_changes_persons_are_those_of_all_contacts_together(tenant: Tenant) -> None:
    chance = random.Random(7)

    def draw() -> dict[str, Any]:
        return {
            "contact_id": chance.randrange(1, CONTACTS),
            "contact_phone": chance.choice([None, f"+551190000{chance.randrange(25):04}"]),
            "contact_email": chance.choice([None, f"a{chance.randrange(25)}@x.com.br"]),
        }

    with TenantSession(tenant.tenant_id) as session:
        for turn in range(40):
            with connect(admin_url()) as connection:
                for number in chance.sample(range(1, 50), 4):
                    connection.execute(
                        "delete from core.conversations where tenant_id = %s"
                        " and conversation_id = %s",
                        [tenant.tenant_id, number],
                    )
                    if chance.random() < 0.8:
                        insert_conversation(connection, tenant.tenant_id, number, **draw())
            if turn == 20:
                LandedTenant(tenant).list_members(("+5511900000001", None))
            _link(session)
            assert _read_persons(session) == _link_all(session, has_list=turn >= 20)
        assert not _link(session)


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


def _link(session: TenantSession) -> set[int]:
    with session.transaction() as connection:
        return link_contacts(connection)


def _read_persons(session: TenantSession) -> dict[int, tuple[int, list[str]]]:
    with session.transaction() as connection:
        rows = connection.execute("select contact_id, person_id, hashes from core.contacts")
        return {contact: (person, hashes) for contact, person, hashes in rows}


def _link_all(session: TenantSession, *, has_list: bool) -> dict[int, tuple[int, list[str]]]:
    key = members.load_key(session)
    with session.transaction() as connection:
        rows = connection.execute(
            "select contact_id, contact_phone, contact_email from core.conversations"
        ).fetchall()
    hashes: dict[int, set[str]] = {contact: set() for contact, _, _ in rows}
    for contact, *identities in rows:
        if has_list:
            hashes[contact].update(hash_identity(key, each) for each in identities if each)
    return {
        contact: (person, sorted(hashes[contact]))
        for contact, person in group_contacts(rows).items()
    }
