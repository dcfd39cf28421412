"""A week's letter is sent once to each subscriber, by a mail server that may fail."""

import dagster as dg
import pytest

from geniai_pipeline.definitions import defs
from geniai_pipeline.errors import PermanentError, TransientError
from geniai_pipeline.orchestration import assets
from geniai_pipeline.reports import mail, recipients
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse.connections import tenant_transaction
from geniai_pipeline_tests.support.reports import MONDAY, SLUG, Inbox, send_report, set_settings


def test_nobody_gets_a_weeks_letter_twice_and_one_refusal_stops_nobody(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    inbox.refused = {"ana@example.com"}
    first = send_report()
    assert inbox.addresses == ["bia@example.com"]
    assert first.failed == ["550 no mailbox …"]

    inbox.refused = set()
    second = send_report()
    assert inbox.addresses == ["bia@example.com", "ana@example.com"]
    assert (second.sent, second.already) == (1, 1)
    assert send_report().already == 2
    assert len(inbox.taken) == 2


def test_a_letter_that_may_have_gone_out_before_a_crash_is_not_sent_again(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    assert recipients.claim_delivery(tenant.tenant_id, MONDAY, "ana@example.com")
    assert not recipients.claim_delivery(tenant.tenant_id, MONDAY, "ana@example.com")

    assert send_report().already == 1
    assert inbox.addresses == ["bia@example.com"]


def test_who_said_no_gets_none_and_others_may_be_added(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    recipients.unsubscribe(tenant.tenant_id, "ana@example.com")
    recipients.set_subscribed(SLUG, "Socio@Example.com", True)

    send_report()
    assert inbox.addresses == ["bia@example.com", "socio@example.com"]
    with pytest.raises(PermanentError, match="no tenant"):
        recipients.set_subscribed("ninguem", "x@example.com", True)


def test_another_gyms_run_sees_neither_recipients_nor_deliveries(
    tenant: Tenant, people: list[str]
) -> None:
    recipients.set_subscribed(SLUG, "socio@example.com", True)
    recipients.claim_delivery(tenant.tenant_id, MONDAY, "ana@example.com")

    assert recipients.read_recipients(tenant.tenant_id + 1) == []
    with tenant_transaction(tenant.tenant_id + 1) as connection:
        for table in ("report_recipients", "report_deliveries", "users"):
            rows = connection.execute(f"select count(*) from ops.{table}".encode()).fetchone()
            assert rows == (0,), table


def test_a_forged_link_is_nobodys() -> None:
    token = recipients.sign_token(1, "ana@example.com")

    assert recipients.read_token(token) == (1, "ana@example.com")
    for forged in (token[:-1], f"x{token}", "", token.replace(".", ".x")):
        assert recipients.read_token(forged) is None


def test_a_server_that_is_away_costs_no_letter(
    tenant: Tenant, people: list[str], inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = get_settings().smtp_url
    set_settings(monkeypatch, SMTP_URL="smtp://127.0.0.1:24996")
    with pytest.raises(TransientError, match=r"127\.0\.0\.1:24996 does not answer"):
        send_report()

    set_settings(monkeypatch, SMTP_URL=url.get_secret_value() if url else "")
    assert send_report().sent == 2


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
