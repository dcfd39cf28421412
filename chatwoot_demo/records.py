"""Records of an installation, one class per table of Chatwoot's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timezone
from typing import Any

from chatwoot_demo.talk.people import Person

INCOMING, OUTGOING, ACTIVITY, TEMPLATE = range(4)
"""The message types, as the API numbers them."""


@dataclass(slots=True, eq=False)
class User:
    """Somebody with a login: an administrator or an agent of one account."""

    id: int
    name: str
    email: str
    role: str
    token: str
    pubsub_token: str
    account_id: int
    inbox_ids: frozenset[int] = frozenset()


@dataclass(slots=True, eq=False)
class Bot:
    """An agent bot, the sender of welcome menus."""

    id: int
    name: str


@dataclass(slots=True, eq=False)
class Team:
    """A team of agents."""

    id: int
    name: str
    description: str | None = None


@dataclass(slots=True, eq=False)
class Label:
    """A label's definition; conversations carry its title."""

    id: int
    title: str
    description: str | None
    color: str
    show_on_sidebar: bool | None = True


@dataclass(slots=True, eq=False)
class Webhook:
    """An address that is called when something happens in the account."""

    id: int
    url: str
    subscriptions: list[str]
    secret: str
    name: str | None = None


@dataclass(slots=True)
class Fact:
    """What the author of a script meant by one turn, when it was played.

    ``act`` is the turn's, ``message`` the id of the message that it added between both sides.
    """

    at: float
    act: str
    message: int | None
    meaning: Mapping[str, Any]


@dataclass(slots=True, eq=False)
class DemoInbox:
    """A channel of one account. ``settings`` are the fields that only its kind of channel has."""

    id: int
    channel_id: int
    name: str
    channel_type: str
    settings: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, Any] = field(default_factory=dict)
    csat: bool = False
    out_of_office: str | None = None
    reply_hours: float | None = None
    """For how long after the contact's last message one may write; None: for ever."""
    one_thread: bool = False
    """Whether a contact's next message reopens the last conversation instead of starting one."""


@dataclass(slots=True, eq=False)
class DemoContact:
    """Somebody who writes to a gym."""

    id: int
    name: str
    phone_number: str | None
    email: str | None
    created_at: float
    source_id: str
    inbox: DemoInbox
    identifier: str | None = None
    additional_attributes: dict[str, Any] = field(default_factory=dict)
    custom_attributes: dict[str, Any] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)
    last_activity_at: float | None = None
    blocked: bool = False
    thumbnail: str = ""


@dataclass(slots=True, eq=False)
class DemoMessage:
    """One message. Times are epoch seconds; ``sender`` is who wrote it, if anybody did."""

    id: int
    conversation: "DemoConversation"
    message_type: int
    content: str | None
    created_at: float
    updated_at: float
    sender: DemoContact | User | Bot | None = None
    private: bool = False
    status: str = "sent"
    content_type: str = "text"
    content_attributes: dict[str, Any] = field(default_factory=dict)
    source_id: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class DemoConversation:
    """One conversation.

    ``kind`` is the story that it began as and ``facts`` what its scripts mean, which the API never
    tells. A gym that does not answer cuts the story short.
    """

    display_id: int
    account: "Account"
    inbox: DemoInbox
    contact: DemoContact
    kind: str
    uuid: str
    created_at: float
    updated_at: float
    last_activity_at: float
    status: str = "open"
    messages: list[DemoMessage] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    assignee: User | None = None
    team: Team | None = None
    priority: str | None = None
    custom_attributes: dict[str, Any] = field(default_factory=dict)
    additional_attributes: dict[str, Any] = field(default_factory=dict)
    agent_last_seen_at: float | None = None
    assignee_last_seen_at: float | None = None
    first_reply_created_at: float | None = None
    waiting_since: float | None = None
    snoozed_until: float | None = None
    is_orphan: bool = False
    """Its contact is deleted and the conversation is not yet: every answer with it fails."""


@dataclass(slots=True, eq=False)
class Account:
    """One gym's account, with everything in it. ``conversations`` are keyed by their display id.

    ``people`` are those who wrote and those who only train here; the API never tells of them.
    """

    id: int
    name: str
    users: list[User]
    bot: Bot | None
    teams: list[Team]
    labels: list[Label]
    inboxes: list[DemoInbox]
    attribute_definitions: list[dict[str, Any]]
    status: str = "active"
    timezone: str = "UTC"
    business_hours: Mapping[int, tuple[time, time]] = field(default_factory=dict)
    """Opening and closing by weekday, Monday 0; closed on a day that is missing."""
    webhooks: list[Webhook] = field(default_factory=list)
    contacts: dict[int, DemoContact] = field(default_factory=dict)
    conversations: dict[int, DemoConversation] = field(default_factory=dict)
    next_display_id: int = 1
    people: list[Person] = field(default_factory=list)


def format_instant(at: float) -> str:
    """The instant as Rails writes it: UTC, milliseconds, Z."""
    moment = datetime.fromtimestamp(at, timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
