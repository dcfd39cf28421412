"""Dagster's code server; it forks runs from a process with every import done.

Dagster starts each run in a new interpreter, which imports Dagster, pandas and this package for
longer than a run with nothing to do takes. The process that runs are forked from only imports: it
has no thread, connection or run.
"""

import multiprocessing
from multiprocessing.context import BaseContext

from dagster._cli.api import grpc_command

_PRELOAD = [
    "geniai_pipeline.definitions",
    "geniai_pipeline.orchestration.storage",
    "dagster._grpc.server",
]


def main() -> None:
    """Serves as ``dagster api grpc`` does, with its options."""
    forkserver = multiprocessing.get_context("forkserver")
    forkserver.set_forkserver_preload(_PRELOAD)

    def get_context(method: str | None = None) -> BaseContext:
        return forkserver

    # Dagster asks for "spawn" by name and has no setting for it
    multiprocessing.get_context = get_context  # type: ignore[assignment]
    grpc_command()


if __name__ == "__main__":
    main()
