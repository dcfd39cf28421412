"""Parses what a bridge to WhatsApp (Evolution API, WAHA, Baileys) writes into Chatwoot.

A bridge uses an inbox of the kind API. It names people, groups and channels by WhatsApp addresses
(``5511999990000@s.whatsapp.net``). Chatwoot has no fields for ads, reactions, edits and missing
media: a bridge writes them into the text.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from geniai_pipeline.contacts import BRIDGE_NAME, WHATSAPP_ADDRESS
from geniai_pipeline.conversations.fields import (
    clean_line,
    parse_identifier,
    parse_object,
    parse_phone,
)
from geniai_pipeline.conversations.messages import (
    CONTACT,
    GYM,
    MEDIA,
    UNSUPPORTED,
    TypedMessage,
    parse_ad,
)

_OF_PHONES = ("s.whatsapp.net", "c.us")
_OF_MANY = ("g.us", "newsletter", "broadcast")
_OWN_IDENTIFIER = "whatsapp.integration"  # WAHA's
_OWN_PHONE = "123456"  # Evolution API's, under any contact name
_NAMED = re.compile(
    r"(?:\b|_)(?:whats(?:app)?|wpp|zap|evolution(?:api)?|waha|baileys)(?:\b|_)", re.I
)


class Address(NamedTuple):
    """A WhatsApp address: a number or a name, and a server that gives its kind."""

    user: str
    server: str


def find_addresses(payload: Mapping[str, Any]) -> list[Address]:
    """Finds the WhatsApp addresses of a conversation and its contact, the identifier's first."""
    contact = _find_contact(payload)
    found = [contact.get("identifier")]
    for holder in (contact, payload):
        for name in ("custom_attributes", "additional_attributes"):
            found += parse_object(holder.get(name)).values()
    return [address for value in found if (address := _parse_address(value))]


def is_person(payload: Mapping[str, Any]) -> bool:
    """Whether the contact is a person: not a group, a channel or the bridge itself.

    The contact's identifier takes precedence over its other attributes.
    """
    contact = _find_contact(payload)
    own = (
        contact.get("identifier") == _OWN_IDENTIFIER
        or str(contact.get("phone_number")).lstrip("+") == _OWN_PHONE
        or (clean_line(contact.get("name")) or "").lower() == BRIDGE_NAME
    )
    by_identifier = _parse_address(contact.get("identifier"))
    found = [by_identifier] if by_identifier else find_addresses(payload)
    return not own and not any(each.server in _OF_MANY or each.user == "0" for each in found)


def find_phone(payload: Mapping[str, Any]) -> str | None:
    """Finds the contact's number in E.164: Chatwoot's, else that of a WhatsApp address.

    A ``@lid`` is an internal number of WhatsApp and never a telephone number.
    """
    found = find_addresses(payload)
    hidden = {each.user for each in found if each.server == "lid"}
    written = clean_line(_find_contact(payload).get("phone_number"))
    if written is not None and re.sub(r"\D", "", written) in hidden:
        written = None
    numbers = [each.user for each in found if each.server in _OF_PHONES]
    known = (parse_phone(number) for number in (written, *numbers) if number not in hidden)
    return next(filter(None, known), None)


def is_bridged(payload: Mapping[str, Any], inbox: Mapping[str, Any]) -> bool:
    """Whether a bridge to WhatsApp uses an inbox of the kind API.

    Args:
        payload: one of its conversations.
        inbox: ``is_bridge`` says whether any of its contacts has a WhatsApp address.

    """
    by_contact = inbox.get("is_bridge") is True or bool(find_addresses(payload))
    return by_contact or _NAMED.search(clean_line(inbox.get("name")) or "") is not None


def _find_contact(payload: Mapping[str, Any]) -> dict[str, Any]:
    return parse_object(parse_object(payload.get("meta")).get("sender"))


def _parse_address(value: Any) -> Address | None:
    match = WHATSAPP_ADDRESS.fullmatch(value) if isinstance(value, str) else None
    return Address(match["user"], match["server"]) if match else None


# --- messages ----------------------------------------------------------------------------------

