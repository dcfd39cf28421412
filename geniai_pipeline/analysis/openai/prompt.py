"""Builds the request: the instructions, the conversation as data, the answer's schema.

The provider caches the beginning that requests share, from 1,024 tokens on and in steps of 128. So
what is the same for all stands first (schema and instructions, 1,324 tokens), then what is the same
for a tenant (its facts), and the conversation last.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

from geniai_pipeline.analysis.base import Analysis, Transcript, TranscriptMessage
from geniai_pipeline.analysis.injection import drop_orders, is_injection
from geniai_pipeline.analysis.openai.models import Model, Usage
from geniai_pipeline.analysis.privacy import Mask, cut
from geniai_pipeline.analysis.scoring import Criterion
from geniai_pipeline.analysis.state.roles import Role
from geniai_pipeline.tenant_facts import WEEKDAYS, TenantFacts

MAX_OUTPUT_TOKENS = 450
"""Enough for an answer; the provider's token limit is charged with all of it before it begins."""
USUAL_OUTPUT_TOKENS = 200
"""What an answer is taken to have; the rules' quotes and texts in its form have 138 on average."""

# By OpenAI's vocabulary o200k, on the instructions and on the conversations of the tuning author.
_CHARS_A_TOKEN, _DATA_CHARS_A_TOKEN = 3.9, 2.65

_CACHE_FROM, _CACHE_STEP = 1024, 128
_MESSAGE_CHARS, _HEAD_CHARS, _TAIL_CHARS = 800, 1500, 5000
_MEDIA_CHARS = 30
_SPEAKERS = {"contact": "contato", "agent": "academia", "bot": "robô da academia"}
_WITHHELD = "(mensagem omitida: dava ordens ao sistema)"

INSTRUCTIONS = Path(__file__).with_name("instructions.txt").read_text("utf-8")

_TEXT: dict[str, Any] = {"type": "string"}
_MAYBE: dict[str, Any] = {"type": ["string", "null"]}


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


SCHEMA = _object(
    evidence={
        "type": "array",
        "items": _object(
            criterion={"type": "string", "enum": [c.value for c in Criterion]}, quote=_TEXT
        ),
    },
    visit_agreement=_MAYBE,
    role={"type": "string", "enum": list(get_args(Role))},
    name=_MAYBE,
    condition=_MAYBE,
    goal=_MAYBE,
    reasoning=_TEXT,
    suggested_message=_TEXT,
)

VERSION = "2-" + sha256((INSTRUCTIONS + json.dumps(SCHEMA)).encode()).hexdigest()[:8]
"""Changes with the instructions and the schema."""


@dataclass(frozen=True)
class Request:
    """The one request about a conversation."""

    body: dict[str, Any]
    mask: Mask = field(repr=False)
    """Its pseudonyms."""

    @property
    def size(self) -> int:
        """The bytes of the body; it has no more tokens than these."""
        return len(_encode(self.body))

    @property
    def content_hash(self) -> str:
        """A digest of the question without the tenant's facts.

        An answer that was paid for stays good when a gym changes a price or its parking.
        """
        return sha256(_encode({**self.body, "input": self.body["input"][-1:]})).hexdigest()

    def estimate_usage(self) -> Usage:
        """Estimates the tokens of a call, where calls before it have filled the cache."""
        schema = json.dumps(self.body["text"]["format"]["schema"], separators=(",", ":"))
        fixed = (len(self.body["instructions"]) + len(schema)) / _CHARS_A_TOKEN
        *facts, talk = (len(p["content"]) / _DATA_CHARS_A_TOKEN for p in self.body["input"])
        shared = round(fixed + sum(facts))
        return Usage(
            input_tokens=shared + round(talk),
            cached_tokens=shared // _CACHE_STEP * _CACHE_STEP if shared >= _CACHE_FROM else 0,
            written_tokens=0,
            output_tokens=USUAL_OUTPUT_TOKENS,
        )


def prepare_request(
    conversation: Transcript, rules: Analysis, model: Model, facts: TenantFacts
) -> Request | None:
    """Prepares the request about a conversation; the provider stores none of it.

    Args:
        conversation: the one it is about.
        rules: the rules' analysis; the contact's name becomes a pseudonym.
        model: the model.
        facts: what the tenant says of itself.

    Returns:
        None: the contact has written nothing to analyze.

    """
    if not any(m.sender == "contact" for m in drop_orders(conversation).messages):
        return None
    names = [n for n in (rules.contact_name, conversation.contact_name) if n]
    mask = Mask(names, conversation.messages)
    body: dict[str, Any] = {
        "model": model.name,
        "instructions": INSTRUCTIONS,
        "input": [
            {"role": "user", "content": content}
            for content in (_serialize_facts(facts), _serialize(conversation, mask))
            if content
        ],
        "text": {
            "format": {"type": "json_schema", "name": "lead", "schema": SCHEMA, "strict": True}
        },
        "max_output_tokens": MAX_OUTPUT_TOKENS,
        "store": False,
    }
    if model.effort:
        body["reasoning"] = {"effort": model.effort}
    return Request(body, mask)


def _encode(body: dict[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def _serialize_facts(facts: TenantFacts) -> str:
    known = facts.to_json()
    return json.dumps({"academia": known}, ensure_ascii=False, sort_keys=True) if known else ""


def _serialize(conversation: Transcript, mask: Mask) -> str:
    messages = [
        {
            "de": _SPEAKERS[m.sender],
            **({"quando": _format_instant(m.at)} if m.at else {}),
            **({"anexo": _name_media(m, mask)} if m.is_visible and m.media else {}),
            "texto": _WITHHELD
            if m.sender == "contact" and is_injection(m.text)
            else cut(mask.hide(m.text), _MESSAGE_CHARS) or f"[{_name_media(m, mask)}]",
        }
        for m in conversation.messages
        if m.is_visible or _is_attachment(m)
    ]
    return json.dumps(
        {"contato": mask.contact, "mensagens": _trim(messages)}, ensure_ascii=False, sort_keys=True
    )


def _is_attachment(message: TranscriptMessage) -> bool:
    """Whether it came without text; a private note has no media."""
    return message.note and bool(message.media)


def _name_media(message: TranscriptMessage, mask: Mask) -> str:
    return mask.hide(message.media[:_MEDIA_CHARS])


def _format_instant(at: datetime) -> str:
    return f"{WEEKDAYS[at.weekday()]} {at:%d/%m %H:%M}"


def _trim(messages: list[dict[str, str]]) -> list[dict[str, str]]:
    """Keeps the beginning and the end of a very long conversation."""
    if sum(len(m["texto"]) for m in messages) <= _HEAD_CHARS + _TAIL_CHARS:
        return messages
    head, tail = _take(messages, _HEAD_CHARS), _take(messages[::-1], _TAIL_CHARS)[::-1]
    return [*head, {"de": "-", "texto": "(…)"}, *tail]


def _take(messages: list[dict[str, str]], chars: int) -> list[dict[str, str]]:
    taken: list[dict[str, str]] = []
    for message in messages:
        chars -= len(message["texto"])
        if chars < 0:
            break
        taken.append(message)
    return taken
