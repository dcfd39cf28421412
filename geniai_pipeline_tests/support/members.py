"""The key of the hashes of members, as publications load it."""

from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.members import fetch_key


def load_key(session: TenantSession) -> bytes:
    """Loads the tenant's key in a transaction of its own; the first call makes it."""
    with session.transaction() as connection:
        return fetch_key(connection)
