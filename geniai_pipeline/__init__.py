"""GeniAI: a gym's Chatwoot inbox becomes its dashboard of leads."""

__version__ = "0.1.0"
