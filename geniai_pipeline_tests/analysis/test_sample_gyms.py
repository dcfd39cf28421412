"""What the rules read in the words of the ten sample gyms, against what their author meant.

Authors of the sample and of the rules are strangers to each other's phrases. `member_asks` sounds
like a prospect: only a list of members tells, so that no rule of words reaches every role.
"""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from chatwoot_demo.records import Account
from chatwoot_demo.truth import EpisodeTruth, read_truth
from chatwoot_demo.world import World
from geniai_pipeline.analysis.evaluation.metrics import measure_detection
from geniai_pipeline.analysis.files import parse_record
from geniai_pipeline.analysis.state import LEAD_ROLES, EpisodeState, StateReader
from geniai_pipeline_tests.support.samples import ANCHOR
from training.sample_gyms import write_records

AT = ANCHOR.timestamp()
AGREED = ("agreed", "done")


class Reading(NamedTuple):
    """An episode's truth, its state by rules, and the instants since which the gym must answer."""

    truth: EpisodeTruth
    state: EpisodeState
    true_since: int | None
    found_since: int | None


@pytest.fixture(scope="module")
def readings() -> list[Reading]:
    world, reader = World(seed=3, anchor=AT), StateReader()
    return [
        reading for account in world.accounts.values() for reading in read_states(account, reader)
    ]


def read_states(account: Account, reader: StateReader) -> Iterator[Reading]:
    records = write_records(account, AT)
    times = {
        message.id: int(message.created_at)
        for conversation in account.conversations.values()
        for message in conversation.messages
    }
    for truth in read_truth(account, AT).episodes:
        transcript = parse_record(records[truth.conversation, truth.number])
        state = reader.read(transcript)
        since = None
        if state.waiting_since is not None:
            at = transcript.messages[state.waiting_since].at
            since = int(at.timestamp()) if at else None
        yield Reading(truth, state, times.get(truth.waiting_since or 0), since)


def test_the_state_is_what_the_author_meant(readings: list[Reading]) -> None:
    def share(agrees: list[bool]) -> float:
        return sum(agrees) / len(readings)

    assert len(readings) > 3900
    assert share([each.state.role == each.truth.role for each in readings]) >= 0.87
    assert share([each.state.next_actor == each.truth.next_actor for each in readings]) >= 0.93
    assert share([each.state.visit.state == each.truth.visit.state for each in readings]) >= 0.95
    assert share([each.state.outcome == each.truth.outcome for each in readings]) >= 0.85


def test_who_waits_is_found_and_since_when(readings: list[Reading]) -> None:
    found = measure_detection(
        [(each.true_since is not None, each.found_since is not None) for each in readings]
    )
    assert found.recall >= 0.96
    assert found.precision >= 0.83
    both = [each for each in readings if each.true_since and each.found_since]
    assert sum(each.true_since == each.found_since for each in both) / len(both) >= 0.96


def test_leads_visits_and_opt_outs_are_found(readings: list[Reading]) -> None:
    leads = measure_detection(
        [(each.truth.is_lead, each.state.role in LEAD_ROLES) for each in readings]
    )
    assert leads.recall >= 0.97
    assert leads.precision >= 0.83
    visits = measure_detection(
        [(each.truth.visit.state in AGREED, each.state.visit.state in AGREED) for each in readings]
    )
    assert visits.recall >= 0.98
    assert visits.precision >= 0.78
    stops = measure_detection(
        [(each.truth.opted_out, each.state.opted_out is not None) for each in readings]
    )
    assert (stops.precision, stops.recall) == (1.0, 1.0)


def test_the_instant_of_a_visit_is_found(readings: list[Reading]) -> None:
    both = [
        (each.truth.visit.at, each.state.visit.at)
        for each in readings
        if each.truth.visit.agreed_at and each.state.visit.at
    ]
    assert len(both) > 250
    assert sum(true == found.timestamp() for true, found in both) / len(both) >= 0.98
