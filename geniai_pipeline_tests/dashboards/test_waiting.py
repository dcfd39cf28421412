"""Who is an alarm: everybody who waits, but for those who had waited long on the first day."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
import yaml

from geniai_pipeline.dashboards.provisioning import ASSETS
from geniai_pipeline.reports.figures import find_last_monday, read_week
from geniai_pipeline.tenants import Tenant, login_name
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import admin_url, connect, role_url
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.published import publish

SLUG = "primeiro-dia"
LONG_BEFORE, BEFORE, SINCE = 1, 2, 3
DATASETS = ASSETS / "datasets" / "geniai"


@pytest.fixture
def tenant(database: str, make_tenant: MakeTenant) -> Iterator[Tenant]:
    yield make_tenant(SLUG)
    registry.remove_tenant(SLUG)


def show_waiting(tenant: Tenant, number: int, since: datetime, **wide: Any) -> None:
    publish(
        tenant.tenant_id, number, since, contact_name=f"Lead {number}", awaits_reply=True,
        waiting_since=since, last_spoke_at=since, last_speaker="contact",
        **{"lead_score": 5, **wide},
    )  # fmt: skip


def ask(statement: str) -> list[tuple[Any, ...]]:
    """Asks as the tenant's own login."""
    with connect(role_url(login_name(SLUG))) as connection:
        return connection.execute(statement.encode()).fetchall()


def read_metric(dataset: str, name: str) -> str:
    """Reads a figure as the page does."""
    described = yaml.safe_load((DATASETS / f"{dataset}.yaml").read_text("utf-8"))
    (metric,) = (each for each in described["metrics"] if each["metric_name"] == name)
    ((text,),) = ask(f"select {metric['expression']} from dashboards.{dataset}")
    return str(text)


def read_alarms(tenant: Tenant) -> list[list[int]]:
    """Reads who is an alarm: on the page "Hoje", first in the list of leads, in the letter."""
    now = read_clock().astimezone(tenant.timezone)
    letter = read_week(tenant, find_last_monday(now), now).waiting
    return [
        [n for (n,) in ask("select conversation_id from dashboards.waiting"
                           " where not is_backlog order by 1")],
        [n for (n,) in ask("select conversation_id from dashboards.leads"
                           " where urgency is not null order by 1")],
        sorted(lead.conversation_id for lead in letter),
    ]  # fmt: skip


def test_who_had_waited_long_on_the_first_day_is_one_list_and_no_alarm(
    tenant: Tenant, advance_clock: Callable[[timedelta], None]
) -> None:
    now = datetime.now(timezone.utc)
    show_waiting(tenant, LONG_BEFORE, now - timedelta(days=7, minutes=5))
    show_waiting(tenant, BEFORE, now - timedelta(days=6, hours=23))
    show_waiting(tenant, SINCE, now + timedelta(hours=1))
    show_waiting(tenant, 4, now - timedelta(days=60), lead_score=1, is_lead=False)

    for days in (1, 30, 400):  # nobody stops waiting by waiting
        advance_clock(timedelta(days=days))
        assert read_alarms(tenant) == [[BEFORE, SINCE]] * 3
        backlog = ask("select conversation_id from dashboards.waiting where is_backlog order by 1")
        assert backlog == [(LONG_BEFORE,), (4,)]
    figure = read_metric("waiting", "resumo")
    assert "2</span> leads quentes esperam resposta agora" in figure
    assert "2 conversas pararam há mais de sete dias antes de você começar" in figure


def test_a_lead_who_writes_again_is_answered_where_they_wait(tenant: Tenant) -> None:
    now = datetime.now(timezone.utc)
    for person, again in ((1, 2), (3, 4)):
        publish(
            tenant.tenant_id, person, now - timedelta(days=20), reply="De outubro.",
            person_id=person, contact_name="Ana",
        )  # fmt: skip
        is_lead = person == 1  # the other is a member by now
        show_waiting(
            tenant, again, now - timedelta(hours=3), person_id=person, is_lead=is_lead,
            is_new_lead=False, reply="De hoje.", lead_score=4 if is_lead else 1,
        )  # fmt: skip

    rows = ask(
        "select conversation_id, urgency is not null, is_waiting, suggested_message,"
        " conversation_link like '%conversations/2%', lead_link like '%!(2)%'"
        " from dashboards.leads order by conversation_id"
    )
    assert rows == [
        (1, True, True, "De hoje.", True, True),
        (2, True, True, "De hoje.", True, True),
        (3, False, False, "De outubro.", False, False),
        (4, False, True, "De hoje.", False, False),
    ]


def test_audios_that_nobody_read_stand_beside_the_name_and_the_score(tenant: Tenant) -> None:
    now = datetime.now(timezone.utc)
    for number in range(3):
        show_waiting(tenant, number, now, unread_audios=number)

    for view in ("leads", "waiting"):
        shown = ask(f"select lead_link from dashboards.{view} order by conversation_id")
        assert [words.partition("</a>")[2] for (words,) in shown] == [
            "", " <small>1 áudio não lido</small>", " <small>2 áudios não lidos</small>",
        ], view  # fmt: skip
    verdicts = ask(
        "select substring(summary from 'g-verdict.*?</div>') from dashboards.lead"
        " order by conversation_id"
    )
    assert [" · " in words for (words,) in verdicts] == [False, True, True]
    assert verdicts[2][0].endswith("visita marcada · 2 áudios não lidos</div>")


def test_without_a_backlog_the_page_says_nothing_of_one(tenant: Tenant) -> None:
    show_waiting(tenant, 1, datetime.now(timezone.utc))
    assert "conversa" not in read_metric("waiting", "resumo")


@pytest.mark.parametrize("has_list", [False, True])
def test_the_page_says_how_much_of_who_is_a_member_is_known(tenant: Tenant, has_list: bool) -> None:
    now = datetime.now(timezone.utc)
    for number, is_known in enumerate([True, False, False]):
        publish(tenant.tenant_id, number, now, role="member", is_role_known=is_known, is_lead=False)
    publish(tenant.tenant_id, 9, now)
    with connect(admin_url()) as connection:
        connection.execute(
            "insert into ops.publications (tenant_id, published_at, listed_at, renewed_at)"
            " values (%s, now(), %s, now())",
            [tenant.tenant_id, now if has_list else None],
        )

    figure = read_metric("conversations", "alunos")
    assert "<b>3</b> conversas de quem já é aluno" in figure
    assert "<b>33,3%</b> pelo cadastro · <b>66,7%</b> pelo que escreveram" in figure
    assert figure.endswith(" · ainda não há lista de alunos") is not has_list
