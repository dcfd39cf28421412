"""Webhooks: their endpoints, what each change delivers, signatures, and faults of deliveries."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from chatwoot_demo.deliveries import DeliveryFaults
from chatwoot_demo.records import ACTIVITY, DemoConversation, Webhook
from chatwoot_demo.server import DemoServer, Server, application
from chatwoot_demo.world import World
from geniai_pipeline_tests.support.receivers import Receiver
from geniai_pipeline_tests.support.recordings import (
    ACCOUNT,
    TOKENS,
    Delivery,
    RecordedInstallation,
    Recording,
    WebhookRecording,
)
from geniai_pipeline_tests.support.samples import ANCHOR, SMALL, account

VERSIONS = ("4.14.2", "4.2.0")
FREE = ("content_attributes", "custom_attributes", "additional_attributes")
"""Objects whose keys are whatever an account put there."""
CREATED, UPDATED = "message_created", "message_updated"
TALK, STATUS = "conversation_updated", "conversation_status_changed"
CONTACT = "contact_updated"


def read_types(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Lists each path of a JSON value with its type, without what is in the free objects."""
    yield path, type(value).__name__
    if isinstance(value, dict) and not path.endswith(FREE):
        for name, each in value.items():
            yield from read_types(each, f"{path}/{name}")
    for each in value if isinstance(value, list) else ():
        yield from read_types(each, f"{path}[]")


def collect_types(body: Any) -> dict[str, set[str]]:
    """Returns the types at each path."""
    types: dict[str, set[str]] = {}
    for path, name in read_types(body):
        types.setdefault(path, set()).add(name)
    return types


def name_kind(body: Any) -> str:
    """Returns the event; of a message its type alone, because both its events have its keys."""
    return str(body.get("message_type", body["event"]))


class Shape:
    """The keys and types of the recorded deliveries of one kind."""

    def __init__(self, bodies: list[Any]) -> None:
        self._recorded = [collect_types(body) for body in bodies]

    def check(self, body: Any) -> None:
        """Fails for a key or a type that was not recorded, and for a missing key.

        Where each recorded value is null, a text may be: the recorded people have no e-mail address
        and their messages no channel's id.
        """
        found = collect_types(body)
        for path, types in found.items():
            known = set().union(*(each.get(path, set()) for each in self._recorded))
            assert types <= (known | {"str"} if known == {"NoneType"} else known), path
            if "dict" in types:
                self._check_keys(path, found)

    def _check_keys(self, path: str, found: dict[str, set[str]]) -> None:
        keys = [
            {name for name in each if name.rpartition("/")[0] == path}
            for each in self._recorded
            if "dict" in each.get(path, ())
        ]
        missing = set.intersection(*keys) - set(found)
        assert not missing


class Installed:
    """A gym's webhook at a receiver, and a conversation of its own to change."""

    def __init__(self, server: DemoServer, receiver: Receiver, api: httpx2.Client) -> None:
        self.server, self.receiver, self.api = server, receiver, api
        self.world = server.world
        answer = api.post("/webhooks", json={"webhook": {"url": f"{receiver.url}/hook"}})
        self.webhook = answer.json()["payload"]["webhook"]
        self.talk = self.start()

    def start(self) -> DemoConversation:
        """Starts a conversation, and forgets what that delivered."""
        talk = self.world.start_conversation(SMALL.account_id, "Ana", "+5585900000001", "oi!")
        self.take()
        return talk

    def take(self) -> list[Delivery]:
        """Returns what was delivered since the last call."""
        self.world.deliveries.wait()
        return self.receiver.take()

    def events(self) -> list[str]:
        return sorted(each.body["event"] for each in self.take())


@pytest.fixture(scope="module", params=VERSIONS)
def servers(request: pytest.FixtureRequest) -> Iterator[tuple[DemoServer, Receiver, httpx2.Client]]:
    server = DemoServer(seed=3, anchor=ANCHOR, version=request.param)
    base = f"{server.url}/api/v1/accounts/{SMALL.account_id}"
    headers = {"Api-Access-Token": SMALL.token}
    with server, Receiver() as receiver, httpx2.Client(base_url=base, headers=headers) as api:
        yield server, receiver, api


