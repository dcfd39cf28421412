"""The truth of the sample gyms: episodes, people, who waits, visits, as their author meant them."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from chatwoot_demo.records import ACTIVITY, INCOMING, Account, DemoConversation
from chatwoot_demo.talk.kinds import KINDS
from chatwoot_demo.truth import EpisodeTruth, Truth, read_truth
from chatwoot_demo.world import World
from geniai_pipeline_tests.support.samples import ANCHOR, SMALL

DAY = 86400
AT = ANCHOR.timestamp()
BY_PERSON = re.compile(r"Conversa foi marcada como resolvida por (?!Sistema de Automação)")

Gym = tuple[Account, Truth]


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, anchor=AT)


@pytest.fixture(scope="module")
def gyms(world: World) -> list[Gym]:
    return [(each, read_truth(each, AT)) for each in world.accounts.values()]


def episodes(gyms: list[Gym]) -> Iterator[tuple[DemoConversation, EpisodeTruth]]:
    for account, truth in gyms:
        for episode in truth.episodes:
            yield account.conversations[episode.conversation], episode


def test_every_conversation_is_cut_where_its_clock_says() -> None:
    """After fourteen days without the contact, or three since a person resolved it; never else."""
    world = World(seed=4, anchor=AT)
    world.live(40 * DAY)
    gyms = [(each, read_truth(each, world.now())) for each in world.accounts.values()]
    begins: dict[int, set[int]] = defaultdict(set)
    for conversation, episode in episodes(gyms):
        begins[id(conversation)].add(episode.first_message)
    cuts = 0
    for account, _ in gyms:
        for conversation in account.conversations.values():
            spoke_at = resolved_at = None
            found = {conversation.messages[0].id}
            for message in conversation.messages:
                if message.message_type == ACTIVITY and BY_PERSON.match(message.content or ""):
                    resolved_at = message.created_at
                if message.message_type != INCOMING:
                    continue
                at = message.created_at
                if spoke_at is not None and (
                    at - spoke_at >= 14 * DAY
                    or (resolved_at is not None and at - resolved_at > 3 * DAY)
                ):
                    found.add(message.id)
                    cuts += 1
                spoke_at, resolved_at = at, None
            assert begins[id(conversation)] == found, (account.name, conversation.display_id)
    assert cuts > 300


def test_people_write_as_in_a_real_inbox(gyms: list[Gym]) -> None:
    roles = Counter(episode.role for _, episode in episodes(gyms))
    written = Counter(
        (account.id, episode.person) for account, truth in gyms for episode in truth.episodes
    )
    total = roles.total()
    assert 0.42 < (roles["prospect"] + roles["returning"]) / total < 0.5
    assert 0.3 < (roles["member"] + roles["member_family"]) / total < 0.4
    assert 0.15 < sum(count > 1 for count in written.values()) / len(written) < 0.25
    assert all(roles[each.role] for each in KINDS.values())


def test_one_person_has_several_contacts_that_share_an_address(gyms: list[Gym]) -> None:
    old_forms = several = 0
    for account, truth in gyms:
        assert {number for person in truth.persons for number in person.contact_ids} == {
            *account.contacts
        }
        for person in truth.persons:
            assert person.id == person.contact_ids[0]
            contacts = [account.contacts[number] for number in person.contact_ids]
            several += len(contacts) > 1
            for one, other in itertools.pairwise(contacts):
                phones = {(each.phone_number or str(each.id))[-8:] for each in (one, other)}
                emails = {each.email or str(each.id) for each in (one, other)}
                assert len(phones) == 1 or len(emails) == 1
                old_forms += len(phones) == 1 and one.phone_number != other.phone_number
    assert several > 100
    assert old_forms >= 5


def test_who_waits_was_not_answered_nor_resolved_by_a_person(gyms: list[Gym]) -> None:
    waiting = 0
    for conversation, episode in episodes(gyms):
        assert (episode.waiting_since is not None) == (episode.next_actor == "gym")
        if not episode.is_waiting:
            continue
        waiting += 1
        since = next(each for each in conversation.messages if each.id == episode.waiting_since)
        assert since.message_type == INCOMING
        assert episode.first_message <= since.id <= episode.last_message
        after = [each.content or "" for each in conversation.messages if each.id > since.id]
        assert not after or not BY_PERSON.match(after[-1]), (conversation.display_id, after)
    assert waiting > 100


def test_visits_take_every_course_and_are_of_leads_alone(gyms: list[Gym]) -> None:
    states: Counter[str] = Counter()
    for conversation, episode in episodes(gyms):
        visit = episode.visit
        states[visit.state] += 1
        assert episode.is_lead or visit.state == "none", (conversation.display_id, episode)
        if visit.state in ("agreed", "cancelled", "done", "missed"):
            assert visit.at is not None
            assert visit.agreed_at is not None
            assert visit.agreed_at < visit.at + 7 * DAY
    assert {*states} == {"none", "proposed", "agreed", "cancelled", "done", "missed"}
    assert any(episode.visit.moves for _, episode in episodes(gyms))
    assert any(episode.visit.confirmed for _, episode in episodes(gyms))


def test_outcomes_have_reasons_and_enrolments_a_day(gyms: list[Gym]) -> None:
    for _, episode in episodes(gyms):
        assert (episode.outcome == "not_applicable") == (not episode.is_lead)
        assert (episode.lost_reason is not None) == (episode.outcome == "lost")
    reasons = {episode.lost_reason for _, episode in episodes(gyms)}
    assert {"price", "hours", "distance", "health", "companion", "competitor", "other"} <= reasons
    enrolled = [episode for _, episode in episodes(gyms) if episode.enrolled_on]
    assert any(episode.outcome == "open" for episode in enrolled)  # at the desk: nobody wrote it
    assert all(episode.is_lead for episode in enrolled)
    assert any(person.opted_out for _, truth in gyms for person in truth.persons)


def test_the_past_does_not_change(world: World, gyms: list[Gym]) -> None:
    """What was true a month ago is what a world that ends there knows."""
    for account, truth in gyms:
        before = read_truth(account, AT - 30 * DAY)
        assert 0 < len(before.episodes) < len(truth.episodes)
        now = {(each.conversation, each.number): each for each in truth.episodes}
        for episode in before.episodes:
            later = now[episode.conversation, episode.number]
            assert later.first_message == episode.first_message
            assert later.last_message >= episode.last_message
            assert later.person == episode.person or later.person in account.contacts


def test_the_truth_follows_the_living_world() -> None:
    world = World(seed=3, anchor=AT)
    account = world.accounts[SMALL.account_id]
    talk = world.start_conversation(account.id, "Ana", "+5585900000001", "oi, quanto custa?")
    (episode,) = _read(account, talk, world.now())
    assert (episode.role, episode.next_actor, episode.is_waiting) == ("unknown", "gym", True)
    answer = world.add_message(talk, "R$ 150 por mês", by="agent")
    assert not _read(account, talk, world.now())[0].is_waiting
    world.fail_message(answer)
    assert _read(account, talk, world.now())[0].waiting_since == talk.messages[0].id
    world.resolve(talk)
    assert not _read(account, talk, world.now())[0].is_waiting
    before = sum(1 for each in world.accounts.values() for _ in read_truth(each, AT).episodes)
    for _ in range(120):
        world.tick()
    now = world.now()
    assert (
        sum(1 for each in world.accounts.values() for _ in read_truth(each, now).episodes) > before
    )


def _read(account: Account, conversation: DemoConversation, at: float) -> list[EpisodeTruth]:
    found = read_truth(account, at + 1).episodes
    return [each for each in found if each.conversation == conversation.display_id]
