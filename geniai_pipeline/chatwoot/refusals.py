"""Errors of Chatwoot's answers: what each means and how to correct it.

A 401 has six meanings and a 404 three; only the body tells them apart.
"""

from urllib.parse import urljoin, urlsplit

from geniai_pipeline.chatwoot.address import normalize_address
from geniai_pipeline.errors import PermanentError, TransientError


class UnreachableError(TransientError):
    """No server answers at the address; this affects every tenant of that Chatwoot."""


class UnansweredError(TransientError):
    """One request gets no usable answer: 5xx, a time-out, a truncated answer."""

    heavy: bool = False
    """Whether the request seems too large, so that a smaller one may succeed."""


class NotJsonError(UnansweredError):
    """The answer is a web page, or truncated JSON."""


class RedirectedError(PermanentError):
    """The address redirects to another one."""


class ClosedError(PermanentError):
    """The token or the account is refused for every request."""


class NotFoundError(PermanentError):
    """The resource does not exist, or was deleted."""


class NotAllowedError(PermanentError):
    """The token's user may not do this in the account, though they are a member."""


_COPY_AGAIN = (
    "Copy the access token from an administrator's profile page in Chatwoot and give it again"
    " with `geniai tenant add`."
)


def build_refusal(
    status: int, body: str, *, host: str, account_id: int, path: str, tenant: str
) -> PermanentError:
    """Builds the error of an answer with a status of 4xx.

    Args:
        status: of the answer.
        body: its text, without the token.
        host: of the Chatwoot.
        account_id: the requested account.
        path: the requested path.
        tenant: named by the error.

    """
    if status == 401:
        return _build_token_error(body, host=host, account_id=account_id, path=path, tenant=tenant)
    if status == 404 and "Resource could not be found" in body:
        return NotFoundError(
            f"Chatwoot at {host} has no account {account_id} (no {path}).",
            mend="Check the account's number: in the address of Chatwoot's pages it follows"
            " /app/accounts/.",
            tenant=tenant,
        )
    if status == 404:
        return NotFoundError(
            f"{host} does not answer {path} as a Chatwoot does (404).",
            mend="Check the Chatwoot address: it is what the browser shows before /app/.",
            tenant=tenant,
        )
    excerpt = " ".join(body[:200].split())
    return PermanentError(
        f"Chatwoot at {host} refused {path} with {status}: {excerpt or 'no reason given'}.",
        mend="Check whether a proxy or firewall before it rejects the request.",
        tenant=tenant,
    )


def _build_token_error(
    body: str, *, host: str, account_id: int, path: str, tenant: str
) -> PermanentError:
    if "Invalid Access Token" in body or "Invalid access_token" in body:
        return ClosedError(
            f"Chatwoot at {host} does not know this access token.", mend=_COPY_AGAIN, tenant=tenant
        )
    if "need to sign in" in body:
        return ClosedError(
            f"Chatwoot at {host} received no access token: a proxy before it drops the header"
            " Api-Access-Token.",
            mend="Configure the proxy to forward that header.",
            tenant=tenant,
        )
    if "not authorized to access this account" in body:
        return ClosedError(
            f"The access token's user is not a member of account {account_id} at {host}.",
            mend="Check the account's number, or invite the user to it as an administrator.",
            tenant=tenant,
        )
    if "suspended" in body:
        return ClosedError(
            f"Account {account_id} at {host} is suspended.",
            mend="Reactivate it in Chatwoot; the next run continues where this one stopped.",
            tenant=tenant,
        )
    if "not authorized for bots" in body:
        return ClosedError(
            "The access token is that of an agent bot or a platform app, which may not read"
            " conversations.",
            mend=_COPY_AGAIN,
            tenant=tenant,
        )
    if "not authorized to do this action" in body:
        return NotAllowedError(
            f"The access token's user may not read {path} in account {account_id} at {host}.",
            mend="Make the user an administrator of the account, or use an administrator's token.",
            tenant=tenant,
        )
    excerpt = " ".join(body[:200].split())
    return ClosedError(
        f"Chatwoot at {host} refused the access token: {excerpt or 'no reason given'}.",
        mend=_COPY_AGAIN,
        tenant=tenant,
    )


def build_redirect_error(url: str, location: str, *, tenant: str) -> RedirectedError:
    """Builds the error of a redirect; it is not followed, because it would get the token."""
    target = urlsplit(urljoin(url, location))
    address = normalize_address(f"{target.scheme}://{target.netloc}{target.path}", tenant)
    return RedirectedError(
        f"{urlsplit(url).netloc} redirects to {address}; the access token is not sent there.",
        mend=f"If that is this Chatwoot's address, give it: --chatwoot-url {address}.",
        tenant=tenant,
    )
