"""How Superset is initialised and served; the same for ``geniai up`` and for the tests."""

import sys
from pathlib import Path

from geniai_pipeline.settings import ROOT, Settings

_FOLDER = ROOT / "superset"


def superset_environment(settings: Settings) -> dict[str, str]:
    """What Superset's processes need in their environment beside the installation's own variables.

    The clock is Brazil's, because "the last 30 days" are counted by it.
    """
    return {
        "SUPERSET_CONFIG_PATH": str(_FOLDER / "superset_config.py"),
        "SUPERSET_HOME": str(settings.home / "superset"),
        "TZ": "America/Sao_Paulo",
    }


def initialise_command() -> list[str]:
    """What is run before Superset is served. Quick when it was done before."""
    return [sys.executable, "-m", "geniai_superset.initialise"]


def serve_command(port: int) -> list[str]:
    """The command that serves Superset in the foreground, on the loopback address."""
    gunicorn = Path(sys.executable).with_name("gunicorn")
    return [
        str(gunicorn),
        "--config", str(_FOLDER / "gunicorn.conf.py"),
        "--bind", f"127.0.0.1:{port}",
        "superset.app:create_app()",
    ]  # fmt: skip
