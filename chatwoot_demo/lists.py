"""The lists that a gym's own system exports: who trains here, and what was sold."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from chatwoot_demo.records import Account
from chatwoot_demo.talk.people import Membership, Person

_SALES_SECONDS = 180 * 86400
"""How far back the list of sales reaches."""


def members_csv(account: Account, at: float) -> str:
    """Writes who trains here at an instant (epoch seconds), also those who never write.

    One first day in ten is missing, one e-mail address in three; some numbers are in the old form.
    """
    rows = [
        (*_describe(who), each.plan, _write_day(account, each.since) if each.has_since else "")
        for who in account.people
        for each in who.memberships
        if each.since <= at and (each.until is None or at < each.until)
    ]
    return _write(("Aluno", "Celular", "E-mail", "Plano", "Data de início"), sorted(rows))


def sales_csv(account: Account, at: float) -> str:
    """Writes the enrolments of the last 180 days before an instant (epoch seconds)."""
    sold: list[tuple[Membership, Person]] = [
        (each, who)
        for who in account.people
        for each in who.memberships
        if at - _SALES_SECONDS < each.since <= at
    ]
    rows = [
        (*_describe(who), each.plan, _write_day(account, each.since))
        for each, who in sorted(sold, key=lambda sale: sale[0].since)
    ]
    return _write(("Cliente", "Telefone", "E-mail", "Plano", "Data da venda"), rows)


def _describe(who: Person) -> tuple[str, str, str]:
    number = who.phone.removeprefix("+55")
    area, rest = number[:2], number[2:]
    if rest.startswith("99999") and int(rest) % 2:
        rest = rest[1:]
    phone = f"({area}) {rest[:-4]}-{rest[-4:]}"
    return who.full, phone, who.email if int(number) % 3 else ""


def _write_day(account: Account, at: float) -> str:
    return datetime.fromtimestamp(at, ZoneInfo(account.timezone)).strftime("%d/%m/%Y")


def _write(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(headings)
    writer.writerows(rows)
    return text.getvalue()
