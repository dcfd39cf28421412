"""Transforms raw conversations to one typed row per episode, or to a rejected row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from geniai_pipeline.contacts import is_placeholder
from geniai_pipeline.conversations.activities import (
    RESOLVED,
    Activity,
    find_label_instant,
    parse_activity,
)
from geniai_pipeline.conversations.bridges import find_phone, is_bridged, is_person, resolve_edits
from geniai_pipeline.conversations.conversion import is_converted, is_member, normalize_label
from geniai_pipeline.conversations.episodes import cut_episodes
from geniai_pipeline.conversations.fields import (
    clean_line,
    name_channel,
    parse_array,
    parse_email,
    parse_identifier,
    parse_instant,
    parse_object,
    to_datetime,
    to_microseconds,
)
from geniai_pipeline.conversations.hours import count_business_seconds
from geniai_pipeline.conversations.messages import (
    TypedMessage,
    UnreadableMessageError,
    parse_ad,
    parse_message,
    parse_submission,
    summarize,
)
from geniai_pipeline.errors import Rejected
from geniai_pipeline.tenants import Tenant

if TYPE_CHECKING:  # every run that imports this module would pay for pandas
    import pandas as pd

TRANSFORM_VERSION = 6
"""Increment it with each change of the transform: every row is then transformed again."""

TABLE = "core.conversations"

COLUMNS = (
    "conversation_id",
    "source_version",
    "inbox_id",
    "inbox_name",
    "channel",
    "status",
    "contact_id",
    "contact_name",
    "contact_email",
    "contact_phone",
    "assignee_name",
    "labels",
    "created_at",
    "last_activity_at",
    "message_count",
    "contact_message_count",
    "agent_message_count",
    "bot_message_count",
    "first_contact_message_at",
    "first_bot_reply_at",
    "first_human_reply_at",
    "response_seconds",
    "response_business_seconds",
    "last_speaker",
    "last_spoke_at",
    "ad_id",
    "ad_headline",
    "crm_converted",
    "chatwoot_url",
    "transcript",
    "content_hash",
    "undelivered",
    "delivery_error",
    "contact_blocked",
    "last_incoming_at",
    "episode",
    "is_latest",
    "resolved_by_person",
    "snoozed_until",
    "converted_at",
    "last_agent_message_at",
    "is_member",
    "unread_audios",
)
"""Of ``core.conversations`` after ``tenant_id``, in order."""

_TIMES = tuple(name for name in COLUMNS if name.endswith(("_at", "_until")))
_STATUSES = ("open", "pending", "resolved", "snoozed")


@dataclass(frozen=True)
class RawConversation:
    """One landed conversation, with all of its messages in any order."""

    conversation_id: int
    payload: dict[str, Any]
    messages: list[dict[str, Any]]
    changed_at: datetime
    transcriptions: dict[str, str] = field(default_factory=dict)
    """The words of audios that Chatwoot has none of, by the attachment's id."""


class TransformResult(NamedTuple):
    """The rows of a batch, with the columns ``COLUMNS``, and the rejected rows."""

    rows: pd.DataFrame
    rejected: list[Rejected]


class _UnusableRowError(ValueError):
    """A conversation cannot become a row; the text says why."""


def settings_version(tenant: Tenant, inboxes: Mapping[int, dict[str, Any]]) -> str:
    """Hashes what a row depends on besides its payloads.

    That is the transform's version, the tenant's settings, and the inboxes' names and channels.
    """
    depends_on = [
        TRANSFORM_VERSION,
        str(tenant.timezone),
        sorted((day, *map(str, hours)) for day, hours in tenant.business_hours.items()),
        sorted({normalize_label(label) for label in tenant.converted_labels}),
        sorted(tenant.converted_attributes),
        sorted({normalize_label(label) for label in tenant.member_labels}),
        sorted(tenant.member_attributes),
        sorted(tenant.bot_agents),
        tenant.episode_silence_days,
        _conversations_url(tenant),
        sorted(inboxes.items()),
    ]
    return hashlib.sha256(json.dumps(depends_on, sort_keys=True).encode()).hexdigest()[:12]


def source_version(changed_at: datetime, settings: str) -> str:
    """Builds the version of a row's source; a changed version means to transform it again.

    In SQL: ``(extract(epoch from changed_at) * 1000000)::bigint || '-' || <settings_version>``.
    """
    return f"{to_microseconds(changed_at)}-{settings}"


