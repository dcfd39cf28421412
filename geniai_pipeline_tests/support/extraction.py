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
    Known,
    LandedConversation,
    LandedMessage,
    extract,
)
from geniai_pipeline.chatwoot.messages import MessageReader
from geniai_pipeline_tests.support.chatwoot import Chatwoot


def now() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(timezone.utc)


def none_landed(_: Any) -> set[int]:
    """No conversation is unchanged."""
    return set()


def read_all(client: Client, *, full: bool = False) -> list[Batch]:
    """A tenant's first extraction."""
    return list(extract(client, since=None, full=full, unchanged=none_landed))


def follow(client: Client, failed: Sequence[int] = (), **how: Any) -> list[Batch]:
    """An extraction of what changed just now, around conversations that ``failed`` before."""
    known = Known(frozenset(), dict.fromkeys(failed, "fails (500)"))
    options: dict[str, Any] = {"since": now(), "full": False, "unchanged": none_landed, **how}
    return list(extract(client, known=lambda: known, **options))


def read_messages(client: Client, number: int = 1) -> list[int]:
    """The ids of a conversation's messages, as the reader finds them."""
    rows = MessageReader(client).read(number).rows
    return [row.message_id for row in rows if isinstance(row, LandedMessage)]


def conversations(batches: list[Batch]) -> dict[int, LandedConversation]:
    """The conversations by id, each of which comes once."""
    found = [row for batch in batches for row in batch.conversations]
    assert len({row.conversation_id for row in found}) == len(found), "one came twice"
    return {row.conversation_id: row for row in found}


def message_ids(batches: list[Batch]) -> list[int]:
    """The ids of the messages."""
    return sorted(row.message_id for batch in batches for row in batch.messages)


def true_message_ids(chatwoot: Chatwoot) -> list[int]:
    """The ids of the messages that Chatwoot has."""
    return sorted(
        each for number in chatwoot.conversations for each in chatwoot.message_ids(number)
    )


def rejections(batches: list[Batch]) -> dict[str, str]:
    """The reasons of the rejected rows, by table and key."""
    return {f"{row.source}/{row.key}": row.reason for batch in batches for row in batch.rejected}


def present(batches: list[Batch]) -> frozenset[int] | None:
    """The conversations that are there, if the extraction knows them all."""
    return batches[-1].present_ids


def landed_text(batches: list[Batch]) -> str:
    """Everything that lands, as one text."""
    return json.dumps([asdict(batch) for batch in batches], default=str, ensure_ascii=False)


def single_requests(chatwoot: Chatwoot) -> Counter[int]:
    """How often each conversation was requested by itself."""
    found = (re.search(r"/conversations/(\d+)\?", request) for request in chatwoot.requests)
    return Counter(int(match[1]) for match in found if match)
