"""Renders the weekly report as a letter: text and HTML, in Portuguese, with the tenant's brand."""

import base64
import binascii
from dataclasses import dataclass
from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from functools import lru_cache
from typing import Any

import jinja2
from babel.dates import format_date
from babel.numbers import format_decimal

from geniai_pipeline.colors import WHITE, darken_for_contrast, format_hex, mix, rgb
from geniai_pipeline.logos import render_png
from geniai_pipeline.reports import kpis
from geniai_pipeline.reports.figures import Figures, Waiting, Week
from geniai_pipeline.reports.kpis import Kpi
from geniai_pipeline.tenants import Tenant

_LOCALE = "pt_BR"
_LOGO = "logo@geniai"
_LOGO_HEIGHT = 88  # twice what is shown, for sharp screens
_MESSAGE_CHARACTERS = 280
_UNICODE_FORMATS = {",d": "#,##0", ".1%": "0.0%"}
"""A KPI's number format of D3, as Unicode's (CLDR) writes it."""


@dataclass(frozen=True)
class Links:
    """The links of a letter."""

    dashboard: str
    unsubscribe: str | None
    """One click, RFC 8058; None where no public address is set."""
    unsubscribe_by_mail: str


@dataclass(frozen=True)
class Card:
    """One figure of the letter, formatted."""

    kpi: Kpi
    value: str
    change: str
    """The change against the week before, in words."""
    mood: str
    """``good``, ``bad`` or ``same``."""


