"""Parses the messages of a batch and summarizes them per conversation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any, NamedTuple

from geniai_pipeline.conversations.fields import (
    clean_line,
    clean_text,
    parse_array,
    parse_identifier,
    parse_instant,
    parse_object,
)
from geniai_pipeline.tenants import matches_agent

if TYPE_CHECKING:  # every run that imports this module would pay for pandas
    import pandas as pd

SPEAKERS = ("contact", "agent", "bot")
"""As the conversation file names them; elsewhere in this module a speaker is its index here."""

CONTACT, _AGENT, _BOT = range(3)
GYM = frozenset({_AGENT, _BOT})
_FORMS = ("input_text", "input_email", "input_csat", "input_select", "cards", "form")
"""Content types of messages that programs write."""
_KINDS = {"0": "incoming", "1": "outgoing", "2": "activity", "3": "template"}

MEDIA = {
    "audio": "áudio",
    "contact": "contato",
    "fallback": "link",
    "file": "documento",
    "ig_post": "publicação",
    "ig_reel": "vídeo",
    "ig_story": "story",
    "image": "imagem",
    "location": "localização",
    "share": "publicação",
    "sticker": "figurinha",
    "story_mention": "menção em story",
    "video": "vídeo",
}
"""Chatwoot's types of attachments, as transcripts name them."""
UNSUPPORTED = "mensagem sem suporte"
"""A message of which Chatwoot has nothing to show."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class TypedMessage(NamedTuple):
    """One message between a tenant and a contact; private notes and activity are excluded."""

    conversation: int
    """The position of its conversation in the batch."""
    at: int
    """Microseconds since 1970."""
    message_id: int
    speaker: int
    deleted: bool
    """The text is empty; only the response times still count the message."""
    text: str
    note: str | None
    ad: tuple[str | None, str | None] | None
    """Id and headline of the ad that led the contact here."""
    delivery_error: str | None
    """Why the gym's message never arrived, empty if Chatwoot does not say; None: it did."""
    arrived: int | None
    """When Chatwoot got it; None: it is part of another message."""
    is_transcription: bool = False
    """Whether the text has words that were spoken: the transcription of its audio."""
    unread_audios: int = 0
    """Its audios without a transcription."""


class UnreadableMessageError(ValueError):
    """A message cannot be used; the text says why."""


def parse_message(
    conversation: int, payload: Any, bot_agents: frozenset[str] = frozenset()
) -> TypedMessage | None:
    """Parses a payload of the messages endpoint; None: not between tenant and contact.

    Args:
        conversation: its position in the batch.
        payload: as Chatwoot gives it.
        bot_agents: the agents, by name or id, that are bots.

    Raises:
        UnreadableMessageError: it is no object, or its time is missing.

    """
    if not isinstance(payload, dict):
        raise UnreadableMessageError("the message is not an object")
    attributes = parse_object(payload.get("content_attributes"))
    speaker = None if payload.get("private") in (True, 1, "true") else _speaker(payload, attributes)
    if speaker is None:
        return None
    sender = parse_object(payload.get("sender"))
    if speaker == _AGENT and matches_agent(bot_agents, sender.get("id"), sender.get("name")):
        speaker = _BOT
    arrived = parse_instant(payload.get("created_at"))
    if arrived is None:
        raise UnreadableMessageError("the message has no usable created_at")
    # a channel that tells when it was written may have been late to bring it
    at = min(arrived, parse_instant(attributes.get("external_created_at")) or arrived)
    deleted = attributes.get("deleted") in (True, 1, "true")
    content = _Content("", None) if deleted else _read_content(payload)
    referral = attributes.get("referral")
    return TypedMessage(
        conversation,
        at,
        parse_identifier(payload.get("id")) or 0,
        speaker,
        deleted,
        content.text,
        content.note,
        parse_ad(referral) if referral else None,
        None if speaker == CONTACT else _delivery_error(payload, attributes),
        arrived,
        content.is_transcription,
        content.unread_audios,
    )


def parse_submission(message: TypedMessage, payload: Any) -> TypedMessage | None:
    """Parses a contact's choice in a menu or entry in a form, which the question's payload holds.

    It has no time of its own, so it comes right after the question. A satisfaction survey's answer
    has another shape and is not a message to the tenant.

    Args:
        message: as ``parse_message`` builds it.
        payload: its payload.

    """
    if message.speaker == CONTACT or message.deleted:
        return None
    values = parse_object(payload.get("content_attributes")).get("submitted_values")
    entries = map(parse_object, values if isinstance(values, list) else [values])
    chosen = (
        clean_text(each.get("title"))
        or clean_text(each.get("value"))
        or clean_line(each.get("value"))
        for each in entries
    )
    words = "\n".join(filter(None, chosen))
    if not words:
        return None
    return message._replace(
        speaker=CONTACT,
        text=words,
        note=None,
        delivery_error=None,
        arrived=None,
        is_transcription=False,
        unread_audios=0,
    )


