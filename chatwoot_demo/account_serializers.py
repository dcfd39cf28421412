"""Serializers of what belongs to an account: agents, teams, labels, inboxes, profile."""

from typing import Any

from chatwoot_demo.records import Account, DemoInbox, Label, Team, User, Webhook
from chatwoot_demo.versions import Version

JSON = dict[str, Any]


def agent(user: User, version: Version) -> JSON:
    """An agent, as in the list of agents and as an assignee."""
    shape: JSON = {
        "id": user.id,
        "account_id": user.account_id,
        "availability_status": "online",
        "auto_offline": True,
        "confirmed": True,
        "email": user.email,
        "available_name": user.name,
        "name": user.name,
        "role": user.role,
        "thumbnail": "",
        "custom_role_id": None,
    }
    return shape | ({"provider": "email"} if version.has_feature("provider of agents") else {})


def team(record: Team, account_id: int) -> JSON:
    """A team."""
    return {
        "id": record.id,
        "name": record.name,
        "description": record.description,
        "allow_auto_assign": True,
        "account_id": account_id,
        "is_member": False,
    }


def label(record: Label) -> JSON:
    """A label's definition."""
    return {
        "id": record.id,
        "title": record.title,
        "description": record.description,
        "color": record.color,
        "show_on_sidebar": record.show_on_sidebar,
    }


def webhook(record: Webhook, account_id: int, version: Version) -> JSON:
    """A webhook; older versions know neither its name nor its secret."""
    shape: JSON = {
        "id": record.id,
        "url": record.url,
        "account_id": account_id,
        "subscriptions": record.subscriptions,
    }
    if version.has_feature("webhook names and secrets"):
        shape |= {"name": record.name, "secret": record.secret}
    return shape


def working_hours(account: Account) -> list[JSON]:
    """The week of the account's inboxes, from Sunday."""
    hours = []
    for day in range(7):
        opens = account.business_hours.get((day - 1) % 7)
        hours.append(
            {
                "day_of_week": day,
                "closed_all_day": opens is None,
                "open_hour": opens[0].hour if opens else None,
                "open_minutes": opens[0].minute if opens else None,
                "close_hour": opens[1].hour if opens else None,
                "close_minutes": opens[1].minute if opens else None,
                "open_all_day": False,
            }
        )
    return hours


def inbox(record: DemoInbox, *, timezone: str, hours: list[JSON], secrets: bool) -> JSON:
    """An inbox; an administrator gets its secrets in clear."""
    shape: JSON = {
        "id": record.id,
        "avatar_url": "",
        "channel_id": record.channel_id,
        "name": record.name,
        "channel_type": record.channel_type,
        "greeting_enabled": False,
        "greeting_message": None,
        "working_hours_enabled": True,
        "enable_email_collect": True,
        "csat_survey_enabled": record.csat,
        "csat_config": {},
        "enable_auto_assignment": True,
        "auto_assignment_config": {},
        "out_of_office_message": record.out_of_office,
        "working_hours": hours,
        "timezone": timezone,
        "callback_webhook_url": None,
        "allow_messages_after_resolved": True,
        "lock_to_single_conversation": record.one_thread,
        "sender_name_type": "friendly",
        "business_name": None,
        "allowed_domains": None,
        "messaging_service_sid": None,
        "phone_number": None,
        "provider": None,
        "reauthorization_required": False,
    }
    shape |= dict.fromkeys(
        ("widget_color", "website_url", "hmac_mandatory", "welcome_title", "welcome_tagline",
         "web_widget_script", "website_token", "selected_feature_flags", "reply_time")
    )  # fmt: skip
    return shape | record.settings | (record.secrets if secrets else {})


def profile(user: User, account: Account, version: Version) -> JSON:
    """Who a token belongs to, with the secrets that Chatwoot hands out here."""
    membership: JSON = {
        "id": account.id,
        "name": account.name,
        "status": account.status,
        "active_at": None,
        "role": user.role,
        "permissions": [user.role],
        "availability": "online",
        "availability_status": "online",
        "auto_offline": True,
        "custom_role_id": None,
        "custom_role": None,
    }
    if version.has_feature("onboarding_step"):
        membership["onboarding_step"] = None
    return {
        "access_token": user.token,
        "account_id": account.id,
        "available_name": user.name,
        "avatar_url": "",
        "confirmed": True,
        "display_name": None,
        "message_signature": None,
        "email": user.email,
        "id": user.id,
        "inviter_id": None,
        "name": user.name,
        "provider": "email",
        "pubsub_token": user.pubsub_token,
        "role": user.role,
        "ui_settings": {},
        "uid": user.email,
        "type": None,
        "accounts": [membership],
    }