def transform(
    conversations: Sequence[RawConversation],
    tenant: Tenant,
    inboxes: Mapping[int, dict[str, Any]],
) -> TransformResult:
    """Transforms each conversation to its episodes, ready for ``core.conversations``.

    A conversation without creation time, inbox or known status is rejected alone. A message without
    a time is rejected, and its conversation stays. A rejected message's key is
    ``<conversation>/<message>``.

    Args:
        conversations: of one tenant; batches of thousands are fastest.
        tenant: gives the hours, the converted labels and the Chatwoot address.
        inboxes: Chatwoot's inboxes by id; a missing one is named by its id.

    """
    import pandas as pd

    version = settings_version(tenant, inboxes)
    url = _conversations_url(tenant)
    rows: list[dict[str, Any]] = []
    messages: list[TypedMessage] = []
    rejected: list[Rejected] = []
    for raw in conversations:
        try:
            identity = _identity(raw.payload, inboxes)
        except _UnusableRowError as error:
            rejection = _reject(str(raw.conversation_id), error, raw.payload)
            rejected.append(rejection._replace(version=source_version(raw.changed_at, version)))
            continue
        identity["conversation_id"] = raw.conversation_id
        identity["source_version"] = source_version(raw.changed_at, version)
        identity["chatwoot_url"] = f"{url}/{raw.conversation_id}"
        thread = _read_thread(raw, tenant, rejected)
        for row, spoken in _split(identity, thread, raw.payload, tenant):
            messages += [message._replace(conversation=len(rows)) for message in spoken]
            rows.append(row)

    summaries = summarize(messages, len(rows), tenant.timezone)
    summaries = summaries.astype(object).where(summaries.notna(), None)
    for row, summary in zip(rows, summaries.to_dict("records"), strict=True):
        _add_message_columns(row, summary, tenant)
    return TransformResult(pd.DataFrame(rows, columns=list(COLUMNS), dtype=object), rejected)


class _Thread(NamedTuple):
    """What was said and done in a conversation, in order of time."""

    messages: list[TypedMessage]
    activities: list[Activity]


def _read_thread(raw: RawConversation, tenant: Tenant, rejected: list[Rejected]) -> _Thread:
    """Reads the messages between tenant and contact, and what was done to the conversation."""
    public_messages: list[tuple[TypedMessage, dict[str, Any]]] = []
    activities: list[Activity] = []
    bots = tenant.bot_agents | _name_bots(raw.messages)
    # messages in a group, a channel or the bridge's own chat come from no contact
    for message in parse_array(raw.messages) if is_person(raw.payload) else ():
        _add_transcriptions(message, raw.transcriptions)
        try:
            public = parse_message(0, message, tenant.bot_agents)
        except UnreadableMessageError as error:
            key = f"{raw.conversation_id}/{parse_object(message).get('id')}"
            rejected.append(_reject(key, error, message))
            continue
        if public is not None:
            public_messages.append((public, message))
            if (answer := parse_submission(public, message)) is not None:
                public_messages.append((answer, {}))
        elif (activity := parse_activity(message, bots)) is not None:
            activities.append(activity)
    return _Thread(resolve_edits(public_messages), sorted(activities))


def _add_transcriptions(message: Any, transcriptions: Mapping[str, str]) -> None:
    """Adds the words of a message's audios where Chatwoot's transcription would be."""
    if not transcriptions:
        return
    for file in map(parse_object, parse_array(parse_object(message).get("attachments"))):
        words = transcriptions.get(str(file.get("id")))
        if words and not clean_line(file.get("transcribed_text")):
            file["transcribed_text"] = words


def _name_bots(messages: Any) -> set[str]:
    """Finds the names of the bots that write in a thread: their activities bear them."""
    senders = (parse_object(parse_object(m).get("sender")) for m in parse_array(messages))
    return {
        name
        for sender in senders
        if sender.get("type") in ("agent_bot", "captain_assistant")
        and (name := clean_line(sender.get("name"))) is not None
    }


def _split(
    identity: dict[str, Any], thread: _Thread, payload: dict[str, Any], tenant: Tenant
) -> Iterator[tuple[dict[str, Any], list[TypedMessage]]]:
    """Splits a conversation into its episodes: the columns of each, and its messages.

    Only the last one has the conversation's status; the others are over. A conversion belongs to
    the episode in which its label was set, or to the first where Chatwoot does not tell.
    """
    episodes = cut_episodes(
        thread.messages, thread.activities, timedelta(days=tenant.episode_silence_days)
    ) or [[]]
    converted_at = find_label_instant(thread.activities, tenant.converted_labels)
    is_conversion = is_converted(payload, tenant)
    is_marked_member = is_member(payload, tenant)
    converting = 1
    for number, spoken in enumerate(episodes[1:], start=2):
        if converted_at is not None and converted_at >= spoken[0].at:
            converting = number
    resolved_by_person = next(
        (a.by_person for a in reversed(thread.activities) if a.kind == RESOLVED), None
    )
    for number, spoken in enumerate(episodes, start=1):
        is_latest = number == len(episodes)
        row = identity | {
            "episode": number,
            "is_latest": is_latest,
            "resolved_by_person": resolved_by_person if is_latest else None,
            # what marks a member tells of now
            "is_member": is_latest and is_marked_member,
            "crm_converted": is_conversion and number == converting,
            "converted_at": converted_at if is_conversion and number == converting else None,
        }
        if number > 1:
            row |= {"created_at": spoken[0].at, "ad_id": None, "ad_headline": None}
        if not is_latest:
            row |= {"status": "resolved", "last_activity_at": None, "snoozed_until": None}
        yield row, spoken


