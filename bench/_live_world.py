"""The Chatwoot of ``live.py``: its accounts, their tenants, and what happens in them.

Each change goes through the stand-in's own turns, so that it has the events, and moves the clocks,
that Chatwoot's recordings have.
"""

import os
import random
import threading
import time
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone

from _tenant import TEXTS

from chatwoot_demo import serializers
from chatwoot_demo.accounts import Ids
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import (
    ACTIVITY,
    INCOMING,
    OUTGOING,
    Account,
    Bot,
    DemoContact,
    DemoConversation,
    DemoInbox,
    DemoMessage,
    User,
)
from chatwoot_demo.server import Server, application
from chatwoot_demo.talk.dialogue import Turn
from chatwoot_demo.turns import TurnPlayer
from geniai_pipeline import administration
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.chatwoot import Batch, rows
from geniai_pipeline.pipeline.analyze import analyze_conversations
from geniai_pipeline.pipeline.publish import publish_conversations, roll_up
from geniai_pipeline.pipeline.transform import transform_conversations
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import landing, registry, runs
from geniai_pipeline.warehouse.connections import TenantSession, admin_url, connect

LARGE, SMALL = 1, 2
"""The accounts whose pages are open in a browser; the first is the large one."""
LEAD = "Oi, quanto custa a mensalidade? Quero muito fazer uma aula experimental"
MENU = "Oi! Sobre o que quer falar?\n1 - Planos e preços\n2 - Horários\n3 - Outro assunto"
_SMALL_COUNT = 40
_ACCOUNT_IDS = 10**6
_BATCH = 2_000

MessageKey = tuple[int, int, int]
"""An account, a conversation in it, and how many messages it has with this one."""


@dataclass
class World:
    """The Chatwoot of all tenants, and the messages that are not yet in the pages' tables."""

    installation: Installation = field(default_factory=Installation)
    ids: Ids = field(default_factory=Ids)
    sent: dict[MessageKey, float] = field(default_factory=dict)
    """When each message was sent, by ``time.monotonic``."""
    seconds: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Makes the player of turns."""
        self._stage = TurnPlayer(self.ids)

    def write_message(self, record: DemoConversation, text: str, *, by: str = "contact") -> None:
        """Writes in a conversation, as the ``contact`` or as an ``agent``."""
        now = self.installation.now()
        data = {} if by == "contact" else {"agent": 0}
        with self.installation.lock, self.installation.watch(record):
            self._stage.play(record, Turn(now, by, text, data), now)
        with self.lock:
            key = record.account.id, record.display_id, count_messages(record)
            self.sent[key] = time.monotonic()

    def start_conversation(self, account: Account, text: str) -> DemoConversation:
        """Lets somebody new write."""
        with self.installation.lock:
            record = add_conversation(account, self.installation.now())
        self.write_message(record, text)
        return record

    def change_silently(self, account: Account, rng: random.Random) -> None:
        """Edits, deletes and fails a message, and answers a menu: events alone tell of it."""
        recent = list_recent(account, 100)
        answered = rng.choice([each for each in recent if _find_menu(each) is not None])
        others = [each for each in recent if each is not answered and _list_ours(each)]
        edited, deleted, failed = rng.sample(others, 3)
        now = self.installation.now()
        with self._watch(edited):
            edited.messages[0].content = f"Na verdade quero saber dos horários ({now:.3f})"
            edited.messages[0].updated_at = now
        with self._watch(deleted):
            self._stage.delete(deleted.messages[0], now)
        with self._watch(failed):
            self._stage.fail(_list_ours(failed)[-1], "131026: Message undeliverable", now)
        menu = _find_menu(answered)
        assert menu is not None
        with self._watch(answered):
            self._stage.choose(menu, "2", now)

    @contextmanager
    def _watch(self, record: DemoConversation) -> Iterator[None]:
        with self.installation.lock, self.installation.watch(record):
            yield


def list_recent(account: Account, count: int) -> list[DemoConversation]:
    """Lists an account's conversations that were active last."""
    records = sorted(account.conversations.values(), key=lambda each: -each.last_activity_at)
    return records[:count]


def count_messages(record: DemoConversation) -> int:
    """Counts what the pages count: what was said and arrived, and answers of menus."""
    return sum(
        ("submitted_values" in each.content_attributes) + (each.status != "failed")
        for each in record.messages
        if each.message_type != ACTIVITY and "deleted" not in each.content_attributes
    )


def build_world(tenants: int, conversations: int) -> World:
    """Builds the accounts; nobody waits for an answer in them.

    Args:
        tenants: how many accounts.
        conversations: of the large one.

    """
    world = World()
    for number in range(1, tenants + 1):
        user = User(
            number, "Ana", f"ana{number}@example.com", "administrator", f"token {number}",
            f"pubsub {number}", number,
        )  # fmt: skip
        account = Account(
            id=number,
            name=f"Academia {number}",
            users=[user],
            bot=Bot(number, "Robô"),
            teams=[],
            labels=[],
            inboxes=[DemoInbox(number, number, "WhatsApp", "Channel::Whatsapp")],
            attribute_definitions=[],
        )
        world.installation.add_account(account)
        now = time.time()
        for each in range(conversations if number == LARGE else _SMALL_COUNT):
            _add_answered_conversation(world, account, now - 90_000 - each * 600)
    return world


