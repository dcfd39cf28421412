"""A refresh of some conversations writes what a run of the whole tenant would."""

import random
from collections.abc import Iterable, Iterator
from datetime import timedelta

import pytest
from starlette.responses import PlainTextResponse

from chatwoot_demo.server import DemoServer
from geniai_pipeline import chatwoot
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.live.refresh import Refresh, Refresher
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import landing, live
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import assert_landed, assert_same_tables
from geniai_pipeline_tests.support.live import GYM, make_synced
from geniai_pipeline_tests.support.syncs import ANCHOR

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    """A Chatwoot whose data changes only by the tests."""
    with DemoServer(anchor=ANCHOR, requests_per_minute=10**6) as running:
        yield running


@pytest.fixture(scope="module")
def tenant(embedded: None, server: DemoServer, make_tenant: MakeTenant) -> Tenant:
    """A tenant that was synced once; what the tests change is refreshed alone."""
    return make_synced(make_tenant, server)


def refresh(tenant: Tenant, ids: Iterable[int], contacts: Iterable[int] = ()) -> Refresh:
    with chatwoot.Client.for_tenant(tenant) as client, TenantSession(tenant.tenant_id) as session:
        live.open_state(session)
        refresher = Refresher(tenant, session, client, RulesAnalyzer())
        return refresher.refresh(ids, list(contacts))


def assert_as_by_a_run(server: DemoServer, tenant: Tenant, make_tenant: MakeTenant) -> None:
    """What a tenant has equals Chatwoot's, and what a first run makes of it."""
    assert_landed(server.world, GYM, tenant)
    assert_same_tables(tenant, make_synced(make_tenant, server))


def test_days_of_changes_in_any_order_are_what_a_run_makes_of_them(
    server: DemoServer, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    rng = random.Random(7)
    conversations = server.world.accounts[GYM.account_id].conversations
    seen: dict[int, tuple[int, float]] = {}
    refreshed = 0
    for is_last in (False, False, False, True):
        seen = seen or {n: (len(c.messages), c.updated_at) for n, c in conversations.items()}
        server.world.live(timedelta(days=1).total_seconds())
        changed = [
            (number, (len(c.messages), c.updated_at))
            for number, c in conversations.items()
            if seen.get(number) != (len(c.messages), c.updated_at)
        ]
        rng.shuffle(changed)
        if not is_last:  # the others are late, and come together with what changes meanwhile
            changed = changed[: len(changed) // 2]
        while changed:
            size = rng.randint(1, 5)
            refresh(tenant, [number for number, _ in changed[:size]])
            seen.update(changed[:size])
            refreshed += len(changed[:size])
            changed = changed[size:]
    assert refreshed > 20
    assert_as_by_a_run(server, tenant, make_tenant)


def test_what_leaves_no_trace_on_chatwoots_lists_is_seen(
    server: DemoServer, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    world = server.world
    talks = [c for c in world.accounts[GYM.account_id].conversations.values() if c.messages]
    edited, deleted, failed, blocked, gone, labelled = talks[:6]
    world.edit_message(edited.messages[0], "Quero muito fazer uma aula experimental amanhã às 18h")
    world.delete_message(deleted.messages[0])
    world.fail_message(failed.messages[-1], "131026: Message undeliverable")
    world.block(blocked)
    world.relabel(labelled, [GYM.converted_label])
    world.delete_conversation(gone)
    result = refresh(
        tenant,
        [c.display_id for c in (edited, deleted, failed, gone, labelled)],
        [blocked.contact.id],
    )
    assert not result.failed
    assert_as_by_a_run(server, tenant, make_tenant)


def test_a_new_person_and_their_second_thread_are_one_lead(
    server: DemoServer, tenant: Tenant, make_tenant: MakeTenant
) -> None:
    first = server.world.start_conversation(
        GYM.account_id, "Nina Prado", "+5531990001234", "Oi, quanto custa? Quero uma aula amanhã"
    )
    assert refresh(tenant, [first.display_id]).waiting
    server.world.advance(60)
    second = server.world.start_conversation(
        GYM.account_id, "Nina", "+5531990001234", "Oi, qual o valor do plano mensal?"
    )
    assert refresh(tenant, [second.display_id]).waiting
    with tenant_transaction(tenant.tenant_id) as connection:
        persons = connection.execute(
            "select count(distinct person_id), count(*) filter (where is_new_lead)"
            " from analytics.conversations_analytics where conversation_id = any(%s)",
            [[first.display_id, second.display_id]],
        ).fetchone()
    assert persons == (1, 1)
    assert_as_by_a_run(server, tenant, make_tenant)


def test_an_answer_ends_the_wait(server: DemoServer, tenant: Tenant) -> None:
    talk = server.world.start_conversation(
        GYM.account_id, "Rita Lopes", "+5531990005678", "Oi! Qual o valor do plano?"
    )
    assert refresh(tenant, [talk.display_id]).waiting
    server.world.add_message(talk, "Oi Rita! O plano custa 129 por mês.", by="agent")
    assert refresh(tenant, [talk.display_id]).waiting
    again = refresh(tenant, [talk.display_id])
    assert (again.episodes, again.waiting) == (0, False)


def test_a_reading_that_is_older_than_what_landed_changes_nothing(
    server: DemoServer, tenant: Tenant
) -> None:
    talk = next(iter(server.world.accounts[GYM.account_id].conversations.values()))
    with chatwoot.Client.for_tenant(tenant) as client, TenantSession(tenant.tenant_id) as session:
        live.open_state(session)
        old = chatwoot.fetch_conversations(client, [talk.display_id])
        server.world.add_message(talk, "Ainda têm vaga às 19h?")
        refresh(tenant, [talk.display_id])
        count = landing.land(session, live.LIVE, old.batch)
    assert count.written == 0
    assert_landed(server.world, GYM, tenant)


def test_an_older_reading_of_messages_alone_changes_nothing(
    server: DemoServer, tenant: Tenant
) -> None:
    talk = [*server.world.accounts[GYM.account_id].conversations.values()][1]
    with chatwoot.Client.for_tenant(tenant) as client, TenantSession(tenant.tenant_id) as session:
        live.open_state(session)
        old = chatwoot.fetch_conversations(client, [talk.display_id])
        server.world.edit_message(talk.messages[0], "mudei o que tinha escrito")
        refresh(tenant, [talk.display_id])
        assert landing.land(session, live.LIVE, old.batch).written == 0
    assert_landed(server.world, GYM, tenant)


def test_a_proxys_404_deletes_nothing(server: DemoServer, tenant: Tenant) -> None:
    talk = [*server.world.accounts[GYM.account_id].conversations.values()][2]
    server.faults.append(lambda request: PlainTextResponse("404 page not found", 404))
    with pytest.raises(PermanentError):
        refresh(tenant, [talk.display_id])
    server.faults.clear()
    assert_landed(server.world, GYM, tenant)


def test_openai_is_not_asked_for_each_message(make_tenant: MakeTenant) -> None:
    transcript = parse_record(
        {"id": 1, "inbox": "WhatsApp", "contact_name": "Ana", "messages": [
            {"from": "contact", "at": "2026-03-11T18:22", "text": "Oi, quanto custa o plano?"}
        ]}
    )  # fmt: skip
    for analyzer, reason in (("openai", "live"), ("rules", None)):
        gym = make_tenant("asks-openai", analyzer=analyzer)
        (analysis,) = analyzers.build_for_live(gym).analyze([transcript])
        assert (analysis.analyzer, analysis.fallback_reason) == ("rules", reason)
