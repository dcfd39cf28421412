"""One Chatwoot installation in memory: the accounts that the server serves."""

import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from chatwoot_demo import webhooks
from chatwoot_demo.deliveries import Deliveries
from chatwoot_demo.records import Account, DemoConversation, User, Webhook
from chatwoot_demo.versions import NEWEST, Version


class Installation:
    """One Chatwoot of a ``version``: ``accounts`` by id, ``users`` by API token, and a clock.

    ``deliveries`` are what it posts to the accounts' webhooks.

    Hold ``lock`` while reading from another thread than the one that changes things.
    """

    def __init__(self, version: str = NEWEST) -> None:
        self.version = Version(version)
        self.lock = threading.RLock()
        self.accounts: dict[int, Account] = {}
        self.users: dict[str, User] = {}
        self.deliveries = Deliveries(self.now)

    def add_account(self, account: Account) -> None:
        """Adds an account, which its users can read."""
        self.accounts[account.id] = account
        self.users |= {user.token: user for user in account.users}

    def now(self) -> float:
        """The server's time, in epoch seconds."""
        return time.time()

    def conversations(self) -> Iterator[DemoConversation]:
        """Every conversation of every account."""
        for account in self.accounts.values():
            yield from account.conversations.values()

    def relabel(
        self, conversation: DemoConversation, labels: list[str], by: str = "Sistema"
    ) -> None:
        """Replaces the conversation's labels; ``by`` is the author."""
        with self.watch(conversation):
            conversation.labels = labels
            conversation.updated_at = self.now()

    def set_custom_attributes(
        self, conversation: DemoConversation, attributes: dict[str, Any]
    ) -> None:
        """Replaces the conversation's custom attributes; changes ``updated_at`` alone."""
        with self.watch(conversation):
            conversation.custom_attributes = attributes
            conversation.updated_at = self.now()

    def store_webhook(self, account: Account, webhook: Webhook) -> None:
        """Adds a webhook to the account, or replaces the one with its id."""
        account.webhooks[:] = sorted(
            [*(each for each in account.webhooks if each.id != webhook.id), webhook],
            key=lambda each: each.id,
        )

    def remove_webhook(self, account: Account, webhook_id: int) -> None:
        """Removes a webhook from the account."""
        account.webhooks[:] = [each for each in account.webhooks if each.id != webhook_id]

    def watch(self, conversation: DemoConversation) -> AbstractContextManager[None]:
        """Tells the account's webhooks what changes in the conversation inside of the ``with``.

        Costs nothing when the account has none. Do not nest it: either would tell of the change.
        """
        return self._tell(conversation) if conversation.account.webhooks else nullcontext()

    @contextmanager
    def _tell(self, conversation: DemoConversation) -> Iterator[None]:
        with self.lock:
            before = webhooks.read_state(conversation)
            yield
            events = webhooks.list_events(conversation, before, self.now(), self.version)
            self.deliveries.send(conversation.account.webhooks, events, self.version)
