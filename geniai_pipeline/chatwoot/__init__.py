"""A tenant's Chatwoot: the API client, and the incremental extraction of what dashboards need.

Start with ``extraction.extract``; ``listing`` finds the conversations that changed and ``walk`` all
there are, by ``pages``; ``messages`` reads them whole, ``rows`` and ``whitelist`` say what lands,
``client`` and ``transport`` ask.
"""

from geniai_pipeline.chatwoot.address import normalize
from geniai_pipeline.chatwoot.client import Account, Client
from geniai_pipeline.chatwoot.extraction import Batch, extract
from geniai_pipeline.chatwoot.listing import OVERLAP
from geniai_pipeline.chatwoot.pages import Known
from geniai_pipeline.chatwoot.rows import Agent, Conversation, Inbox, Message

__all__ = [
    "OVERLAP",
    "Account",
    "Agent",
    "Batch",
    "Client",
    "Conversation",
    "Inbox",
    "Known",
    "Message",
    "extract",
    "normalize",
]
