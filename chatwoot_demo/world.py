"""The simulated world: ten accounts, their clock, and an event log that survives a restart.

The seed determines the history up to the anchor; later changes are timed events in the event log.
Replaying them gives the same world, with the same ids.
"""

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from chatwoot_demo.accounts import Ids, open_account
from chatwoot_demo.contacts import build_contact
from chatwoot_demo.event_log import EventLog
from chatwoot_demo.gyms import GYMS
from chatwoot_demo.history import HISTORY, build_random
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import (
    Account,
    DemoConversation,
    DemoInbox,
    DemoMessage,
    Fact,
    Webhook,
    format_instant,
)
from chatwoot_demo.script_player import ScriptPlayer
from chatwoot_demo.talk.dialogue import Turn
from chatwoot_demo.talk.kinds import UNKNOWN
from chatwoot_demo.turns import TurnPlayer
from chatwoot_demo.versions import NEWEST


class World(Installation):
    """The installation of the sample gyms.

    Without a ``directory`` nothing is kept. ``anchor`` (epoch seconds) is where history ends: now,
    if not given, and then the world's clock is the machine's; otherwise it starts at the anchor.

    Raises:
        ValueError: the directory belongs to another seed or anchor.

    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        seed: int | None = None,
        anchor: float | None = None,
        version: str = NEWEST,
    ) -> None:
        super().__init__(version)
        self._journal = EventLog(directory, seed=seed, anchor=anchor)
        self.seed, self.anchor = self._journal.seed, self._journal.anchor
        self._offset = self._journal.offset
        self._ids = Ids()
        self._stage = TurnPlayer(self._ids)
        self._scripts = ScriptPlayer(self.seed, self.anchor, self._ids, self._stage, self.watch)
        self._inboxes: dict[int, dict[str, DemoInbox]] = {}
        self._ticks = 0
        self._last_event = self.anchor
        self._is_replaying = True
        created_at = format_instant(self.anchor - HISTORY.total_seconds())
        for gym in GYMS:
            account, inboxes = open_account(gym, self._ids, created_at)
            self.add_account(account)
            self._inboxes[account.id] = inboxes
            self._scripts.add_gym(gym, account, inboxes)
        self._scripts.play_until(self.anchor)
        for event in self._journal.events():
            self._apply(event)
        self._is_replaying = False

    # The clock.

    def now(self) -> float:
        """The server's time, in epoch seconds."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Let time pass in an instant, without anything happening meanwhile."""
        self._log_event("advance", seconds=seconds)

    def tick(self) -> None:
        """One thing happens somewhere: the next turn of a conversation, or a new one starts."""
        self._log_event("tick")

    def live(self, seconds: float) -> None:
        """Let time pass in an instant, and everything happen meanwhile that would, at its time."""
        self._log_event("live", seconds=seconds)

    # Changes from outside: the API's own, and what a test wants to happen.

    def add_message(
        self,
        conversation: DemoConversation,
        content: str,
        *,
        by: str = "contact",
        private: bool = False,
    ) -> DemoMessage:
        """Write in the conversation, as the ``contact`` or as an ``agent``."""
        act = "note" if private else by
        self._log_event("say", **_address(conversation), act=act, text=content)
        return next(
            message for message in reversed(conversation.messages) if message.content == content
        )

    def send_audio(self, conversation: DemoConversation, transcription: str = "") -> DemoMessage:
        """The contact speaks; ``transcription``: what Chatwoot understood, empty if nothing."""
        self._log_event("speak", **_address(conversation), transcription=transcription)
        return conversation.messages[-1]

    def start_conversation(
        self, account_id: int, name: str, phone: str, content: str
    ) -> DemoConversation:
        """Somebody new writes to the gym's WhatsApp."""
        self._log_event("start", account=account_id, name=name, phone=phone, text=content)
        return next(reversed(self.accounts[account_id].conversations.values()))

    def edit_message(self, message: DemoMessage, content: str) -> None:
        """Change a message's text. Moves none of the conversation's clocks, as since 4.12."""
        self._log_event("edit", **_address(message.conversation), message=message.id, text=content)

    def fail_message(self, message: DemoMessage, error: str | None = None) -> None:
        """Let a message never arrive. Moves none of the conversation's clocks, as since 4.12."""
        self._log_event("fail", **_address(message.conversation), message=message.id, error=error)

    def choose(self, message: DemoMessage, value: str) -> None:
        """Let the contact click an option of a numbered menu. Moves none of the clocks."""
        self._log_event("choose", **_address(message.conversation), message=message.id, value=value)

    def rename_contact(self, conversation: DemoConversation, name: str) -> None:
        """Rename the contact. Moves none of the conversation's clocks."""
        self._log_event("rename", **_address(conversation), name=name)

    def merge_contact(self, conversation: DemoConversation, into: DemoConversation) -> None:
        """Merge the conversation's contact into the other's, which gets its conversations."""
        self._log_event("merge", **_address(conversation), into=into.contact.id)

    def block(self, conversation: DemoConversation) -> None:
        """Block the contact. Moves none of the conversation's clocks."""
        self._log_event("block", **_address(conversation))

    def delete_message(self, message: DemoMessage) -> None:
        """Delete a message. Moves none of the conversation's clocks, as since 4.12."""
        self._log_event("delete", **_address(message.conversation), message=message.id)

    def relabel(
        self, conversation: DemoConversation, labels: list[str], by: str = "Sistema"
    ) -> None:
        """Replace the conversation's labels, in the name of ``by``, and say so in an activity."""
        if labels != conversation.labels:
            self._log_event("relabel", **_address(conversation), labels=labels, by=by)

    def set_custom_attributes(
        self, conversation: DemoConversation, attributes: dict[str, Any]
    ) -> None:
        """Replace the conversation's custom attributes: moves ``updated_at`` alone."""
        if attributes != conversation.custom_attributes:
            self._log_event("attributes", **_address(conversation), attributes=attributes)

    def resolve(self, conversation: DemoConversation) -> None:
        """Mark the conversation as resolved."""
        self._log_event("resolve", **_address(conversation))

    def assign(self, conversation: DemoConversation, agent: int = 0) -> None:
        """Let an agent take the conversation, by their place in the account's list."""
        self._log_event("assign", **_address(conversation), agent=agent)

    def delete_conversation(self, conversation: DemoConversation) -> None:
        """Delete the conversation for good: it leaves no trace in the API."""
        self._log_event("forget", **_address(conversation))

    def delete_contact(self, conversation: DemoConversation) -> None:
        """Delete the conversation's contact: Chatwoot shows neither until the rest is deleted."""
        self._log_event("orphan", **_address(conversation))

    # Webhooks.

    def store_webhook(self, account: Account, webhook: Webhook) -> None:
        """Add a webhook to the account, or replace the one with its id."""
        self._log_event("webhook", account=account.id, webhook=asdict(webhook))

    def remove_webhook(self, account: Account, webhook_id: int) -> None:
        """Remove a webhook from the account."""
        self._log_event("unhook", account=account.id, webhook=webhook_id)

    def watch(self, conversation: DemoConversation) -> AbstractContextManager[None]:
        """Tell the account's webhooks what changes; nothing of what was before this start."""
        return nullcontext() if self._is_replaying else super().watch(conversation)

    # How things happen.

    def _log_event(self, what: str, **details: Any) -> None:
        with self.lock:
            at = max(self.now(), self._last_event + 1e-6)
            event = {"at": at, "do": what, **details}
            self._apply(event)
            self._journal.write(event)

    def _apply(self, event: dict[str, Any]) -> None:
        at = event["at"]
        if "conversation" not in event:
            getattr(self, f"_do_{event['do']}")(at, event)
        else:
            conversation = self.accounts[event["account"]].conversations[event["conversation"]]
            with self.watch(conversation):
                getattr(self, f"_do_{event['do']}")(at, event, conversation)
        self._last_event = at

    def _do_advance(self, at: float, event: dict[str, Any]) -> None:
        self._offset += event["seconds"]

    def _do_live(self, at: float, event: dict[str, Any]) -> None:
        self._ticks += 1
        end = at + event["seconds"]
        for gym in GYMS:
            self._scripts.add_future(gym, f"{self.seed} day {self._ticks}", at, end)
        self._scripts.play_until(end, at)
        self._offset += event["seconds"]

    def _do_say(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.play(conversation, Turn(at, event["act"], event["text"], {"agent": 0}), at)

    def _do_speak(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        file = {"file": "audio", "transcription": event["transcription"]}
        self._stage.play(conversation, Turn(at, "contact", None, file), at)

    def _do_start(self, at: float, event: dict[str, Any]) -> None:
        account = self.accounts[event["account"]]
        inbox = self._inboxes[account.id]["whatsapp"]
        number = self._ids("contacts")
        contact = build_contact(number, event["name"], event["phone"], "", "", inbox, at)
        contact.email = None
        account.contacts[number] = contact
        conversation = self._scripts.open_conversation(account, contact, inbox, "steered", at)
        meaning = {"kind": "steered", "role": UNKNOWN}
        conversation.facts.append(Fact(at, "begin", None, meaning))
        with self.watch(conversation):
            self._stage.play(conversation, Turn(at, "contact", event["text"]), at)

    def _do_webhook(self, at: float, event: dict[str, Any]) -> None:
        super().store_webhook(self.accounts[event["account"]], Webhook(**event["webhook"]))

    def _do_unhook(self, at: float, event: dict[str, Any]) -> None:
        super().remove_webhook(self.accounts[event["account"]], event["webhook"])

    def _do_edit(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        message = _message(conversation, event["message"])
        message.content = event["text"]
        message.updated_at = at

    def _do_fail(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.fail(_message(conversation, event["message"]), event["error"], at)

    def _do_choose(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.choose(_message(conversation, event["message"]), event["value"], at)

    def _do_rename(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        conversation.contact.name = event["name"]

    def _do_merge(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        account, merged = conversation.account, conversation.contact
        contact = account.contacts[event["into"]]
        del account.contacts[merged.id]
        for record in account.conversations.values():
            if record.contact is merged:
                record.contact = contact
                record.updated_at = at
                for message in record.messages:
                    if message.sender is merged:
                        message.sender = contact
        for who in account.people:
            for channel, number in who.contacts.items():
                if number == merged.id:
                    who.contacts[channel] = contact.id

    def _do_assign(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.play(conversation, Turn(at, "assign", None, {"agent": event["agent"]}), at)

    def _do_block(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.play(conversation, Turn(at, "block"), at)

    def _do_delete(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.delete(_message(conversation, event["message"]), at)

    def _do_relabel(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.label(conversation, event["labels"], event["by"], at)

    def _do_attributes(
        self, at: float, event: dict[str, Any], conversation: DemoConversation
    ) -> None:
        conversation.custom_attributes = event["attributes"]
        conversation.updated_at = at

    def _do_resolve(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        self._stage.play(conversation, Turn(at, "resolve", None, {"agent": 0}), at)

    def _do_forget(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        del conversation.account.conversations[conversation.display_id]

    def _do_orphan(self, at: float, event: dict[str, Any], conversation: DemoConversation) -> None:
        conversation.is_orphan = True

    def _do_tick(self, at: float, event: dict[str, Any]) -> None:
        self._ticks += 1
        rng = build_random(f"{self.seed} tick {self._ticks}")
        soonest = self._scripts.soonest
        if soonest > at + 1800 or (soonest > at and rng.random() < 0.3) or rng.random() < 0.08:
            gym = rng.choices(GYMS, [each.conversations for each in GYMS])[0]
            self._scripts.start_script(gym, f"{self.seed} live {self._ticks}", at)
        else:
            self._scripts.play_soonest(at)


def _address(conversation: DemoConversation) -> dict[str, int]:
    return {"account": conversation.account.id, "conversation": conversation.display_id}


def _message(conversation: DemoConversation, number: int) -> DemoMessage:
    return next(message for message in conversation.messages if message.id == number)
