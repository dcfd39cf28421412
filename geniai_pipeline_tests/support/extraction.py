"""Extractions in one call, and accessors of their results."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timezone
from typing import Any

from geniai_pipeline.chatwoot import (
    Batch,
    Client,
    KnownConversations,
    LandedConversation,
    LandedMessage,
    extract,
)
from geniai_pipeline.chatwoot.messages import MessageReader
from geniai_pipeline_tests.support.chatwoot import Chatwoot


def now() -> datetime:
    """Returns the current instant in UTC."""
    return datetime.now(timezone.utc)


def none_landed(_: Any) -> set[int]:
    """Reports every conversation as new."""
    return set()


def read_all(client: Client, *, full: bool = False) -> list[Batch]:
    """Runs a tenant's first extraction."""
    return list(extract(client, since=None, full=full, unchanged=none_landed))


def follow(client: Client, failed: Sequence[int] = (), **how: Any) -> list[Batch]:
    """Extracts recent changes; the conversations in ``failed`` were rejected before."""
    known = KnownConversations(frozenset(), dict.fromkeys(failed, "fails (500)"))
    options: dict[str, Any] = {"since": now(), "full": False, "unchanged": none_landed, **how}
    return list(extract(client, known=lambda: known, **options))


def read_messages(client: Client, number: int = 1) -> list[int]:
    """Returns the ids of a conversation's messages, as the client reads them."""
    rows = MessageReader(client).read(number).rows
    return [row.message_id for row in rows if isinstance(row, LandedMessage)]


def conversations(batches: list[Batch]) -> dict[int, LandedConversation]:
    """Returns the conversations by id; each must occur once."""
    found = [row for batch in batches for row in batch.conversations]
    assert len({row.conversation_id for row in found}) == len(found), "one came twice"
    return {row.conversation_id: row for row in found}


def message_ids(batches: list[Batch]) -> list[int]:
    """Returns the ids of the extracted messages."""
    return sorted(row.message_id for batch in batches for row in batch.messages)


def true_message_ids(chatwoot: Chatwoot) -> list[int]:
    """Returns the ids of Chatwoot's messages."""
    return sorted(
        each for number in chatwoot.conversations for each in chatwoot.message_ids(number)
    )


def rejections(batches: list[Batch]) -> dict[str, str]:
    """Returns the reasons of the rejected rows, by table and key."""
    return {f"{row.source}/{row.key}": row.reason for batch in batches for row in batch.rejected}


def present(batches: list[Batch]) -> frozenset[int] | None:
    """Returns the existing conversations, if the extraction knows all of them."""
    return batches[-1].present_ids


def landed_text(batches: list[Batch]) -> str:
    """Returns all landed payloads as one text."""
    return json.dumps([asdict(batch) for batch in batches], default=str, ensure_ascii=False)


def single_requests(chatwoot: Chatwoot) -> Counter[int]:
    """Counts the requests for each single conversation."""
    found = (re.search(r"/conversations/(\d+)\?", request) for request in chatwoot.requests)
    return Counter(int(match[1]) for match in found if match)
