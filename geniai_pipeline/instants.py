"""Bounds of believable instants in a payload."""

from datetime import datetime, timezone

EARLIEST = datetime(2010, 1, 1, tzinfo=timezone.utc)
"""Older ones are mistakes: Chatwoot is of 2017, and imported histories reach a few years back."""
LATEST = datetime(2100, 1, 1, tzinfo=timezone.utc)
