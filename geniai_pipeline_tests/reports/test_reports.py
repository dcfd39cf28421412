"""The weekly report: its figures, the letter as a mail server gets it, and that it comes once."""

import base64
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import dagster as dg
import pytest
from aiosmtpd.controller import Controller

from chatwoot_demo.gyms import GYMS
from geniai_pipeline.definitions import defs
from geniai_pipeline.errors import GeniaiError, PermanentError, TransientError
from geniai_pipeline.orchestration import assets
from geniai_pipeline.reports import letter, mail, recipients, weekly
from geniai_pipeline.reports.figures import Figures, last_week, read_week
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant, logo_uri
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect, tenant_transaction
from geniai_pipeline.warehouse.publish import roll_up
from geniai_pipeline.warehouse.registry import TenantConfig
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.support.ports import free_port
from geniai_pipeline_tests.support.published import publish

SLUG = "relatada"
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=timezone.utc)  # a Monday, half past eight in Manaus
MONDAY = date(2026, 11, 16)
HOSTILE = '<script>alert(1)</script>"\nBcc: x@example.com'


@pytest.fixture(scope="module")
def tenant(embedded: None) -> Iterator[Tenant]:
    config = TenantConfig(
        chatwoot_url="https://chat.example.com", chatwoot_account_id=1, chatwoot_token="t",
        timezone="America/Manaus", brand_color="#ffcc00",
        brand_logo=logo_uri(GYMS[0].logo.encode()),
    )  # fmt: skip
    registry.add_tenant(SLUG, "Academia\nRelatada & Cia", config)
    made = registry.load_tenant(SLUG)
    week = datetime(2026, 11, 16, 4, tzinfo=timezone.utc)  # its first instant in Manaus
    for number in range(10):
        publish(
            made.tenant_id, number, week + timedelta(hours=16 * number), is_lead=number < 6,
            visit_scheduled=number < 2, crm_converted=number == 0, response_seconds=60 * number,
            last_speaker="agent",
        )  # fmt: skip
    for number in range(10, 14):  # the week before; its last instant is not this week's
        started = week - timedelta(seconds=1) if number == 13 else week - timedelta(days=2)
        publish(made.tenant_id, number, started, response_seconds=7200, last_speaker="agent")
    for number in range(100, 107):
        publish(
            made.tenant_id, number, week - timedelta(days=90), "", f"Oi! Sugestão {number}.",
            lead_score=5 if number == 106 else 4, last_speaker="contact", awaits_reply=True,
            last_spoke_at=NOW - timedelta(hours=number - 97),
            reply_until=NOW + timedelta(hours=121 - number),
            contact_name=HOSTILE if number == 106 else f"Contato {number}",
            delivery_error="131026: Undeliverable" if number == 106 else None,
        )  # fmt: skip
    hot: dict[str, Any] = {"lead_score": 5, "awaits_reply": True, "last_spoke_at": NOW}
    cold: list[dict[str, Any]] = [
        {"lead_score": 3}, {"awaits_reply": False}, {"last_spoke_at": NOW - timedelta(days=8)},
    ]  # fmt: skip
    for number, differs in enumerate(cold, start=200):
        row = hot | differs
        publish(made.tenant_id, number, week - timedelta(days=90), contact_name="NAO", **row)
    roll_up(made.tenant_id, "America/Manaus")
    yield made
    registry.remove_tenant(SLUG)


@pytest.fixture
def people(tenant: Tenant) -> Iterator[list[str]]:
    """Three users of the tenant, one of whom may no longer sign in, and another gym's."""
    with connect(admin_url()) as connection:
        for tenant_id, email, active in (
            (tenant.tenant_id, "ana@example.com", True),
            (tenant.tenant_id, "bia@example.com", True),
            (tenant.tenant_id, "saiu@example.com", False),
            (0, "equipe@example.com", True),
        ):
            connection.execute(
                "insert into ops.users (tenant_id, email, role, active)"
                " values (%s, %s, 'viewer', %s)",
                [tenant_id, email, active],
            )
    yield ["ana@example.com", "bia@example.com"]
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.users where email like '%@example.com'")
        connection.execute("delete from ops.report_recipients")
        connection.execute("delete from ops.report_deliveries")


