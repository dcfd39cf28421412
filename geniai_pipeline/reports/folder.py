"""Report files of tenants, one folder each."""

import shutil
from pathlib import Path

from geniai_pipeline.settings import get_settings


def find_reports_folder(slug: str) -> Path:
    """Builds the path of a tenant's report folder."""
    return _folder() / slug


def remove_reports(slug: str) -> bool:
    """Deletes a tenant's report files; returns whether there were any."""
    folder = find_reports_folder(slug)
    if not folder.is_dir():
        return False
    shutil.rmtree(folder)
    return True


def list_report_slugs() -> set[str]:
    """Lists the slugs of tenants with report files."""
    return {path.name for path in _folder().iterdir()} if _folder().is_dir() else set()


def _folder() -> Path:
    return get_settings().home / "reports"
