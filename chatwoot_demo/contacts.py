"""Creates contacts and conversations, as each channel does."""

import re
from datetime import datetime, timezone
from hashlib import md5
from typing import Any
from uuid import UUID

from chatwoot_demo.records import DemoContact, DemoInbox
from chatwoot_demo.talk.people import Person

# the ninth digit and eight that were a number without it
_OLD_FORM = re.compile(r"(\+55\d\d)9([6-9]\d{7})")


def new_uuid(*parts: object) -> str:
    """Builds a UUID that is the same for the same parts."""
    digest = md5("/".join(map(str, parts)).encode(), usedforsecurity=False)
    return str(UUID(bytes=digest.digest(), version=4))


def build_contact(
    number: int, name: str, phone: str, email: str, handle: str, inbox: DemoInbox, at: float
) -> DemoContact:
    """Builds a contact as its channel does: Instagram and the website have no phone."""
    kind = inbox.channel_type
    social: dict[str, Any] = {}
    if kind == "Channel::Instagram":
        social = {"social_profiles": {"instagram": handle}, "social_instagram_user_name": handle}
    by_phone, by_email = (
        kind == "Channel::Whatsapp",
        kind in ("Channel::Email", "Channel::WebWidget"),
    )
    if by_phone:
        source = phone.lstrip("+")
    elif kind == "Channel::Email":
        source = email
    elif kind == "Channel::WebWidget":
        source = new_uuid("contact", number)
    else:
        source = str(10**15 + number * 7919)
    return DemoContact(
        id=number,
        name=name,
        phone_number=phone if by_phone else None,
        email=email if by_email or (by_phone and number % 5 == 0) else None,
        created_at=at,
        source_id=source,
        inbox=inbox,
        additional_attributes=social,
    )


def add_address(twin: DemoContact, first: DemoContact, who: Person) -> None:
    """Gives a person's second contact what tells that both are one.

    That is their telephone number, without the ninth digit where it may be, or their e-mail.
    """
    old = _OLD_FORM.fullmatch(who.phone)
    if old:
        first.phone_number = who.phone
        twin.phone_number = f"{old[1]}{old[2]}"
    elif first.id % 2:
        first.phone_number = twin.phone_number = who.phone
    else:
        first.email = twin.email = who.email


def first_attributes(inbox: DemoInbox, at: float) -> dict[str, Any]:
    """Builds the first ``additional_attributes`` of a conversation on this channel."""
    if inbox.channel_type == "Channel::WebWidget":
        return _visit(inbox, at)
    if inbox.channel_type == "Channel::Email":
        return {"mail_subject": "Contato pelo site", "source": "email"}
    return {}


def _visit(inbox: DemoInbox, at: float) -> dict[str, Any]:
    started = datetime.fromtimestamp(at, timezone.utc).strftime("%a %b %d %Y %H:%M:%S GMT+0000")
    return {
        "browser": {
            "device_name": "Unknown",
            "browser_name": "Chrome",
            "platform_name": "Android",
            "browser_version": "137.0",
            "platform_version": "15",
        },
        "referer": f"{inbox.settings['website_url']}/planos",
        "initiated_at": {"timestamp": started},
        "browser_language": "pt",
    }
