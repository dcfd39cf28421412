"""The log files of the services: each has a limited size, and so have its predecessors."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

LOG_BYTES = 16 * 2**20
"""A log that is larger is rotated."""
OLD_LOGS = 4
"""So many predecessors of each log stay: ``name.log.1`` is the latest."""


def rotate_log(log: Path) -> bool:
    """Moves what a log holds to ``name.log.1`` if it is large, and empties it.

    The service goes on writing into the same file, which it has open for appending: the log is
    copied and truncated, as logrotate's ``copytruncate`` does. What the service writes in between,
    a few milliseconds, is lost.

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
    with suppress(OSError):  # on a full disk the room counts for more than the lines
        shutil.copy2(log, _predecessor(log, 1))
    os.truncate(log, 0)
    return True


def _predecessor(log: Path, number: int) -> Path:
    return log.with_name(f"{log.name}.{number}")
