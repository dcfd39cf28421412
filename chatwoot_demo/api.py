"""API endpoints: the answer of each route, and who may request it."""

import re
import secrets
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from chatwoot_demo import account_serializers, filters, queries, serializers
from chatwoot_demo.auth import Body, Call, build_invalid_error
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import DemoContact, DemoConversation, Webhook
from chatwoot_demo.webhooks import EVENTS

_A = "/api/v1/accounts/{account_id}"
_ATTRIBUTE_MODELS = {"0": "conversation_attribute", "1": "contact_attribute"}


def version(installation: Installation) -> Body:
    """Version and clock, for anybody."""
    moment = datetime.fromtimestamp(installation.now(), timezone.utc)
    return {
        "version": installation.version.text,
        "timestamp": moment.strftime("%Y-%m-%d %H:%M:%S"),
        "queue_services": "ok",
        "data_services": "ok",
    }


def health(installation: Installation) -> Body:
    """Alive."""
    return {"status": "woot"}


def profile(call: Call) -> Body:
    """Whose token this is."""
    return account_serializers.profile(call.user, call.account, call.version)


def inboxes(call: Call) -> Body:
    """The inboxes the user belongs to, an administrator's with their secrets."""
    admin = call.user.role == "administrator"
    hours = account_serializers.working_hours(call.account)
    found = [record for record in call.account.inboxes if admin or record.id in call.user.inbox_ids]
    if call.version.has_feature("inboxes by name"):
        found.sort(key=lambda record: record.name.lower())
    return {
        "payload": [
            account_serializers.inbox(
                record, timezone=call.account.timezone, hours=hours, secrets=admin
            )
            for record in found
        ]
    }


def agents(call: Call) -> Body:
    """Everybody with a login."""
    return [account_serializers.agent(user, call.version) for user in call.account.users]


def teams(call: Call) -> Body:
    """The teams."""
    return [account_serializers.team(record, call.account.id) for record in call.account.teams]


def labels(call: Call) -> Body:
    """The labels' definitions."""
    return {"payload": [account_serializers.label(record) for record in call.account.labels]}


def custom_attribute_definitions(call: Call) -> Body:
    """The definitions of custom attributes, of one model or all."""
    model = call.query.get("attribute_model")
    model = _ATTRIBUTE_MODELS.get(model or "", model)
    return [
        each
        for each in call.account.attribute_definitions
        if model is None or each["attribute_model"] == model
    ]


def webhooks(call: Call) -> Body:
    """The account's webhooks."""
    call.admin_only()
    shapes = [
        account_serializers.webhook(record, call.account.id, call.version)
        for record in call.account.webhooks
    ]
    return {"payload": {"webhooks": shapes}}


def add_webhook(call: Call) -> Body:
    """Register a webhook."""
    call.admin_only()
    every = (
        each.id for account in call.installation.accounts.values() for each in account.webhooks
    )
    new = Webhook(1 + max(every, default=0), "", [*EVENTS[:8]], secrets.token_urlsafe(18))
    return _store_webhook(call, new)


def change_webhook(call: Call) -> Body:
    """Change a webhook's address, name or subscriptions."""
    call.admin_only()
    return _store_webhook(call, call.webhook())


def remove_webhook(call: Call) -> None:
    """Remove a webhook."""
    call.admin_only()
    call.installation.remove_webhook(call.account, call.webhook().id)


def _store_webhook(call: Call, old: Webhook) -> Body:
    """Replaces what the request names, if the values are valid."""
    wanted = call.body.get("webhook") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise filters.BrokenQueryError
    values = {name: wanted[name] for name in ("url", "name", "subscriptions") if name in wanted}
    new = replace(old, **values)
    if any(each.url == new.url and each.id != new.id for each in call.account.webhooks):
        raise build_invalid_error("url", "Url has already been taken")
    if not re.match(r"https?://[^/]", str(new.url)):
        raise build_invalid_error("url", "Url is invalid")
    if not new.subscriptions or not set(new.subscriptions) <= set(EVENTS):
        raise build_invalid_error("subscriptions", "Subscriptions Invalid events")
    call.installation.store_webhook(call.account, new)
    shape = account_serializers.webhook(new, call.account.id, call.version)
    return {"payload": {"webhook": shape}}


def csat_survey_responses(call: Call) -> Body:
    """Answers to satisfaction surveys, newest first."""
    call.admin_only()
    found = [
        shape
        for record in call.account.conversations.values()
        for message in record.messages
        if message.content_type == "input_csat"
        and (shape := serializers.csat(message, call.version))
    ]
    found.sort(key=lambda shape: shape["created_at"], reverse=True)
    return queries.page(found, call.query, 25)


def contacts(call: Call) -> Body:
    """A page of contacts."""
    return _contact_page(call, *queries.find_contacts(call.account, call.query))


