"""One Chatwoot installation in memory: the accounts that the server serves."""

import threading
import time
from collections.abc import Iterator
from typing import Any

from chatwoot_demo.records import Account, DemoConversation, User
from chatwoot_demo.versions import NEWEST, Version


class Installation:
    """One Chatwoot of a ``version``: ``accounts`` by id, ``users`` by API token, and a clock.

    Hold ``lock`` while reading from another thread than the one that changes things.
    """

    def __init__(self, version: str = NEWEST) -> None:
        self.version = Version(version)
        self.lock = threading.RLock()
        self.accounts: dict[int, Account] = {}
        self.users: dict[str, User] = {}

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
        conversation.labels = labels
        conversation.updated_at = self.now()

    def set_custom_attributes(
        self, conversation: DemoConversation, attributes: dict[str, Any]
    ) -> None:
        """Replaces the conversation's custom attributes; changes ``updated_at`` alone."""
        conversation.custom_attributes = attributes
        conversation.updated_at = self.now()
