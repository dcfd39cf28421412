"""Builds the accounts without conversations: people, inboxes with their secrets, labels, teams."""

from collections.abc import Iterator
from itertools import count
from typing import Any

from chatwoot_demo.gyms import Gym
from chatwoot_demo.records import Account, Bot, DemoInbox, Label, Team, User
from chatwoot_demo.talk.people import remove_accents
from chatwoot_demo.talk.places import PLACES, Place

_CHANNELS = {
    "whatsapp": ("WhatsApp", "Channel::Whatsapp"),
    "instagram": ("Instagram", "Channel::Instagram"),
    "website": ("Site", "Channel::WebWidget"),
    "facebook": ("Facebook", "Channel::FacebookPage"),
    "email": ("E-mail", "Channel::Email"),
}
_LABELS = (
    ("lead", "#16a34a"), ("experimental-agendada", "#2563eb"), ("financeiro", "#ca8a04"),
    ("trancamento", "#9333ea"), ("cancelamento", "#dc2626"), ("reclamação", "#b91c1c"),
    ("currículo", "#64748b"), ("fornecedor", "#78716c"), ("spam", "#57534e"),
)  # fmt: skip


class Ids:
    """The installation's sequences, one per table, as in Postgres."""

    def __init__(self) -> None:
        self._sequences: dict[str, Iterator[int]] = {}

    def __call__(self, table: str) -> int:
        """The table's next id."""
        return next(self._sequences.setdefault(table, count(1)))


def open_account(gym: Gym, ids: Ids, created_at: str) -> tuple[Account, dict[str, DemoInbox]]:
    """The gym's account, and its inboxes by channel name. ``created_at`` is ISO 8601."""
    place = PLACES[gym.slug]
    inboxes = {
        channel: _inbox(gym, place, ids, channel) for channel in dict.fromkeys(place.channels)
    }
    account = Account(
        id=gym.account_id,
        name=gym.name,
        users=[*_users(gym, place, ids, [inbox.id for inbox in inboxes.values()])],
        bot=Bot(ids("bots"), place.bot) if place.bot else None,
        teams=[
            Team(ids("teams"), "comercial", "Vendas e visitas"),
            Team(ids("teams"), "recepção"),
        ],
        labels=[
            Label(ids("labels"), title, "", color)
            for title, color in ((gym.converted_label, gym.brand_color), *_LABELS)
        ],
        inboxes=list(inboxes.values()),
        timezone=gym.timezone,
        business_hours=gym.business_hours,
        attribute_definitions=[
            _attribute(ids, created_at, "unidade", "Unidade", "text", "conversation_attribute"),
            _attribute(ids, created_at, "aniversario", "Aniversário", "date", "contact_attribute"),
        ],
    )
    return account, inboxes


def _users(gym: Gym, place: Place, ids: Ids, inbox_ids: list[int]) -> Iterator[User]:
    """The agents, in the order in which the scripts number them, then the administrator."""
    for position, (name, _) in enumerate(place.agents):
        email = f"{remove_accents(name).lower()}@{gym.slug}.example.com"
        token = gym.agent_token if position == 0 else gym.secret(f"agent {position}")
        yield User(
            ids("users"), name, email, "agent", token, gym.secret(f"pubsub {position}"),
            gym.account_id, frozenset(inbox_ids[:-1]),
        )  # fmt: skip
    yield User(
        ids("users"), f"Gestão {gym.name}", f"gestao@{gym.slug}.example.com", "administrator",
        gym.token, gym.secret("pubsub"), gym.account_id, frozenset(inbox_ids),
    )  # fmt: skip


def _inbox(gym: Gym, place: Place, ids: Ids, channel: str) -> DemoInbox:
    name, channel_type = _CHANNELS[channel]
    settings: dict[str, Any] = {}
    secrets: dict[str, Any] = {}
    phone = f"+55{gym.area_code}90{gym.account_id:03d}0000"
    if channel == "whatsapp":
        settings = {"phone_number": phone, "provider": "whatsapp_cloud", "message_templates": []}
        secrets = {
            "provider_config": {
                "api_key": gym.secret("whatsapp key"),
                "phone_number_id": str(10**14 + gym.account_id),
                "business_account_id": str(2 * 10**14 + gym.account_id),
                "webhook_verify_token": gym.secret("whatsapp verify"),
            },
            "auth_token": gym.secret("whatsapp auth"),
        }
    elif channel == "website":
        token = gym.secret("website token")
        settings = {
            "widget_color": gym.brand_color,
            "website_url": f"https://{gym.slug}.example.com",
            "hmac_mandatory": False,
            "welcome_title": "Oi! Como podemos ajudar?",
            "welcome_tagline": "Respondemos em alguns minutos",
            "website_token": token,
            "web_widget_script": f"<script>chatwootSDK.run({{websiteToken: '{token}'}})</script>",
            "selected_feature_flags": ["attachments", "emoji_picker"],
            "reply_time": "in_a_few_minutes",
            "pre_chat_form_enabled": False,
            "pre_chat_form_options": {},
            "continuity_via_email": True,
        }
        secrets = {"hmac_token": gym.secret("website hmac")}
    elif channel == "facebook":
        settings = {"page_id": str(3 * 10**14 + gym.account_id), "reauthorization_required": False}
    elif channel == "email":
        address = f"contato@{gym.slug}.example.com"
        settings = {"email": address, "forward_to_email": f"{gym.secret('forward')}@example.com"}
        for protocol, port in (("imap", 993), ("smtp", 587)):
            secrets |= {
                f"{protocol}_login": address,
                f"{protocol}_password": gym.secret(f"{protocol} password"),
                f"{protocol}_address": f"{protocol}.example.com",
                f"{protocol}_port": port,
                f"{protocol}_enabled": True,
            }
        secrets |= {"imap_enable_ssl": True, "smtp_domain": "example.com",
                    "smtp_enable_ssl_tls": False, "smtp_enable_starttls_auto": True,
                    "smtp_openssl_verify_mode": "none", "smtp_authentication": "login"}  # fmt: skip
    return DemoInbox(
        id=ids("inboxes"),
        channel_id=ids(channel_type),
        name=f"{name} {gym.name}",
        channel_type=channel_type,
        settings=settings,
        secrets=secrets,
        csat=place.kind in ("crossfit", "swimming", "functional", "boutique"),
        reply_hours=24 if channel in ("whatsapp", "instagram", "facebook") else None,
        one_thread=place.one_thread and channel in ("whatsapp", "instagram", "facebook"),
        out_of_office=f"Oi! Agora estamos fora do horário de atendimento. Assim que abrirmos, "
        f"a equipe {gym.name} te responde por aqui.",
    )


def _attribute(
    ids: Ids, created_at: str, key: str, name: str, kind: str, model: str
) -> dict[str, Any]:
    return {
        "id": ids("custom_attribute_definitions"),
        "attribute_display_name": name,
        "attribute_display_type": kind,
        "attribute_description": name,
        "attribute_key": key,
        "regex_pattern": None,
        "regex_cue": None,
        "attribute_values": [],
        "attribute_model": model,
        "default_value": None,
        "created_at": created_at,
        "updated_at": created_at,
    }
