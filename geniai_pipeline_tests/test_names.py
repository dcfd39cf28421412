"""Identifiers: none is a vague word."""

import ast
from collections.abc import Iterator

from geniai_pipeline.settings import ROOT

VAGUE = {"told", "said", "asked", "judged", "kept", "of", "whose", "awake", "attended"}
FOLDERS = [
    "bench",
    "chatwoot_demo",
    "docs",
    "geniai_pipeline",
    "geniai_pipeline_tests",
    "superset",
    "training",
]


def test_no_identifier_is_a_vague_word() -> None:
    paths = {path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")}

    assert ROOT / "bench" / "page.py" in paths
    assert [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sorted(paths)
        for line, name in _vague_names(path.read_text(encoding="utf-8"))
    ] == []


def test_every_kind_of_definition_is_checked() -> None:
    source = """
import json as told
class said: pass
def asked(judged, *, _kept): self._of = 1
for of in []: pass
try: ...
except OSError as kept: ...
match 1:
    case [*told]: ...
    case {**said}: ...
    case int() as asked: ...
json.said(kept=mail.of, name=told)
"""
    names = " ".join(name for _, name in sorted(_vague_names(source)))
    assert names == "told said _kept _of asked judged of kept told said asked"


def _vague_names(source: str) -> Iterator[tuple[int, str]]:
    """Yields line and name of each definition that is a vague word; uses do not count."""
    for node in ast.walk(ast.parse(source)):
        name = _defined_name(node)
        if name and name.strip("_") in VAGUE:
            yield getattr(node, "lineno", 0), name


def _defined_name(node: ast.AST) -> str | None:
    match node:
        case (
            ast.Name(id=name, ctx=ast.Store())
            | ast.Attribute(attr=name, ctx=ast.Store())
            | ast.arg(arg=name)
            | ast.alias(asname=name)
            | ast.FunctionDef(name=name)
            | ast.AsyncFunctionDef(name=name)
            | ast.ClassDef(name=name)
            | ast.ExceptHandler(name=name)
            | ast.MatchAs(name=name)
            | ast.MatchStar(name=name)
            | ast.MatchMapping(rest=name)
        ):
            return name if isinstance(name, str) else None
    return None
