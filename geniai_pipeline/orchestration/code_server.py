"""Dagster's code server, whose runs begin in processes that have imported everything.

Dagster starts each run in a new interpreter, which imports Dagster, pandas and this package for
longer than a run with nothing to do takes. Here a run is forked from a process that has done so and
does nothing else: no thread, connection or run has ever been in it.
"""

import multiprocessing
from multiprocessing.context import BaseContext

from dagster._cli.api import grpc_command

_IMPORTED = [
    "geniai_pipeline.definitions",
    "geniai_pipeline.orchestration.storage",
    "dagster._grpc.server",
]


def main() -> None:
    """Serves as ``dagster api grpc`` does, with its options."""
    warm = multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(_IMPORTED)

    def get_context(method: str | None = None) -> BaseContext:
        return warm

    # Dagster asks for "spawn" by name and has no setting for it
    multiprocessing.get_context = get_context  # type: ignore[assignment]
    grpc_command()


if __name__ == "__main__":
    main()
