"""Check of free disk space before operations that write."""

import shutil

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings

_NEEDED_MB = 100


def require_space() -> None:
    """Requires 100 MB of free space on the data folder's disk.

    On a full disk neither Postgres nor Dagster can record a failure, so it is checked before.

    Raises:
        PermanentError: less than 100 MB are left; names the folder.

    """
    home = get_settings().home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    free = shutil.disk_usage(home).free // 1_000_000
    if free < _NEEDED_MB:
        raise PermanentError(
            f"The disk of {home} is full: {free} MB are left.",
            mend=f"Free at least {_NEEDED_MB} MB, then run it again; synced data is kept.",
        )