_MARK = r"[`*_]+"
_EDITED = r"(?:mensagem editada|edited message|mensaje editado|edit\w+ (?:no|in|en|on) whatsapp)"
_EDIT = re.compile(rf"(?:{_MARK}{_EDITED}:?{_MARK}:?|{_EDITED}:)\s*(?P<text>.*)", re.S | re.I)
_EDIT_BEHIND = re.compile(rf"(?:✏️? {{0,2}})?{_MARK}{_EDITED}\.?{_MARK}\Z", re.I)
_EDIT_BEHIND_LENGTH = 48  # looked for in a text's end alone: its length is its writer's choice
_DELETION = re.compile(
    r"❌ \*(?:esta mensagem foi (?:excluída|apagada)|this message was (?:deleted|removed)) .*\*",
    re.I,
)
_REACTION = re.compile(
    r"[*_]*(?:[^\n:]{1,60} )?(?:reagiu|reacted|reaccionó)(?: com| with| con)?:?[*_]*:?"
    r"\s*(?P<emoji>\S{1,16})",
    re.I,
)
_NO_REACTION = re.compile(r"\*(?:reação removida|reaction removed|reacción eliminada)\*", re.I)
_MEDIUM = re.compile(
    r"[_*]+<(?:file: (?P<file>[^>\n]*)|(?P<kind>[a-z][\w ]*?) ?message)>[_*]+\s*(?P<text>.*)",
    re.S | re.I,
)
_UNREADABLE = re.compile(r"\s*(?:🖼️?)?⚠️? \*\*[^\n]*\*\*\n📱 .*", re.S)
_FRAMES = (
    re.compile(r"\A\*📱 [^\n*]*\*\n+"),  # written on the phone
    re.compile(r"\A📣 \*\*[^\n]*\*\*\n🏷️? [^\n]*\n(?:📝 .*?\n\n|\n*)", re.S),  # an answer to a story
    re.compile(r"\n`📥?🗓️? [^`\n]*`\Z"),  # when history had it
)
_CARD = re.compile(
    r"\n\n\n\*\*(?P<headline>[^\n]*?)\*\*\n.{0,300}?\n?(?P<source_url>https?://\S+)\s*\Z", re.S
)
_NOTICE = re.compile(r"📢 \*\*[^\n]*\*\*\n(?P<ad>.*?)\n---\n💬 \*\*[^\n]*\*\*\s*(?P<text>.*)", re.S)
_FACT = re.compile(r"^\*\*[^\n*]+:\*\* *([^\n]+)$", re.M)


def resolve_edits(messages: Sequence[tuple[TypedMessage, Mapping[str, Any]]]) -> list[TypedMessage]:
    """Applies edits, deletions and reactions to a conversation's messages, in order of time.

    Messages with one ``source_id`` and one text are one message. An edit replaces its target, and a
    deletion empties it. The target has its ``source_id``, or is the message it answers, else the
    last of its writer. An undelivered edit or deletion changes nothing. A reaction to a question is
    an answer; any other reaction is dropped.

    Args:
        messages: those of one conversation, each with its payload.

    """
    settled: list[TypedMessage] = []
    by_source: dict[str, int] = {}
    by_id: dict[int | None, int] = {}

    def target(payload: Mapping[str, Any], source: str, writers: Collection[int]) -> int | None:
        reply = parse_identifier(parse_object(payload.get("content_attributes")).get("in_reply_to"))
        named = [i for i in (by_source.get(source), by_id.get(reply)) if i is not None]
        if named:
            of_contact = CONTACT in writers
            own = (i for i in named if (settled[i].speaker == CONTACT) == of_contact)
            return next(own, None)
        latest = (i for i in range(len(settled) - 1, -1, -1) if settled[i].speaker in writers)
        return next(latest, None)

    for message, payload in sorted(messages, key=lambda each: (each[0].at, each[0].message_id)):
        source = clean_line(payload.get("source_id")) or ""
        words = message if message.deleted else _strip_frames(message)
        edit, emoji = _parse_edit(words.text), _parse_reaction(words.text, payload)
        index, is_lost = None, message.delivery_error is not None
        if not is_lost and _DELETION.fullmatch(words.text):
            index = target(payload, source, {message.speaker})
            if index is not None:
                settled[index] = settled[index]._replace(deleted=True, text="", note=None)
            continue
        if edit is not None:
            index = None if is_lost else target(payload, source, {message.speaker})
            words = words._replace(text=edit)
        elif emoji is not None:
            question = target(payload, source, GYM if message.speaker == CONTACT else {CONTACT})
            if not emoji or question is None or not _is_question(settled[question]):
                continue
            words = words._replace(text=emoji)
        elif source in by_source and _is_copy(words, settled[by_source[source]]):
            index = by_source[source]
            if settled[index].delivery_error is not None and words.delivery_error is None:
                settled[index] = words  # sent again, and arrived
            if settled[index].text:
                continue
        if index is not None:
            settled[index] = _merge(settled[index], words)
            continue
        by_id.setdefault(message.message_id, len(settled))
        if source:
            by_source[source] = len(settled)
        settled.append(words)
    return settled


