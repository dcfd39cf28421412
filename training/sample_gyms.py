"""Labelled episodes of the sample gyms: what their scripts mean, beside what they write.

The scripts' author wrote no training dialogue and knows no rule. Their meaning has no score, and of
a member who writes like a prospect only a list of members knows, so it is left out.
"""

import json
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from chatwoot_demo import serializers
from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import Account
from chatwoot_demo.truth import EpisodeTruth, read_truth
from chatwoot_demo.world import World
from geniai_pipeline.conversations import RawConversation, transform
from geniai_pipeline.tenant_settings import REQUIRED, SETTINGS
from geniai_pipeline.tenants import Tenant

Record = dict[str, Any]
Episode = tuple[int, int]
"""A conversation's number, and the episode's within it."""


def read_labelled_episodes(seed: int, anchor: datetime) -> Iterator[tuple[Record, EpisodeTruth]]:
    """Yields the episodes of all sample gyms as of an instant, each with its meaning."""
    at = anchor.timestamp()
    for account in World(seed=seed, anchor=at).accounts.values():
        records = write_records(account, at)
        for truth in read_truth(account, at).episodes:
            yield records[truth.conversation, truth.number], truth


def write_records(account: Account, at: float) -> dict[Episode, Record]:
    """Writes the episodes of an account as `analysis.files` reads them, by a sync's own steps."""
    landed = [
        RawConversation(
            each.display_id,
            serializers.conversation(each, at),
            [serializers.message(message) for message in each.messages],
            datetime.fromtimestamp(at, timezone.utc),
        )
        for each in account.conversations.values()
    ]
    return {
        (row["conversation_id"], row["episode"]): {
            "id": row["conversation_id"],
            "inbox": row["inbox_name"],
            "contact_name": row["contact_name"],
            "messages": json.loads(row["transcript"]),
        }
        for row in transform(landed, _describe_tenant(account), {}).rows.to_dict("records")
    }


def write_label(truth: EpisodeTruth) -> Record:
    """Writes what is known of a meaning in the form of a dialogue's label; it has no score."""
    return {
        "role": truth.role,
        "visit": {"state": truth.visit.state},
        "outcome": truth.outcome,
        "next_actor": truth.next_actor,
        "sure": False,
    }


def _describe_tenant(account: Account) -> Tenant:
    gym = next(gym for gym in GYMS if gym.account_id == account.id)
    defaults: dict[str, Any] = {
        name: setting.default
        for name, setting in SETTINGS.items()
        if setting.default is not REQUIRED
    }
    own: dict[str, Any] = {
        "tenant_id": account.id,
        "slug": gym.slug,
        "name": gym.name,
        "active": True,
        "chatwoot_url": "http://chatwoot.example",
        "chatwoot_account_id": account.id,
        "chatwoot_token": "",
        "timezone": ZoneInfo(account.timezone),
        "business_hours": gym.business_hours,
    }
    return Tenant(**defaults | own)