def parse_ad(referral: Any) -> tuple[str | None, str | None] | None:
    """Parses the id and the headline of a referral's ad; None: it names no ad."""
    referral = parse_object(referral)
    ad = (clean_line(referral.get("source_id")), clean_line(referral.get("headline")))
    return ad if any(ad) else None


def _speaker(payload: dict[str, Any], attributes: dict[str, Any]) -> int | None:
    kind = str(payload.get("message_type"))
    kind = _KINDS.get(kind, kind)
    if kind == "incoming":
        return CONTACT
    if kind == "activity":
        return None
    sender = parse_object(payload.get("sender")).get("type")
    if kind not in ("outgoing", "template"):  # a kind of a later version: who sent it decides
        if sender is None:
            return None
        if sender == "contact":
            return CONTACT
    additional = parse_object(payload.get("additional_attributes"))
    # a campaign bears the name of the person who made it
    if attributes.get("automation_rule_id") or additional.get("campaign_id"):
        return _BOT
    if sender is not None:
        return _AGENT if sender == "user" else _BOT
    # Without a sender: an agent who was deleted since, or an echo of what an agent wrote
    # in the WhatsApp or Instagram app itself, which older servers do not mark.
    from_template = kind == "template" or any(
        each.get("template_params") for each in (attributes, additional)
    )
    is_form = payload.get("content_type") in _FORMS
    return _BOT if (from_template or is_form) and not attributes.get("external_echo") else _AGENT


def _delivery_error(payload: dict[str, Any], attributes: dict[str, Any]) -> str | None:
    if payload.get("status") != "failed":
        return None
    return clean_line(attributes.get("external_error")) or ""


class _Content(NamedTuple):
    """What a payload says; the fields are those of ``TypedMessage``."""

    text: str
    note: str | None
    is_transcription: bool = False
    unread_audios: int = 0


def _read_content(payload: dict[str, Any]) -> _Content:
    text = clean_text(payload.get("content"))
    attachments = [parse_object(each) for each in parse_array(payload.get("attachments"))]
    if not attachments:
        return _Content(text, None if text else UNSUPPORTED)
    types = [clean_line(each.get("file_type")) for each in attachments]
    kinds = dict.fromkeys(MEDIA.get(kind or "", MEDIA["file"]) for kind in types)
    words = [clean_text(each.get("transcribed_text")) for each in attachments]
    return _Content(
        "\n".join(filter(None, (text, *words))),
        ", ".join(kinds),
        is_transcription=any(words),
        unread_audios=sum(
            kind == "audio" and not spoken for kind, spoken in zip(types, words, strict=True)
        ),
    )


