"""Chatwoot stand-in with one account that a test fills, and with faults."""

import time
from typing import Any

from chatwoot_demo import serializers
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import (
    INCOMING,
    Account,
    DemoContact,
    DemoConversation,
    DemoInbox,
    DemoMessage,
    User,
)
from chatwoot_demo.server import application
from chatwoot_demo.versions import Version
from geniai_pipeline_tests.support.faults import Faults

TOKEN = "vErYsEcReTtOkEn123456789"
SECRET = "s3cr3t-that-only-administrators-see"
FIRST_DAY = 1_767_225_600  # 2026-01-01
ACCOUNT = 3


class Chatwoot(Faults):
    """Account 3 of a Chatwoot: a user with ``TOKEN``, one contact, the inboxes 7 and 8."""

    def __init__(self) -> None:
        self.installation = Installation()
        super().__init__(application(self.installation, requests_per_minute=10**9))
        self.inboxes = {number: _inbox(number) for number in (7, 8)}
        self.user = User(
            5, "Ana", "ana@example.com", "administrator", TOKEN, SECRET, ACCOUNT,
            frozenset(self.inboxes),
        )  # fmt: skip
        self.contact = DemoContact(
            id=1,
            name="Maria",
            phone_number=None,
            email=None,
            created_at=FIRST_DAY,
            source_id=SECRET,
            inbox=self.inboxes[7],
            additional_attributes={"city": "Natal", "ip": SECRET, "pn": "5584@c.us"},
            thumbnail=SECRET,
        )
        self.account = Account(
            id=ACCOUNT,
            name="Box Azul",
            users=[self.user],
            bot=None,
            teams=[],
            labels=[],
            inboxes=list(self.inboxes.values()),
            attribute_definitions=[],
            timezone="America/Sao_Paulo",
        )
        self.installation.add_account(self.account)
        self.conversations = self.account.conversations

    def play(self, version: str) -> None:
        """Responds as this version of Chatwoot does."""
        self.installation.version = Version(version)

    def add(self, number: int, messages: int = 3, **fields: Any) -> DemoConversation:
        """Adds a conversation with so many messages; arguments override its fields."""
        created = FIRST_DAY + number * 60
        record = self.conversations[number] = DemoConversation(
            display_id=number,
            account=self.account,
            inbox=self.inboxes[7],
            contact=self.contact,
            kind="",
            uuid=f"uuid-{number}",
            created_at=created,
            updated_at=created + 0.25,
            last_activity_at=created,
            labels=["visita"],
            additional_attributes={"referer": "https://ad", "browser": {"ip": SECRET}},
        )
        record.messages = [
            DemoMessage(
                id=number * 10_000 + n,
                conversation=record,
                message_type=INCOMING,
                content=f"mensagem {n}",
                created_at=created + n,
                updated_at=created + n,
                sender=self.contact,
                source_id=f"WAID:{n}",
            )
            for n in range(messages)
        ]
        self.change(number, **fields)
        return record

    def change(self, number: int, **fields: Any) -> None:
        """Sets fields of a conversation; ``inbox_id`` may be one that the account does not list."""
        record = self.conversations[number]
        if "inbox_id" in fields:
            inbox_id = fields.pop("inbox_id")
            record.inbox = self.inboxes.get(inbox_id) or _inbox(inbox_id)
        for name, value in fields.items():
            setattr(record, name, value)

    def touch(self, number: int, content: str = "quanto custa?") -> None:
        """Adds a contact's message dated now."""
        now, record = time.time(), self.conversations[number]
        record.messages.append(
            DemoMessage(
                id=record.messages[-1].id + 1,
                conversation=record,
                message_type=INCOMING,
                content=content,
                created_at=now,
                updated_at=now,
                sender=self.contact,
            )
        )
        record.updated_at = record.last_activity_at = now

    def fill_busy(self, count: int, **fields: Any) -> None:
        """Adds open and resolved conversations of both inboxes, all changed just now."""
        for number in range(1, count + 1):
            now = time.time()
            inbox_id, status = 7 + number % 2, ("open", "resolved")[number // 2 % 2]
            self.add(number, messages=1, inbox_id=inbox_id, status=status, **fields)
            self.change(number, last_activity_at=now, updated_at=now)

    def set_orphans(self, numbers: set[int]) -> None:
        """Deletes the contacts of these conversations, and of no others."""
        for number, record in self.conversations.items():
            record.is_orphan = number in numbers

    def row(self, number: int) -> dict[str, Any]:
        """Returns the conversation as the list shows it."""
        installation = self.installation
        return serializers.conversation(
            self.conversations[number], installation.now(), installation.version
        )

    def message_rows(self, number: int) -> list[dict[str, Any]]:
        """Returns the conversation's messages as their endpoint shows them."""
        return [serializers.message(record) for record in self.conversations[number].messages]

    def message_ids(self, number: int) -> list[int]:
        """Returns the ids of the conversation's messages in order."""
        return [record.id for record in self.conversations[number].messages]


def _inbox(number: int) -> DemoInbox:
    return DemoInbox(
        id=number,
        channel_id=number,
        name=f"Inbox {number}",
        channel_type="Channel::Whatsapp",
        secrets={
            "imap_password": SECRET,
            "provider_config": {"api_key": SECRET},
            "hmac_token": SECRET,
        },
    )
