"""The incremental extraction."""

import time
from datetime import timedelta

from geniai_pipeline.chatwoot import Client, extract
from geniai_pipeline_tests.support.chatwoot import Chatwoot
from geniai_pipeline_tests.support.extraction import (
    conversations,
    none_landed,
    now,
    present,
    read_all,
)


def test_an_unchanged_account_costs_three_requests(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 101):
        chatwoot.add(number)
    since = read_all(client)[0].as_of
    before = client.requests
    reports: list[tuple[int, int | None]] = []
    batches = list(
        extract(
            client,
            since=since,
            full=False,
            unchanged=none_landed,
            progress=lambda done, total: reports.append((done, total)),
        )
    )
    assert client.requests - before == 3
    assert reports == [(0, 100)], "the account's own count costs nothing and is told"
    assert conversations(batches) == {}
    assert present(batches) is None


def test_an_incremental_run_brings_what_changed_and_nothing_else(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 101):
        chatwoot.add(number)
    first = read_all(client)
    chatwoot.touch(42, "quero marcar uma aula")
    chatwoot.add(101, updated_at=time.time())
    batches = list(extract(client, since=first[0].as_of, full=False, unchanged=none_landed))
    assert conversations(batches).keys() == {42, 101}
    texts = [row.payload["content"] for batch in batches for row in batch.messages]
    assert "quero marcar uma aula" in texts
    assert conversations(batches)[42].content_hash != conversations(first)[42].content_hash


def test_a_window_with_many_changes_lands_in_batches_of_bounded_size(
    chatwoot: Chatwoot, client: Client
) -> None:
    for number in range(1, 251):
        chatwoot.add(number, messages=1, updated_at=time.time())
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert [len(batch.conversations) for batch in batches] == [0, 100, 100, 50]


def test_a_change_just_before_the_watermark_is_read_again(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, updated_at=time.time() - 300)
    batches = list(extract(client, since=now(), full=False, unchanged=none_landed))
    assert conversations(batches).keys() == {1}


def test_a_watermark_of_the_future_lists_everything_again(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1)
    tomorrow = now() + timedelta(days=1)
    batches = list(extract(client, since=tomorrow, full=False, unchanged=none_landed))
    assert conversations(batches).keys() == {1}


def test_a_clock_put_back_since_the_last_run_hides_no_change(
    chatwoot: Chatwoot, client: Client
) -> None:
    chatwoot.add(1, updated_at=time.time() - 2.5 * 3600)  # three hours back, six after the run
    batches = list(
        extract(
            client,
            since=now() - timedelta(hours=1),
            elapsed=timedelta(hours=3),
            full=False,
            unchanged=none_landed,
        )
    )
    assert conversations(batches).keys() == {1}


def test_two_runs_in_a_row_read_the_same(chatwoot: Chatwoot, client: Client) -> None:
    for number in range(1, 61):
        chatwoot.add(number)
    first = read_all(client)
    for conversation in chatwoot.conversations.values():
        conversation.agent_last_seen_at = time.time()
    chatwoot.contact.thumbnail = "https://changed"
    second = read_all(client)
    assert conversations(first) == conversations(second)
    assert [b.messages for b in first] == [b.messages for b in second]