def _identity(payload: Any, inboxes: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    """Builds the columns of the conversation's own payload; times still in microseconds."""
    if not isinstance(payload, dict):
        raise _UnusableRowError("the conversation is not an object")
    created_at = parse_instant(payload.get("created_at"))
    if created_at is None:
        raise _UnusableRowError("the conversation has no usable created_at")
    inbox_id = parse_identifier(payload.get("inbox_id"))
    if inbox_id is None:
        raise _UnusableRowError("the conversation has no usable inbox_id")
    status = str(payload.get("status")).strip().lower()
    if status not in _STATUSES:
        raise _UnusableRowError(f"the status is {status!r}, none of {', '.join(_STATUSES)}")

    meta = parse_object(payload.get("meta"))
    contact = parse_object(meta.get("sender"))
    name = clean_line(contact.get("name"))
    assignee = parse_object(meta.get("assignee"))
    additional = parse_object(payload.get("additional_attributes"))
    inbox = parse_object(inboxes.get(inbox_id))
    ad_id, ad_headline = parse_ad(additional.get("referral")) or (None, None)
    return {
        "inbox_id": inbox_id,
        "inbox_name": clean_line(inbox.get("name")) or f"Caixa {inbox_id}",
        "channel": name_channel(
            inbox.get("channel_type") or meta.get("channel"),
            medium=inbox.get("medium"),
            conversation_type=additional.get("type"),
            is_bridged=is_bridged(payload, inbox),
        ),
        "status": status,
        "contact_id": parse_identifier(contact.get("id")),
        "contact_name": None if name is None or is_placeholder(name) else name,
        "contact_email": parse_email(contact.get("email")),
        "contact_phone": find_phone(payload),
        "contact_blocked": contact.get("blocked") is True,
        "assignee_name": clean_line(assignee.get("name")),
        "labels": sorted(_labels(parse_array(payload.get("labels")))),
        "created_at": created_at,
        "last_activity_at": parse_instant(payload.get("last_activity_at"))
        or parse_instant(payload.get("timestamp")),
        "snoozed_until": (
            parse_instant(payload.get("snoozed_until")) if status == "snoozed" else None
        ),
        "ad_id": ad_id,
        "ad_headline": ad_headline,
    }


def _add_message_columns(row: dict[str, Any], summary: dict[Any, Any], tenant: Tenant) -> None:
    """Adds the columns of the messages, and those that need both payloads."""
    if summary["ad_id"] is None and summary["ad_headline"] is None:
        del summary["ad_id"], summary["ad_headline"]  # the conversation's own ad stays
    row |= summary
    row["last_activity_at"] = row["last_activity_at"] or row["last_spoke_at"] or row["created_at"]
    for name in _TIMES:
        row[name] = to_datetime(row[name])
    question_at, reply_at = row["first_contact_message_at"], row["first_human_reply_at"]
    row["response_business_seconds"] = (
        count_business_seconds(question_at, reply_at, tenant.business_hours, tenant.timezone)
        if question_at and reply_at
        else None
    )
    # only what an analyzer reads: a renamed inbox must not cost a new analysis
    read_by_analyzer = f"{row['contact_name'] or ''}\0{row['transcript']}"
    row["content_hash"] = hashlib.sha256(read_by_analyzer.encode()).hexdigest()


def _labels(labels: Iterable[Any]) -> set[str]:
    return {name.lower() for label in labels if (name := clean_line(label)) is not None}


def _conversations_url(tenant: Tenant) -> str:
    base = tenant.chatwoot_url.rstrip("/")
    return f"{base}/app/accounts/{tenant.chatwoot_account_id}/conversations"


def _reject(key: str, error: ValueError, payload: Any) -> Rejected:
    return Rejected(TABLE, key, str(error), json.dumps(payload, default=str, ensure_ascii=False))
