"""Room on the disk, asked for before anything is begun that needs it."""

import shutil

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings

_NEEDED_MB = 100


def require_space() -> None:
    """Refuses to go on when the data folder's disk is about to be full.

    On a full disk neither Postgres nor Dagster can even note that something failed; so it is
    noticed before.

    Raises:
        PermanentError: less than 100 MB are left; says where.

    """
    home = get_settings().home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(home).free // 1_000_000
    if free < _NEEDED_MB:
        raise PermanentError(
            f"The disk of {home} is full: {free} MB are left.",
            mend=f"Free at least {_NEEDED_MB} MB, then run it again; what was synced is kept.",
        )
