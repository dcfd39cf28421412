"""Runs of one tenant in this process: dashboards and run records after each."""

import json
from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest

from chatwoot_demo.server import DemoServer
from geniai_pipeline.conversations.sales import read_sales
from geniai_pipeline.definitions import defs
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import core, registry
from geniai_pipeline.warehouse.connections import TenantSession, tenant_transaction
from geniai_pipeline_tests.orchestration.conftest import MakeGym
from geniai_pipeline_tests.support.syncs import ALL, ANCHOR, GYM, SyncedTenant

pytestmark = pytest.mark.usefixtures("embedded")


@pytest.mark.parametrize(
    "names",
    [["chatwoot_raw"], ["chatwoot_raw", "conversations"], ["chatwoot_raw", "daily_metrics"]],
)
def test_a_run_of_some_steps_counts_neither_as_running_nor_as_a_sync(
    gym: SyncedTenant, names: list[str]
) -> None:
    result = dg.materialize(
        ALL,
        selection=names,
        partition_key=gym.tenant.slug,
        instance=gym.instance,
        resources=defs.resources,
    )
    row = gym.row(result)
    assert (row["status"], row["complete_up_to"]) == ("interrupted", None)
    assert row["ended_at"] is not None
    assert gym.row(gym.sync())["status"] == "success"


def test_a_run_brings_every_conversation_to_the_dashboards(gym: SyncedTenant) -> None:
    result = gym.sync()
    assert result.success
    shown = gym.sql("select distinct conversation_id from analytics.conversations_analytics")
    assert {found for (found,) in shown} == set(gym.conversations)
    enrolled = gym.sql("select count(enrolled_on) from analytics.conversations_analytics")
    labelled = [c for c in gym.conversations.values() if GYM.converted_label in c.labels]
    assert enrolled == [(len({c.contact.id for c in labelled}),)]
    daily = gym.sql(
        "select sum(conversations), sum(leads), sum(visits), sum(conversions)"
        " from analytics.daily_metrics"
    )
    counted = gym.sql(
        "select count(*), count(*) filter (where is_new_lead), count(visit_agreed_at),"
        " count(enrolled_on) from analytics.conversations_analytics"
    )
    assert daily == counted
    assert gym.row(result)["status"] == "success"
    assert gym.row(result)["complete_up_to"] is not None


def test_the_days_are_the_tenants_own(gym: SyncedTenant) -> None:
    assert gym.sync().success
    assert gym.sql(
        "select day, sum(conversations) from analytics.daily_metrics where conversations > 0"
        " group by day order by day"
    ) == gym.sql(
        f"select (created_at at time zone '{GYM.timezone}')::date, count(*)"
        " from analytics.conversations_analytics group by 1 order by 1"
    )


def test_a_second_run_with_nothing_new_writes_no_row(gym: SyncedTenant) -> None:
    assert gym.sync().success
    tables = ("raw.conversations", "raw.messages", "core.conversations",
              "core.conversation_analysis", "analytics.conversations_analytics",
              "analytics.conversation_texts", "analytics.daily_metrics")  # fmt: skip
    before = [gym.sql(f"select max(xmin::text::bigint) from {table}") for table in tables]
    again = gym.sync()
    assert again.success
    assert [gym.sql(f"select max(xmin::text::bigint) from {table}") for table in tables] == before
    row = gym.row(again)
    assert (row["rows_written"], row["rows_rejected"]) == (0, 0)
    assert row["requests"] <= 3


def test_a_deleted_conversation_leaves_the_dashboards_with_the_full_sweep(
    make_gym: MakeGym,
) -> None:
    with DemoServer(anchor=ANCHOR) as server:
        gym = make_gym("sweep", server)
        assert gym.sync().success
        gone = gym.conversations[5]
        server.world.delete_conversation(gone)
        assert gym.sync(full=True).success
        for table in ("core.conversations", "analytics.conversations_analytics",
                      "analytics.conversation_texts"):  # fmt: skip
            assert gym.sql(f"select from {table} where conversation_id = 5") == []
        assert gym.sql("select sum(conversations) from analytics.daily_metrics") == [
            (len(gym.conversations),)
        ]


