"""What can go wrong, in two kinds, and who tries again.

Three layers retry, and they must not multiply:

1. The clients (``chatwoot``) back off on 408, 429, 5xx and broken connections, within a request.
2. Dagster repeats a step that ended in a ``TransientError``, in scheduled runs: the other side
   stayed sick for longer than a request should wait.
3. Run retries are for crashes only (``retry_on_asset_or_op_failure: false`` in ``dagster.yaml``).

A ``PermanentError`` is never repeated: a wrong token stays wrong until somebody mends it.
"""

from typing import NamedTuple

from geniai_pipeline.text import printable


class Rejected(NamedTuple):
    """A row that could not be used: it is kept with its reason, and the others go on."""

    source: str
    """The table it was meant for."""
    key: str
    """Its key there."""
    reason: str
    payload: str
    """What came, as JSON, without what the whitelists keep out."""
    version: str = ""
    """What it was made from: as long as that stays, it is not tried again."""


class GeniaiError(Exception):
    """An error a person reads: what happened, to which tenant, and what to do about it."""

    def __init__(self, what: str, *, mend: str, tenant: str | None = None) -> None:
        self.what = printable(what)
        self.mend = printable(mend)
        self.tenant = tenant
        super().__init__(self.what, self.mend, tenant)

    def __str__(self) -> str:
        """One line, the tenant first."""
        who = f"{self.tenant}: " if self.tenant else ""
        return f"{who}{self.what} {self.mend}"


class TransientError(GeniaiError):
    """It may pass by itself: trying again later is right."""


class DatabaseDownError(TransientError):
    """The database went away; mostly it is back within seconds."""


class PermanentError(GeniaiError):
    """It will not pass by itself: somebody has to mend it first."""
