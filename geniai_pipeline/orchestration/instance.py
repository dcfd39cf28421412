"""The Dagster instance of this installation: its home, its workspace and its code server."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._grpc.client import DagsterGrpcClient

from geniai_pipeline.settings import ROOT, get_settings

LOCATION = "geniai"
_ANSWER_SECONDS = 5


def make_home() -> None:
    """Creates Dagster's folder, with a link to the checkout's ``dagster.yaml``."""
    home = get_settings().dagster_home
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    link = home / "dagster.yaml"
    if not link.is_symlink() or link.resolve() != ROOT / "dagster.yaml":
        link.unlink(missing_ok=True)
        link.symlink_to(ROOT / "dagster.yaml")


def make_workspace(code_port: int) -> Path:
    """Writes the workspace file: the code server's address, for the webserver and the daemon.

    Returns:
        The file's path.

    """
    make_home()
    workspace = get_settings().dagster_home / "workspace.yaml"
    workspace.write_text(
        "load_from:\n"
        "  - grpc_server:\n"
        "      host: 127.0.0.1\n"
        f"      port: {code_port}\n"
        f"      location_name: {LOCATION}\n"
    )
    return workspace


def code_server_answers(code_port: int) -> bool:
    """Whether the code server has loaded the code location and answers."""
    try:
        DagsterGrpcClient(code_port, host="127.0.0.1").get_server_id(timeout=_ANSWER_SECONDS)
    except DagsterUserCodeUnreachableError:
        return False
    return True


@contextmanager
def open_instance() -> Iterator[dg.DagsterInstance]:
    """Opens the Dagster instance of this installation."""
    make_home()
    with dg.DagsterInstance.from_config(str(get_settings().dagster_home)) as instance:
        yield instance
