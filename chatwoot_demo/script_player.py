"""Plays scripts turn by turn, from the openings that are planned to the records."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from heapq import heappop, heappush
from itertools import count
from typing import Any

from chatwoot_demo.accounts import Ids
from chatwoot_demo.contacts import add_address, build_contact, first_attributes, new_uuid
from chatwoot_demo.gyms import Gym
from chatwoot_demo.history import (
    Opening,
    ScriptAuthor,
    ScriptRun,
    build_random,
    draw_future,
    draw_history,
)
from chatwoot_demo.records import Account, DemoContact, DemoConversation, DemoInbox, Fact
from chatwoot_demo.talk.people import Membership, Person
from chatwoot_demo.turns import TurnPlayer

_NOTICE_SECONDS = 20 * 86400
"""For how long a member who cancelled may still train."""


class ScriptPlayer:
    """Holds what is still to happen, in order of time: openings, and turns of running scripts.

    A turn changes its conversation inside of ``watch``.
    """

    def __init__(
        self,
        seed: int,
        anchor: float,
        ids: Ids,
        stage: TurnPlayer,
        watch: Callable[[DemoConversation], AbstractContextManager[None]],
    ) -> None:
        self._seed = seed
        self._anchor = anchor
        self._ids = ids
        self._stage = stage
        self._watch = watch
        self._queue: list[tuple[float, int, ScriptRun | Opening]] = []
        self._order = count()
        self._authors: dict[int, ScriptAuthor] = {}
        self._accounts: dict[int, Account] = {}
        self._inboxes: dict[int, dict[str, DemoInbox]] = {}

    def add_gym(self, gym: Gym, account: Account, inboxes: dict[str, DemoInbox]) -> None:
        """Adds a gym, and its history to what is to happen. ``inboxes`` are by channel name."""
        seed = f"{self._seed} {gym.slug}"
        self._accounts[account.id], self._inboxes[account.id] = account, inboxes
        self._authors[account.id] = ScriptAuthor(gym, account, f"{seed} people", self._anchor)
        for opening in draw_history(build_random(seed), gym, str(self._seed), self._anchor):
            self._schedule(opening.at, opening)

    @property
    def soonest(self) -> float:
        """When the next thing happens, in epoch seconds."""
        return self._queue[0][0] if self._queue else float("inf")

    def add_future(self, gym: Gym, seed: str, start: float, end: float) -> None:
        """Adds a gym's new conversations of a time to what is to happen."""
        for opening in draw_future(build_random(f"{seed} {gym.slug}"), gym, seed, start, end):
            self._schedule(opening.at, opening)

    def play_until(self, end: float, start: float = 0.0) -> None:
        """Plays everything up to ``end``, each turn at its own time or, if late, at ``start``."""
        while self.soonest <= end:
            self._play(heappop(self._queue)[2], start, float("inf"))

    def play_soonest(self, at: float) -> None:
        """Plays the next turn of all at that instant."""
        self._play(heappop(self._queue)[2], at, at)

    def start_script(self, gym: Gym, seed: str, at: float) -> None:
        """Starts another conversation of a gym at that instant."""
        self._play(Opening(gym, seed, at), at, at)

    def open_conversation(
        self, account: Account, contact: DemoContact, inbox: DemoInbox, kind: str, at: float
    ) -> DemoConversation:
        """Opens an empty conversation."""
        number = account.next_display_id
        account.next_display_id += 1
        conversation = DemoConversation(
            number,
            account,
            inbox,
            contact,
            kind,
            new_uuid(self._seed, account.id, number),
            at,
            at,
            at,
        )
        conversation.additional_attributes = first_attributes(inbox, at)
        account.conversations[number] = conversation
        return conversation

    def _schedule(self, at: float, what: ScriptRun | Opening) -> None:
        heappush(self._queue, (at, next(self._order), what))

    def _play(self, what: ScriptRun | Opening, earliest: float, latest: float) -> None:
        """Plays a script's next turn, and what belongs to it, at its own time within bounds."""
        running = what if isinstance(what, ScriptRun) else self._begin(what)
        turns = running.script.turns
        due = turns[running.next].at
        while running.next < len(turns) and turns[running.next].at <= due + 2:
            turn = turns[running.next]
            moment = min(max(turn.at, earliest), latest)
            if running.conversation is None:
                running.conversation = self._open_scripted(running, moment)
            if running.next == 0:
                self._begin_episode(running, moment)
            if running.conversation.display_id in running.conversation.account.conversations:
                with self._watch(running.conversation):
                    self._stage.play(running.conversation, turn, moment)
                _follow_membership(running.script.who, turn.meaning, moment)
            running.next += 1
        if running.next < len(turns):
            self._schedule(turns[running.next].at, running)

    def _begin(self, opening: Opening) -> ScriptRun:
        script = self._authors[opening.gym.account_id].write(opening)
        return ScriptRun(opening.gym, script, opening.conversation)

    def _begin_episode(self, running: ScriptRun, at: float) -> None:
        """Note the first turn of an episode, and plan whether the same person writes again."""
        assert running.conversation is not None  # noqa: S101
        script = running.script
        meaning = {"kind": script.kind, "role": script.role}
        running.conversation.facts.append(Fact(at, "begin", None, meaning))
        script.who.threads[script.channel] = running.conversation.display_id
        again = self._authors[running.gym.account_id].plan_return(running)
        if again is not None:
            self._schedule(again.at, again)

    def _open_scripted(self, running: ScriptRun, at: float) -> DemoConversation:
        script = running.script
        account = self._accounts[running.gym.account_id]
        inbox = self._inboxes[account.id][script.channel]
        who = script.who
        if script.channel not in who.contacts:
            number = self._ids("contacts")
            contact = account.contacts[number] = build_contact(
                number, who.shown, who.phone, who.email, who.handle, inbox, at
            )
            for first in who.contacts.values():
                add_address(contact, account.contacts[first], who)
            who.contacts[script.channel] = number
        contact = account.contacts[who.contacts[script.channel]]
        return self.open_conversation(account, contact, inbox, script.kind, at)


def _follow_membership(who: Person, meaning: dict[str, Any], at: float) -> None:
    """Let somebody who enrols train here from now, and who cancels until the month is over."""
    if "enrolled" in meaning and not who.is_member(at):
        who.memberships.append(Membership(at))
    if "leaves" in meaning:
        for membership in who.memberships:
            if membership.until is None:
                membership.until = at + _NOTICE_SECONDS
