"""Superset extensions of GeniAI: identity, permissions, caches, patches and pages."""

from importlib.util import find_spec
from pathlib import Path

# found, not imported: importing Superset reads the configuration this is a part of
SUPERSET = Path(str(getattr(find_spec("superset"), "origin", ""))).parent
"""The folder of the installed Superset."""
