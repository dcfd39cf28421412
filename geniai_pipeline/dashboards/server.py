"""Commands and environment of Superset's processes, the same for ``geniai up`` and the tests."""

import sys
from pathlib import Path

from geniai_pipeline.settings import ROOT, Settings

_FOLDER = ROOT / "superset"


def superset_environment(settings: Settings) -> dict[str, str]:
    """Returns the environment of Superset's processes beside the installation's own variables.

    The clock is Brazil's, because "the last 30 days" are counted by it.
    """
    return {
        "SUPERSET_CONFIG_PATH": str(_FOLDER / "superset_config.py"),
        "SUPERSET_HOME": str(settings.home / "superset"),
        "TZ": "America/Sao_Paulo",
    }


def initialise_command() -> list[str]:
    """Returns the command that runs before Superset is served. It is quick the second time."""
    return [sys.executable, "-m", "geniai_superset.initialise"]


def serve_command(port: int) -> list[str]:
    """Returns the command that serves Superset in the foreground, on the loopback address."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    return [
        str(gunicorn),
        "--config", str(_FOLDER / "gunicorn.conf.py"),
        "--bind", f"127.0.0.1:{port}",
        "superset.app:create_app()",
    ]  # fmt: skip
