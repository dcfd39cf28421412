"""Sample gyms, and readers of the stand-in's data and responses."""

import json
import time
from datetime import datetime, timezone
from typing import Any

import httpx2

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.records import Account
from chatwoot_demo.server import DemoServer
from chatwoot_demo.world import World

ANCHOR = datetime(2026, 6, 10, 15, tzinfo=timezone.utc)
GYM = GYMS[0]
SMALL = GYMS[9]
A = f"/api/v1/accounts/{GYM.account_id}"


def wait_for_room_in_the_minute() -> None:
    """Throttles count by the minute: do not begin near its end."""
    if time.time() % 60 > 57:
        time.sleep(61 - time.time() % 60)


def get(client: httpx2.Client, path: str, **params: Any) -> Any:
    response = client.get(path, params=params)
    assert response.status_code == 200, response.text
    return response.json()


def account(server: DemoServer, gym: Any = GYM) -> Account:
    return server.world.accounts[gym.account_id]


def fingerprint(world: World) -> str:
    """Returns everything that a client can read of a world."""
    return json.dumps(
        [
            [
                record.account.id, record.display_id, record.uuid, record.status, record.labels,
                record.updated_at, record.custom_attributes, record.contact.name,
                record.contact.phone_number,
                [[each.id, each.content, each.created_at, each.content_attributes]
                 for each in record.messages],
            ]
            for record in world.conversations()
        ]
    )  # fmt: skip
