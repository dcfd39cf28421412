"""The letter as a mail server receives it, and the page that replaces it."""

import base64
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from chatwoot_demo.gyms import GYMS
from geniai_pipeline.reports import letter, recipients, weekly
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant, logo_uri
from geniai_pipeline_tests.support.reports import SLUG, Inbox, send_report


def read_parts(message: EmailMessage) -> tuple[str, str]:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    return text.get_content(), html.get_content()


def test_the_letter_has_both_parts_the_logo_and_one_way_out(
    tenant: Tenant, people: list[str], inbox: Inbox
) -> None:
    outcome = send_report()

    assert (outcome.sent, outcome.failed, inbox.addresses) == (2, [], people)
    message = inbox.taken[0][1]
    assert message["Subject"] == "Academia Relatada & Cia: 6 leads na semana, 7 esperam resposta"
    assert message["From"].addresses[0].display_name == "Academia Relatada & Cia · GeniAI"
    assert message["From"].addresses[0].addr_spec == "relatorios@geniai.example"
    assert (message["To"], message["Bcc"]) == ("ana@example.com", None)
    link, by_mail = (way.strip("<>") for way in message["List-Unsubscribe"].split(", "))
    assert link.startswith("https://painel.example.com/geniai/relatorio/sair/")
    assert by_mail.startswith("mailto:relatorios@geniai.example?subject=")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = link.rpartition("/")[2]
    assert recipients.read_token(token) == (tenant.tenant_id, "ana@example.com")

    text, html = read_parts(message)
    for part in (text, html):
        for phrase in (
            "16 a 22 de novembro de 2026", "6 pessoas querem treinar", "60,0%", "mais rápido",
            "3 áudios não lidos: a nota não conta", "1 áudio não lido",
            "espera há 9 h", "restam 15 h", "Oi! Sugestão 106.", "E mais 2", link,
            "a última mensagem não chegou: 131026: Undeliverable",
            "https://chat.example.com/app/accounts/1/conversations/106",
            "https://painel.example.com/superset/dashboard/painel/",
        ):  # fmt: skip
            assert phrase in part, phrase
        assert "NAO" not in part
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html

    (logo,) = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert logo.get_content().startswith(b"\x89PNG")
    assert logo["Content-Disposition"].startswith("inline")
    assert f'src="cid:{logo["Content-ID"].strip("<>")}"' in html
    assert message.get_content_type() == "multipart/alternative"


def test_without_a_mail_server_it_is_a_page_and_a_letter_for_its_owners_eyes(
    tenant: Tenant, people: list[str]
) -> None:
    outcome = send_report()

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
    send_report()
    left = sorted(file.name for file in folder.iterdir())
    assert left[-2:] == ["2026-11-16.eml", "2026-11-16.html"]
    assert len({name.split(".")[0] for name in left}) == weekly.WEEKS_IN_FOLDER
    for name in left[:-2]:
        (folder / name).unlink()


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
