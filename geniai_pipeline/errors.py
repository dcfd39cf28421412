"""Transient and permanent errors, and the retry policy.

Three layers retry, and their retries must not multiply:

1. The clients (``chatwoot``) back off on 408, 429, 5xx and broken connections, within a request.
2. Dagster repeats a step that ended in a ``TransientError``, in scheduled runs: the service was
   down for longer than a request waits.
3. Run retries are for crashes only (``retry_on_asset_or_op_failure: false`` in ``dagster.yaml``).

A ``PermanentError`` is never repeated: a wrong token stays wrong until an operator corrects it.
"""

from typing import NamedTuple

from geniai_pipeline.text import remove_controls


class Rejected(NamedTuple):
    """A row that cannot be used, stored with its reason; the other rows continue."""

    source: str
    """Its target table."""
    key: str
    """Its key there."""
    reason: str
    payload: str
    """The received payload as JSON, without fields outside the whitelists."""
    version: str = ""
    """Version of its source; while it is unchanged, the row is not tried again."""


class GeniaiError(Exception):
    """An error with a message, a remedy and, where one is concerned, a tenant."""

    def __init__(self, what: str, *, mend: str, tenant: str | None = None) -> None:
        self.what = remove_controls(what)
        self.mend = remove_controls(mend)
        self.tenant = tenant
        super().__init__(self.what, self.mend, tenant)

    def __str__(self) -> str:
        """Formats one line, the tenant first."""
        who = f"{self.tenant}: " if self.tenant else ""
        return f"{who}{self.what} {self.mend}"


class TransientError(GeniaiError):
    """An error that a later retry may resolve."""


class DatabaseDownError(TransientError):
    """The database is unavailable; usually it returns within seconds."""


class PermanentError(GeniaiError):
    """An error that a retry does not resolve; an operator has to act."""
