"""Transforms raw Chatwoot payloads to one typed row per episode, without I/O."""

from geniai_pipeline.conversations.hours import count_business_seconds
from geniai_pipeline.conversations.rows import (
    COLUMNS,
    RawConversation,
    TransformResult,
    settings_version,
    source_version,
    transform,
)

__all__ = [
    "COLUMNS",
    "RawConversation",
    "TransformResult",
    "count_business_seconds",
    "settings_version",
    "source_version",
    "transform",
]
