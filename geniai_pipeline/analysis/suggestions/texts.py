"""The sentences of suggested messages, by name."""

from pathlib import Path

from geniai_pipeline.analysis.ini_files import read_ini

_FILE = read_ini(Path(__file__).parent / "phrases" / "texts.ini")
TEXTS = {name: _FILE[section][name] for section in _FILE.sections() for name in _FILE[section]}
"""A sentence of `phrases/texts.ini` by its name; each name stands once in the file."""
