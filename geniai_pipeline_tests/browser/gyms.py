"""Sample data: three tenants with countable rows, each recognisable by its words."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from math import floor
from typing import Any
from zoneinfo import ZoneInfo

from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline.warehouse.publish import roll_up

ZONE = ZoneInfo("America/Sao_Paulo")
_INBOXES = ((1, "WhatsApp"), (2, "Instagram"))
_STATUSES = ("open", "resolved", "pending", "snoozed")


@dataclass(frozen=True)
class Gym:
    """A sample tenant."""

    slug: str
    name: str
    color: str
    conversations: int

    @property
    def viewer(self) -> str:
        """The user name of its viewer."""
        return f"dono@{self.slug}.example.com"

    @property
    def admin(self) -> str:
        """The user name of its administrator."""
        return f"gerente@{self.slug}.example.com"


FORTE = Gym("forte", "Academia Forte", "#c2185b", 60)
LEVE = Gym("leve", "Estúdio Leve", "#1d4ed8", 35)
VAZIA = Gym("vazia", "Box <Vazia>", "#0f766e", 0)
GYMS = (FORTE, LEVE, VAZIA)
STAFF, STRANGER, BOTH = "equipe@geniai.example.com", "ninguem@example.com", "duplo@example.com"
PASSWORD = "uma senha de teste"


@dataclass(frozen=True)
class Figures:
    """The figures that the page shows of a period, counted from the conversations."""

    conversations: int
    leads: int
    visits: int
    conversions: int
    lead_conversions: int

    def as_shown(self, before: "Figures") -> list[tuple[str, str, str]]:
        """Returns each card in the page's order: title, figure and change."""
        pairs = zip(self._by_title().items(), before._by_title().values(), strict=True)
        return [(title, _written(now), _change(now, then)) for (title, now), then in pairs]

    def _by_title(self) -> dict[str, int | float]:
        return {
            "Conversas": self.conversations,
            "Leads": self.leads,
            "Taxa de leads": _rate(self.leads, self.conversations),
            "Visitas marcadas": self.visits,
            "Matrículas": self.conversions,
            "Taxa de conversão": _rate(self.lead_conversions, self.leads),
        }


def fill(gym: Gym) -> None:
    """Registers the tenant and writes its conversations, one in fourteen hours, newest first."""
    registry.add_tenant(
        gym.slug,
        gym.name,
        TenantConfig(
            chatwoot_url="https://chat.example.com",
            chatwoot_account_id=1,
            chatwoot_token="token",
            brand_color=gym.color,
        ),
    )
    tenant_id = number(gym)
    now = datetime.now(timezone.utc)
    with tenant_transaction(tenant_id) as connection, connection.cursor() as cursor:
        for i in range(1, gym.conversations + 1):
            row = _conversation(gym, tenant_id, i, now - timedelta(hours=14 * i))
            columns = ", ".join(row)
            places = ", ".join(f"%({column})s" for column in row)
            cursor.execute(
                f"insert into analytics.conversations_analytics ({columns}) values ({places})", row
            )
            cursor.execute(
                "insert into analytics.conversation_texts values"
                " (%s, %s, %s, null, 'emagrecer', %s, %s, %s, '')",
                [
                    tenant_id,
                    i,
                    f"Contato: Quanto custa?\n  <i>{gym.slug}</i>\nRobô: Oi!\nAtendente: R$ 99."
                    "\nNão chegou (Atendente): Quer vir?\n  Erro: 131026: Undeliverable",
                    f"Análise {gym.slug} {i}",
                    f"Olá, {gym.slug} {i}!",
                    ["Quanto custa?"],
                ],
            )
        connection.execute(
            "insert into ops.etl_control (tenant_id, run_id, kind, status, complete_up_to)"
            " values (%s, 'first', 'full', 'success', now())",
            [tenant_id],
        )
    with TenantSession(tenant_id) as session:
        roll_up(session, ZONE.key)


def number(gym: Gym) -> int:
    """Returns the tenant_id."""
    return int(registry.describe_tenants(gym.slug)[0]["tenant_id"])


def compare(*gyms: Gym, days: int = 30, where: str = "true") -> tuple[Figures, Figures]:
    """Counts the tenants' figures of the last days, and of as many days before."""
    return count(*gyms, days=days, where=where), count(*gyms, days=days, ago=days, where=where)


