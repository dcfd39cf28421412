"""Recorded exchanges with a real Chatwoot, and an installation that holds the recorded account."""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from chatwoot_demo.installation import Installation
from chatwoot_demo.records import (
    Account,
    Bot,
    DemoContact,
    DemoConversation,
    DemoInbox,
    DemoMessage,
    Label,
    User,
    Webhook,
)

FOLDER = Path(__file__).parents[1] / "chatwoot_demo" / "recordings"
ACCOUNT = 2
TOKENS = {"admin": "the administrator's", "agent": "the agent's", "wrong": "nobody's"}


@dataclass(frozen=True)
class Exchange:
    """A recorded request and the real Chatwoot's response to it."""

    name: str
    request: dict[str, Any]
    response: dict[str, Any]


class Recording:
    """The reading requests to one version, by name."""

    def __init__(self, version: str) -> None:
        self.version = version
        lines = (FOLDER / f"chatwoot-{version}.jsonl").read_text().splitlines()
        self.exchanges = {each.name: each for each in (Exchange(**json.loads(x)) for x in lines)}

    def answer(self, name: str) -> Any:
        """Returns the body of a recorded response."""
        return self.exchanges[name].response["json"]


@dataclass(frozen=True)
class Delivery:
    """A post to a webhook: its headers, and its body as it came."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        """The JSON of the body."""
        return json.loads(self.raw)

    def is_signed(self, secret: str) -> bool:
        """Whether the signature is right."""
        signed = f"{self.headers['X-Chatwoot-Timestamp']}.".encode() + self.raw
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
        return self.headers["X-Chatwoot-Signature"] == f"sha256={digest}"


class WebhookRecording:
    """The requests about webhooks to one version, in order, and deliveries of every shape."""

    def __init__(self, version: str) -> None:
        lines = (FOLDER / f"webhooks-{version}.jsonl").read_text().splitlines()
        about, *rows = map(json.loads, lines)
        self.secret: str | None = about["webhook_secret"]
        self.exchanges = [Exchange(**row) for row in rows if "request" in row]
        self.deliveries = [
            Delivery(row["delivery"]["headers"], row["delivery"]["raw"].encode())
            for row in rows
            if "delivery" in row
        ]


class RecordedInstallation(Installation):
    """The recorded account as records, at the instant and in the version of its recording."""

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording.version)
        self._recording = recording
        about = recording.answer("about")
        self._now = datetime.fromisoformat(f"{about['timestamp']}+00:00").timestamp()
        rows = recording.answer("list, oldest first")["data"]["payload"]
        self._users = {row["id"]: _user(row) for row in recording.answer("agents")}
        self._inboxes = self._read_inboxes(rows)
        for user in self._users.values():
            user.inbox_ids = frozenset(self._inboxes)
        self._contacts = {row["meta"]["sender"]["id"]: self._contact(row) for row in rows}
        account = self._account()
        account.contacts = self._contacts
        for row in rows:
            account.conversations[row["id"]] = self._conversation(account, row)
        for exchange in recording.exchanges.values():
            if "/messages?after=0&before=" in exchange.request["path"]:
                messages = exchange.response["json"]["payload"]
                self._add_messages(account.conversations[messages[0]["conversation_id"]], messages)
        self.add_account(account)
        self.add_account(Account(1, "Box Alfa", [], None, [], [], [], []))

    def now(self) -> float:
        """The instant of the recording."""
        return self._now

    def _account(self) -> Account:
        answer = self._recording.answer
        return Account(
            id=ACCOUNT,
            name=answer("who am I")["accounts"][0]["name"],
            users=list(self._users.values()),
            bot=None,
            teams=[],
            labels=[
                Label(
                    row["id"],
                    row["title"],
                    row["description"],
                    row["color"],
                    row["show_on_sidebar"],
                )
                for row in answer("labels")["payload"]
            ],
            inboxes=list(self._inboxes.values()),
            attribute_definitions=answer("attribute definitions"),
            webhooks=[
                Webhook(row["id"], row["url"], row["subscriptions"], "secret", row.get("name"))
                for row in answer("webhooks are listed")["payload"]["webhooks"]
            ],
        )

    def _read_inboxes(self, rows: Iterable[dict[str, Any]]) -> dict[int, DemoInbox]:
        """Returns the conversations' inboxes, because the recorded list of inboxes is truncated."""
        names = {4: "WhatsApp", 5: "Instagram"}
        kinds = {row["inbox_id"]: row["meta"]["channel"] for row in rows}
        return {
            number: DemoInbox(number, number - 1, names[number], kind)
            for number, kind in sorted(kinds.items())
        }

    def _contact(self, row: dict[str, Any]) -> DemoContact:
        sender, last = row["meta"]["sender"], row["messages"][0]
        return DemoContact(
            id=sender["id"],
            name=sender["name"],
            phone_number=sender["phone_number"],
            email=sender["email"],
            created_at=sender["created_at"],
            source_id=last["conversation"]["contact_inbox"]["source_id"],
            inbox=self._inboxes[row["inbox_id"]],
            identifier=sender["identifier"],
            additional_attributes=sender["additional_attributes"],
            custom_attributes=sender["custom_attributes"],
            last_activity_at=sender.get("last_activity_at"),
            blocked=sender["blocked"],
            thumbnail=sender["thumbnail"],
        )

    def _conversation(self, account: Account, row: dict[str, Any]) -> DemoConversation:
        assignee = row["meta"].get("assignee")
        record = DemoConversation(
            display_id=row["id"],
            account=account,
            inbox=self._inboxes[row["inbox_id"]],
            contact=self._contacts[row["meta"]["sender"]["id"]],
            kind="recorded",
            uuid=row["uuid"],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
            last_activity_at=_last_activity(row),
            status=row["status"],
            labels=row["labels"],
            assignee=self._users[assignee["id"]] if assignee else None,
            priority=row["priority"],
            custom_attributes=row["custom_attributes"],
            additional_attributes=row["additional_attributes"],
            agent_last_seen_at=row["agent_last_seen_at"] or None,
            assignee_last_seen_at=row["assignee_last_seen_at"] or None,
            first_reply_created_at=row["first_reply_created_at"] or None,
            waiting_since=row["waiting_since"] or None,
            snoozed_until=_instant(row["snoozed_until"]),
        )
        last = [row["last_non_activity_message"], *row["messages"]]
        self._add_messages(record, [message for message in last if message])
        return record

    def _add_messages(self, record: DemoConversation, rows: list[dict[str, Any]]) -> None:
        """Add the messages that the record does not have yet, in the order of their times."""
        messages = {message.id: message for message in record.messages}
        for row in rows:
            messages.setdefault(row["id"], self._message(record, row))
        record.messages = sorted(messages.values(), key=lambda each: (each.created_at, each.id))

    def _message(self, record: DemoConversation, row: dict[str, Any]) -> DemoMessage:
        return DemoMessage(
            id=row["id"],
            conversation=record,
            message_type=row["message_type"],
            content=row["content"],
            created_at=row["created_at"],
            updated_at=_instant(row.get("updated_at")) or row["created_at"],
            sender=self._sender(row.get("sender")),
            private=row["private"],
            status=row["status"],
            content_type=row["content_type"],
            content_attributes=row["content_attributes"],
            source_id=row["source_id"],
            attachments=row.get("attachments", []),
        )

    def _sender(self, row: dict[str, Any] | None) -> DemoContact | User | Bot | None:
        if row is None:
            return None
        if row["type"] == "agent_bot":
            return Bot(row["id"], row["name"])
        people: dict[int, DemoContact] | dict[int, User] = (
            self._contacts if row["type"] == "contact" else self._users
        )
        return people[row["id"]]


def _user(row: dict[str, Any]) -> User:
    token = TOKENS["admin" if row["role"] == "administrator" else "agent"]
    return User(row["id"], row["name"], row["email"], row["role"], token, "pubsub", ACCOUNT)


def _last_activity(row: dict[str, Any]) -> float:
    """Returns the last message's time; only it has the fractions that order the list."""
    at: int = row["last_activity_at"]
    written = _instant(row["messages"][0]["updated_at"])
    return written if written and int(written) == at else at


def _instant(text: str | None) -> float | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(timezone.utc).timestamp()
