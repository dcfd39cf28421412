"""The endpoints: what each route answers, and to whom."""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from geniai_pipeline.demo import finders, views
from geniai_pipeline.demo.gyms import GYMS
from geniai_pipeline.demo.records import Account, Contact, Conversation, User
from geniai_pipeline.demo.world import World

VERSION = "4.14.2"
_A = "/api/v1/accounts/{account_id}"
_TIMEZONES = {gym.account_id: gym for gym in GYMS}

Body = dict[str, Any] | list[Any] | Response


class Failure(Exception):
    """An answer other than 200, with its JSON body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status = status
        self.body = body
        super().__init__(status, body)


class Call:
    """One authenticated request to an account, with the lock held."""

    def __init__(
        self, request: Request, world: World, user: User, account: Account, body: Any
    ) -> None:
        self.request = request
        self.query = request.query_params
        self.world = world
        self.user = user
        self.account = account
        self.body = body

    def conversation(self) -> Conversation:
        """The conversation of the path, if there is one and the user may see it."""
        found = self.account.conversations.get(finders.number(self.request.path_params["id"]))
        if found is None:
            raise _not_found()
        if self.user.role != "administrator" and found.inbox.id not in self.user.inbox_ids:
            raise _not_allowed()
        return found

    def contact(self) -> Contact:
        """The contact of the path, if there is one."""
        found = self.account.contacts.get(finders.number(self.request.path_params["id"]))
        if found is None:
            raise _not_found()
        return found

    def admin_only(self) -> None:
        """Refuse an agent."""
        if self.user.role != "administrator":
            raise _not_allowed()

    def items(self, found: list[Conversation]) -> list[views.JSON]:
        """The conversations as list items."""
        now = self.world.now()
        return [views.conversation(record, now) for record in found]


def version(world: World) -> Body:
    """Version and clock, for anybody."""
    moment = datetime.fromtimestamp(world.now(), timezone.utc)
    return {
        "version": VERSION,
        "timestamp": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "queue_services": "ok",
        "data_services": "ok",
    }


def health(world: World) -> Body:
    """Alive."""
    return {"status": "woot"}


def profile(call: Call) -> Body:
    """Whose token this is."""
    return views.profile(call.user, call.account)


def inboxes(call: Call) -> Body:
    """The inboxes the user belongs to, an administrator's with their secrets."""
    admin = call.user.role == "administrator"
    gym = _TIMEZONES[call.account.id]
    hours = []
    for day in range(7):  # Chatwoot's week begins on Sunday
        opens = gym.business_hours.get((day - 1) % 7)
        hours.append(
            {
                "day_of_week": day,
                "closed_all_day": opens is None,
                "open_hour": opens[0].hour if opens else None,
                "open_minutes": opens[0].minute if opens else None,
                "close_hour": opens[1].hour if opens else None,
                "close_minutes": opens[1].minute if opens else None,
                "open_all_day": False,
            }
        )
    return {
        "payload": [
            views.inbox(record, timezone=gym.timezone, hours=hours, secrets=admin)
            for record in call.account.inboxes
            if admin or record.id in call.user.inbox_ids
        ]
    }


def agents(call: Call) -> Body:
    """Everybody with a login."""
    return [views.agent(user) for user in call.account.users]


def teams(call: Call) -> Body:
    """The teams."""
    return [views.team(record, call.account.id) for record in call.account.teams]


def labels(call: Call) -> Body:
    """The labels' definitions."""
    return {"payload": [views.label(record) for record in call.account.labels]}


def custom_attribute_definitions(call: Call) -> Body:
    """The definitions of custom attributes, of one model or all."""
    model = call.query.get("attribute_model")
    return [
        each
        for each in call.account.attribute_definitions
        if model is None or each["attribute_model"] == model
    ]


def webhooks(call: Call) -> Body:
    """The account's webhooks: it has none."""
    call.admin_only()
    return {"payload": {"webhooks": []}}


