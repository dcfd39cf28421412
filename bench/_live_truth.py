"""Whether what landed equals the stand-in's world, and the tick of Dagster that makes it so."""

import time
from datetime import datetime, timezone
from typing import Any

import dagster as dg
from _live_world import World, build_batch, count_messages, make_slug

from chatwoot_demo.records import Account
from geniai_pipeline.definitions import defs
from geniai_pipeline.orchestration.instance import open_instance
from geniai_pipeline.orchestration.schedules import every_six_hours
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import admin_url, connect, tenant_transaction

_CONVERSATIONS = (
    "select conversation_id, content_hash from raw.conversations where deleted_at is null"
)
_MESSAGES = (
    "select conversation_id, message_id, m.content_hash from raw.messages m"
    " join raw.conversations c using (tenant_id, conversation_id) where c.deleted_at is null"
)
_PAGES = (
    "select conversation_id, sum(message_count) from analytics.conversations_analytics group by 1"
)


_QUIET = {"console": {"config": {"log_level": "ERROR"}}}


def list_differences(world: World) -> list[str]:
    """Lists the rows that differ: landed conversations and messages, and the pages' counts."""
    differences = []
    for account in world.installation.accounts.values():
        slug = make_slug(account)
        true = _build_true_rows(world, account)
        with tenant_transaction(registry.load_tenant(slug).tenant_id) as connection:
            for what, statement in (
                ("conversation", _CONVERSATIONS),
                ("message", _MESSAGES),
                ("messages on the pages of", _PAGES),
            ):
                found = {(*key,): value for *key, value in connection.execute(statement.encode())}
                differences += [
                    f"{slug}: {what} {'/'.join(map(str, key))} {_name(key, found, true[what])}"
                    for key in sorted(found.keys() | true[what].keys())
                    if found.get(key) != true[what].get(key)
                ]
    return differences


def _name(key: tuple[Any, ...], found: dict[Any, Any], true: dict[Any, Any]) -> str:
    return "is missing" if key not in found else "is too many" if key not in true else "is old"


def _build_true_rows(world: World, account: Account) -> dict[str, dict[tuple[Any, ...], Any]]:
    with world.installation.lock:
        records = [*account.conversations.values()]
        batch = build_batch(account, records)
        return {
            "conversation": {(c.conversation_id,): c.content_hash for c in batch.conversations},
            "message": {(m.conversation_id, m.message_id): m.content_hash for m in batch.messages},
            "messages on the pages of": {
                (each.display_id,): count_messages(each) for each in records
            },
        }


def wait_for_events(world: World, seconds: float) -> None:
    """Waits until all deliveries are out and live has taken them.

    Raises:
        TimeoutError: it has not, after so many seconds.

    """
    world.installation.deliveries.wait(seconds)
    deadline = time.monotonic() + seconds
    with connect(admin_url()) as connection:
        connection.autocommit = True
        left = "select exists (select from ops.live_events where done_at is null)"
        while connection.execute(left).fetchone() != (False,):
            if time.monotonic() > deadline:
                raise TimeoutError(f"Live has not taken all events after {seconds} s.")
            time.sleep(0.2)


def run_tick() -> tuple[int, float]:
    """Evaluates the schedule of every six hours once, and makes the runs that it requests.

    They are made here, one after the other, while live goes on: Dagster's daemon would add a
    process for each.

    Returns:
        How many runs, and the seconds that all of it took.

    """
    started = time.monotonic()
    job = defs.resolve_job_def("sync_tenant")
    with open_instance() as instance:
        instance.add_dynamic_partitions("tenant", registry.read_active_slugs())
        context = dg.build_schedule_context(
            instance=instance, scheduled_execution_time=datetime.now(timezone.utc)
        )
        answers: list[Any] = list(every_six_hours(context))  # type: ignore[arg-type]
        requests = [each for each in answers if isinstance(each, dg.RunRequest)]
        for request in requests:
            job.execute_in_process(
                instance=instance,
                partition_key=request.partition_key,
                run_config={**request.run_config, "loggers": _QUIET},
            )
    return len(requests), time.monotonic() - started