@pytest.fixture
def gym(servers: tuple[DemoServer, Receiver, httpx2.Client]) -> Iterator[Installed]:
    installed = Installed(*servers)
    yield installed
    installed.world.deliveries.faults = DeliveryFaults()
    installed.receiver.status, installed.receiver.seconds = 200, 0.0
    installed.api.delete(f"/webhooks/{installed.webhook['id']}")
    installed.take()


@pytest.mark.parametrize("version", VERSIONS)
def test_webhooks_are_made_listed_and_removed_as_recorded(version: str) -> None:
    installation = RecordedInstallation(Recording(version))
    installation.remove_webhook(installation.accounts[ACCOUNT], 2)
    with Server(application(installation)) as server:
        for exchange in WebhookRecording(version).exchanges:
            answer = httpx2.request(
                exchange.request["method"],
                server.url + exchange.request["path"],
                headers={"Api-Access-Token": TOKENS[exchange.request["token"]]},
                json=exchange.request["body"],
            )
            real = exchange.response
            assert answer.status_code == real["status"], exchange.name
            assert answer.headers["content-type"] == real["content_type"]
            if real["json"] is None:
                assert answer.text == ""
            elif real["status"] >= 400:
                assert answer.json() == real["json"]
            else:
                assert dict(read_types(answer.json())) == dict(read_types(real["json"]))


def test_a_webhook_is_changed_and_wrong_ones_are_refused(gym: Installed) -> None:
    path = f"/webhooks/{gym.webhook['id']}"
    answer = gym.api.patch(path, json={"webhook": {"subscriptions": [CREATED]}})
    assert answer.json()["payload"]["webhook"] == gym.webhook | {"subscriptions": [CREATED]}
    gym.world.add_message(gym.talk, "tem vaga?")
    assert gym.events() == [CREATED]
    wrong: tuple[dict[str, Any], ...] = (
        {"url": "ftp://x"},
        {"subscriptions": ["all"]},
        {"subscriptions": []},
    )
    for value in wrong:
        assert gym.api.patch(path, json={"webhook": value}).status_code == 422
    assert gym.api.delete("/webhooks/999").status_code == 404


def add_awaited_message(gym: Installed) -> None:
    gym.world.add_message(gym.talk, "oi, Ana", by="agent")
    gym.take()
    gym.world.add_message(gym.talk, "quanto custa?")


def add_message_to_resolved(gym: Installed) -> None:
    gym.world.add_message(gym.talk, "oi, Ana", by="agent")
    gym.world.resolve(gym.talk)
    gym.take()
    gym.world.add_message(gym.talk, "voltei")


def fail(gym: Installed) -> None:
    message = gym.world.add_message(gym.talk, "volte!", by="agent")
    gym.take()
    gym.world.fail_message(message, "131047: Re-engagement message")


def choose(gym: Installed) -> None:
    menu = gym.world.add_message(gym.talk, "1. Planos\n2. Aula", by="agent")
    gym.take()
    gym.world.choose(menu, "1")


def post_labels(gym: Installed) -> None:
    gym.api.post(f"/conversations/{gym.talk.display_id}/labels", json={"labels": ["vip"]})


def post_attributes(gym: Installed) -> None:
    path = f"/conversations/{gym.talk.display_id}/custom_attributes"
    gym.api.post(path, json={"custom_attributes": {"origem": "anúncio"}})


def resolve_answered(gym: Installed) -> None:
    gym.world.add_message(gym.talk, "até mais", by="agent")
    gym.take()
    gym.world.resolve(gym.talk)