def summarize(messages: Sequence[TypedMessage], conversations: int, zone: tzinfo) -> pd.DataFrame:
    """Summarizes the messages of each conversation of a batch: one row each, in its order.

    Columns as in ``core.conversations``, the times as microseconds (``Int64``), and the transcript
    and what never arrived as JSON text. A reply comes after the first delivered contact message; a
    missing value is NA. Transcripts tell instants as local time of the zone.
    """
    import numpy as np
    import pandas as pd

    written: pd.DataFrame = (
        pd.DataFrame(messages, columns=TypedMessage._fields)
        .astype({"conversation": "int64", "speaker": "int64", "deleted": "bool"})
        .astype({"at": "Int64", "arrived": "Int64"})
        # stable: what was submitted stays behind the message that holds it
        .sort_values(["conversation", "at", "message_id"], ignore_index=True)
    )
    events = written[written["delivery_error"].isna()]
    spoken = events[~events["deleted"]]
    opening = events[events["speaker"] == CONTACT].drop_duplicates("conversation")
    opened = pd.Series(opening.index, index=opening["conversation"])
    replies = events[events.index > events["conversation"].map(opened)]
    last = spoken.drop_duplicates("conversation", keep="last").set_index("conversation")
    ads = events.dropna(subset="ad").drop_duplicates("conversation").set_index("conversation")["ad"]
    counts = np.bincount(
        spoken["conversation"] * len(SPEAKERS) + spoken["speaker"],
        minlength=conversations * len(SPEAKERS),
    ).reshape(conversations, len(SPEAKERS))

    summary: pd.DataFrame = pd.DataFrame(index=pd.RangeIndex(conversations))
    summary["message_count"] = counts.sum(axis=1)
    for index, speaker in enumerate(SPEAKERS):
        summary[f"{speaker}_message_count"] = counts[:, index]
    summary["first_contact_message_at"] = opening.set_index("conversation")["at"]
    for replier, name in ((_BOT, "first_bot_reply_at"), (_AGENT, "first_human_reply_at")):
        first = replies[replies["speaker"] == replier].drop_duplicates("conversation")
        summary[name] = first.set_index("conversation")["at"]
    waited = summary["first_human_reply_at"] - summary["first_contact_message_at"]
    summary["response_seconds"] = waited // 1_000_000
    summary["last_speaker"] = last["speaker"].map(dict(enumerate(SPEAKERS)))
    summary["last_spoke_at"] = last["at"]
    heard = events[events["speaker"] == CONTACT].groupby("conversation")["arrived"].max()
    summary["last_incoming_at"] = heard
    of_contact = spoken[spoken["speaker"] == CONTACT]
    unread = of_contact.groupby("conversation")["unread_audios"].sum()
    summary["unread_audios"] = unread.reindex(summary.index, fill_value=0)
    spoken_by_agent = spoken[spoken["speaker"] == _AGENT]
    summary["last_agent_message_at"] = spoken_by_agent.groupby("conversation")["at"].max()
    summary["ad_id"] = ads.str[0]
    summary["ad_headline"] = ads.str[1]
    transcripts = _transcripts(spoken, conversations, zone)
    summary["transcript"] = [_encode(transcript) for transcript in transcripts]
    lost, errors = _find_undelivered(written[~written["deleted"]], conversations)
    summary["undelivered"] = [_encode(entries) for entries in lost]
    summary["delivery_error"] = pd.Series(errors, index=summary.index, dtype=object)
    return summary


def _transcripts(
    spoken: pd.DataFrame, conversations: int, zone: tzinfo
) -> list[list[dict[str, Any]]]:
    """Builds the transcript of each conversation, in the format of the conversation file."""
    transcripts: list[list[dict[str, Any]]] = [[] for _ in range(conversations)]
    for conversation, speaker, text, note, is_transcription, at in zip(
        spoken["conversation"],
        spoken["speaker"],
        spoken["text"],
        spoken["note"],
        spoken["is_transcription"],
        spoken["at"].tolist(),
        strict=True,
    ):
        entry: dict[str, Any] = {
            "from": SPEAKERS[speaker],
            "at": datetime.fromtimestamp(at / 1e6, zone).isoformat(timespec="seconds"),
            "text": text,
        }
        if note is not None:
            entry["note"] = note
        if is_transcription:
            entry["is_transcription"] = True
        transcripts[conversation].append(entry)
    return transcripts


def _find_undelivered(
    written: pd.DataFrame, conversations: int
) -> tuple[list[list[dict[str, Any]]], list[str | None]]:
    """Finds undelivered messages, and the last one's error unless the tenant wrote since.

    A ``position`` is the number of transcript messages before it. A bot's later message does not
    replace an agent's lost one.
    """
    lost: list[list[dict[str, Any]]] = [[] for _ in range(conversations)]
    open_losses: dict[int, tuple[int, str]] = {}
    failing = written[written["delivery_error"].notna()]["conversation"]
    affected = written[written["conversation"].isin(failing)]
    positions = affected["delivery_error"].isna().groupby(affected["conversation"]).cumsum()
    for conversation, speaker, text, note, error, position in zip(
        affected["conversation"],
        affected["speaker"],
        affected["text"],
        affected["note"],
        affected["delivery_error"],
        positions,
        strict=True,
    ):
        if error is None:
            if speaker == _AGENT or (
                speaker == _BOT and open_losses.get(conversation, (_BOT, ""))[0] == _BOT
            ):
                open_losses.pop(conversation, None)
            continue
        entry = {"position": int(position), "from": SPEAKERS[speaker], "text": text}
        lost[conversation].append(
            entry | ({} if note is None else {"note": note}) | {"error": error}
        )
        open_losses[conversation] = (speaker, error)
    errors = [open_losses[i][1] if i in open_losses else None for i in range(conversations)]
    return lost, errors
