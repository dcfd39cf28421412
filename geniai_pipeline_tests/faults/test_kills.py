"""Kills runs, Postgres and Chatwoot with -9 at random instants: no row is lost or doubled."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.server import DemoServer
from geniai_pipeline.tenants import Tenant
from geniai_pipeline_tests.conftest import MakeTenant
from geniai_pipeline_tests.faults.harness import (
    Chatwoot,
    Postgres,
    Sync,
    assert_landed,
    assert_runs_recorded,
    assert_same_tables,
    assert_synced_once,
    sync_with_retries,
)
from geniai_pipeline_tests.support.syncs import connection_settings

GYM = GYMS[6]
FEW, MANY, A_TENANT = 2, 50, 5
"""Kills for a quick check, for the proof, and of one tenant's first sync: then comes another."""

few_or_many = pytest.mark.parametrize(
    "kills",
    [FEW, pytest.param(MANY, marks=[pytest.mark.slow, pytest.mark.timeout(3600)])],
)


@pytest.fixture
def frozen(tmp_path: Path) -> Iterator[DemoServer]:
    """A Chatwoot whose data changes only by the test."""
    with DemoServer(data=tmp_path / "frozen", requests_per_minute=10**6) as server:
        yield server


def register(make_tenant: MakeTenant, slug: str, url: str) -> Tenant:
    return make_tenant(slug, **connection_settings(url, GYM))


def seconds_of_an_undisturbed_sync(slug: str) -> float:
    run = Sync(slug)
    assert run.end() == ""
    return time.monotonic() - run.started


@few_or_many
@pytest.mark.usefixtures("embedded")
def test_a_first_sync_killed_at_any_instant_loses_and_doubles_nothing(
    kills: int, frozen: DemoServer, make_tenant: MakeTenant
) -> None:
    rng = random.Random(kills)
    control = register(make_tenant, f"control-first-{kills}", frozen.url)
    whole = seconds_of_an_undisturbed_sync(control.slug)
    done = 0
    while done < kills:
        gym = register(make_tenant, f"first-{kills}-{done}", frozen.url)
        killed = set()
        for _ in range(min(A_TENANT, kills - done)):
            run = Sync(gym.slug)
            if run.kill_after(rng.uniform(0, whole)):
                killed.add(run.run_id)
            done += 1
        assert Sync(gym.slug).end() == ""
        assert_synced_once(frozen.world, GYM, gym, control, killed=killed)


@few_or_many
@pytest.mark.usefixtures("embedded")
def test_killed_syncs_of_a_changing_account_land_every_change(
    kills: int, frozen: DemoServer, make_tenant: MakeTenant
) -> None:
    rng = random.Random(kills)
    gym = register(make_tenant, f"living-{kills}", frozen.url)
    whole = seconds_of_an_undisturbed_sync(gym.slug)
    killed = set()
    for number in range(kills):
        live(frozen, rng, number)
        run = Sync(gym.slug, rng.choice(["incremental", "full"]))
        live(frozen, rng, kills + number)
        if run.kill_after(rng.uniform(0, whole)):
            killed.add(run.run_id)
    assert Sync(gym.slug, "full").end() == ""
    assert_landed(frozen.world, GYM, gym)
    assert_runs_recorded(gym, killed=killed)
    control = register(make_tenant, f"control-living-{kills}", frozen.url)
    assert Sync(control.slug).end() == ""
    assert_same_tables(gym, control)


def live(server: DemoServer, rng: random.Random, number: int) -> None:
    """Simulates activity of an account, with silent edits and deletions."""
    world = server.world
    some = rng.sample(list(world.accounts[GYM.account_id].conversations.values()), 5)
    written, relabelled, tagged, edited, deleted = some
    world.add_message(written, f"ainda tem vaga? {number}", by=rng.choice(["contact", "agent"]))
    world.relabel(relabelled, ["vip", f"l{number % 3}"])
    world.set_custom_attributes(tagged, {"plano": f"p{number}"})
    if edited.messages:
        world.edit_message(rng.choice(edited.messages), f"editada {number}")
    if number % 4 == 0:
        world.delete_conversation(deleted)
    world.start_conversation(
        GYM.account_id, "Nova Pessoa", f"+55119{number:08d}", f"oi, quanto custa? {number}"
    )


@few_or_many
def test_a_postgres_killed_at_any_instant_restarts_with_nothing_lost(
    kills: int, own_postgres: Postgres, frozen: DemoServer, make_tenant: MakeTenant
) -> None:
    rng = random.Random(kills)
    control = register(make_tenant, "control-postgres", frozen.url)
    whole = seconds_of_an_undisturbed_sync(control.slug)
    done = 0
    while done < kills:
        gym = register(make_tenant, f"postgres-{done}", frozen.url)
        for _ in range(min(A_TENANT, kills - done)):
            run = Sync(gym.slug)
            time.sleep(rng.uniform(0, whole))
            own_postgres.kill()
            failure = run.end()
            assert not failure or "database cannot be reached" in failure
            own_postgres.start()
            done += 1
        sync_with_retries(gym.slug)
        assert_synced_once(frozen.world, GYM, gym, control, killed=set())


@few_or_many
@pytest.mark.usefixtures("embedded")
def test_a_chatwoot_killed_at_any_instant_delays_the_sync_and_loses_nothing(
    kills: int, own_chatwoot: Chatwoot, make_tenant: MakeTenant
) -> None:
    rng = random.Random(kills)
    control = register(make_tenant, f"control-chatwoot-{kills}", own_chatwoot.url)
    whole = seconds_of_an_undisturbed_sync(control.slug)
    for number in range(kills):
        gym = register(make_tenant, f"chatwoot-{kills}-{number}", own_chatwoot.url)
        run = Sync(gym.slug)
        time.sleep(rng.uniform(0, whole))
        own_chatwoot.kill()
        own_chatwoot.start()
        if failure := run.end():
            assert failure.startswith("transient: ")
            sync_with_retries(gym.slug)
        assert_synced_once(own_chatwoot.world, GYM, gym, control, killed=set())
