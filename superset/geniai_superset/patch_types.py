"""Types of run-time patches: replaced functions of Superset, and replaced texts of its scripts."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from operator import attrgetter
from typing import Any

from geniai_superset import SUPERSET

ASSETS = SUPERSET / "static" / "assets"
_ABSENT = object()
_installed: dict[str, Any] = {}
"""The replacement that ``FunctionPatch.apply`` has set, by target."""


@dataclass(frozen=True)
class FunctionPatch:
    """A function, class attribute or method that is replaced in memory.

    Doctor checks that the target still is the replacement.
    """

    target: str
    """``module:attribute.attribute``."""
    replace: Callable[[Any], Any]
    """Returns the replacement for Superset's original."""
    reason: str
    test: str
    """The test or probe that fails without it."""
    upstream: str | None = None
    """The issue or pull request of the patched project."""
    is_required: bool = False
    """Whether Superset must not start without this patch."""
    is_added: bool = False
    """Whether Superset lacks the target, and the patch adds it."""

    @property
    def name(self) -> str:
        """The name in doctor's findings and in the log."""
        return self.target

    def has_target(self) -> bool:
        """Whether Superset has the target, or the owner to which the patch adds it."""
        try:
            owner, attribute = self._locate()
        except (ImportError, AttributeError):
            return False
        return hasattr(owner, attribute) is not self.is_added

    def apply(self) -> None:
        """Replaces the target, once per process."""
        if self.target in _installed:
            return
        owner, attribute = self._locate()
        current = inspect.getattr_static(owner, attribute, _ABSENT)
        if isinstance(current, classmethod):
            replacement: Any = classmethod(self.replace(current.__func__))
        else:
            replacement = self.replace(current)
        setattr(owner, attribute, replacement)
        _installed[self.target] = replacement

    def find_fault(self) -> str | None:
        """Returns the fault of the patch in this process; None if it is in effect."""
        try:
            current = inspect.getattr_static(*self._locate())
        except (ImportError, AttributeError):
            return "its target is gone"
        return None if current is _installed.get(self.target) else "something else is in its place"

    def _locate(self) -> tuple[Any, str]:
        module, _, path = self.target.partition(":")
        owners, _, attribute = path.rpartition(".")
        owner = import_module(module)
        return (attrgetter(owners)(owner) if owners else owner), attribute


@dataclass(frozen=True)
class ScriptPatch:
    """A text of Superset's compiled JavaScript that is replaced when a script is sent.

    Doctor checks that a script of the installed Superset contains the text.
    """

    name: str
    target: re.Pattern[str]
    replacement: str
    reason: str
    test: str
    upstream: str | None = None

    def has_target(self) -> bool:
        """Whether a script contains the text."""
        return _is_in_scripts(self.target)

    def find_fault(self) -> str | None:
        """Returns the fault of the patch; None if it is in effect."""
        return None if self.has_target() else "its target is gone"


@lru_cache
def _is_in_scripts(target: re.Pattern[str]) -> bool:
    """Searches the installed scripts, 28 MB, once per process."""
    scripts = (path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    return any(target.search(script) for script in scripts)
