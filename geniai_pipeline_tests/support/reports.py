"""Weekly report of a tenant, and a mail server that stores its messages."""

from datetime import date, datetime, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest

from geniai_pipeline.reports import weekly
from geniai_pipeline.settings import get_settings

SLUG = "relatada"
NOW = datetime(2026, 11, 23, 12, 30, tzinfo=timezone.utc)  # a Monday, half past eight in Manaus
MONDAY = date(2026, 11, 16)
HOSTILE_NAME = '<script>alert(1)</script>"\nBcc: x@example.com'


class Inbox:
    """A mail server that stores messages and refuses given addresses."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, EmailMessage]] = []
        self.refused: set[str] = set()

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address in self.refused:
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.taken += [(address, letter) for address in envelope.rcpt_tos]
        return "250 OK"

    @property
    def addresses(self) -> list[str]:
        return [address for address, _ in self.taken]


def set_settings(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"GENIAI_{name}", value)
    get_settings.cache_clear()


def send_report() -> weekly.Outcome:
    return weekly.send_report(SLUG, now=NOW)