def test_a_count_that_differs_is_resolved_in_one_sync_and_costs_no_later_one(
    make_gym: MakeGym,
) -> None:
    with DemoServer(anchor=ANCHOR) as server:
        gym = make_gym("counts", server)
        assert gym.sync().success
        server.world.delete_conversation(gym.conversations[5])
        assert gym.sql("select count(*) from raw.messages where conversation_id = 9") != [(0,)]
        with tenant_transaction(gym.tenant.tenant_id) as connection:  # rows lost by an accident
            connection.execute("delete from raw.messages where conversation_id = 9")
            connection.execute("delete from raw.conversations where conversation_id = 9")
            connection.execute("delete from raw.messages where conversation_id = 10")
            connection.execute("delete from raw.conversations where conversation_id = 10")
        assert gym.sync().success
        shown = gym.sql("select conversation_id from analytics.conversations_analytics order by 1")
        assert [found for (found,) in shown] == sorted(gym.conversations)
        assert gym.row(gym.sync())["requests"] <= 3


def test_a_sale_in_the_tenants_crm_is_a_conversion(gym: SyncedTenant, tmp_path: Path) -> None:
    assert gym.sync().success
    wrote = gym.sql(
        "select conversation_id, contact_phone, contact_email, created_at::date"
        " from analytics.conversations_analytics where not crm_converted"
        " and contact_phone is not null order by conversation_id limit 2"
    )
    (bought, phone, _, day), (member, other, _, began) = wrote
    file = tmp_path / "vendas.csv"
    file.write_text(
        "Nome;Celular;Data da matrícula\n"
        f"Ana;{phone.removeprefix('+55')};{day + timedelta(days=9):%d/%m/%Y}\n"
        f"Rui;{other};{began - timedelta(days=9):%d/%m/%Y}\n"
        "Ninguém;123;01/01/2026\n"
    )
    for new in (2, 0):
        sales = read_sales(file)
        with TenantSession(gym.tenant.tenant_id) as session:
            assert core.store_sales(session, *sales) == new
    assert gym.sql("select key from ops.rejected_rows where source = 'core.sales'") == [("line 4",)]
    before = gym.sql("select sum(conversions) from analytics.daily_metrics")[0][0]
    assert gym.sync().success
    assert gym.sql(
        "select conversation_id, crm_converted from analytics.conversations_analytics"
        f" where conversation_id in ({bought}, {member}) order by 1"
    ) == [(bought, True), (member, False)]
    after = gym.sql("select sum(conversions) from analytics.daily_metrics")[0][0]
    assert after == before + 1


def test_a_changed_setting_recomputes_the_rows(gym: SyncedTenant) -> None:
    assert gym.sync().success
    registry.add_tenant(gym.tenant.slug, "X", TenantConfig(converted_labels=["nenhum"]))
    assert gym.sync().success
    assert gym.sql("select sum(conversions) from analytics.daily_metrics") == [(0,)]


