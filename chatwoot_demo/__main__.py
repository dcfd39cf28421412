"""Command line of the stand-in: ``python -m chatwoot_demo --port 8090 --data DIR``."""

import argparse
from pathlib import Path

from chatwoot_demo.server import serve
from chatwoot_demo.versions import NEWEST
from chatwoot_demo.world import World


def main() -> None:
    """Serve the ten sample gyms until interrupted."""
    parser = argparse.ArgumentParser(prog="chatwoot_demo", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="folder of the event log")
    parser.add_argument("--seed", type=int, help="another world; 1 at the first start")
    parser.add_argument(
        "--pace", type=float, default=20, metavar="SECONDS", help="between two events; 0 freezes it"
    )
    parser.add_argument("--version", default=NEWEST, help="the version of Chatwoot to play")
    options = parser.parse_args()
    try:
        world = World(options.data, seed=options.seed, version=options.version)
    except ValueError as error:
        parser.error(str(error))
    serve(world, host=options.host, port=options.port, pace=options.pace)


if __name__ == "__main__":
    main()
