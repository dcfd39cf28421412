"""One tenant's run, in this process: real assets, a real database, a real Chatwoot stand-in."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import Conversation, Inbox
from chatwoot_demo.server import DemoServer
from geniai_pipeline.conversations.sales import read_sales
from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration import assets
from geniai_pipeline.orchestration.jobs import FULL_SWEEP
from geniai_pipeline.orchestration.schedules import every_six_hours
from geniai_pipeline.orchestration.sensors import tenant_partitions
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, registry, runs
from geniai_pipeline.warehouse.connections import admin_url, connect, tenant_transaction
from geniai_pipeline_tests.conftest import MakeTenant

pytestmark = pytest.mark.usefixtures("embedded")

GYM = GYMS[-1]
ASK = "Oi, quanto custa a mensalidade? Quero muito fazer uma aula experimental"
ALL = [
    assets.chatwoot_raw,
    assets.conversations,
    assets.conversation_analysis,
    assets.conversations_analytics,
    assets.daily_metrics,
]


@pytest.fixture(scope="module")
def chatwoot() -> Iterator[DemoServer]:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        yield server


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


class Gym:
    """A tenant at the stand-in, and its runs."""

    def __init__(self, tenant: Tenant, server: DemoServer, instance: dg.DagsterInstance) -> None:
        self.tenant, self.server, self.instance = tenant, server, instance
        instance.add_dynamic_partitions("tenant", [tenant.slug])

    def sync(self, *, full: bool = False) -> dg.ExecuteInProcessResult:
        return dg.materialize(
            ALL,
            partition_key=self.tenant.slug,
            instance=self.instance,
            resources=defs.resources,
            run_config=FULL_SWEEP if full else {},
            tags={"geniai/interactive": "true"},
            raise_on_error=False,
        )

    def row(self, result: dg.ExecuteInProcessResult) -> dict[str, Any]:
        return runs.progress_of([result.run_id])[result.run_id]

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with tenant_transaction(self.tenant.tenant_id) as connection:
            return connection.execute(query.encode()).fetchall()

    @property
    def conversations(self) -> dict[int, Conversation]:
        return self.server.world.accounts[GYM.account_id].conversations


@pytest.fixture
def gym(
    request: pytest.FixtureRequest,
    make_tenant: MakeTenant,
    chatwoot: DemoServer,
    instance: dg.DagsterInstance,
) -> Gym:
    slug = "g" + "".join(c for c in request.node.name.lower() if c.isalnum())[-30:]
    tenant = make_tenant(
        slug,
        chatwoot_url=chatwoot.url,
        chatwoot_account_id=GYM.account_id,
        chatwoot_token=GYM.token,
        timezone=GYM.timezone,
        converted_labels=[GYM.converted_label],
    )
    return Gym(tenant, chatwoot, instance)


@pytest.mark.parametrize(
    "names",
    [["chatwoot_raw"], ["chatwoot_raw", "conversations"], ["chatwoot_raw", "daily_metrics"]],
)
def test_some_of_the_steps_leave_no_run_behind_that_seems_to_go_on_or_to_be_whole(
    gym: Gym, names: list[str]
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


def test_a_run_brings_every_conversation_to_the_dashboards(gym: Gym) -> None:
    result = gym.sync()
    assert result.success
    shown = dict(
        gym.sql("select conversation_id, crm_converted from analytics.conversations_analytics")
    )
    truth = {c.display_id: GYM.converted_label in c.labels for c in gym.conversations.values()}
    assert shown == truth
    daily = gym.sql(
        "select sum(conversations), sum(leads), sum(visits), sum(conversions)"
        " from analytics.daily_metrics"
    )
    counted = gym.sql(
        "select count(*), count(*) filter (where is_lead), count(*) filter (where visit_scheduled),"
        " count(*) filter (where crm_converted) from analytics.conversations_analytics"
    )
    assert daily == counted
    assert gym.row(result)["status"] == "success"
    assert gym.row(result)["complete_up_to"] is not None


def test_the_days_are_the_tenants_own(gym: Gym) -> None:
    assert gym.sync().success
    assert gym.sql(
        "select day, sum(conversations) from analytics.daily_metrics group by day order by day"
    ) == gym.sql(
        f"select (created_at at time zone '{GYM.timezone}')::date, count(*)"
        " from analytics.conversations_analytics group by 1 order by 1"
    )


def test_a_second_run_with_nothing_new_writes_no_row(gym: Gym) -> None:
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
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        tenant = make_tenant("sweep", chatwoot_url=server.url, chatwoot_account_id=GYM.account_id,
                             chatwoot_token=GYM.token)  # fmt: skip
        gym = Gym(tenant, server, instance)
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


def test_an_answer_that_never_arrived_shows_on_the_leads_page_and_in_the_list_of_who_waits(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer() as server:
        tenant = make_tenant("lost", chatwoot_url=server.url, chatwoot_account_id=GYM.account_id,
                             chatwoot_token=GYM.token)  # fmt: skip
        gym, world = Gym(tenant, server, instance), server.world
        lead = world.start_conversation(GYM.account_id, "Lia", "+5585987650011", ASK)
        world.fail_message(
            world.add_message(lead, "Quer vir amanhã às 18h?", by="agent"),
            "131026: <Undeliverable>",
        )
        world.add_message(lead, "sim?")
        late = world.start_conversation(GYM.account_id, "Téo", "+5585987650012", ASK)
        answer = world.add_message(late, "Olá! Vem conhecer!", by="agent")
        assert gym.sync().success
        of_both = (
            "select conversation_id, response_seconds is null, visit_scheduled, awaits_reply,"
            " delivery_error from analytics.conversations_analytics where conversation_id in"
            f" ({lead.display_id}, {late.display_id}) order by 1"
        )
        assert gym.sql(of_both) == [
            (lead.display_id, True, False, True, "131026: <Undeliverable>"),
            (late.display_id, False, False, False, None),
        ]
        world.fail_message(answer)  # told after it was read
        assert gym.sync().success
        assert gym.sql(of_both)[1] == (late.display_id, True, False, True, "")

    with connect(admin_url()) as connection:
        shown = dict(
            connection.execute(
                "select conversation_id, waiting from dashboards.waiting where tenant_id = %s",
                [tenant.tenant_id],
            ).fetchall()
        )
        ((verdict, talk),) = connection.execute(
            "select verdict, talk from dashboards.lead"
            " where tenant_id = %s and conversation_id = %s",
            [tenant.tenant_id, lead.display_id],
        ).fetchall()
    assert "não chegou: 131026: ‹Undeliverable›" in shown[lead.display_id]
    assert shown[late.display_id].endswith(">não chegou</span>")
    assert "A última mensagem da academia não chegou: 131026: ‹Undeliverable›." in verdict
    said = [ASK, "Atendente · não chegou</small> Quer vir amanhã às 18h?\n  Erro: 131026", "sim?"]
    assert [talk.index(words) for words in said] == sorted(talk.index(words) for words in said)


def test_how_long_one_may_write_follows_from_the_channel_its_setting_and_what_can_reply_showed(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer() as server:
        tenant = make_tenant(
            "windows",
            chatwoot_url=server.url,
            chatwoot_account_id=GYM.account_id,
            chatwoot_token=GYM.token,
        )
        gym, account = Gym(tenant, server, instance), server.world.accounts[GYM.account_id]
        inboxes = {inbox.channel_type: inbox for inbox in account.inboxes}
        hours: dict[str, float | None] = {
            "Channel::Whatsapp": 24, "Channel::Instagram": 168, "Channel::FacebookPage": 24,
            "Channel::Tiktok": 48, "Channel::Api": None, "Channel::Telegram": None,
        }  # fmt: skip
        inboxes["Channel::Instagram"].reply_hours = 168  # the installation has Meta's human agent
        for kind in hours.keys() - inboxes.keys():
            inboxes[kind] = Inbox(900 + len(account.inboxes), 1, kind, kind)
            inboxes[kind].reply_hours = hours[kind]
            account.inboxes.append(inboxes[kind])
        api = Inbox(999, 1, "Ponte", "Channel::Api", reply_hours=12)
        api.settings = {"additional_attributes": {"agent_reply_time_window": "12"}}
        account.inboxes.append(api)
        inboxes["Ponte"], hours["Ponte"] = api, 12
        asked: dict[str, int] = {}
        for number, (kind, inbox) in enumerate(inboxes.items()):
            talk = server.world.start_conversation(
                GYM.account_id, "Lia", f"+558598765002{number}", ASK
            )
            talk.inbox = inbox
            talk.messages[0].created_at -= 30 * 3600
            asked[kind] = talk.display_id
        assert gym.sync().success

    windows = dict(
        gym.sql(
            "select conversation_id, extract(epoch from reply_until - last_spoke_at)::integer"
            " from analytics.conversations_analytics"
        )
    )
    assert {kind: windows[asked[kind]] for kind in hours} == {
        kind: None if window is None else 3600 * window for kind, window in hours.items()
    }


@pytest.mark.parametrize("ahead", [0, -7, 7])
def test_a_clock_that_is_wrong_lengthens_no_window(
    make_tenant: MakeTenant, instance: dg.DagsterInstance, ahead: int
) -> None:
    with DemoServer() as server:
        server.world.advance(ahead * 3600)
        tenant = make_tenant(
            f"skewed-{ahead % 24}",
            chatwoot_url=server.url,
            chatwoot_account_id=GYM.account_id,
            chatwoot_token=GYM.token,
        )
        gym, account = Gym(tenant, server, instance), server.world.accounts[GYM.account_id]
        instagram = Inbox(999, 1, "Instagram", "Channel::Instagram")
        account.inboxes.append(instagram)
        talk = server.world.start_conversation(GYM.account_id, "Lia", "+5585987650033", ASK)
        talk.inbox = instagram
        # one may write to her for four hours
        talk.messages[0].created_at = server.world.now() - 20 * 3600
        for inbox in account.inboxes:  # nothing else tells how long the window is
            if inbox is not instagram and inbox.channel_type == instagram.channel_type:
                inbox.channel_type = "Channel::Telegram"
        assert gym.sync().success

    assert gym.sql(
        "select reply_until - last_spoke_at from analytics.conversations_analytics"
        f" where conversation_id = {talk.display_id}"
    ) == [(timedelta(hours=24),)]


def test_who_is_blocked_does_not_wait_and_what_is_clicked_does(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        tenant = make_tenant("menus", chatwoot_url=server.url, chatwoot_account_id=GYM.account_id,
                             chatwoot_token=GYM.token)  # fmt: skip
        gym, world = Gym(tenant, server, instance), server.world
        lead = world.start_conversation(GYM.account_id, "Lia", "+5585987650011", "Oi")
        menu = world.add_message(lead, "Escolha:\n1 - Quero conhecer\n2 - Planos", by="agent")
        waiting = (
            "select awaits_reply, contact_message_count from analytics.conversations_analytics"
            f" where conversation_id = {lead.display_id}"
        )
        assert gym.sync().success
        assert gym.sql(waiting) == [(False, 1)]
        world.choose(menu, "1")
        assert gym.sync(full=True).success
        assert gym.sql(waiting) == [(True, 2)]
        world.block(lead)
        assert gym.sync(full=True).success
        assert gym.sql(waiting) == [(False, 2)]


def test_what_chatwoot_counts_otherwise_is_looked_for_at_once_but_not_for_ever(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        tenant = make_tenant("counts", chatwoot_url=server.url, chatwoot_account_id=GYM.account_id,
                             chatwoot_token=GYM.token)  # fmt: skip
        gym = Gym(tenant, server, instance)
        assert gym.sync().success
        server.world.delete_conversation(gym.conversations[5])
        assert gym.sql("select count(*) from raw.messages where conversation_id = 9") != [(0,)]
        with tenant_transaction(tenant.tenant_id) as connection:  # lost by whatever accident
            connection.execute("delete from raw.messages where conversation_id = 9")
            connection.execute("delete from raw.conversations where conversation_id = 9")
            connection.execute("delete from raw.messages where conversation_id = 10")
            connection.execute("delete from raw.conversations where conversation_id = 10")
        assert gym.sync().success
        shown = gym.sql("select conversation_id from analytics.conversations_analytics order by 1")
        assert [found for (found,) in shown] == sorted(gym.conversations)
        assert gym.row(gym.sync())["requests"] <= 3


def test_a_sale_in_the_gyms_crm_is_a_conversion(gym: Gym, tmp_path: Path) -> None:
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
        assert core.store_sales(gym.tenant.tenant_id, *sales) == new
    assert gym.sql("select key from ops.rejected_rows where source = 'core.sales'") == [("line 4",)]
    before = gym.sql("select sum(conversions) from analytics.daily_metrics")[0][0]
    assert gym.sync().success
    assert gym.sql(
        "select conversation_id, crm_converted from analytics.conversations_analytics"
        f" where conversation_id in ({bought}, {member}) order by 1"
    ) == [(bought, True), (member, False)]
    of_the_buyer = gym.sql(
        "select count(*) from analytics.conversations_analytics"
        f" where contact_phone = '{phone}' and crm_converted"
    )[0][0]
    after = gym.sql("select sum(conversions) from analytics.daily_metrics")[0][0]
    assert after == before + of_the_buyer


def test_a_changed_setting_makes_the_rows_again(gym: Gym) -> None:
    assert gym.sync().success
    registry.add_tenant(gym.tenant.slug, "X", registry.TenantConfig(converted_labels=["nenhum"]))
    assert gym.sync().success
    assert gym.sql("select sum(conversions) from analytics.daily_metrics") == [(0,)]


def test_a_revoked_token_ends_the_run_with_the_reason_and_it_heals_with_the_token(
    gym: Gym,
) -> None:
    registry.add_tenant(gym.tenant.slug, "X", registry.TenantConfig(chatwoot_token="revoked"))
    failed = gym.sync()
    assert not failed.success
    row = gym.row(failed)
    assert row["status"] == "failed"
    assert row["error"].startswith(f"{gym.tenant.slug}: ")
    assert "revoked" not in row["error"].replace("is revoked", "")
    registry.add_tenant(gym.tenant.slug, "X", registry.TenantConfig(chatwoot_token=GYM.token))
    assert gym.sync().success
    assert core.count(gym.tenant.tenant_id, "core.conversations") == len(gym.conversations)


def test_too_many_refused_conversations_stop_the_run_before_the_dashboards(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        tenant = make_tenant("sick", chatwoot_url=server.url, chatwoot_account_id=GYM.account_id,
                             chatwoot_token=GYM.token)  # fmt: skip
        gym = Gym(tenant, server, instance)
        for conversation in list(gym.conversations.values())[:10]:
            conversation.status = "exploded"
        assert not gym.sync().success
        assert gym.sql("select from analytics.conversations_analytics") == []
        kept = gym.sql("select count(*) from ops.rejected_rows where source = 'core.conversations'")
        assert kept == [(10,)]
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


def test_no_message_and_no_token_is_in_dagsters_events(gym: Gym) -> None:
    result = gym.sync()
    assert result.success
    events = "\n".join(
        json.dumps(str(record.event_log_entry))
        for record in gym.instance.get_records_for_run(result.run_id).records
    )
    assert len(events) > 10_000
    assert GYM.token not in events
    said = {
        message.content
        for conversation in gym.conversations.values()
        for message in conversation.messages
        if message.content and len(message.content) > 25
    }
    assert len(said) > 300
    assert not [text for text in said if text in events]


def test_a_secret_that_chatwoot_hands_to_administrators_never_lands(gym: Gym) -> None:
    assert gym.sync().success
    for table in ("raw.inboxes", "raw.agents", "raw.conversations", "raw.messages"):
        for (payload,) in gym.sql(f"select payload::text from {table}"):
            for secret in ("imap_password", "provider_config", "hmac_token", "auth_token",
                           "access_token", "pubsub_token", "website_token"):  # fmt: skip
                assert secret not in payload


def test_the_partitions_follow_the_registry(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    make_tenant("arrives")
    make_tenant("leaves")
    registry.set_active("leaves", False)
    instance.add_dynamic_partitions("tenant", ["leaves"])
    context = dg.build_sensor_context(instance=instance)
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.scheduler")
    tick = tenant_partitions(context)
    assert runs.status()[0]["next_run_at"] is not None  # the daemon lives, and says so
    assert isinstance(tick, dg.SensorResult)
    asked = tick.dynamic_partitions_requests or []
    added = {
        k for r in asked if isinstance(r, dg.AddDynamicPartitionsRequest) for k in r.partition_keys
    }
    gone = {
        k
        for r in asked
        if isinstance(r, dg.DeleteDynamicPartitionsRequest)
        for k in r.partition_keys
    }
    assert "arrives" in added
    assert gone == {"leaves"}


def test_the_schedule_asks_for_one_run_of_each_tenant_under_a_key_of_its_own(
    make_tenant: MakeTenant, chatwoot: DemoServer, instance: dg.DagsterInstance
) -> None:
    for slug in registry.active_slugs():
        make_tenant(slug, chatwoot_url=chatwoot.url)
    make_tenant("punctual", chatwoot_url=chatwoot.url)
    instance.add_dynamic_partitions("tenant", registry.active_slugs())
    moment = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
    context = dg.build_schedule_context(instance=instance, scheduled_execution_time=moment)
    requests: list[Any] = list(every_six_hours(context))  # type: ignore[arg-type]
    assert [request.partition_key for request in requests] == registry.active_slugs()
    assert len({request.run_key for request in requests}) == len(requests)


def test_a_bridges_inbox_is_whatsapp_and_its_groups_are_no_leads(
    make_tenant: MakeTenant, instance: dg.DagsterInstance
) -> None:
    with DemoServer(anchor=datetime(2026, 6, 1, 12, tzinfo=timezone.utc)) as server:
        tenant = make_tenant("bridged", chatwoot_url=server.url, chatwoot_token=GYM.token,
                             chatwoot_account_id=GYM.account_id)  # fmt: skip
        gym = Gym(tenant, server, instance)
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
