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
"""What ``FunctionPatch.apply`` has put at each target."""


@dataclass(frozen=True)
class FunctionPatch:
    """A function, class attribute or method that is replaced in memory.

    Doctor checks that the target is what ``apply`` has put there.
    """

    target: str
    """``module:attribute.attribute``."""
    replace: Callable[[Any], Any]
    """Makes the replacement from what Superset has."""
    reason: str
    test: str
    """The test or probe that fails without it."""
    upstream: str | None = None
    """The issue or pull request of the project it patches."""
    is_required: bool = False
    """Whether Superset must not start without it."""
    is_added: bool = False
    """Whether the target is one that Superset lacks."""

    @property
    def name(self) -> str:
        """What doctor and the log call it."""
        return self.target

    def has_target(self) -> bool:
        """Whether Superset has what the patch expects: the target, or the place to add it to."""
        try:
            owner, attribute = self._locate()
        except (ImportError, AttributeError):
            return False
        return hasattr(owner, attribute) is not self.is_added

    def apply(self) -> None:
        """Replaces the target, once in a process."""
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
        """What is wrong with the patch in this process; None if it holds."""
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
    """A text of Superset's compiled JavaScript that is replaced as the script is sent.

    Doctor checks that a script of the installed Superset has the text.
    """

    name: str
    target: re.Pattern[str]
    replacement: str
    reason: str
    test: str
    upstream: str | None = None

    def has_target(self) -> bool:
        """Whether a script has the text."""
        return _is_in_scripts(self.target)

    def find_fault(self) -> str | None:
        """What is wrong with the patch; None if it holds."""
        return None if self.has_target() else "its target is gone"


@lru_cache
def _is_in_scripts(target: re.Pattern[str]) -> bool:
    """Searches the installed scripts, 28 MB, once in a process."""
    scripts = (path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    return any(target.search(script) for script in scripts)