class Inbox:
    """What a mail server does with letters: takes them, unless it is told otherwise."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        told = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(told, EmailMessage)
        self.taken += [(address, told) for address in envelope.rcpt_tos]
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A mail server, which the settings name."""
    box, port = Inbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    use(
        monkeypatch,
        SMTP_URL=f"smtp://127.0.0.1:{port}",
        SMTP_SENDER="relatorios@geniai.example",
        PUBLIC_URL="https://painel.example.com/",
    )
    yield box
    controller.stop()
    monkeypatch.undo()
    get_settings.cache_clear()


def use(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"GENIAI_{name}", value)
    get_settings.cache_clear()


def send() -> weekly.Outcome:
    return weekly.send_report(SLUG, now=NOW)


def parts(told: EmailMessage) -> tuple[str, str]:
    text, html = told.get_body(("plain",)), told.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_the_figures_are_those_of_the_gyms_own_week_and_of_the_one_before(tenant: Tenant) -> None:
    week = read_week(tenant, MONDAY, NOW)

    assert week.this == Figures(0, 10, 6, 2, 1, 150.0)
    assert week.before == Figures(1, 4, 4, 0, 0, 7200.0)
    assert [lead.conversation_id for lead in week.waiting] == [106, 100, 101, 102, 103]
    assert week.all_waiting == 7


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        ("2026-11-23 08:00", MONDAY),
        ("2026-11-29 23:59", MONDAY),
        ("2026-11-22 23:59", "2026-11-09"),
    ],
)
def test_the_week_is_the_one_that_is_over(now: str, monday: Any) -> None:
    assert str(last_week(datetime.fromisoformat(now))) == str(monday)


def test_a_report_is_due_from_eight_on_a_monday_of_the_tenants_own(tenant: Tenant) -> None:
    def is_due(hour: int, minute: int, day: int = 23) -> bool:
        now = datetime(2026, 11, day, hour, minute, tzinfo=timezone.utc)
        return (SLUG, MONDAY) in weekly.due(now)

    assert not is_due(11, 59)  # 07:59 in Manaus, 08:59 in Brasília
    assert is_due(12, 0)
    assert is_due(3, 59, day=24)
    assert not is_due(4, 0, day=24)


