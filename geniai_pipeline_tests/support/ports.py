"""TCP ports of the tests' servers."""

import random
import socket


def free_port() -> int:
    """Returns a free port below the kernel's ephemeral range."""
    while True:
        port = random.randrange(20000, 24000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
