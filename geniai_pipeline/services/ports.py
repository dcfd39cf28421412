"""Ports on this machine: whether one is taken, and a free one."""

import socket

from geniai_pipeline.errors import PermanentError

_HOST = "127.0.0.1"
EMBEDDED_POSTGRES, CODE_SERVER = range(15432, 15532), range(14266, 14366)
"""Where those that nobody speaks to by hand listen: below 32768, where the kernel does not place
outgoing connections."""


def is_taken(port: int) -> bool:
    """Whether something listens on the port of this machine's loopback address."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_HOST, port))
        except OSError:
            return True
    return False


def require_free(port: int, *, user: str, variable: str) -> None:
    """Refuses to go on when a service's port is taken.

    Raises:
        PermanentError: names the service, the port and the variable that chooses another.

    """
    if is_taken(port):
        raise PermanentError(
            f"Port {port}, which {user} needs, is taken by another program.",
            mend=f"End that program, or choose another port with {variable}.",
        )


def free_port(candidates: range) -> int:
    """The first of these ports that is free.

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
