"""Spreadsheet export of conversations, for the dashboard and ``geniai export`` alike."""

from geniai_pipeline.exports.files import (
    FORMATS,
    Selection,
    between,
    file_name,
    period,
    plain_name,
    write,
)
from geniai_pipeline.exports.tenant import export_tenant, export_to_file

__all__ = [
    "FORMATS", "Selection", "between", "export_tenant", "export_to_file", "file_name", "period",
    "plain_name", "write",
]  # fmt: skip
