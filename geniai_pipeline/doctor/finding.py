"""Result of a check."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """A fault and its remedy."""

    what: str
    mend: str
    tenant: str | None = None
    """The slug; None: the finding concerns the installation."""