def csat_survey_responses(call: Call) -> Body:
    """Answers to satisfaction surveys, newest first."""
    call.admin_only()
    found = [
        shape
        for record in call.account.conversations.values()
        for message in record.messages
        if message.content_type == "input_csat" and (shape := views.csat(message))
    ]
    found.sort(key=lambda shape: shape["created_at"], reverse=True)
    return finders.page(found, call.query, 25)


def contacts(call: Call) -> Body:
    """A page of contacts."""
    found, total = finders.find_contacts(call.account, call.query)
    with_inboxes = call.query.get("include_contact_inboxes") != "false"
    return {
        "meta": {
            "count": total,
            "current_page": max(finders.number(call.query.get("page", "1")), 1),
        },
        "payload": [views.contact_item(record, with_inboxes=with_inboxes) for record in found],
    }


def contact(call: Call) -> Body:
    """One contact, hidden from the list or not."""
    return {"payload": views.contact_item(call.contact())}


def contact_conversations(call: Call) -> Body:
    """A contact's latest 20 conversations."""
    wanted = call.contact()
    found = [
        record for record in finders.visible(call.account, call.user) if record.contact is wanted
    ]
    found.sort(key=lambda record: record.last_activity_at, reverse=True)
    return {"payload": call.items(found[:20])}


def contact_labels(call: Call) -> Body:
    """A contact's labels."""
    return {"payload": call.contact().labels}


def conversations(call: Call) -> Body:
    """The conversation list."""
    found, counts = finders.find(call.account, call.user, call.query, call.world.now())
    return {"data": {"meta": counts, "payload": call.items(found)}}


def conversations_meta(call: Call) -> Body:
    """The counts alone."""
    return {"meta": finders.find(call.account, call.user, call.query, call.world.now())[1]}


def conversations_filter(call: Call) -> Body:
    """The conversation list, by conditions."""
    if not isinstance(call.body, dict):
        raise finders.Broken
    found, counts = finders.filtered(
        call.account, call.user, call.body.get("payload"), call.query, call.world.now()
    )
    del counts["assigned_count"]
    return {"meta": counts, "payload": call.items(found)}


def conversation(call: Call) -> Body:
    """One conversation, without an envelope."""
    return views.conversation(call.conversation(), call.world.now())


def messages(call: Call) -> Body:
    """A window of a conversation's messages."""
    record = call.conversation()
    found = finders.window(record.messages, call.query)
    return {"meta": views.messages_header(record), "payload": [*map(views.message, found)]}


def conversation_labels(call: Call) -> Body:
    """A conversation's labels."""
    return {"payload": call.conversation().labels}


def set_conversation_labels(call: Call) -> Body:
    """Replace a conversation's labels."""
    record = call.conversation()
    wanted = call.body.get("labels") if isinstance(call.body, dict) else None
    titles = [str(each) for each in (wanted if isinstance(wanted, list) else [])]
    call.world.relabel(record, list(dict.fromkeys(titles)), by=call.user.name)
    return {"payload": record.labels}


def set_custom_attributes(call: Call) -> Body:
    """Replace a conversation's custom attributes."""
    record = call.conversation()
    wanted = call.body.get("custom_attributes") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise finders.Broken
    for key, value in wanted.items():
        if isinstance(value, str) and len(value) > 1500:
            raise _invalid(f"Custom attributes {key} length should be < 1500")
        if isinstance(value, int) and value > 9999999999:
            raise _invalid(f"Custom attributes {key} value should be < 9999999999")
    call.world.set_custom_attributes(record, wanted)
    return {"custom_attributes": record.custom_attributes}


