"""Makes one tenant's weekly report once; sends it to each recipient once, or writes a file."""

import os
import smtplib
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import quote

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.files import open_privately
from geniai_pipeline.reports import recipients
from geniai_pipeline.reports.figures import Week, find_last_monday, read_week
from geniai_pipeline.reports.folder import find_reports_folder
from geniai_pipeline.reports.letter import Links, write_letter, write_page
from geniai_pipeline.reports.mail import Mailer, RefusedError, sender_address
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.registry import describe_tenants, load_tenant

_HOUR, _MONDAY = 8, 0
WEEKS_IN_FOLDER = 26
"""So many weeks' files of a tenant stay."""
_UNKNOWN = "the connection broke while it was sent: it is not sent again"


@dataclass
class Outcome:
    """What became of one tenant's report."""

    week: date
    """Its Monday."""
    waiting: int = 0
    sent: int = 0
    already: int = 0
    """Recipients to whom this week's was sent, or may have been, by a run before."""
    failed: list[str] = field(default_factory=list)
    """What the mail server said, without addresses."""
    path: Path | None = None
    """The page, where no mail server is set or a file was asked for."""


def find_due_tenants(now: datetime) -> list[tuple[str, date]]:
    """The active tenants for whom it is Monday, eight o'clock or later, and the week that is over.

    Later, too: a schedule that was down at eight sends it when it is up again.
    """
    found = []
    for described in describe_tenants():
        local = now.astimezone(load_tenant(described["slug"]).timezone)
        if described["active"] and local.weekday() == _MONDAY and local.hour >= _HOUR:
            found.append((str(described["slug"]), find_last_monday(local)))
    return found


def send_report(slug: str, *, now: datetime | None = None, path: Path | None = None) -> Outcome:
    """Sends last week's report to every recipient who has not got it; one who fails stops no other.

    Without a mail server, or where a path is given, it is written as a file and nothing is sent.

    Raises:
        PermanentError: there is no such tenant, the file cannot be written, or the mail server
            refuses the login.
        TransientError: the mail server or the database does not answer.

    """
    tenant = load_tenant(slug)
    local = (now or read_clock()).astimezone(tenant.timezone)
    week = read_week(tenant, find_last_monday(local), local)
    outcome = Outcome(week.monday, waiting=week.all_waiting)
    url = get_settings().smtp_url
    if path is not None or url is None:
        outcome.path = _write_files(tenant, week, path)
        return outcome
    with Mailer(url.get_secret_value()) as mailer:
        for recipient in recipients.read_recipients(tenant.tenant_id):
            if recipient.subscribed:
                _send_one(tenant, week, recipient.email, mailer, outcome)
    return outcome


def _send_one(tenant: Tenant, week: Week, email: str, mailer: Mailer, outcome: Outcome) -> None:
    try:
        letter = _letter(tenant, week, email)
    except ValueError:  # an address that no header takes
        outcome.failed.append("an address cannot be written in a letter")
        return
    mailer.connect()
    if not recipients.claim_delivery(tenant.tenant_id, week.monday, email):
        outcome.already += 1
        return
    settle = partial(recipients.record_delivery, tenant.tenant_id, week.monday, email)
    try:
        mailer.send(letter)
    except RefusedError as refusal:
        settle(str(refusal))
        outcome.failed.append(str(refusal))
    except (OSError, smtplib.SMTPException):
        outcome.failed.append(_UNKNOWN)
    else:
        settle(None)
        outcome.sent += 1


def _letter(tenant: Tenant, week: Week, email: str | None) -> EmailMessage:
    return write_letter(
        tenant, week, sender=sender_address(), to=email, links=_links(tenant, email)
    )


def _links(tenant: Tenant, email: str | None) -> Links:
    settings = get_settings()
    public = (settings.public_url or "").rstrip("/")
    token = recipients.sign_token(tenant.tenant_id, email or "")
    return Links(
        dashboard=settings.dashboard_url,
        unsubscribe=f"{public}{recipients.UNSUBSCRIBE_PATH}{token}" if public else None,
        unsubscribe_by_mail=f"mailto:{sender_address()}"
        f"?subject={quote(f'Não quero mais o relatório de {tenant.slug}')}",
    )


def _write_files(tenant: Tenant, week: Week, wanted: Path | None) -> Path:
    """The page, with the letter beside it, for their owner's eyes: they name people."""
    usual = find_reports_folder(tenant.slug) / f"{week.monday:%Y-%m-%d}.html"
    try:
        usual.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file in [wanted] if wanted else [usual, usual.with_suffix(".eml")]:
            is_letter = file.suffix == ".eml"
            content = (
                _letter(tenant, week, None).as_bytes()
                if is_letter
                else write_page(tenant, week, _links(tenant, None)).encode()
            )
            with open_privately(file) as out:
                out.write(content)
        _remove_old(usual.parent)
    except OSError as error:
        raise PermanentError(
            f"{error.filename} cannot be written: {os.strerror(error.errno or 0)}.",
            mend="Give a file that can.",
            tenant=tenant.slug,
        ) from error
    return wanted or usual


def _remove_old(folder: Path) -> None:
    """Leaves the files of the latest weeks: their names begin with the week's Monday."""
    weeks = sorted({file.stem for file in folder.iterdir()})
    for week in weeks[:-WEEKS_IN_FOLDER]:
        for file in folder.glob(f"{week}.*"):
            file.unlink()