def add_conversation(account: Account, created: float) -> DemoConversation:
    """Adds a conversation of somebody new, without a message."""
    number = account.next_display_id
    account.next_display_id += 1
    key = account.id * _ACCOUNT_IDS + number
    contact = DemoContact(
        id=key, name=f"Maria {key} Souza", phone_number=f"+5511{key:09d}", email=None,
        created_at=created, source_id=f"5511{key:09d}", inbox=account.inboxes[0],
    )  # fmt: skip
    record = account.conversations[number] = DemoConversation(
        display_id=number, account=account, inbox=account.inboxes[0], contact=contact, kind="",
        uuid=f"{key:032x}", created_at=created, updated_at=created, last_activity_at=created,
    )  # fmt: skip
    return record


def _add_answered_conversation(world: World, account: Account, created: float) -> None:
    """Adds a conversation that the gym answered; every fourth after a menu."""
    record = add_conversation(account, created)
    number = record.display_id
    turns: list[tuple[int, str, DemoContact | User | Bot | None, int]] = [
        (INCOMING, TEXTS[number % len(TEXTS)], record.contact, 0)
    ]
    if number % 4 == 0:
        turns.append((OUTGOING, MENU, account.bot, 5))
    turns.append((OUTGOING, TEXTS[1], account.users[0], 300))
    for kind, text, sender, seconds in turns:
        at = created + seconds
        record.messages.append(
            DemoMessage(world.ids("messages"), record, kind, text, at, at, sender=sender)
        )
        record.updated_at = record.last_activity_at = at


def _list_ours(record: DemoConversation) -> list[DemoMessage]:
    """Lists what a gym wrote in a conversation."""
    return [each for each in record.messages if each.message_type == OUTGOING]


def _find_menu(record: DemoConversation) -> DemoMessage | None:
    """Finds a conversation's menu that nobody has answered."""
    return next(
        (each for each in record.messages if each.content == MENU and each.content_type == "text"),
        None,
    )


@contextmanager
def serve_world(world: World) -> Iterator[str]:
    """Serves the world for the block; yields its address."""
    with Server(application(world.installation, requests_per_minute=10**9)) as server:
        yield server.url


def point_settings(ports: Iterator[int]) -> None:
    """Gives the product free ports, and a Chatwoot that bears any number of requests."""
    port = next(ports)
    os.environ["GENIAI_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    os.environ["GENIAI_LIVE_PORT"] = str(port)
    os.environ["GENIAI_DAGSTER_PORT"] = str(next(ports))
    os.environ["CHATWOOT_REQUESTS_PER_MINUTE"] = "100000"
    get_settings.cache_clear()


def make_tenants(world: World, url: str) -> None:
    """Registers the tenants with their webhooks; their rows are made without the network."""
    for account in world.installation.accounts.values():
        slug = make_slug(account)
        administration.add_tenant(
            slug,
            account.name,
            TenantConfig(
                chatwoot_url=url,
                chatwoot_account_id=account.id,
                chatwoot_token=account.users[0].token,
            ),
        )
        tenant = registry.load_tenant(slug)
        run_id = uuid.uuid4().hex
        with TenantSession(tenant.tenant_id) as session:
            runs.start_run(session, run_id, "full")
            records = [*account.conversations.values()]
            for start in range(0, len(records), _BATCH):
                landing.land(session, run_id, build_batch(account, records[start : start + _BATCH]))
            landing.commit_watermark(
                session,
                run_id,
                datetime.fromtimestamp(world.installation.now(), timezone.utc),
                present=None,
                expected=len(records),
            )
            transform_conversations(tenant, session, run_id, report=lambda line: None)
            analyze_conversations(session, run_id, RulesAnalyzer(), report=lambda line: None)
            publish_conversations(tenant, session)
            roll_up(tenant, session, run_id)
    with connect(admin_url()) as connection:
        connection.execute("analyze")


def make_slug(account: Account) -> str:
    """Makes the slug of an account's tenant."""
    return f"gym-{account.id:03d}"


def build_batch(account: Account, records: Iterable[DemoConversation]) -> Batch:
    """Builds the rows that an extraction would read."""
    now = time.time()
    records = [*records]
    conversations = [rows.build_conversation(serializers.conversation(r, now)) for r in records]
    messages = [
        rows.build_message(record.display_id, serializers.message(message))
        for record in records
        for message in record.messages
    ]
    inboxes = [
        rows.build_inbox({"id": each.id, "name": each.name, "channel_type": each.channel_type})
        for each in account.inboxes
    ]
    return Batch(conversations, messages, inboxes)  # type: ignore[arg-type]
