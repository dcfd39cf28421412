"""Command line as a child process."""

import os
import subprocess
import sys
from pathlib import Path

GENIAI = str(Path(sys.executable).parent / "geniai")


def run_geniai(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "GENIAI_HOME": str(home), **variables}
    return subprocess.run(
        [GENIAI, *arguments], env=environment, capture_output=True, text=True, check=False,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip


def read_error(done: subprocess.CompletedProcess[str]) -> str:
    (line,) = done.stderr.strip().splitlines()
    assert line.startswith("error: ")
    return line