CHANGES: dict[str, tuple[Callable[[Installed], Any], list[str]]] = {
    "a new conversation": (
        lambda gym: gym.world.start_conversation(SMALL.account_id, "B", "+5585900000002", "oi"),
        [CONTACT, "conversation_created", CREATED],
    ),
    "an incoming message for which nobody waited": (add_awaited_message, [CONTACT, TALK, CREATED]),
    "another one": (lambda gym: gym.world.add_message(gym.talk, "e aí?"), [CONTACT, CREATED]),
    "an incoming message that reopens": (
        add_message_to_resolved,
        [CONTACT, STATUS, TALK, TALK, CREATED],
    ),
    "a voice message": (lambda gym: gym.world.send_audio(gym.talk), [CONTACT, CREATED]),
    "the first answer": (
        lambda gym: gym.world.add_message(gym.talk, "oi", by="agent"),
        [TALK, CREATED],
    ),
    "a private note": (
        lambda gym: gym.world.add_message(gym.talk, "nota", private=True),
        [CREATED],
    ),
    "a failure": (fail, [UPDATED]),
    "a deletion": (lambda gym: gym.world.delete_message(gym.talk.messages[0]), [UPDATED]),
    "a menu answered": (choose, [UPDATED]),
    "labels": (post_labels, [TALK]),
    "an attribute": (post_attributes, [TALK]),
    "an assignment": (lambda gym: gym.world.assign(gym.talk), [TALK]),
    "a resolution": (resolve_answered, [STATUS, TALK]),
    "a contact renamed": (lambda gym: gym.world.rename_contact(gym.talk, "Bia"), [CONTACT]),
    "a contact blocked": (lambda gym: gym.world.block(gym.talk), [CONTACT]),
    "a contact merged": (lambda gym: gym.world.merge_contact(gym.talk, gym.start()), []),
    "a conversation deleted": (lambda gym: gym.world.delete_conversation(gym.talk), []),
    "time": (lambda gym: gym.world.advance(3600), []),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_delivers_the_events_of_a_real_chatwoot(gym: Installed, name: str) -> None:
    change, events = CHANGES[name]
    change(gym)
    assert gym.events() == sorted(events)


def test_payloads_have_the_recorded_keys_and_types(gym: Installed) -> None:
    recorded: dict[str, list[Any]] = {}
    for delivery in WebhookRecording(gym.world.version.text).deliveries:
        recorded.setdefault(name_kind(delivery.body), []).append(delivery.body)
    shapes = {kind: Shape(bodies) for kind, bodies in recorded.items()}
    seen = set()
    for name, (change, _) in CHANGES.items():
        if name == "a voice message":  # none was recorded
            continue
        # each recorded update is of a conversation that an agent had answered
        gym.world.add_message(gym.talk, "oi, Ana", by="agent")
        change(gym)
        for delivery in gym.take():
            seen.add(name_kind(delivery.body))
            shapes[name_kind(delivery.body)].check(delivery.body)
        gym.talk = gym.start()
    assert seen == set(shapes)


def test_payloads_hold_what_a_receiver_must_not_store(gym: Installed) -> None:
    gym.world.send_audio(gym.talk)
    body = next(each.body for each in gym.take() if each.body["event"] == CREATED)
    assert len(body["conversation"]["contact_inbox"]["pubsub_token"]) == 24
    assert body["attachments"][0]["data_url"].startswith("https://")
    gym.world.add_message(gym.talk, "oi", by="agent")
    body = next(each.body for each in gym.take() if each.body["event"] == CREATED)
    assert body["sender"]["email"] == account(gym.server, SMALL).users[0].email


def test_a_script_delivers_its_turns(gym: Installed) -> None:
    before = {number: len(each.messages) for number, each in _talks(gym).items()}
    gym.world.live(86400)
    messages = {each.body["id"] for each in gym.take() if each.body["event"] == CREATED}
    assert messages == {
        message.id
        for number, each in _talks(gym).items()
        for message in each.messages[before.get(number, 0) :]
        if message.message_type != ACTIVITY
    }
    assert messages


def _talks(gym: Installed) -> dict[int, DemoConversation]:
    return account(gym.server, SMALL).conversations


def test_4_14_2_signs_by_its_own_clock_and_4_2_0_does_not(gym: Installed) -> None:
    recording = WebhookRecording(gym.world.version.text)
    gym.world.add_message(gym.talk, "e aí?")
    for delivery in gym.take():
        names = {name for name in delivery.headers if name.startswith("X-Chatwoot")}
        assert names == {
            name for name in recording.deliveries[0].headers if name.startswith("X-Chatwoot")
        }
        assert delivery.headers["Content-Type"] == "application/json"
        if recording.secret:
            assert delivery.is_signed(gym.webhook["secret"])
            assert 0 <= gym.world.now() - int(delivery.headers["X-Chatwoot-Timestamp"]) < 60


def test_the_recorded_signatures_are_checked_alike() -> None:
    recording = WebhookRecording("4.14.2")
    assert recording.secret
    assert all(each.is_signed(recording.secret) for each in recording.deliveries)


def test_a_delivery_that_fails_is_not_repeated(gym: Installed) -> None:
    outcomes = gym.world.deliveries.outcomes
    before = outcomes["refused"]
    gym.receiver.status = 500
    gym.world.add_message(gym.talk, "e aí?")
    assert gym.events() == [CONTACT, CREATED]
    assert outcomes["refused"] == before + 2
    with httpx2.Client(base_url=gym.api.base_url, headers=gym.api.headers) as api:
        url = "http://127.0.0.1:1/nobody"
        number = api.post("/webhooks", json={"webhook": {"url": url}}).json()["payload"]["webhook"]
        lost = outcomes["lost"]
        gym.world.add_message(gym.talk, "alô?")
        gym.world.deliveries.wait()
        assert outcomes["lost"] == lost + 2
        api.delete(f"/webhooks/{number['id']}")


def test_faults_are_the_same_for_the_same_seed(gym: Installed) -> None:
    def play(**faults: Any) -> list[str]:
        gym.talk = gym.start()
        gym.world.deliveries.faults = DeliveryFaults(seed=5, **faults)
        for number in range(20):
            gym.world.add_message(gym.talk, f"mensagem {number}", private=True)
        taken = [each.body["content"] for each in gym.take()]
        gym.world.deliveries.faults = DeliveryFaults()
        return taken

    every = [f"mensagem {number}" for number in range(20)]
    dropped = sorted(play(drop=0.3))
    assert 8 < len(dropped) < 20
    assert sorted(play(drop=0.3)) == dropped
    assert sorted(play(double=1.0)) == sorted(every * 2)
    shuffled = play(shuffle=0.5)
    assert sorted(shuffled) == sorted(every)
    assert shuffled != every
    gym.world.deliveries.faults = DeliveryFaults(delay=1.0)
    gym.world.add_message(gym.talk, "nota", private=True)
    with pytest.raises(TimeoutError):
        gym.world.deliveries.wait(0)
    assert gym.events() == [CREATED]


def test_private_addresses_are_refused_where_4_14_2_does(gym: Installed) -> None:
    gym.world.deliveries.faults = DeliveryFaults(refuse_private=True)
    gym.world.add_message(gym.talk, "e aí?")
    refuses = gym.world.version.text == "4.14.2"
    assert gym.events() == ([] if refuses else [CONTACT, CREATED])


def test_a_request_does_not_wait_for_a_receiver(gym: Installed) -> None:
    gym.receiver.seconds = 1.0
    post_labels(gym)
    with pytest.raises(TimeoutError):
        gym.world.deliveries.wait(0)
    assert gym.events() == [TALK]


def test_webhooks_outlast_a_restart_which_delivers_nothing(tmp_path: Path) -> None:
    world = World(tmp_path, seed=3)
    gym = world.accounts[SMALL.account_id]
    with Receiver() as receiver:
        world.store_webhook(gym, Webhook(1, receiver.url, [CREATED], "secret"))
        talk = world.start_conversation(gym.id, "Ana", "+5585900000001", "oi!")
        world.deliveries.wait()
        assert len(receiver.take()) == 1
        again = World(tmp_path)
        again.deliveries.wait()
        assert receiver.take() == []
        assert again.accounts[gym.id].webhooks[0].secret == "secret"
        again.add_message(again.accounts[gym.id].conversations[talk.display_id], "e aí?")
        again.deliveries.wait()
        assert len(receiver.take()) == 1
