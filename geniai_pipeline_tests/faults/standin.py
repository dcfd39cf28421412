"""Chatwoot stand-in as a process, without simulated activity and without a throttle."""

import sys
from pathlib import Path

import uvicorn

from chatwoot_demo.server import application
from chatwoot_demo.world import World


def main(folder: str, port: str) -> None:
    """Serves the data of a folder's journal until the process is killed."""
    app = application(World(Path(folder)), requests_per_minute=10**6)
    uvicorn.run(app, port=int(port), log_level="error", date_header=False, access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
