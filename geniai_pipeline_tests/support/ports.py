"""Ports that the tests' servers listen on."""

import random
import socket


def free_port() -> int:
    """Return a port of this machine that nobody listens on, below those the kernel hands out."""
    while True:
        port = random.randrange(20000, 24000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
