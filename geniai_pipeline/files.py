"""File permissions of the data folder, exports and reports: access for the owner alone."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

_OTHERS = 0o077
_PASSAGE = 0o011


def open_private_file(path: Path) -> BinaryIO:
    """Opens a file for writing with mode 600, also if it exists with another mode.

    Raises:
        OSError: it cannot be written.

    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(handle, 0o600)
    return os.fdopen(handle, "wb")


def make_private(home: Path) -> None:
    """Creates the data folder, and removes other users' permissions on it and its entries.

    Search permission (x) on the folder stays, because Postgres may run as another user.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, mode in find_exposed_files(home):
        path.chmod(mode)


def find_exposed_files(home: Path) -> list[tuple[Path, int]]:
    """Finds entries of the data folder with permissions for others, and their correct mode."""
    found = []
    for path in (home, *home.iterdir()) if home.is_dir() else ():
        try:
            state = path.lstat()
        except FileNotFoundError:  # it was deleted meanwhile
            continue
        mode = stat.S_IMODE(state.st_mode)
        closed = mode & ~(_OTHERS & ~_PASSAGE if path == home else _OTHERS)
        if mode != closed and state.st_uid == os.geteuid() and not path.is_symlink():
            found.append((path, closed))
    return found
