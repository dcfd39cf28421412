"""TCP ports of the loopback address: checks, and the choice of a free one."""

import socket

from geniai_pipeline.errors import PermanentError

_HOST = "127.0.0.1"
EMBEDDED_POSTGRES, CODE_SERVER = range(15432, 15532), range(14266, 14366)
"""Port ranges of internal services. They are below 32768, where the kernel assigns no port to an
outgoing connection."""


def is_taken(port: int) -> bool:
    """Whether a process listens on the port of the loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return True
    return False


def require_free(port: int, *, user: str, variable: str) -> None:
    """Requires that a service's port is free.

    Raises:
        PermanentError: the port is taken; names the service and the variable for another port.

    """
    if is_taken(port):
        raise PermanentError(
            f"Port {port}, which {user} needs, is taken by another program.",
            mend=f"End that program, or choose another port with {variable}.",
        )


def free_port(candidates: range) -> int:
    """Finds the first free port.

    Raises:
        PermanentError: all of them are taken.

    """
    for port in candidates:
        if not is_taken(port):
            return port
    raise PermanentError(
        f"Every port from {candidates.start} to {candidates.stop - 1} is taken.",
        mend="Free one of them.",
    )
