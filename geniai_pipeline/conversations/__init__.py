"""Raw Chatwoot payloads -> one typed row per conversation. Pure: no database, no network."""

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
