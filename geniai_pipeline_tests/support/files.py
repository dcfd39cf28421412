"""File permissions."""

import stat
from pathlib import Path


def read_mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