def test_a_bridges_inbox_is_whatsapp_and_its_groups_are_no_leads(make_gym: MakeGym) -> None:
    with DemoServer(anchor=ANCHOR) as server:
        gym = make_gym("bridged", server)
        inbox = server.world.accounts[GYM.account_id].inboxes[0]
        inbox.channel_type, inbox.name = "Channel::Api", "Recepção"
        ask = "Oi, quanto custa a mensalidade? Queria conhecer a academia"
        person, group = (
            server.world.start_conversation(GYM.account_id, name, "+5585999990000", ask)
            for name in ("Maria", "Turma das 6h")
        )
        person.contact.phone_number = group.contact.phone_number = None
        person.contact.additional_attributes = {"pn": "5585999990001@s.whatsapp.net"}
        person.contact.name, group.contact.name = "John Doe", "Turma das 6h"
        group.contact.custom_attributes = {"waha_whatsapp_chat_id": "120363025246125486@g.us"}
        again = server.world.add_message(person, ask)
        again.source_id = person.messages[0].source_id = "WAID:3EB0"
        assert gym.sync().success
        assert gym.sql(
            "select distinct channel from analytics.conversations_analytics"
            f" where inbox_id = {inbox.id}"
        ) == [("WhatsApp",)]
        shown = gym.sql(
            "select contact_name, contact_phone, is_lead, awaits_reply, contact_message_count"
            " from analytics.conversations_analytics"
            f" where conversation_id in ({person.display_id}, {group.display_id})"
            " order by conversation_id"
        )
        assert shown == [
            (None, "+5585999990001", True, True, 1),
            ("Turma das 6h", None, False, False, 0),
        ]
        (suggested,) = gym.sql(
            "select suggested_message from analytics.conversation_texts"
            f" where conversation_id = {person.display_id}"
        )
        assert "John" not in suggested[0]


def test_a_revoked_token_fails_the_run_with_the_reason_until_it_is_replaced(
    gym: SyncedTenant,
) -> None:
    registry.add_tenant(gym.tenant.slug, "X", TenantConfig(chatwoot_token="revoked"))
    failed = gym.sync()
    assert not failed.success
    row = gym.row(failed)
    assert row["status"] == "failed"
    assert row["error"].startswith(f"{gym.tenant.slug}: ")
    assert "revoked" not in row["error"].replace("is revoked", "")
    registry.add_tenant(gym.tenant.slug, "X", TenantConfig(chatwoot_token=GYM.token))
    assert gym.sync().success
    with TenantSession(gym.tenant.tenant_id) as session:
        assert core.count(session, "core.conversations") == len(gym.conversations)


def test_too_many_refused_conversations_stop_the_run_before_the_dashboards(
    make_gym: MakeGym,
) -> None:
    with DemoServer(anchor=ANCHOR) as server:
        gym = make_gym("sick", server)
        for conversation in list(gym.conversations.values())[:10]:
            conversation.status = "exploded"
        assert not gym.sync().success
        assert gym.sql("select from analytics.conversations_analytics") == []
        rejected = gym.sql(
            "select count(*) from ops.rejected_rows where source = 'core.conversations'"
        )
        assert rejected == [(10,)]
        again = gym.sync()  # they are refused once, not by every run: the others are shown
        assert again.success
        assert gym.row(again)["rows_rejected"] == 0
        assert len(gym.sql("select from analytics.conversations_analytics")) > 50
        mended = next(iter(gym.conversations.values()))
        mended.status = "open"
        assert gym.sync(full=True).success
        assert gym.sql(
            f"select count(*) from core.conversations where conversation_id = {mended.display_id}"
        ) == [(1,)]
        assert gym.sql("select count(*) from ops.rejected_rows") == [(9,)]


def test_no_message_and_no_token_is_in_dagsters_events(gym: SyncedTenant) -> None:
    result = gym.sync()
    assert result.success
    events = "\n".join(
        json.dumps(str(record.event_log_entry))
        for record in gym.instance.get_records_for_run(result.run_id).records
    )
    assert len(events) > 10_000
    assert GYM.token not in events
    texts = {
        message.content
        for conversation in gym.conversations.values()
        for message in conversation.messages
        if message.content and len(message.content) > 25
    }
    assert len(texts) > 300
    assert not [text for text in texts if text in events]


def test_a_secret_that_chatwoot_hands_to_administrators_never_lands(gym: SyncedTenant) -> None:
    assert gym.sync().success
    for table in ("raw.inboxes", "raw.agents", "raw.conversations", "raw.messages"):
        for (payload,) in gym.sql(f"select payload::text from {table}"):
            for secret in ("imap_password", "provider_config", "hmac_token", "auth_token",
                           "access_token", "pubsub_token", "website_token"):  # fmt: skip
                assert secret not in payload
