"""Chatwoot API client and incremental extraction of one account.

``extraction.extract`` is the entry point of a run, ``extraction.fetch_changes`` the change check;
``extraction.fetch_conversations`` reads those that are known to have changed.
``listing`` lists the changed conversations and ``walk`` lists all of them, by ``pages``.
``messages`` reads the messages of a conversation. ``whitelist`` and ``rows`` define what is stored.
``client`` and ``transport`` send the requests.
"""

from geniai_pipeline.chatwoot.address import normalize_address
from geniai_pipeline.chatwoot.client import AccountCheck, Client
from geniai_pipeline.chatwoot.extraction import (
    AccountChanges,
    Batch,
    FetchedConversations,
    extract,
    fetch_changes,
    fetch_conversations,
    fetch_inboxes_and_agents,
)
from geniai_pipeline.chatwoot.listing import OVERLAP
from geniai_pipeline.chatwoot.pages import KnownConversations
from geniai_pipeline.chatwoot.refusals import UnansweredError, UnreachableError
from geniai_pipeline.chatwoot.rows import (
    LandedAgent,
    LandedConversation,
    LandedInbox,
    LandedMessage,
)

__all__ = [
    "OVERLAP",
    "AccountChanges",
    "AccountCheck",
    "Batch",
    "Client",
    "FetchedConversations",
    "KnownConversations",
    "LandedAgent",
    "LandedConversation",
    "LandedInbox",
    "LandedMessage",
    "UnansweredError",
    "UnreachableError",
    "extract",
    "fetch_changes",
    "fetch_conversations",
    "fetch_inboxes_and_agents",
    "normalize_address",
]