def contacts_search(call: Call) -> Body:
    """A page of the contacts that a text finds."""
    body = _contact_page(call, *queries.search_contacts(call.account, call.query))
    if call.version.has_feature("contacts' has_more"):
        meta = body["meta"]
        meta["has_more"] = meta["count"] > meta["current_page"] * queries.CONTACTS_A_PAGE
    return body


def _contact_page(call: Call, found: list[DemoContact], total: int) -> serializers.JSON:
    with_inboxes = call.query.get("include_contact_inboxes") != "false"
    return {
        "meta": {
            "count": total,
            "current_page": max(queries.number(call.query.get("page", "1")), 1),
        },
        "payload": [
            serializers.contact_item(record, with_inboxes=with_inboxes) for record in found
        ],
    }


def contact(call: Call) -> Body:
    """One contact, hidden from the list or not."""
    return {"payload": serializers.contact_item(call.contact())}


def contact_conversations(call: Call) -> Body:
    """A contact's latest 20 conversations."""
    wanted = call.contact()
    found = [
        record
        for record in queries.list_visible(call.account, call.user)
        if record.contact is wanted
    ]
    found.sort(key=lambda record: record.last_activity_at, reverse=True)
    return {"payload": call.items(found[:20])}


def contact_labels(call: Call) -> Body:
    """A contact's labels."""
    return {"payload": call.contact().labels}


def conversations(call: Call) -> Body:
    """The conversation list."""
    found, counts = _find_conversations(call)
    return {"data": {"meta": counts, "payload": call.items(found)}}


def conversations_meta(call: Call) -> Body:
    """The counts alone."""
    return {"meta": _find_conversations(call)[1]}


def _find_conversations(call: Call) -> tuple[list[DemoConversation], dict[str, int]]:
    return queries.list_page(
        call.account, call.user, call.query, call.installation.now(), call.version
    )


def conversations_filter(call: Call) -> Body:
    """The conversation list, by conditions."""
    if not isinstance(call.body, dict):
        raise filters.BrokenQueryError
    found, counts = filters.apply_filter(
        call.account, call.user, call.body.get("payload"), call.query, call.installation.now()
    )
    del counts["assigned_count"]
    return {"meta": counts, "payload": call.items(found)}


def conversation(call: Call) -> Body:
    """One conversation, without an envelope."""
    return call.item(call.conversation())


def messages(call: Call) -> Body:
    """A window of a conversation's messages."""
    record = call.conversation()
    found = queries.window(record.messages, call.query, call.version)
    return {
        "meta": serializers.messages_header(record),
        "payload": [*map(serializers.message, found)],
    }


def conversation_labels(call: Call) -> Body:
    """A conversation's labels."""
    return {"payload": call.conversation().labels}


def set_conversation_labels(call: Call) -> Body:
    """Replace a conversation's labels."""
    record = call.conversation()
    wanted = call.body.get("labels") if isinstance(call.body, dict) else None
    titles = [str(each) for each in (wanted if isinstance(wanted, list) else [])]
    call.installation.relabel(record, list(dict.fromkeys(titles)), by=call.user.name)
    return {"payload": record.labels}


def set_custom_attributes(call: Call) -> Body:
    """Replace a conversation's custom attributes."""
    record = call.conversation()
    wanted = call.body.get("custom_attributes") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise filters.BrokenQueryError
    for key, value in wanted.items():
        if isinstance(value, str) and len(value) > 1500:
            raise build_invalid_error(
                "custom_attributes", f"Custom attributes {key} length should be < 1500"
            )
        if isinstance(value, int) and value > 9999999999:
            raise build_invalid_error(
                "custom_attributes", f"Custom attributes {key} value should be < 9999999999"
            )
    call.installation.set_custom_attributes(record, wanted)
    return {"custom_attributes": record.custom_attributes}


ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api/v1/profile", profile),
    ("GET", f"{_A}/inboxes", inboxes),
    ("GET", f"{_A}/agents", agents),
    ("GET", f"{_A}/teams", teams),
    ("GET", f"{_A}/labels", labels),
    ("GET", f"{_A}/custom_attribute_definitions", custom_attribute_definitions),
    ("GET", f"{_A}/webhooks", webhooks),
    ("POST", f"{_A}/webhooks", add_webhook),
    ("PATCH", f"{_A}/webhooks/{{id}}", change_webhook),
    ("DELETE", f"{_A}/webhooks/{{id}}", remove_webhook),
    ("GET", f"{_A}/csat_survey_responses", csat_survey_responses),
    ("GET", f"{_A}/contacts", contacts),
    ("GET", f"{_A}/contacts/search", contacts_search),
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
"""Method, path and handler of every endpoint that needs a token."""

OPEN_ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api", version),
    ("GET", "/health", health),
)
"""Those that need none."""
