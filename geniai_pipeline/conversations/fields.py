"""Parses single values of a payload; an unusable value is None, never an error."""

import re
from datetime import datetime, timedelta, timezone
from typing import Any

import phonenumbers

from geniai_pipeline.instants import EARLIEST, LATEST

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST = (EARLIEST - _EPOCH) // _MICROSECOND
_LATEST = (LATEST - _EPOCH) // _MICROSECOND
_LARGEST = 2**63 - 1  # Postgres' bigint

# not stored by Postgres, or not readable: control characters but tab and line feed, lone surrogates
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# what reverses a line of a table, or makes two equal names differ
_INVISIBLE = re.compile(r"[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z]{2,}")

_REGION = "BR"
_BRAZIL = 55
# area code and eight digits from 6 on: a mobile number from before the ninth digit
_OLD_MOBILE = re.compile(r"([1-9]{2})([6-9]\d{7})")

_CHANNELS = {
    "Api": "API",
    "Email": "E-mail",
    "FacebookPage": "Facebook",
    "Line": "LINE",
    "Sms": "SMS",
    "Tiktok": "TikTok",
    "TwilioSms": "SMS",
    "TwitterProfile": "X",
    "Voice": "Telefone",
    "WebWidget": "Site",
    "Whatsapp": "WhatsApp",
}


def parse_object(value: Any) -> dict[str, Any]:
    """Returns the JSON object, or an empty one."""
    return value if isinstance(value, dict) else {}


def parse_array(value: Any) -> list[Any]:
    """Returns the JSON array, or an empty one."""
    return value if isinstance(value, list) else []


def parse_identifier(value: Any) -> int | None:
    """Parses a positive whole number that fits a bigint, also from text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = int(value)
    except (ValueError, OverflowError):
        return None
    return number if 0 < number <= _LARGEST else None


def parse_instant(value: Any) -> int | None:
    """Parses epoch seconds or an ISO time (UTC if without a zone) to microseconds since 1970.

    Chatwoot writes "never" as 0. A time outside the bounds of `instants` is a mistake.
    """
    if isinstance(value, str):
        value = _seconds(value)
    if not isinstance(value, int | float):
        return None
    scaled = value * 1_000_000
    return round(scaled) if _EARLIEST <= scaled < _LATEST else None


def _seconds(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        pass
    try:
        # Python 3.10 does not read the Z
        moment = datetime.fromisoformat(text.strip().replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).timestamp()


def to_datetime(microseconds: int | None) -> datetime | None:
    """Converts microseconds since 1970 to a UTC time."""
    return None if microseconds is None else _EPOCH + microseconds * _MICROSECOND


def to_microseconds(moment: datetime) -> int:
    """Converts an aware time to microseconds since 1970."""
    return (moment - _EPOCH) // _MICROSECOND


def clean_text(value: Any) -> str:
    """Cleans a text: no outer space, nothing Postgres cannot store; empty if it is no text."""
    text = value if isinstance(value, str) else ""
    if not text.isprintable():
        text = _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return text.strip()


def clean_line(value: Any) -> str | None:
    """Cleans a text to one line (a name, a headline); a number becomes digits, nothing None."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    text = clean_text(value)
    if not text.isprintable():
        text = _INVISIBLE.sub("", text)
    return " ".join(text.split()) or None


def parse_email(value: Any) -> str | None:
    """Parses an e-mail address to lower case; None: it is not an address."""
    address = clean_text(value).lower()
    return address if len(address) <= 254 and _EMAIL.fullmatch(address) else None


def parse_phone(value: Any) -> str | None:
    """Parses a telephone number to E.164; None: it is not an assigned number.

    Without a plus it is parsed as Brazilian (with or without 55), then as any country's: WhatsApp
    omits the plus. A Brazilian mobile number in its old form gets its ninth digit.
    """
    written = clean_line(value)
    if written is None:
        return None
    number = _parse_number(written)
    if number is None:
        return None
    if phonenumbers.is_valid_number(number):
        return _e164(number)
    if number.country_code == _BRAZIL:
        old = _OLD_MOBILE.fullmatch(str(number.national_number))
        if old is not None:
            number.national_number = int(f"{old[1]}9{old[2]}")
            if phonenumbers.is_valid_number(number):
                return _e164(number)
    if not written.startswith("+"):
        number = _parse_number(f"+{written}")
        if number is not None and phonenumbers.is_valid_number(number):
            return _e164(number)
    return None


def _parse_number(written: str) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(written, _REGION)
    except phonenumbers.NumberParseException:
        return None


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def name_channel(
    channel_type: Any,
    *,
    medium: Any = None,
    conversation_type: Any = None,
    is_bridged: bool = False,
) -> str:
    """Names the channel of an inbox, as the tenant reads it.

    Args:
        channel_type: Chatwoot's class, ``Channel::Whatsapp``.
        medium: of a Twilio inbox, sms or whatsapp.
        conversation_type: of ``additional_attributes``: an Instagram account that is connected
            through its Facebook page shares the page's inbox.
        is_bridged: whether a bridge to WhatsApp stands behind the inbox, if it is of the kind API.

    """
    name = (clean_line(channel_type) or "").removeprefix("Channel::")
    if (name == "TwilioSms" and medium == "whatsapp") or (name == "Api" and is_bridged):
        return "WhatsApp"
    if name == "FacebookPage" and conversation_type == "instagram_direct_message":
        return "Instagram"
    return _CHANNELS.get(name, name) or "Desconhecido"