def test_the_letter_has_both_parts_the_logo_and_one_way_out(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    outcome = send()

    assert (outcome.sent, outcome.failed, inbox.addresses) == (2, [], people)
    told = inbox.taken[0][1]
    assert told["Subject"] == "Academia Relatada & Cia: 6 leads na semana, 7 esperam resposta"
    assert told["From"].addresses[0].display_name == "Academia Relatada & Cia · GeniAI"
    assert told["From"].addresses[0].addr_spec == "relatorios@geniai.example"
    assert (told["To"], told["Bcc"]) == ("ana@example.com", None)
    link, by_mail = (way.strip("<>") for way in told["List-Unsubscribe"].split(", "))
    assert link.startswith("https://painel.example.com/geniai/relatorio/sair/")
    assert by_mail.startswith("mailto:relatorios@geniai.example?subject=")
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = link.rpartition("/")[2]
    assert recipients.read_token(token) == (tenant.tenant_id, "ana@example.com")

    text, html = parts(told)
    for part in (text, html):
        for said in (
            "16 a 22 de novembro de 2026", "6 pessoas querem treinar", "60%", "mais rápido",
            "espera há 9 h", "restam 15 h", "Oi! Sugestão 106.", "E mais 2", link,
            "a última mensagem não chegou: 131026: Undeliverable",
            "https://chat.example.com/app/accounts/1/conversations/106",
            "https://painel.example.com/superset/dashboard/painel/",
        ):  # fmt: skip
            assert said in part, said
        assert "NAO" not in part
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html

    (logo,) = [part for part in told.walk() if part.get_content_maintype() == "image"]
    assert logo.get_content().startswith(b"\x89PNG")
    assert logo["Content-Disposition"].startswith("inline")
    assert f'src="cid:{logo["Content-ID"].strip("<>")}"' in html
    assert told.get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    ("channel", "hours_left", "words", "urgency"),
    [
        ("WhatsApp", 15, "restam 15 h", 15 * 60),
        ("WhatsApp", 1, "resta 1 h", 60),
        ("WhatsApp", 0, "resta 1 min", 0),
        ("Instagram", 6 * 24 + 1, "restam 6 dias", 145 * 60),
        ("TikTok", 25, "resta 1 dia", 25 * 60),
        ("WhatsApp", -0.1, "só mensagem-modelo", 10_080 + 9 * 60),
        ("Instagram", -5, "prazo encerrado", 10_080 + 9 * 60),
        ("API", None, "sem prazo", 15 * 60),
    ],
)
def test_the_page_and_the_letter_tell_the_same_time_that_is_left(
    make_tenant: MakeTenant, channel: str, hours_left: float | None, words: str, urgency: int
) -> None:
    slug = "prazo"
    with suppress(GeniaiError):
        registry.remove_tenant(slug)
    made = make_tenant(slug)
    now = datetime.now(timezone.utc)
    spoke = now - timedelta(hours=9)
    publish(
        made.tenant_id, 1, spoke, lead_score=5, awaits_reply=True, last_spoke_at=spoke,
        channel=channel,
        reply_until=None
        if hours_left is None
        else now + timedelta(hours=hours_left, seconds=45),  # what the test may take
    )  # fmt: skip
    with connect(admin_url()) as connection:
        page = connection.execute(
            "select window_left, window_open, urgency from dashboards.waiting where tenant_id = %s",
            [made.tenant_id],
        ).fetchone()
        lead = connection.execute(
            "select verdict from dashboards.lead where tenant_id = %s", [made.tenant_id]
        ).fetchone()
    (told,) = read_week(made, MONDAY, now).waiting

    assert page is not None
    assert lead is not None
    assert re.sub(r"<[^>]+>", "", page[0]) == told.time_left == words
    assert f"· {words}." in lead[0]
    assert page[1] is (told.window_open is not False) is (hours_left is None or hours_left >= 0)
    assert abs(float(page[2]) - urgency) <= 1
    line = letter._window(told)
    assert line == {
        None: "", True: f"{words} para responder livremente no {channel}",
        False: f"{channel}: {words}",
    }[told.window_open]  # fmt: skip


