"""The extraction of the sample gyms, as their server knows them."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from chatwoot_demo.gyms import GYMS, Gym
from chatwoot_demo.server import DemoServer
from geniai_pipeline.chatwoot import Batch, Client, LandedConversation, extract
from geniai_pipeline_tests.support.extraction import (
    conversations,
    landed_text,
    present,
    read_all,
    rejections,
)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    with DemoServer(seed=7, requests_per_minute=10**6) as server:
        yield server


@pytest.mark.parametrize("gym", [GYMS[0], GYMS[-1]], ids=lambda gym: gym.slug)
def test_a_sample_gym_ends_up_as_its_server_knows_it(demo: DemoServer, gym: Gym) -> None:
    truth = demo.world.accounts[gym.account_id]
    with Client(demo.url, gym.account_id, gym.token, tenant=gym.slug) as client:
        assert client.check().role == "administrator"
        before = client.requests
        batches = read_all(client)
        assert client.requests - before <= 1.1 * len(truth.conversations)
        found = conversations(batches)
        assert rejections(batches) == {}
        assert found.keys() == truth.conversations.keys()
        for number, row in found.items():
            true = truth.conversations[number]
            assert row.payload["status"] == true.status
            assert row.payload["labels"] == true.labels
            assert row.payload["inbox_id"] == true.inbox.id
            assert row.payload["created_at"] == int(true.created_at)
            assert row.payload["meta"]["sender"]["name"] == true.contact.name
            assert row.payload["custom_attributes"] == true.custom_attributes
        assert {
            (row.conversation_id, row.message_id, row.payload["content"])
            for batch in batches
            for row in batch.messages
        } == {
            (conversation.display_id, message.id, message.content)
            for conversation in truth.conversations.values()
            for message in conversation.messages
        }


def test_a_living_gym_is_followed_at_the_cost_of_what_changed(demo: DemoServer) -> None:
    gym, world = GYMS[3], demo.world
    truth = world.accounts[gym.account_id].conversations
    hashes: dict[int, str] = {}

    def unchanged(rows: Sequence[LandedConversation]) -> set[int]:
        return {
            row.conversation_id
            for row in rows
            if hashes.get(row.conversation_id) == row.content_hash
        }

    def follow(since: datetime | None, *, full: bool = False) -> tuple[list[Batch], int]:
        before = reader.requests
        batches = list(extract(reader, since=since, full=full, unchanged=unchanged))
        hashes.update({n: row.content_hash for n, row in conversations(batches).items()})
        return batches, reader.requests - before

    with Client(demo.url, gym.account_id, gym.token, tenant=gym.slug) as reader:
        first, _ = follow(None)
        written, tagged, deleted, edited = list(truth.values())[:4]
        world.advance(3600)
        world.add_message(written, "quero marcar uma aula experimental")
        world.set_custom_attributes(tagged, {"plano": "anual"})
        second, cost = follow(first[0].as_of)
        assert conversations(second).keys() == {written.display_id, tagged.display_id}
        assert cost == 3 + 2
        assert follow(second[0].as_of)[1] == 3, "nothing new"

        world.delete_conversation(deleted)
        world.edit_message(edited.messages[0], "editada sem deixar sinal")
        assert conversations(follow(second[0].as_of)[0]) == {}, "neither gives a sign"
        swept, _ = follow(None, full=True)
        assert present(swept) == truth.keys()
        assert deleted.display_id not in truth
        texts = [row.payload["content"] for batch in swept for row in batch.messages]
        assert "editada sem deixar sinal" in texts


def test_no_secret_of_a_sample_gym_lands(demo: DemoServer) -> None:
    gym = GYMS[-1]
    account = demo.world.accounts[gym.account_id]
    with Client(demo.url, gym.account_id, gym.token, tenant=gym.slug) as client:
        found = landed_text(read_all(client, full=True))
    secrets = {gym.token, gym.agent_token, *(user.pubsub_token for user in account.users)}
    for inbox in account.inboxes:
        # Not the names of settings, nor the numbers that are no secret.
        secrets.update(re.findall(r"'([0-9a-f]{20,})'", repr(inbox.secrets)))
    assert len(secrets) > 5
    assert not [secret for secret in secrets if secret in found]
