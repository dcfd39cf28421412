"""The endpoints: what each route answers, and to whom."""

from datetime import datetime, timezone
from typing import Any

from chatwoot_demo import account_serializers, filters, queries, serializers
from chatwoot_demo.auth import Body, Call, invalid
from chatwoot_demo.gyms import GYMS
from chatwoot_demo.world import World

VERSION = "4.14.2"
_A = "/api/v1/accounts/{account_id}"
_GYMS = {gym.account_id: gym for gym in GYMS}


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
    return account_serializers.profile(call.user, call.account)


def inboxes(call: Call) -> Body:
    """The inboxes the user belongs to, an administrator's with their secrets."""
    admin = call.user.role == "administrator"
    gym = _GYMS[call.account.id]
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
            account_serializers.inbox(record, timezone=gym.timezone, hours=hours, secrets=admin)
            for record in call.account.inboxes
            if admin or record.id in call.user.inbox_ids
        ]
    }


def agents(call: Call) -> Body:
    """Everybody with a login."""
    return [account_serializers.agent(user) for user in call.account.users]


def teams(call: Call) -> Body:
    """The teams."""
    return [account_serializers.team(record, call.account.id) for record in call.account.teams]


def labels(call: Call) -> Body:
    """The labels' definitions."""
    return {"payload": [account_serializers.label(record) for record in call.account.labels]}


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
        if message.content_type == "input_csat" and (shape := serializers.csat(message))
    ]
    found.sort(key=lambda shape: shape["created_at"], reverse=True)
    return queries.page(found, call.query, 25)


def contacts(call: Call) -> Body:
    """A page of contacts."""
    found, total = queries.find_contacts(call.account, call.query)
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
        record for record in queries.visible(call.account, call.user) if record.contact is wanted
    ]
    found.sort(key=lambda record: record.last_activity_at, reverse=True)
    return {"payload": call.items(found[:20])}


def contact_labels(call: Call) -> Body:
    """A contact's labels."""
    return {"payload": call.contact().labels}


def conversations(call: Call) -> Body:
    """The conversation list."""
    found, counts = queries.find(call.account, call.user, call.query, call.world.now())
    return {"data": {"meta": counts, "payload": call.items(found)}}


def conversations_meta(call: Call) -> Body:
    """The counts alone."""
    return {"meta": queries.find(call.account, call.user, call.query, call.world.now())[1]}


def conversations_filter(call: Call) -> Body:
    """The conversation list, by conditions."""
    if not isinstance(call.body, dict):
        raise filters.Broken
    found, counts = filters.filtered(
        call.account, call.user, call.body.get("payload"), call.query, call.world.now()
    )
    del counts["assigned_count"]
    return {"meta": counts, "payload": call.items(found)}


def conversation(call: Call) -> Body:
    """One conversation, without an envelope."""
    return serializers.conversation(call.conversation(), call.world.now())


def messages(call: Call) -> Body:
    """A window of a conversation's messages."""
    record = call.conversation()
    found = queries.window(record.messages, call.query)
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
    call.world.relabel(record, list(dict.fromkeys(titles)), by=call.user.name)
    return {"payload": record.labels}


def set_custom_attributes(call: Call) -> Body:
    """Replace a conversation's custom attributes."""
    record = call.conversation()
    wanted = call.body.get("custom_attributes") if isinstance(call.body, dict) else None
    if not isinstance(wanted, dict):
        raise filters.Broken
    for key, value in wanted.items():
        if isinstance(value, str) and len(value) > 1500:
            raise invalid(f"Custom attributes {key} length should be < 1500")
        if isinstance(value, int) and value > 9999999999:
            raise invalid(f"Custom attributes {key} value should be < 9999999999")
    call.world.set_custom_attributes(record, wanted)
    return {"custom_attributes": record.custom_attributes}


ROUTES: tuple[tuple[str, str, Any], ...] = (
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
"""Method, path and handler of every endpoint that needs a token."""

OPEN_ROUTES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/api", version),
    ("GET", "/health", health),
)
"""Those that need none."""
