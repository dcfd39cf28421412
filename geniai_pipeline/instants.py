"""Bounds of valid instants in a payload."""

from datetime import datetime, timezone

EARLIEST = datetime(2010, 1, 1, tzinfo=timezone.utc)
"""Older ones are errors: Chatwoot dates from 2017, imported histories from a few years before."""
LATEST = datetime(2100, 1, 1, tzinfo=timezone.utc)
