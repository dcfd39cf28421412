"""Downloads a file of a message: from the tenant's Chatwoot, or the storage it redirects to.

Chatwoot names a file by an address that needs no token, so none is sent. The address comes from an
answer: it is requested from the tenant's own host, whatever host it names, and a redirect leads to
no private address, unless the tenant's Chatwoot has one itself.
"""

import socket
import time
from contextlib import closing
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urljoin, urlsplit

import httpx2

_STORED = "/rails/active_storage/"
"""Where Chatwoot serves files; a channel's own address has another path."""
_REDIRECTS = 3
_CONNECT_SECONDS, _READ_SECONDS, _MOST_SECONDS = 5.0, 20.0, 60.0


class DownloadError(Exception):
    """A file cannot be had."""

    def __init__(self, reason: str, *, is_final: bool) -> None:
        self.reason = reason
        self.is_final = is_final
        """Whether another attempt would end alike."""
        super().__init__(reason)


def download(home: str, address: str, *, most_bytes: int) -> bytes:
    """Downloads a file into memory.

    Args:
        home: the address of the tenant's Chatwoot, normalized.
        address: the file's, as Chatwoot gives it.
        most_bytes: a larger file is refused.

    Raises:
        DownloadError: why it cannot be had.

    """
    place = address.find(_STORED)
    if place < 0:
        raise DownloadError("foreign_address", is_final=True)
    url = home + address[place:]
    timeout = httpx2.Timeout(_READ_SECONDS, connect=_CONNECT_SECONDS)
    try:
        with httpx2.Client(timeout=timeout, follow_redirects=False) as client:
            for _ in range(_REDIRECTS + 1):
                request = _build_request(client, url, home)
                with closing(client.send(request, stream=True)) as response:
                    if 300 <= response.status_code < 400:
                        url = urljoin(url, response.headers.get("location", ""))
                        continue
                    return _read(response, most_bytes)
    except (httpx2.RequestError, httpx2.InvalidURL, ValueError) as error:
        raise DownloadError("unreachable", is_final=False) from error
    raise DownloadError("redirects", is_final=True)


def _read(response: httpx2.Response, most_bytes: int) -> bytes:
    status = response.status_code
    if status >= 400:
        raise DownloadError("unreachable" if status >= 500 else "gone", is_final=status < 500)
    content = bytearray()
    latest = time.monotonic() + _MOST_SECONDS
    for piece in response.iter_raw():
        content += piece
        if len(content) > most_bytes:
            raise DownloadError("too_large", is_final=True)
        if time.monotonic() > latest:
            raise DownloadError("slow", is_final=False)
    if not content:
        raise DownloadError("empty", is_final=False)  # the upload may lag behind the message
    return bytes(content)


def _build_request(client: httpx2.Client, url: str, home: str) -> httpx2.Request:
    """Builds the request; one to another host goes to the address that was checked."""
    parts = urlsplit(url)
    headers = {"Accept-Encoding": "identity"}
    if parts.netloc == urlsplit(home).netloc:
        return client.build_request("GET", url, headers=headers)
    host, secure = parts.hostname or "", parts.scheme == "https"
    if parts.scheme not in ("http", "https") or (not secure and home.startswith("https:")):
        raise DownloadError("foreign_address", is_final=True)
    found = _resolve(host)
    if any(_parse(each).is_link_local for each in found) or not (
        all(map(_is_public, found)) or _is_private(urlsplit(home).hostname or "")
    ):
        raise DownloadError("private_address", is_final=True)
    return client.build_request(
        "GET",
        httpx2.URL(url).copy_with(host=found[0]),
        headers={**headers, "Host": parts.netloc.rpartition("@")[2]},
        extensions={"sni_hostname": host},
    )


def _is_private(host: str) -> bool:
    return not all(map(_is_public, _resolve(host)))


def _is_public(address: str) -> bool:
    return _parse(address).is_global


def _parse(address: str) -> IPv4Address | IPv6Address:
    """Parses an address; an IPv4 one that is written as IPv6 is what it stands for."""
    found = ip_address(address)
    return found if isinstance(found, IPv4Address) else found.ipv4_mapped or found


def _resolve(host: str) -> list[str]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError as error:
        raise DownloadError("unreachable", is_final=False) from error
    return [str(entry[4][0]).partition("%")[0] for entry in found]
