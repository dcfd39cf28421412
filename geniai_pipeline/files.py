"""Files for their owner's eyes: what lies in the data folder, and what is written out of it."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

_OTHERS = 0o077
_PASSAGE = 0o011


def open_private_file(path: Path) -> BinaryIO:
    """Opens a file anew for its owner alone, whoever might read the one that was there.

    Raises:
        OSError: it cannot be written.

    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(handle, 0o600)
    return os.fdopen(handle, "wb")


def make_private(home: Path) -> None:
    """Makes the data folder, and closes it and what lies in it to others.

    Passage through the folder itself stays: another user's Postgres may need it to its data.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, mode in find_exposed_files(home):
        path.chmod(mode)


def find_exposed_files(home: Path) -> list[tuple[Path, int]]:
    """What others may reach in the data folder and need not, with the mode it should have."""
    found = []
    for path in (home, *home.iterdir()) if home.is_dir() else ():
        try:
            state = path.lstat()
        except FileNotFoundError:  # it went away just now
            continue
        mode = stat.S_IMODE(state.st_mode)
        closed = mode & ~(_OTHERS & ~_PASSAGE if path == home else _OTHERS)
        if mode != closed and state.st_uid == os.geteuid() and not path.is_symlink():
            found.append((path, closed))
    return found
