"""HTTP server with invalid responses, which no Chatwoot sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class _Handler(BaseHTTPRequestHandler):
    """Below ``/a/`` its clock is at the end of time; elsewhere the version is not a number."""

    def do_GET(self) -> None:
        """Responds without changes, or with a row whose time depends on the invalid version."""
        row = "" if "/a/" in self.path else '{"id": 1}'
        body = b'{"version": "%s.1", "data": {"meta": {"all_count": 1}, "payload": [%s]}}' % (
            b"9" * 5000,
            row.encode(),
        )
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Returns the second before the year 10000."""
        return "Fri, 31 Dec 9999 23:59:59 GMT" if "/a/" in self.path else "never"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Logs nothing."""


@contextmanager
def hostile_server() -> Iterator[str]:
    """Runs the server for the block; yields its address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
