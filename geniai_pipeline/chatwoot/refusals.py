"""What Chatwoot's refusals mean, in one line each, and what to do about them.

Its 401 has six meanings that only the body tells apart, and its 404 three.
"""

from urllib.parse import urljoin, urlsplit

from geniai_pipeline.chatwoot.address import normalize_address
from geniai_pipeline.errors import PermanentError, TransientError


class UnreachableError(TransientError):
    """Nobody answers at the address: this is the trouble of every tenant with a Chatwoot there."""


class UnansweredError(TransientError):
    """One request gets no usable answer, while others may: 5xx, time-outs, answers cut off."""

    heavy: bool = False
    """Whether it seems too much for the server or for us, so that a part of it may be answered."""


class NotJsonError(UnansweredError):
    """A request is answered with a web page, or with JSON that is cut off."""


class RedirectedError(PermanentError):
    """The Chatwoot is elsewhere by now."""


class ClosedError(PermanentError):
    """The token or the account is refused, whatever is asked for."""


class NotFoundError(PermanentError):
    """Chatwoot knows no such thing, or it was deleted."""


class NotAllowedError(PermanentError):
    """The token's user may not do this in the account, though they are a member."""


_COPY_AGAIN = (
    "Copy the access token from an administrator's profile page in Chatwoot and give it again"
    " with `geniai tenant add`."
)


def refusal(
    status: int, body: str, *, host: str, account_id: int, path: str, tenant: str
) -> PermanentError:
    """The error that an answer with a status of 4xx means.

    Args:
        status: of the answer.
        body: its text, without the token.
        host: whom it came from.
        account_id: whose data was asked for.
        path: what was asked for.
        tenant: named by the error.

    """
    if status == 401:
        return _unauthorized(body, host=host, account_id=account_id, path=path, tenant=tenant)
    if status == 404 and "Resource could not be found" in body:
        return NotFoundError(
            f"Chatwoot at {host} has no account {account_id} (no {path}).",
            mend="Check the account's number: in Chatwoot's own pages it stands in the address,"
            " after /app/accounts/.",
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
        mend="Check whether a proxy or firewall before it turns us away.",
        tenant=tenant,
    )


def _unauthorized(
    body: str, *, host: str, account_id: int, path: str, tenant: str
) -> PermanentError:
    if "Invalid Access Token" in body or "Invalid access_token" in body:
        return ClosedError(
            f"Chatwoot at {host} does not know this access token.", mend=_COPY_AGAIN, tenant=tenant
        )
    if "need to sign in" in body:
        return ClosedError(
            f"Chatwoot at {host} saw no access token: a proxy before it drops the header"
            " Api-Access-Token.",
            mend="Let the proxy pass that header on.",
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
            mend="Have it reactivated in Chatwoot; the next run goes on where this one stopped.",
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
    """The error that a redirect means: it is not followed, for the token would follow it."""
    target = urlsplit(urljoin(url, location))
    address = normalize_address(f"{target.scheme}://{target.netloc}{target.path}", tenant)
    return RedirectedError(
        f"{urlsplit(url).netloc} redirects to {address}; the access token is not sent there.",
        mend=f"If that is this Chatwoot's address, give it: --chatwoot-url {address}.",
        tenant=tenant,
    )
