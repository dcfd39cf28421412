"""Normalizes the address of a Chatwoot, as copied out of a browser."""

import re
from urllib.parse import urlsplit

from geniai_pipeline.errors import PermanentError

_OWN_PAGES = re.compile(r"/(?:app|api|auth|super_admin|platform|public|survey|widget)(?:/|$)")


def normalize_address(address: str, tenant: str) -> str:
    """Normalizes an address to scheme, host and the path that Chatwoot is served under, if any.

    ``https://host/chatwoot/app/accounts/3/dashboard`` becomes ``https://host/chatwoot``. Without a
    scheme it is https.

    Raises:
        PermanentError: it is not a web address.

    """
    address = address.strip()
    if "://" not in address:
        address = f"https://{address}"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or parts.scheme.lower() not in ("http", "https") or re.search(r"\s", address):
        raise PermanentError(
            f"{address!r} is not the address of a Chatwoot.",
            mend="Give it as the browser shows it: https://chat.example.com.",
            tenant=tenant,
        )
    if parts.username or parts.password:
        raise PermanentError(
            f"The address of the Chatwoot at {host} contains a user name or password.",
            mend="Give it without them: only the access token is needed.",
            tenant=tenant,
        )
    name = f"[{host}]" if ":" in host else host
    path = _OWN_PAGES.split(parts.path, maxsplit=1)[0].rstrip("/")
    return f"{parts.scheme.lower()}://{name}{f':{port}' if port else ''}{path}"
