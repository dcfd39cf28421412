"""The simulated world: its events, and its event log after a restart."""

from pathlib import Path

import httpx2
import pytest

from chatwoot_demo.event_log import EventLog
from chatwoot_demo.server import DemoServer
from chatwoot_demo.world import World
from geniai_pipeline_tests.support.samples import SMALL, fingerprint


def test_the_world_lives(live: tuple[DemoServer, httpx2.Client]) -> None:
    server, _ = live
    before = {c.uuid: c.updated_at for c in server.world.conversations()}
    messages = sum(len(c.messages) for c in server.world.conversations())
    for _ in range(60):
        server.world.tick()
    after = {c.uuid: c.updated_at for c in server.world.conversations()}
    assert len(after) > len(before)
    assert sum(len(c.messages) for c in server.world.conversations()) >= messages + 30
    assert any(after[uuid] != before[uuid] for uuid in before)


def test_a_restart_changes_nothing_even_after_a_torn_write(tmp_path: Path) -> None:
    world = World(tmp_path, seed=5)
    for _ in range(40):
        world.tick()
    record = world.accounts[SMALL.account_id].conversations[1]
    world.add_message(record, "oi de novo")
    world.relabel(record, ["quente"])
    world.set_custom_attributes(record, {"lead_score": 5})
    world.advance(3600)
    before, now = fingerprint(world), world.now()
    with (tmp_path / "journal.jsonl").open("a") as file:
        file.write('{"at":1780000')
    again = World(tmp_path)
    assert fingerprint(again) == before
    assert again.seed == 5
    assert abs(again.now() - now) < 60
    again.tick()
    assert fingerprint(World(tmp_path)) == fingerprint(again)


def test_time_lived_through_happens_at_its_own_hours(tmp_path: Path) -> None:
    world = World(tmp_path, seed=5)
    before, conversations = world.now(), sum(1 for _ in world.conversations())
    for _ in range(3):
        world.live(86400)
    new = [each for each in world.conversations() if each.created_at > before]
    assert 60 < len(new) < 130
    assert sum(1 for _ in world.conversations()) == conversations + len(new)
    assert len({round(each.created_at / 3600) for each in new}) > 20
    for record in world.conversations():
        times = [each.created_at for each in record.messages]
        assert times == sorted(times)
        assert times[-1] <= world.now()
    assert fingerprint(World(tmp_path)) == fingerprint(world)


def test_a_folder_of_another_seed_is_refused(tmp_path: Path) -> None:
    EventLog(tmp_path, seed=5, anchor=None)
    with pytest.raises(ValueError, match="began with seed 5, not 6"):
        World(tmp_path, seed=6)


def test_a_journal_damaged_in_its_middle_is_refused(tmp_path: Path) -> None:
    EventLog(tmp_path, seed=5, anchor=None).write({"at": 1.0, "do": "tick"})
    journal = tmp_path / "journal.jsonl"
    journal.write_text(journal.read_text().replace('"do"', "do", 1))
    with pytest.raises(ValueError, match="line 2 is damaged"):
        World(tmp_path)
