"""Recorded deliveries of a real Chatwoot's webhook, signed as it signs them."""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "chatwoot_demo" / "recordings"
VERSIONS = ("4.14.2", "4.2.0")
ACCOUNT = 2
"""The recorded account."""
PERSONAL = {"pubsub_token", "email", "phone_number", "content", "source_id", "data_url"}
"""Keys of a payload whose values must not be stored."""


@dataclass(frozen=True)
class Delivery:
    """A recorded delivery."""

    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> dict[str, Any]:
        """The body, parsed."""
        payload: dict[str, Any] = json.loads(self.body)
        return payload

    @property
    def ids(self) -> tuple[str, int | None, int | None]:
        """Its kind, and the conversation and the contact that it is about."""
        payload = self.payload
        kind = payload["event"]
        if kind.startswith("message_"):
            return kind, payload["conversation"]["id"], None
        return (kind, None, payload["id"]) if kind == "contact_updated" else (
            kind, payload["id"], None)  # fmt: skip


def read_lines(version: str) -> list[dict[str, Any]]:
    """Reads the recorded exchanges about webhooks, and the deliveries."""
    lines = (FOLDER / f"webhooks-{version}.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def read_secret(version: str) -> str | None:
    """Reads the recorded webhook's secret; None: the version signs nothing."""
    secret: str | None = read_lines(version)[0]["webhook_secret"]
    return secret


def read_deliveries(version: str) -> list[Delivery]:
    """Reads the recorded deliveries as they came."""
    return [
        Delivery(line["delivery"]["headers"], line["delivery"]["raw"].encode())
        for line in read_lines(version)
        if "delivery" in line
    ]


def sign(body: bytes, secret: str, at: float, delivery_id: str) -> dict[str, str]:
    """Returns a delivery's headers as Chatwoot 4.14 sends them."""
    timestamp = str(int(at))
    signature = hmac.new(secret.encode(), timestamp.encode() + b"." + body, sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Chatwoot-Delivery": delivery_id,
        "X-Chatwoot-Timestamp": timestamp,
        "X-Chatwoot-Signature": f"sha256={signature}",
    }


def find_personal_texts(payload: Any) -> Iterator[str]:
    """Finds what a payload has of tokens, addresses and texts, long enough to be told apart."""
    if isinstance(payload, dict):
        for key, value in payload.items():
            if key in PERSONAL and isinstance(value, str) and len(value) >= 8:
                yield value
            yield from find_personal_texts(value)
    elif isinstance(payload, list):
        for value in payload:
            yield from find_personal_texts(value)
