"""Sends a tenant's weekly report to each recipient once, or writes it to a file."""

import os
import smtplib
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from urllib.parse import quote

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.files import open_private_file
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
"""The number of weeks whose files are kept per tenant."""
_UNKNOWN = "the connection broke while it was sent: it is not sent again"


@dataclass
class Outcome:
    """The outcome of one tenant's report."""

    week: date
    """Its Monday."""
    waiting: int = 0
    sent: int = 0
    already: int = 0
    """Recipients whose letter an earlier run sent, or may have sent."""
    failed: list[str] = field(default_factory=list)
    """The mail server's errors, without addresses."""
    path: Path | None = None
    """The page's path, if a file was written instead of letters."""


def find_due_tenants(now: datetime) -> list[tuple[str, date]]:
    """Finds the active tenants whose report is due, with its week: Monday from 8:00 local time.

    A schedule that was down at eight sends the report later that day.
    """
    found = []
    for described in describe_tenants():
        local = now.astimezone(load_tenant(described["slug"]).timezone)
        if described["active"] and local.weekday() == _MONDAY and local.hour >= _HOUR:
            found.append((str(described["slug"]), find_last_monday(local)))
    return found


def send_report(slug: str, *, now: datetime | None = None, path: Path | None = None) -> Outcome:
    """Sends last week's report to every recipient without it; a failure stops no other.

    Without a mail server, or with a path, the report is written to a file instead.

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
    """Writes the page and the letter, readable by their owner only: they name people."""
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
            with open_private_file(file) as out:
                out.write(content)
        _remove_old(usual.parent)
    except OSError as error:
        raise PermanentError(
            f"{error.filename} cannot be written: {os.strerror(error.errno or 0)}.",
            mend="Give a path that can be written.",
            tenant=tenant.slug,
        ) from error
    return wanted or usual


def _remove_old(folder: Path) -> None:
    """Deletes all but the latest weeks' files, whose names start with the week's Monday."""
    weeks = sorted({file.stem for file in folder.iterdir()})
    for week in weeks[:-WEEKS_IN_FOLDER]:
        for file in folder.glob(f"{week}.*"):
            file.unlink()
