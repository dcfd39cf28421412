"""Authentication and authorization: tokens, accounts, roles, and Chatwoot's error bodies."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from chatwoot_demo import filters, queries, serializers
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import Account, DemoContact, DemoConversation, User, Webhook

Body = dict[str, Any] | list[Any]


class RequestError(Exception):
    """An answer other than 200, with its JSON body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(status, body)


class Call:
    """One authenticated request to an account, with the lock held."""

    def __init__(
        self,
        request: Request,
        installation: Installation,
        user: User,
        account: Account,
        body: Any,
    ) -> None:
        self.request = request
        self.query = request.query_params
        self.installation = installation
        self.version = installation.version
        self.user = user
        self.account = account
        self.body = body

    def conversation(self) -> DemoConversation:
        """The conversation of the path, if there is one and the user may see it."""
        found = self.account.conversations.get(queries.number(self.request.path_params["id"]))
        if found is None:
            raise build_not_found_error()
        if self.user.role != "administrator" and found.inbox.id not in self.user.inbox_ids:
            raise _build_not_allowed_error()
        if found.is_orphan:
            raise filters.BrokenQueryError
        return found

    def contact(self) -> DemoContact:
        """The contact of the path, if there is one."""
        found = self.account.contacts.get(queries.number(self.request.path_params["id"]))
        if found is None:
            raise build_not_found_error()
        return found

    def webhook(self) -> Webhook:
        """The webhook of the path, if there is one."""
        wanted = queries.number(self.request.path_params["id"])
        for found in self.account.webhooks:
            if found.id == wanted:
                return found
        raise build_not_found_error()

    def admin_only(self) -> None:
        """Refuse an agent."""
        if self.user.role != "administrator":
            raise _build_not_allowed_error()

    def items(self, found: list[DemoConversation]) -> list[serializers.JSON]:
        """The conversations as list items; a single orphan fails them all."""
        if any(record.is_orphan for record in found):
            raise filters.BrokenQueryError
        return [self.item(record) for record in found]

    def item(self, record: DemoConversation) -> serializers.JSON:
        """The conversation as an item of the lists."""
        return serializers.conversation(record, self.installation.now(), self.version)


def endpoint(
    installation: Installation, handler: Any, *, opens: bool = False
) -> Callable[[Request], Awaitable[Response]]:
    """The handler as an endpoint: signed in, in an account, errors in Chatwoot's words.

    With ``opens`` it is for anybody, and gets the installation alone.
    """

    async def serve(request: Request) -> Response:
        raw = await request.body()
        with installation.lock:
            try:
                if opens:
                    return json_response(handler(installation))
                user = _find_user(request, installation)
                account = _account(request, installation, user)
                return json_response(
                    handler(Call(request, installation, user, account, _parse_body(raw)))
                )
            except RequestError as failure:
                return json_response(failure.body, failure.status)
            except queries.RecordNotFoundError:
                return json_response(build_not_found_error().body, 404)
            except filters.FilterError as refused:
                return json_response({"error": str(refused)}, 422)
            except filters.BrokenQueryError:
                return json_response({"status": 500, "error": "Internal Server Error"}, 500)

    return serve


def json_response(body: Body | None, status: int = 200) -> Response:
    """The body as a JSON response; an empty one, as Rails heads it, if None."""
    if body is None:
        return Response(status_code=status, headers={"content-type": "application/json"})
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json; charset=utf-8")


def api_token(request: Request) -> str | None:
    """The API token, however its header is spelled."""
    for name in ("api-access-token", "api_access_token"):
        if token := request.headers.get(name):
            return token
    return None


def _find_user(request: Request, installation: Installation) -> User:
    token = api_token(request)
    if token is None:
        raise RequestError(401, {"errors": ["You need to sign in or sign up before continuing."]})
    user = installation.users.get(token)
    if user is None:
        raise RequestError(401, {"error": "Invalid Access Token"})
    return user


def _account(request: Request, installation: Installation, user: User) -> Account:
    if "account_id" not in request.path_params:
        return installation.accounts[user.account_id]
    account = installation.accounts.get(queries.number(request.path_params["account_id"]))
    if account is None:
        raise build_not_found_error()
    if user.account_id != account.id:
        raise RequestError(401, {"error": "You are not authorized to access this account"})
    if account.status == "suspended":
        raise RequestError(401, {"error": "Account is suspended"})
    return account


def _parse_body(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        raise RequestError(400, {"status": 400, "error": "Bad Request"}) from None


def build_not_found_error() -> RequestError:
    """404, for a record that does not exist."""
    return RequestError(404, {"error": "Resource could not be found"})


def _build_not_allowed_error() -> RequestError:
    return RequestError(401, {"error": "You are not authorized to do this action"})


def build_invalid_error(attribute: str, text: str) -> RequestError:
    """422, for a value of an attribute that is not accepted."""
    return RequestError(422, {"message": text, "attributes": [attribute]})