def write_letter(
    tenant: Tenant, week: Week, *, sender: str, to: str | None, links: Links
) -> EmailMessage:
    """Builds the e-mail to one recipient; its HTML shows the attached logo."""
    letter = EmailMessage(policy=SMTP)
    name = _line(tenant.name)
    letter["Subject"] = build_subject(tenant, week)
    letter["From"] = Address(f"{name} · GeniAI", addr_spec=sender)
    if to:
        letter["To"] = Address(addr_spec=to)
    letter["Date"] = format_datetime(week.now)
    letter["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    letter["Auto-Submitted"] = "auto-generated"
    letter["List-Id"] = f"{name} <relatorio.{tenant.slug}.geniai>"
    ways = [link for link in (links.unsubscribe, links.unsubscribe_by_mail) if link]
    letter["List-Unsubscribe"] = ", ".join(f"<{way}>" for way in ways)
    if links.unsubscribe:
        letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    logo = _picture(tenant.brand_logo)
    values = _template_values(tenant, week, links)
    letter.set_content(_templates().get_template("letter.txt").render(values))
    letter.add_alternative(
        _templates()
        .get_template("letter.html")
        .render(values, logo=f"cid:{_LOGO}" if logo else None),
        subtype="html",
    )
    if logo:
        content, kind = logo
        letter.get_payload()[1].add_related(  # type: ignore[union-attr, index]
            content, "image", kind, cid=f"<{_LOGO}>", filename=f"logo.{kind}", disposition="inline"
        )
    return letter


def write_page(tenant: Tenant, week: Week, links: Links) -> str:
    """Renders the letter's HTML as a page for a browser."""
    logo = _picture(tenant.brand_logo)
    uri = f"data:image/{logo[1]};base64,{base64.b64encode(logo[0]).decode()}" if logo else None
    return (
        _templates()
        .get_template("letter.html")
        .render(_template_values(tenant, week, links), logo=uri)
    )


def build_subject(tenant: Tenant, week: Week) -> str:
    """Builds the subject line."""
    waiting = f", {_count(week.all_waiting, 'espera', 'esperam')} resposta"
    return (
        f"{_line(tenant.name)}: {_count(week.this.leads, 'lead', 'leads')} na semana"
        f"{waiting if week.all_waiting else ''}"
    )


def build_cards(this: Figures, before: Figures) -> list[Card]:
    """Builds the six figures, each compared with the week before."""
    return [
        _count_card(kpis.CONVERSATIONS, this.conversations, before.conversations),
        _count_card(kpis.LEADS, this.leads, before.leads),
        _rate_card(kpis.LEAD_RATE, this.lead_rate, before.lead_rate),
        _count_card(kpis.VISITS, this.visits, before.visits),
        _count_card(kpis.CONVERSIONS, this.conversions, before.conversions),
        _time_card(kpis.RESPONSE_TIME, this, before),
    ]


def _template_values(tenant: Tenant, week: Week, links: Links) -> dict[str, Any]:
    strong = darken_for_contrast(rgb(tenant.brand_color))
    return {
        "gym": _line(tenant.name),
        "color": format_hex(strong),
        "pale": format_hex(mix(strong, WHITE, 0.9)),
        "subject": build_subject(tenant, week),
        "period": _period(week.monday, week.sunday),
        "summary": _summary(week),
        "unread": _describe_unread(week.this.unread_audios),
        "cards": build_cards(week.this, week.before),
        "leads": [_lead(lead) for lead in week.waiting],
        "more": week.all_waiting - len(week.waiting),
        "at": f"{week.now:%d/%m/%Y %H:%M}",
        "links": links,
    }


def _lead(lead: Waiting) -> dict[str, str]:
    message = _line(lead.suggested_message or "")
    if len(message) > _MESSAGE_CHARACTERS:
        message = message[:_MESSAGE_CHARACTERS].rsplit(" ", 1)[0] + "…"
    return {
        "name": _line(lead.contact_name or "") or f"Conversa {lead.conversation_id}",
        "inbox": _line(lead.inbox_name),
        "score": " · ".join(filter(None, (str(lead.score), lead.unread_audios))),
        "waiting_time": lead.waiting_time,
        "window": _window(lead),
        "undelivered": f"a última mensagem {lead.undelivered}" if lead.undelivered else "",
        "message": message,
        "url": lead.chatwoot_url if lead.chatwoot_url.startswith(("https://", "http://")) else "",
    }


def _window(lead: Waiting) -> str:
    if lead.window_open is None:
        return ""
    if lead.window_open:
        return f"{lead.time_left} para responder livremente no {lead.channel}"
    return f"{lead.channel}: {lead.time_left}"


def _summary(week: Week) -> str:
    this = week.this
    if not this.conversations:
        return "Nenhuma conversa começou nesta semana."
    found = _count(this.leads, "pessoa quer", "pessoas querem")
    visits = _count(this.visits, "visita agendada", "visitas agendadas")
    return f"{found} treinar com você, com {visits}."


def _describe_unread(audios: int) -> str:
    if not audios:
        return ""
    unread = _count(audios, "áudio não lido", "áudios não lidos")
    return f"{unread}: a nota não conta o que foi dito em áudio sem transcrição."


def _count_card(kpi: Kpi, this: int, before: int) -> Card:
    value = _write(kpi, this)
    if this == before:
        return Card(kpi, value, "igual à semana anterior", "same")
    ahead = f"{this - before:+d}" if not before else f"{round(100 * (this - before) / before):+d}%"
    change = f"{ahead} (antes: {_write(kpi, before)})"
    return Card(kpi, value, change, "good" if this > before else "bad")


def _rate_card(kpi: Kpi, this: float | None, before: float | None) -> Card:
    shown = [_write(kpi, rate) for rate in (this, before)]
    if this is None or before is None or shown[0] == shown[1]:
        change = "igual à semana anterior" if shown[0] == shown[1] else f"antes: {shown[1]}"
        return Card(kpi, shown[0], change, "same")
    points = format_decimal(100 * (this - before), "+0.#;-0.#", locale=_LOCALE)
    mood = "good" if this > before else "bad"
    return Card(kpi, shown[0], f"{points} p.p. (antes: {shown[1]})", mood)


def _time_card(kpi: Kpi, this: Figures, before: Figures) -> Card:
    if this.response_time == before.response_time:
        return Card(kpi, this.response_time, "igual à semana anterior", "same")
    change = f"antes: {before.response_time}"
    if this.response_seconds is None or before.response_seconds is None:
        return Card(kpi, this.response_time, change, "same")
    faster = this.response_seconds < before.response_seconds
    change = f"mais {'rápido' if faster else 'lento'} ({change})"
    return Card(kpi, this.response_time, change, "good" if faster else "bad")


def _write(kpi: Kpi, number: float | None) -> str:
    if number is None or kpi.number_format is None:
        return "–"
    return format_decimal(number, _UNICODE_FORMATS[kpi.number_format], locale=_LOCALE)


def _period(first: date, last: date) -> str:
    end = format_date(last, "d 'de' MMMM 'de' y", locale=_LOCALE)
    pattern = "d" if first.month == last.month else "d 'de' MMMM"
    return f"{format_date(first, pattern, locale=_LOCALE)} a {end}"


def _count(number: int, one: str, many: str) -> str:
    return f"{format_decimal(number, locale=_LOCALE)} {one if number == 1 else many}"


def _line(words: str) -> str:
    """Joins words to one line: a line break in a header would start another."""
    return " ".join(words.split())


@lru_cache
def _picture(logo: str | None) -> tuple[bytes, str] | None:
    """Decodes the logo to PNG or JPEG, which mail programs show; None: it is unusable."""
    if not logo or not logo.startswith("data:image/") or ";base64," not in logo:
        return None
    kind, _, packed = logo.removeprefix("data:image/").partition(";base64,")
    try:
        content = base64.b64decode(packed, validate=True)
        if kind != "svg+xml":
            return content, kind
        drawn = render_png(content, _LOGO_HEIGHT)
        return (drawn, "png") if drawn else None
    except (binascii.Error, ValueError):
        return None


@lru_cache
def _templates() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("geniai_pipeline.reports"),
        autoescape=jinja2.select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