def _is_copy(words: TypedMessage, message: TypedMessage) -> bool:
    """Whether a message repeats one with its ``source_id``: flows may reuse the id."""
    one_side = (words.speaker == CONTACT) == (message.speaker == CONTACT)
    return one_side and (words.text == message.text or not (words.text and message.text))


def _merge(message: TypedMessage, words: TypedMessage) -> TypedMessage:
    """Replaces a message's text; its attachments stay."""
    notes = (note for note in (words.note, message.note) if note not in (None, UNSUPPORTED))
    note = next(notes, None if words.text else UNSUPPORTED)
    return message._replace(
        text=words.text,
        note=note,
        is_transcription=words.is_transcription,
        unread_audios=0 if words.is_transcription else message.unread_audios,
    )


def _is_question(message: TypedMessage) -> bool:
    return "?" in message.text and message.delivery_error is None


def _strip_frames(message: TypedMessage) -> TypedMessage:
    """Removes what the bridge adds around the text: ad, medium, origin."""
    text, note, ad, unread_audios = message.text, message.note, message.ad, message.unread_audios
    for frame in _FRAMES:
        text = frame.sub("", text)
    if message.speaker == CONTACT and (card := _parse_ad_card(text)):
        text, found = card
        ad, note = ad or found, None  # the picture is the ad's
    if medium := _MEDIUM.fullmatch(text):
        kind = "document" if medium["file"] is not None else medium["kind"].lower()
        unread_audios = int(kind == "audio") if note is None else unread_audios
        note = note or MEDIA.get("file" if kind == "document" else kind, UNSUPPORTED)
        text = medium["text"]
    if _UNREADABLE.fullmatch(text):
        text, note = "", note or UNSUPPORTED
    return message._replace(text=text.strip(), note=note, ad=ad, unread_audios=unread_audios)


def _parse_ad_card(text: str) -> tuple[str, tuple[str | None, str | None] | None] | None:
    """Splits a text into the words without the ad, and the ad's id and headline."""
    if card := _CARD.search(text):
        return text[: card.start()], parse_ad(
            {"headline": card["headline"].strip() or card["source_url"]}
        )
    if notice := _NOTICE.fullmatch(text):
        facts = _FACT.findall(notice["ad"])
        number = facts[-1] if len(facts) > 1 and facts[-1].strip().isdigit() else None
        return notice["text"], parse_ad(
            {"source_id": number, "headline": facts[0] if facts else None}
        )
    return None


def _parse_edit(text: str) -> str | None:
    """Parses the new text of an edit; None: it is not an edit."""
    if match := _EDIT.fullmatch(text):
        return match["text"].strip()
    if match := _EDIT_BEHIND.search(text, max(0, len(text) - _EDIT_BEHIND_LENGTH)):
        return text[: match.start()].rstrip()
    return None


def _parse_reaction(text: str, payload: Mapping[str, Any]) -> str | None:
    """Parses the emoji of a reaction; empty: it was removed; None: it is not a reaction."""
    if _NO_REACTION.fullmatch(text):
        return ""
    if (match := _REACTION.fullmatch(text)) and _is_emoji(match["emoji"]):
        return match["emoji"]
    answers = parse_object(payload.get("content_attributes")).get("in_reply_to")
    return text if answers and _is_emoji(text) else None


def _is_emoji(text: str) -> bool:
    return any(unicodedata.category(c) == "So" for c in text) and not any(
        c.isalnum() or c == "?" for c in text
    )
