"""Pending replies and reply windows after a run."""

from datetime import timedelta

import pytest

from chatwoot_demo.records import DemoInbox
from chatwoot_demo.server import DemoServer
from geniai_pipeline.warehouse.connections import admin_url, connect
from geniai_pipeline_tests.orchestration.conftest import MakeGym
from geniai_pipeline_tests.support.syncs import ANCHOR, ASK, GYM

pytestmark = pytest.mark.usefixtures("embedded")


def test_an_undelivered_reply_shows_on_the_lead_page_and_in_the_waiting_list(
    make_gym: MakeGym,
) -> None:
    with DemoServer() as server:
        gym, world = make_gym("lost", server), server.world
        lead = world.start_conversation(GYM.account_id, "Lia", "+5585987650011", ASK)
        world.fail_message(
            world.add_message(lead, "Quer vir amanhã às 18h?", by="agent"),
            "131026: <Undeliverable>",
        )
        world.add_message(lead, "sim?")
        late = world.start_conversation(GYM.account_id, "Téo", "+5585987650012", ASK)
        answer = world.add_message(late, "Olá! Vem conhecer!", by="agent")
        assert gym.sync().success
        answers = (
            "select conversation_id, response_seconds is null, visit_scheduled, awaits_reply,"
            " delivery_error from analytics.conversations_analytics where conversation_id in"
            f" ({lead.display_id}, {late.display_id}) order by 1"
        )
        assert gym.sql(answers) == [
            (lead.display_id, True, False, True, "131026: <Undeliverable>"),
            (late.display_id, False, False, False, None),
        ]
        world.fail_message(answer)  # the failure is reported after the message was read
        assert gym.sync().success
        assert gym.sql(answers)[1] == (late.display_id, True, False, True, "")

    with connect(admin_url()) as connection:
        shown = dict(
            connection.execute(
                "select conversation_id, waiting from dashboards.waiting where tenant_id = %s",
                [gym.tenant.tenant_id],
            ).fetchall()
        )
        ((verdict, talk),) = connection.execute(
            "select verdict, talk from dashboards.lead"
            " where tenant_id = %s and conversation_id = %s",
            [gym.tenant.tenant_id, lead.display_id],
        ).fetchall()
    assert "não chegou: 131026: ‹Undeliverable›" in shown[lead.display_id]
    assert shown[late.display_id].endswith(">não chegou</span>")
    assert "A última mensagem da academia não chegou: 131026: ‹Undeliverable›." in verdict
    phrases = [
        ASK,
        "Atendente · não chegou</small> Quer vir amanhã às 18h?\n  Erro: 131026",
        "sim?",
    ]
    assert [talk.index(phrase) for phrase in phrases] == sorted(map(talk.index, phrases))


def test_the_reply_window_follows_the_channel_its_setting_and_can_reply(make_gym: MakeGym) -> None:
    with DemoServer() as server:
        gym, account = make_gym("windows", server), server.world.accounts[GYM.account_id]
        inboxes = {inbox.channel_type: inbox for inbox in account.inboxes}
        hours: dict[str, float | None] = {
            "Channel::Whatsapp": 24, "Channel::Instagram": 168, "Channel::FacebookPage": 24,
            "Channel::Tiktok": 48, "Channel::Api": None, "Channel::Telegram": None,
        }  # fmt: skip
        inboxes["Channel::Instagram"].reply_hours = 168  # the installation has Meta's human agent
        for kind in hours.keys() - inboxes.keys():
            inboxes[kind] = DemoInbox(900 + len(account.inboxes), 1, kind, kind)
            inboxes[kind].reply_hours = hours[kind]
            account.inboxes.append(inboxes[kind])
        api = DemoInbox(999, 1, "Ponte", "Channel::Api", reply_hours=12)
        api.settings = {"additional_attributes": {"agent_reply_time_window": "12"}}
        account.inboxes.append(api)
        inboxes["Ponte"], hours["Ponte"] = api, 12
        display_ids: dict[str, int] = {}
        for number, (kind, inbox) in enumerate(inboxes.items()):
            talk = server.world.start_conversation(
                GYM.account_id, "Lia", f"+558598765002{number}", ASK
            )
            talk.inbox = inbox
            talk.messages[0].created_at -= 30 * 3600
            display_ids[kind] = talk.display_id
        assert gym.sync().success

    windows = dict(
        gym.sql(
            "select conversation_id, extract(epoch from reply_until - last_spoke_at)::integer"
            " from analytics.conversations_analytics"
        )
    )
    assert {kind: windows[display_ids[kind]] for kind in hours} == {
        kind: None if window is None else 3600 * window for kind, window in hours.items()
    }


@pytest.mark.parametrize("ahead", [0, -7, 7])
def test_a_wrong_clock_does_not_lengthen_the_reply_window(make_gym: MakeGym, ahead: int) -> None:
    with DemoServer() as server:
        server.world.advance(ahead * 3600)
        gym, account = (
            make_gym(f"skewed-{ahead % 24}", server),
            server.world.accounts[GYM.account_id],
        )
        instagram = DemoInbox(999, 1, "Instagram", "Channel::Instagram")
        account.inboxes.append(instagram)
        talk = server.world.start_conversation(GYM.account_id, "Lia", "+5585987650033", ASK)
        talk.inbox = instagram
        # one may write to the contact for four hours
        talk.messages[0].created_at = server.world.now() - 20 * 3600
        for inbox in account.inboxes:  # nothing else tells how long the window is
            if inbox is not instagram and inbox.channel_type == instagram.channel_type:
                inbox.channel_type = "Channel::Telegram"
        assert gym.sync().success

    assert gym.sql(
        "select reply_until - last_spoke_at from analytics.conversations_analytics"
        f" where conversation_id = {talk.display_id}"
    ) == [(timedelta(hours=24),)]


def test_a_blocked_contact_awaits_no_reply_and_a_menu_choice_does(make_gym: MakeGym) -> None:
    with DemoServer(anchor=ANCHOR) as server:
        gym, world = make_gym("menus", server), server.world
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
