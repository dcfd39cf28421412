"""Documents: every file they name exists."""

import re
from pathlib import Path

import pytest

from geniai_pipeline.settings import ROOT

_DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]
_BASES = (
    ROOT,
    ROOT / "geniai_pipeline",
    ROOT / "superset",
    ROOT / "docs",
    ROOT / "superset/geniai_superset",
)
_FILE = re.compile(r"`([\w.-]+(?:/[\w.-]*)*(?:/|\.(?:py|sql|md|yaml|toml|json)))`")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)\)")


def _missing(document: Path) -> list[str]:
    text = document.read_text(encoding="utf-8")
    files = [
        name
        for name in _FILE.findall(text)
        if not name.startswith((".geniai/", ".venv/", "sql/NNN"))
        if not any((base / name).exists() for base in _BASES)
    ]
    return files + [link for link in _LINK.findall(text) if not (document.parent / link).exists()]


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_names_is_there(document: Path) -> None:
    assert _missing(document) == []
