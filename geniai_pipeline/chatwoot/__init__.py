"""Chatwoot API client and incremental extraction of one account.

Start with ``extraction.extract``, or with ``extraction.ask`` for whether it would find anything;
``listing`` finds the conversations that changed and ``walk`` all there are, by ``pages``;
``messages`` reads them whole, ``rows`` and ``whitelist`` say what lands, ``client`` and
``transport`` ask.
"""

from geniai_pipeline.chatwoot.address import normalize
from geniai_pipeline.chatwoot.client import AccountCheck, Client
from geniai_pipeline.chatwoot.extraction import Answer, Batch, ask, extract
from geniai_pipeline.chatwoot.listing import OVERLAP
from geniai_pipeline.chatwoot.pages import Known
from geniai_pipeline.chatwoot.refusals import UnansweredError, UnreachableError
from geniai_pipeline.chatwoot.rows import Agent, Inbox, LandedConversation, LandedMessage

__all__ = [
    "OVERLAP",
    "AccountCheck",
    "Agent",
    "Answer",
    "Batch",
    "Client",
    "Inbox",
    "Known",
    "LandedConversation",
    "LandedMessage",
    "UnansweredError",
    "UnreachableError",
    "ask",
    "extract",
    "normalize",
]
