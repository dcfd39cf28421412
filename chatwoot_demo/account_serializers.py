"""The shapes of what belongs to an account: agents, teams, labels, inboxes, the token's profile."""

from typing import Any

from chatwoot_demo.records import Account, Inbox, Label, Team, User

JSON = dict[str, Any]


def agent(user: User) -> JSON:
    """An agent, as in the list of agents and as an assignee."""
    return {
        "id": user.id,
        "account_id": user.account_id,
        "availability_status": "online",
        "auto_offline": True,
        "confirmed": True,
        "email": user.email,
        "provider": "email",
        "available_name": user.name,
        "name": user.name,
        "role": user.role,
        "thumbnail": "",
        "custom_role_id": None,
    }


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
        "show_on_sidebar": True,
    }


def inbox(record: Inbox, *, timezone: str, hours: list[JSON], secrets: bool) -> JSON:
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
        "lock_to_single_conversation": False,
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


def profile(user: User, account: Account) -> JSON:
    """Who a token belongs to, with the secrets that Chatwoot hands out here."""
    return {
        "access_token": user.token,
        "account_id": account.id,
        "available_name": user.name,
        "avatar_url": "",
        "confirmed": True,
        "display_name": None,
        "message_signature": None,
        "email": user.email,
        "hmac_identifier": user.pubsub_token[::-1],
        "id": user.id,
        "inviter_id": None,
        "name": user.name,
        "provider": "email",
        "pubsub_token": user.pubsub_token,
        "role": user.role,
        "ui_settings": {},
        "uid": user.email,
        "type": None,
        "accounts": [
            {
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
        ],
    }
