"""Lock file that allows one ``geniai up`` per data folder."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.files import make_private


@contextmanager
def lock_home(home: Path) -> Iterator[None]:
    """Locks the data folder for this process.

    Raises:
        PermanentError: another process holds the lock.

    """
    make_private(home)
    with (home / "lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise PermanentError(
                f"GeniAI is already running on {home}.",
                mend="Use that one, or end it with Ctrl-C first;"
                " GENIAI_HOME chooses another folder.",
            ) from error
        yield
