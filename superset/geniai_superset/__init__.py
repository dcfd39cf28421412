"""Superset extensions of GeniAI: identity, permissions, caches, patches and pages."""

from importlib.util import find_spec
from pathlib import Path

# find_spec does not import: importing Superset would read the configuration, which imports this
SUPERSET = Path(str(getattr(find_spec("superset"), "origin", ""))).parent
"""The folder of the installed Superset."""