def count(*gyms: Gym, days: int = 30, ago: int = 0, where: str = "true") -> Figures:
    """Counts the tenants' figures of the days that end ``ago`` days ago, in their time zone.

    The last of them is today when ``ago`` is 0.
    """
    with connect(admin_url()) as connection:
        row: Any = connection.execute(
            "select count(*), count(*) filter (where is_lead),"
            " count(*) filter (where visit_scheduled), count(*) filter (where crm_converted),"
            " count(*) filter (where is_lead and crm_converted)"
            " from analytics.conversations_analytics c join ops.tenants using (tenant_id)"
            " where slug = any(%(slugs)s)"
            " and (c.created_at at time zone %(zone)s)::date"
            " - (now() at time zone %(zone)s)::date + %(ago)s"
            f" between 1 - %(days)s and 0 and {where}",
            {"slugs": [gym.slug for gym in gyms], "zone": ZONE.key, "days": days, "ago": ago},
        ).fetchone()
    return Figures(*row)


def _conversation(gym: Gym, tenant_id: int, i: int, created_at: datetime) -> dict[str, Any]:
    inbox_id, inbox_name = _INBOXES[i % len(_INBOXES)]
    score = i % 6
    answered = timedelta(minutes=(0.5, 3, 10, 30, 120, 600)[i // 6 % 6])
    return {
        "tenant_id": tenant_id,
        "conversation_id": i,
        # contacts choose their names, markup included
        "contact_name": f"<b>Zé</b> {gym.slug} {i}" if i == 5 else f"Contato {gym.slug} {i}",
        "contact_email": f"c{i}@{gym.slug}.example.com",
        "contact_phone": f"+55119{80000000 + i}",
        "inbox_id": inbox_id,
        "inbox_name": inbox_name,
        "channel": "WhatsApp",
        "status": _STATUSES[i % len(_STATUSES)],
        "created_at": created_at,
        "last_activity_at": created_at + timedelta(hours=1),
        "message_count": 5,
        "contact_message_count": 3,
        "agent_message_count": 2,
        "bot_message_count": 0,
        "is_lead": score >= 2,
        "lead_score": score,
        "visit_scheduled": score == 5,
        "crm_converted": i % 9 == 0,
        "first_contact_message_at": created_at,
        "first_bot_reply_at": created_at + timedelta(seconds=5) if i % 2 else None,
        "first_human_reply_at": created_at + answered if i % 7 else None,
        "response_seconds": answered.total_seconds() if i % 7 else None,
        "response_business_seconds": answered.total_seconds() / 2 if i % 7 else None,
        "last_speaker": "contact",
        "last_spoke_at": created_at + timedelta(hours=1),
        "reply_until": created_at + timedelta(hours=25),
        "awaits_reply": i % 4 in (0, 2) and i > 3,
        "delivery_error": "131026: Undeliverable" if i == 4 else None,
        "ad_id": "a1" if i % 5 == 0 else None,
        "ad_headline": "Matrícula zero" if i % 10 == 0 else None,
        "labels": [],
        "analyzer": "rules",
        "analyzer_version": "1",
        "chatwoot_url": f"https://chat.example.com/app/accounts/1/conversations/{i}",
        "row_hash": "",
        "person_id": i,
        "is_new_lead": score >= 2,
        "visit_state": "agreed" if score == 5 else "none",
        "visit_agreed_at": created_at if score == 5 else None,
        "lead_agreed_visit": score == 5,
        "enrolled_on": created_at.astimezone(ZONE).date() if i % 9 == 0 else None,
        "waiting_since": created_at + timedelta(hours=1),
    }


def _rate(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _written(figure: int | float) -> str:
    return f"{figure}" if isinstance(figure, int) else f"{100 * figure:.1f}%".replace(".", ",")


def _change(now: float, then: float) -> str:
    """Formats the relative change, of a rate in percentage points; from zero there is none."""
    if not then:
        return "–"
    if isinstance(now, float):
        points = f"{abs(100 * (now - then)):.1f}".replace(".", ",")
        return f"{'-' if now < then else '+'}{points} p.p."
    change = (now - then) / then
    return f"{'-' if change < 0 else '+'}{floor(abs(100 * change) + 0.5)}%"
