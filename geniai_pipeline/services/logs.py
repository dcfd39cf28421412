"""Log rotation by size for the log files of the services."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

LOG_BYTES = 16 * 2**20
"""A log that is larger is rotated."""
OLD_LOGS = 4
"""The number of rotated logs that are kept; ``name.log.1`` is the latest."""


def rotate_log(log: Path) -> bool:
    """Copies a log to ``name.log.1`` and truncates it if it is larger than ``LOG_BYTES``.

    The service keeps the file open for appending, so the log is copied and truncated, as
    logrotate's ``copytruncate`` does. Lines written in between, a few milliseconds, are lost.

    Returns:
        Whether it was rotated.

    """
    try:
        if log.stat().st_size <= LOG_BYTES:
            return False
    except FileNotFoundError:
        return False
    for number in range(OLD_LOGS - 1, 0, -1):
        older = _predecessor(log, number)
        if older.exists():
            older.replace(_predecessor(log, number + 1))
    with suppress(OSError):  # on a full disk, space matters more than the copy
        shutil.copy2(log, _predecessor(log, 1))
    os.truncate(log, 0)
    return True


def _predecessor(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