Handler = Callable[[Call], Body]
OpenHandler = Callable[[World], Body]
_OPEN: tuple[OpenHandler, ...] = (version, health)

ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api", version),
    ("GET", "/health", health),
    ("GET", "/api/v1/profile", profile),
    ("GET", f"{_A}/inboxes", inboxes),
    ("GET", f"{_A}/agents", agents),
    ("GET", f"{_A}/teams", teams),
    ("GET", f"{_A}/labels", labels),
    ("GET", f"{_A}/custom_attribute_definitions", custom_attribute_definitions),
    ("GET", f"{_A}/webhooks", webhooks),
    ("GET", f"{_A}/csat_survey_responses", csat_survey_responses),
    ("GET", f"{_A}/contacts", contacts),
    ("GET", f"{_A}/contacts/{{id}}", contact),
    ("GET", f"{_A}/contacts/{{id}}/conversations", contact_conversations),
    ("GET", f"{_A}/contacts/{{id}}/labels", contact_labels),
    ("GET", f"{_A}/conversations", conversations),
    ("GET", f"{_A}/conversations/meta", conversations_meta),
    ("POST", f"{_A}/conversations/filter", conversations_filter),
    ("GET", f"{_A}/conversations/{{id}}", conversation),
    ("GET", f"{_A}/conversations/{{id}}/messages", messages),
    ("GET", f"{_A}/conversations/{{id}}/labels", conversation_labels),
    ("POST", f"{_A}/conversations/{{id}}/labels", set_conversation_labels),
    ("POST", f"{_A}/conversations/{{id}}/custom_attributes", set_custom_attributes),
)
"""Method, path and handler of every endpoint."""


def endpoint(world: World, handler: Any) -> Callable[[Request], Awaitable[Response]]:
    """The handler as an endpoint: signed in, in an account, errors in Chatwoot's words."""

    async def serve(request: Request) -> Response:
        raw = await request.body()
        with world.lock:
            try:
                if handler in _OPEN:
                    return answer(handler(world))
                user = _signed_in(request, world)
                account = _account(request, world, user)
                return answer(handler(Call(request, world, user, account, _parsed(raw))))
            except Failure as failure:
                return answer(failure.body, failure.status)
            except finders.NotFound:
                return answer(_not_found().body, 404)
            except finders.Refused as refused:
                return answer({"error": str(refused)}, 422)
            except finders.Broken:
                return answer({"status": 500, "error": "Internal Server Error"}, 500)

    return serve


def answer(body: Body, status: int = 200) -> Response:
    """The body as a JSON response."""
    if isinstance(body, Response):
        return body
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status, media_type="application/json; charset=utf-8")


def token_of(request: Request) -> str | None:
    """The API token, however its header is spelled."""
    for name in ("api-access-token", "api_access_token"):
        if token := request.headers.get(name):
            return token
    return None


def _signed_in(request: Request, world: World) -> User:
    token = token_of(request)
    if token is None:
        raise Failure(401, {"errors": ["You need to sign in or sign up before continuing."]})
    user = world.users.get(token)
    if user is None:
        raise Failure(401, {"error": "Invalid Access Token"})
    return user


def _account(request: Request, world: World, user: User) -> Account:
    if "account_id" not in request.path_params:
        return world.accounts[user.account_id]
    account = world.accounts.get(finders.number(request.path_params["account_id"]))
    if account is None:
        raise _not_found()
    if user.account_id != account.id:
        raise Failure(401, {"error": "You are not authorized to access this account"})
    if account.status == "suspended":
        raise Failure(401, {"error": "Account is suspended"})
    return account


def _parsed(raw: bytes) -> Any:
    try:
        return json.loads(raw or b"{}")
    except ValueError:
        raise Failure(400, {"status": 400, "error": "Bad Request"}) from None


def _not_found() -> Failure:
    return Failure(404, {"error": "Resource could not be found"})


def _not_allowed() -> Failure:
    return Failure(401, {"error": "You are not authorized to do this action"})


def _invalid(text: str) -> Failure:
    return Failure(422, {"message": text, "attributes": ["custom_attributes"]})
