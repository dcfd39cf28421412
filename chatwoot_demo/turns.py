"""Applies each turn of a script to the records and their timestamps."""

import re
from collections.abc import Callable
from typing import Any

from chatwoot_demo.accounts import Ids
from chatwoot_demo.message_parts import build_attachment, build_email, build_source_id
from chatwoot_demo.records import (
    ACTIVITY,
    INCOMING,
    OUTGOING,
    TEMPLATE,
    Bot,
    DemoConversation,
    DemoMessage,
    Fact,
    User,
)
from chatwoot_demo.talk.dialogue import Turn

DELETED = "Esta mensagem foi excluída"
AUTO_RESOLVED = "A conversa foi marcada como resolvida pelo sistema por ter"
AUTOMATION = "Sistema de Automação"
REOPENED = "O sistema reabriu a conversa devido a uma nova mensagem recebida."
_OPTION = re.compile(r"^(\d)[^\w\n]+(.+)$", re.MULTILINE)
_PRIORITIES = {"medium": "médio", "high": "alta", "urgent": "urgente", "low": "baixa"}


class TurnPlayer:
    """Applies turns to conversations. The ids come from the installation's sequences."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids

    def play(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        """Applies the turn at that instant, and notes what it means."""
        before, status = len(conversation.messages), conversation.status
        _ACTS[turn.act](self, conversation, turn, at)
        if turn.act in _MESSAGES:
            message = next(
                each.id for each in conversation.messages[before:] if each.message_type != ACTIVITY
            )
            conversation.facts.append(Fact(at, turn.act, message, turn.meaning))
        elif turn.act in _STATES and conversation.status != status:
            conversation.facts.append(Fact(at, turn.act, None, turn.data))

    def add(
        self,
        conversation: DemoConversation,
        message_type: int,
        content: str | None,
        at: float,
        **more: Any,
    ) -> DemoMessage:
        """Adds a message of any type and moves both timestamps of the conversation."""
        number = self.ids("messages")
        source = None
        if message_type != ACTIVITY and not more.get("private"):
            source = build_source_id(conversation, number)
        message = DemoMessage(
            number, conversation, message_type, content, at, at, source_id=source, **more
        )
        conversation.messages.append(message)
        conversation.last_activity_at = at
        conversation.updated_at = at
        return message

    def activity(self, conversation: DemoConversation, text: str, at: float) -> None:
        """Adds the activity message that Chatwoot writes about a change."""
        self.add(conversation, ACTIVITY, text, at)

    def label(self, conversation: DemoConversation, labels: list[str], by: str, at: float) -> None:
        """Replaces the list of labels."""
        added = [label for label in labels if label not in conversation.labels]
        removed = [label for label in conversation.labels if label not in labels]
        conversation.labels = list(labels)
        if added:
            self.activity(conversation, f"{by} adicionou {', '.join(added)}", at)
        if removed:
            self.activity(conversation, f"{by} removeu {', '.join(removed)}", at)

    def fail(self, message: DemoMessage, error: str | None, at: float) -> None:
        """The channel refuses a message after Chatwoot took it: the conversation's clocks stay."""
        message.status = "failed"
        if error:
            message.content_attributes = message.content_attributes | {"external_error": error}
        message.updated_at = at

    def choose(self, message: DemoMessage, value: str, at: float) -> None:
        """The contact clicks in a menu, which keeps the answer: the conversation's clocks stay."""
        items = [
            {"title": title, "value": number}
            for number, title in _OPTION.findall(message.content or "")
        ]
        chosen = next(item for item in items if item["value"] == value)
        message.content_type = "input_select"
        message.content_attributes = {"items": items, "submitted_values": {"name": value, **chosen}}
        message.updated_at = at

    def delete(self, message: DemoMessage, at: float) -> None:
        """Delete a message as Chatwoot does: the row stays, the conversation's clocks too."""
        message.content = DELETED
        message.content_type = "text"
        message.content_attributes = {"deleted": True}
        message.attachments = []
        message.updated_at = at

    def _contact(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        if conversation.status in ("resolved", "snoozed"):
            conversation.status = "open"
            conversation.snoozed_until = None
            self.activity(conversation, REOPENED, at)
        message = self.add(conversation, INCOMING, turn.text, at, sender=conversation.contact)
        if "file" in turn.data:
            message.attachments = [
                build_attachment(
                    self.ids("attachments"),
                    message,
                    turn.data["file"],
                    turn.data.get("transcription", ""),
                )
            ]
        if conversation.inbox.channel_type == "Channel::Email":
            message.content_type = "incoming_email"
            message.content_attributes = {"email": build_email(message)}
        if "referral" in turn.data:
            message.content_attributes = {"referral": turn.data["referral"]}
        conversation.contact.last_activity_at = at
        if conversation.waiting_since is None:
            conversation.waiting_since = at

    def _agent(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        user = _user(conversation, turn)
        if conversation.status == "pending":
            conversation.status = "open"
        status = "read" if turn.data.get("read", True) else "delivered"
        message = self.add(conversation, OUTGOING, turn.text, at, sender=user, status=status)
        if "error" in turn.data:
            self.fail(message, turn.data["error"], at)
        conversation.agent_last_seen_at = at
        if user is conversation.assignee:
            conversation.assignee_last_seen_at = at
        if conversation.first_reply_created_at is None:
            conversation.first_reply_created_at = at
        conversation.waiting_since = None

    def _bot(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        self.add(conversation, OUTGOING, turn.text, at, sender=conversation.account.bot)
        conversation.waiting_since = None
        conversation.status = "open" if turn.data["handover"] else "pending"

    def _choose(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        menus = (each for each in reversed(conversation.messages) if isinstance(each.sender, Bot))
        self.choose(next(menus), turn.data["value"], at)

    def _block(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        conversation.contact.blocked = True

    def _template(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        name = turn.data["campaign"]
        attributes = {"template_params": {"name": name, "language": "pt_BR"}}
        self.add(
            conversation, TEMPLATE, turn.text, at, status="delivered", content_attributes=attributes
        )

    def _away(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        self.add(conversation, TEMPLATE, conversation.inbox.out_of_office, at)

    def _note(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        self.add(
            conversation, OUTGOING, turn.text, at, private=True, sender=_user(conversation, turn)
        )

    def _assign(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        user = _user(conversation, turn)
        conversation.assignee = user
        self.activity(conversation, f"{user.name} atribuiu a si mesmo essa conversa", at)

    def _team(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        team = conversation.account.teams[turn.data["team"]]
        conversation.team = team
        self.activity(
            conversation, f"Atribuído a {team.name} por {_user(conversation, turn).name}", at
        )

    def _label(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        label = turn.data["label"]
        if label not in conversation.contact.labels:
            conversation.contact.labels.append(label)
        if label not in conversation.labels:
            self.label(
                conversation, [*conversation.labels, label], _user(conversation, turn).name, at
            )

    def _priority(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        conversation.priority = turn.data["priority"]
        word = _PRIORITIES[turn.data["priority"]]
        self.activity(
            conversation, f"{_user(conversation, turn).name} definiu a prioridade para {word}", at
        )

    def _resolve(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        if conversation.status != "resolved":
            self._close(
                conversation,
                f"Conversa foi marcada como resolvida por {_user(conversation, turn).name}",
                at,
            )

    def _nightly(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        if conversation.status in ("open", "pending"):
            self._close(conversation, f"Conversa foi marcada como resolvida por {AUTOMATION}", at)

    def _auto_resolve(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        if conversation.status != "resolved":
            days = max(1, round((at - conversation.last_activity_at) / 86400))
            text = f"{AUTO_RESOLVED} {days} dias de inatividade"
            self._close(conversation, text, at)

    def _close(self, conversation: DemoConversation, text: str, at: float) -> None:
        conversation.status = "resolved"
        conversation.waiting_since = None
        self.activity(conversation, text, at)

    def _snooze(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        conversation.status = "snoozed"
        conversation.snoozed_until = turn.data["until"]
        self.activity(conversation, f"Conversa foi adiada por {_user(conversation, turn).name}", at)

    def _wake(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        if conversation.status == "snoozed":
            conversation.status = "open"
            conversation.snoozed_until = None
            conversation.updated_at = at

    def _delete(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        for message in reversed(conversation.messages):
            if message.message_type == OUTGOING and not message.private:
                self.delete(message, at)
                return

    def _csat(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        self.add(
            conversation,
            TEMPLATE,
            "Por favor, classifique a conversa",
            at,
            content_type="input_csat",
        )

    def _rate(self, conversation: DemoConversation, turn: Turn, at: float) -> None:
        for message in reversed(conversation.messages):
            if message.content_type == "input_csat":
                answer = {"rating": turn.data["rating"]}
                if turn.data["feedback"]:
                    answer["feedback_message"] = turn.data["feedback"]
                message.content_attributes = {"submitted_values": {"csat_survey_response": answer}}
                message.updated_at = at
                return


_ACTS: dict[str, Callable[[TurnPlayer, DemoConversation, Turn, float], None]] = {
    "contact": TurnPlayer._contact,
    "agent": TurnPlayer._agent,
    "bot": TurnPlayer._bot,
    "note": TurnPlayer._note,
    "template": TurnPlayer._template,
    "away": TurnPlayer._away,
    "assign": TurnPlayer._assign,
    "team": TurnPlayer._team,
    "label": TurnPlayer._label,
    "priority": TurnPlayer._priority,
    "resolve": TurnPlayer._resolve,
    "auto_resolve": TurnPlayer._auto_resolve,
    "nightly": TurnPlayer._nightly,
    "snooze": TurnPlayer._snooze,
    "wake": TurnPlayer._wake,
    "delete": TurnPlayer._delete,
    "choose": TurnPlayer._choose,
    "block": TurnPlayer._block,
    "csat": TurnPlayer._csat,
    "rate": TurnPlayer._rate,
}


_MESSAGES = frozenset({"contact", "agent", "bot", "template", "away"})
"""The acts that are messages between both sides."""
_STATES = frozenset({"resolve", "snooze"})
"""The acts by which a person says that nobody waits, for now or for good."""


def _user(conversation: DemoConversation, turn: Turn) -> User:
    number: int = turn.data["agent"]
    return conversation.account.users[number]
