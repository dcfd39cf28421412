"""Reads response bodies: inflates and parses them within bounds of size and time."""

import json
import time
import zlib
from collections.abc import Iterator
from typing import Any

import httpx2

ENCODING = "gzip"
"""The only content encoding that is requested and accepted."""
MAX_BYTES = 16 * 2**20
"""After inflation. A page of 25 conversations has 0.1 MB, a window of 2,000 about 10."""
MAX_VALUES = MAX_BYTES // 32
"""Of numbers, texts, lists and objects: each takes up to 100 bytes of memory, though ``{},`` is
three. A window of 2,000 conversations has about 320,000."""
MAX_SECONDS = 120.0
"""The most time that a body may take: a server may send single bytes for ever."""
_PIECE = 2**16


class BodySizeError(Exception):
    """A body exceeds a bound of size."""


def read_body(response: httpx2.Response) -> bytearray:
    """Reads and inflates the whole body.

    Raises:
        TooMuchError: it is larger than it may be.
        TimeoutError: it takes longer than it may.
        zlib.error: it cannot be decompressed.

    """
    body = bytearray()
    latest = time.monotonic() + MAX_SECONDS
    for piece in _inflate(response):
        body += piece
        if len(body) > MAX_BYTES:
            raise BodySizeError(f"more than {MAX_BYTES >> 20} MiB")
        if time.monotonic() > latest:
            raise TimeoutError(f"{MAX_SECONDS:.0f} s")
    return body


def parse_json(body: bytearray) -> Any:
    """Parses a body as JSON; bytes that are not UTF-8 become U+FFFD.

    Raises:
        TooMuchError: it would take more memory than it may.
        ValueError: it is no JSON.
        RecursionError: it is nested too deeply.

    """
    # Characters within texts count too: telling them apart costs more, and real texts have few.
    values = sum(map(body.count, (b",", b"{", b"[")))
    if values > MAX_VALUES:
        raise BodySizeError(f"more than {MAX_VALUES:,} values")
    return json.loads(decode(body))


def decode(body: bytearray) -> str:
    """Decodes a body as UTF-8; other bytes become U+FFFD."""
    return body.decode("utf-8-sig", "replace")


def _inflate(response: httpx2.Response) -> Iterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        yield from response.iter_raw()
        return
    if encoding != ENCODING:
        raise zlib.error(f"encoded as {encoding!r}")
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    for piece in response.iter_raw():
        while piece:
            yield inflater.decompress(piece, _PIECE)
            piece = inflater.unconsumed_tail
    if not inflater.eof:
        raise zlib.error("cut off")
