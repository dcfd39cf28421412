"""The tenant model, checks of its settings, and encryption of its token."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.fernet import InvalidToken

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,39}")
_COLOR = re.compile(r"#[0-9a-fA-F]{6}")

_LOGO_TYPES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_LOGO_BYTES = 200_000

ANALYZERS = ("rules", "openai")
"""The values of a tenant's analyzer."""

OPENAI_WHEN = ("always", "unsure")
"""When a tenant's conversations go to OpenAI: all, or those about which the rules are unsure."""

BusinessHours = dict[int, tuple[time, time]]
"""Opening and closing by weekday, Monday 0; a missing day is closed."""


@dataclass(frozen=True)
class Tenant:
    """A tenant with its settings, for a run. Only this object holds the decrypted token."""

    tenant_id: int
    slug: str
    name: str
    active: bool
    chatwoot_url: str
    chatwoot_account_id: int
    chatwoot_token: str = field(repr=False)
    analyzer: str
    monthly_budget_brl: float
    timezone: ZoneInfo
    business_hours: BusinessHours
    converted_labels: frozenset[str]
    converted_attributes: frozenset[str]
    """``name`` or ``name=value``, of the conversation or of its contact."""
    member_labels: frozenset[str]
    member_attributes: frozenset[str]
    """As the attributes above."""
    brand_color: str
    brand_logo: str | None
    bot_agents: frozenset[str]
    """Agents, by name or id, that are bots: they use a person's token."""
    external_analysis: bool
    """False: no conversation is sent outside, whatever the analyzer."""
    openai_when: str
    transcription: bool
    """Whether OpenAI writes down the audios that Chatwoot does not."""
    episode_silence_days: int
    """A contact who writes again after so many days of silence begins an episode."""


def matches_agent(references: Iterable[str], agent_id: Any, name: Any) -> bool:
    """Whether one of the references is an agent's name, in any case, or its id."""
    keys = {str(agent_id), " ".join(str(name).lower().split())}
    return any(" ".join(each.lower().split()) in keys for each in references)


def login_name(slug: str) -> str:
    """Returns the Postgres login of a tenant's viewers."""
    return f"bi_t_{slug}"


def admin_login_name(slug: str) -> str:
    """Returns the Postgres login of a tenant's administrators; it also reads the audit log."""
    return f"bi_a_{slug}"


def check_slug(slug: str) -> str:
    """Validates a slug and returns it.

    Raises:
        PermanentError: it is invalid; describes a valid one.

    """
    if not _SLUG.fullmatch(slug):
        raise PermanentError(
            f"'{slug}' is not a valid slug.",
            mend="Use 2 to 40 small letters, digits and hyphens, a letter first: cross-norte.",
        )
    return slug


def check_timezone(name: str) -> str:
    """Validates the IANA name of a time zone and returns it.

    Raises:
        PermanentError: there is no such time zone.

    """
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise PermanentError(
            f"'{name}' is not a time zone.", mend="Use an IANA name, such as America/Sao_Paulo."
        ) from error
    return name


def check_color(color: str) -> str:
    """Validates a colour of six hexadecimal digits and returns it.

    Raises:
        PermanentError: it has another form.

    """
    if not _COLOR.fullmatch(color):
        raise PermanentError(f"'{color}' is not a colour.", mend="Write it as #0f766e.")
    return color


def check_openai_when(value: str) -> str:
    """Validates when OpenAI is asked and returns it.

    Raises:
        PermanentError: there is no such choice.

    """
    if value not in OPENAI_WHEN:
        raise PermanentError(
            f"'{value}' is no choice of when OpenAI is asked.",
            mend=f"Use {' or '.join(OPENAI_WHEN)}.",
        )
    return value


def parse_business_hours(stored: dict[str, Any]) -> BusinessHours:
    """Parses business hours from JSON: ``{"0": ["06:00", "22:00"]}``."""
    return {
        int(day): (time.fromisoformat(opens), time.fromisoformat(closes))
        for day, (opens, closes) in stored.items()
    }


def format_business_hours(hours: BusinessHours) -> dict[str, list[str]]:
    """Formats business hours as JSON."""
    return {
        str(day): [f"{opens:%H:%M}", f"{closes:%H:%M}"] for day, (opens, closes) in hours.items()
    }


def read_logo(path: Path) -> str:
    """Reads an image file as a ``data:`` URI.

    Raises:
        PermanentError: it cannot be read, is not SVG, PNG or JPEG, or is larger than 200 kB.

    """
    kind = _LOGO_TYPES.get(path.suffix.lower())
    if kind is None:
        raise PermanentError(f"{path} is not a logo.", mend="Give an SVG, PNG or JPEG file.")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PermanentError(
            f"{path} cannot be read: {error.strerror}.", mend="Give a file that can be read."
        ) from error
    if len(content) > _LOGO_BYTES:
        raise PermanentError(
            f"{path} has {len(content) // 1000} kB.", mend="Give a logo of at most 200 kB."
        )
    return logo_uri(content, kind)


def logo_uri(content: bytes, kind: str = "image/svg+xml") -> str:
    """Encodes an image as a ``data:`` URI."""
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def encrypt_token(token: str) -> str:
    """Encrypts a Chatwoot token for storage."""
    return get_settings().cipher().encrypt(token.encode()).decode()


def decrypt_token(stored: str, *, slug: str) -> str:
    """Decrypts a stored token.

    Raises:
        PermanentError: the secret key is not the one it was encrypted with.

    """
    try:
        return get_settings().cipher().decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise PermanentError(
            "The Chatwoot token cannot be decrypted with this secret key.",
            mend="Set GENIAI_SECRET_KEY to the key that encrypted it,"
            " or store the token again with `geniai tenant add`.",
            tenant=slug,
        ) from error


def reencrypt(stored: str) -> str:
    """Encrypts a stored secret again, with the new key.

    Raises:
        InvalidToken: neither key decrypts it.

    """
    return get_settings().cipher().rotate(stored.encode()).decode()


def token_fingerprint(stored: str) -> str:
    """Computes a fingerprint of eight hex digits that identifies a token without revealing it."""
    try:
        token = get_settings().cipher().decrypt(stored.encode()).decode()
    except InvalidToken:
        return "unreadable"
    return f"fingerprint {get_settings().derive(f'fingerprint:{token}')[:8]}"