def test_nobody_gets_a_weeks_letter_twice_and_one_refusal_stops_nobody(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    inbox.refused = {"ana@example.com"}
    first = send()
    assert inbox.addresses == ["bia@example.com"]
    assert first.failed == ["550 no mailbox …"]

    inbox.refused = set()
    second = send()
    assert inbox.addresses == ["bia@example.com", "ana@example.com"]
    assert (second.sent, second.already) == (1, 1)
    assert send().already == 2
    assert len(inbox.taken) == 2


def test_a_letter_that_may_have_gone_out_before_a_crash_is_not_sent_again(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    assert recipients.claim(tenant.tenant_id, MONDAY, "ana@example.com")
    assert not recipients.claim(tenant.tenant_id, MONDAY, "ana@example.com")

    assert send().already == 1
    assert inbox.addresses == ["bia@example.com"]


def test_who_said_no_gets_none_and_others_may_be_added(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    recipients.unsubscribe(tenant.tenant_id, "ana@example.com")
    recipients.set_subscribed(SLUG, "Socio@Example.com", True)

    send()
    assert inbox.addresses == ["bia@example.com", "socio@example.com"]
    with pytest.raises(PermanentError, match="no tenant"):
        recipients.set_subscribed("ninguem", "x@example.com", True)


def test_another_gyms_run_sees_neither_recipients_nor_deliveries(
    tenant: Tenant, people: list[str]
) -> None:
    recipients.set_subscribed(SLUG, "socio@example.com", True)
    recipients.claim(tenant.tenant_id, MONDAY, "ana@example.com")

    assert recipients.everybody(tenant.tenant_id + 1) == []
    with tenant_transaction(tenant.tenant_id + 1) as connection:
        for table in ("report_recipients", "report_deliveries", "users"):
            rows = connection.execute(f"select count(*) from ops.{table}".encode()).fetchone()
            assert rows == (0,), table


def test_a_server_that_is_away_costs_no_letter(
    tenant: Tenant, people: list[str], inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = get_settings().smtp_url
    use(monkeypatch, SMTP_URL="smtp://127.0.0.1:24996")
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:24996 does not answer"):
        send()

    use(monkeypatch, SMTP_URL=url.get_secret_value() if url else "")
    assert send().sent == 2


@pytest.mark.parametrize("url", ["http://x", "smtp://", "smtp://host:many", "relay.example.com"])
def test_an_address_of_no_mail_server_is_named_without_its_password(url: str) -> None:
    with pytest.raises(PermanentError, match="GENIAI_SMTP_URL cannot be read"):
        mail.Mailer(url)


def test_no_password_goes_out_in_clear(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "_LOCAL", set())
    port = get_settings().smtp_url.get_secret_value().rpartition(":")[2]  # type: ignore[union-attr]
    with (
        mail.Mailer(f"smtp://ana:geheim@127.0.0.1:{port}") as mailer,
        pytest.raises(PermanentError, match="no encryption") as caught,
    ):
        mailer.connect()
    assert "geheim" not in str(caught.value)


def test_without_a_mail_server_it_is_a_page_and_a_letter_for_its_owners_eyes(
    tenant: Tenant, people: list[str]
) -> None:
    outcome = send()

    assert outcome.path == get_settings().home / "reports" / SLUG / "2026-11-16.html"
    page = outcome.path.read_text()
    assert "data:image/png;base64," in page
    assert "<script" not in page
    assert "mailto:geniai@localhost" in page
    written = message_from_bytes(
        outcome.path.with_suffix(".eml").read_bytes(), policy=policy.default
    )
    assert written["List-Unsubscribe-Post"] is None
    assert {file.stat().st_mode & 0o777 for file in outcome.path.parent.iterdir()} == {0o600}


def test_the_files_of_old_weeks_are_removed(tenant: Tenant) -> None:
    folder = get_settings().home / "reports" / SLUG
    folder.mkdir(parents=True, exist_ok=True)
    for week in range(30):
        (folder / f"2025-{week // 4 + 1:02}-{week % 4 * 7 + 1:02}.html").touch()
    send()
    left = sorted(file.name for file in folder.iterdir())
    assert left[-2:] == ["2026-11-16.eml", "2026-11-16.html"]
    assert len({name.split(".")[0] for name in left}) == weekly.WEEKS_IN_FOLDER
    for name in left[:-2]:
        (folder / name).unlink()


def test_a_run_in_dagster_says_what_became_of_it(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    inbox.refused = {"ana@example.com"}
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("tenant", [SLUG])
        done = dg.materialize(
            [assets.weekly_report], partition_key=SLUG, instance=instance, resources=defs.resources
        )

    (made,) = done.get_asset_materialization_events()
    metadata = made.step_materialization_data.materialization.metadata
    assert metadata["letters_sent"].value == 1
    (check,) = done.get_asset_check_evaluations()
    assert not check.passed
    assert "example.com" not in str(check.metadata)


def test_whoever_materialises_every_asset_writes_to_nobody(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("tenant", [SLUG])
        done = dg.materialize(
            [assets.daily_metrics, assets.weekly_report],
            partition_key=SLUG,
            instance=instance,
            resources=defs.resources,
        )
    assert done.success
    assert inbox.addresses == []
    assert not done.asset_materializations_for_node("weekly_report")


@pytest.mark.parametrize(
    ("logo", "shown"),
    [
        (None, False),
        ("data:image/svg+xml;base64,not base64", False),
        (logo_uri(b"<svg"), False),
        (logo_uri(b"\x89PNG", "image/png"), True),
        (f"data:image/svg+xml;base64,{base64.b64encode(GYMS[0].logo.encode()).decode()}", True),
    ],
)
def test_a_logo_that_cannot_be_shown_is_the_name_instead(logo: str | None, shown: bool) -> None:
    assert (letter._picture(logo) is not None) == shown


def test_a_forged_link_is_nobodys() -> None:
    token = recipients.sign(1, "ana@example.com")

    assert recipients.read_token(token) == (1, "ana@example.com")
    for forged in (token[:-1], f"x{token}", "", token.replace(".", ".x")):
        assert recipients.read_token(forged) is None
