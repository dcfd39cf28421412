"""What a check says."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong."""

    what: str
    mend: str
    tenant: str | None = None
    """Whose; None: the whole installation's."""
