"""Spreadsheet export of conversations, for the dashboard and ``geniai export``."""

from geniai_pipeline.exports.files import (
    FORMATS,
    Selection,
    build_file_name,
    build_plain_name,
    find_period,
    select_period,
    write_conversations,
)
from geniai_pipeline.exports.tenant import export_tenant, export_to_file

__all__ = [
    "FORMATS",
    "Selection",
    "build_file_name",
    "build_plain_name",
    "export_tenant",
    "export_to_file",
    "find_period",
    "select_period",
    "write_conversations",
]  # fmt: skip
