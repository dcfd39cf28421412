"""The figures of a sample gym, counted in plain Python from its truth by the glossary's words."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from chatwoot_demo.gyms import GYMS
from chatwoot_demo.lists import members_csv, sales_csv
from chatwoot_demo.records import INCOMING, OUTGOING, Account, DemoConversation, DemoMessage
from chatwoot_demo.truth import EpisodeTruth, PersonTruth, read_truth

_LEAD_PAUSE = timedelta(days=30).total_seconds()
_BACKLOG = timedelta(days=7).total_seconds()
_SILENCE = timedelta(days=7).total_seconds()
_AGREED = ("agreed", "done")
_STRONG = ("goal", "trial", "visit_booked", "visit_cancelled", "visit_proposed", "visit_rebooked")
"""Kinds of those who tell a reason or ask for a trial."""
_LOST = {
    "price": "Acharam caro",
    "hours": "Horário não serviu",
    "distance": "Longe",
    "health": "Saúde",
    "companion": "Sem companhia",
    "competitor": "Escolheram outra academia",
    "only_curious": "Só curiosidade, ou desistiram",
    "other": "Só curiosidade, ou desistiram",
}
_FATES = {"done": "Vieram", "missed": "Faltaram", "cancelled": "Cancelaram"}


def choose_score(episode: EpisodeTruth) -> int:
    """Chooses the score that the rubric gives to an episode, as far as its truth tells."""
    if not episode.is_lead:
        return 1 if episode.role in ("member", "member_family", "ex_member") else 0
    if episode.outcome == "won" or (episode.visit.state in _AGREED and episode.outcome == "open"):
        return 5
    if episode.outcome == "lost":
        return 2
    asks_for_more = episode.kind in _STRONG or episode.visit.state != "none"
    return 4 if asks_for_more else 3


@dataclass(eq=False)
class Lead:
    """A person's time as a lead: where it is counted, and what became of it until the next."""

    episode: EpisodeTruth
    has_visit: bool = False
    has_enrolled: bool = False


@dataclass(frozen=True)
class Wait:
    """A person who waits for the gym's answer. Instants in epoch seconds."""

    episode: EpisodeTruth
    since: int
    score: int
    answerable_until: float | None
    """When the channel's time to answer is over; None: it has none."""


@dataclass(frozen=True)
class Sums:
    """What the pages and the letter sum up of some days."""

    conversations: int
    leads: int
    visits: int
    enrolments: int
    lead_enrolments: int
    """Of the leads, those who have enrolled since."""


class TrueFigures:
    """The figures of one gym as of an instant, a tenant since another (epoch seconds)."""

    def __init__(self, account: Account, at: float, tenant_since: float) -> None:
        """Counts everything."""
        self.account, self._at, self._zone = account, at, ZoneInfo(account.timezone)
        self._backlog_before = tenant_since - _BACKLOG
        gym = next(gym for gym in GYMS if gym.account_id == account.id)
        self._converted_label = gym.converted_label
        self.truth = read_truth(account, at)
        self.episodes = sorted(
            self.truth.episodes, key=lambda each: (each.began_at, each.conversation, each.number)
        )
        lists = members_csv(account, at) + sales_csv(account, at)
        self._listed = {
            person.id
            for person in self.truth.persons
            for contact in map(account.contacts.get, person.contact_ids)
            if contact and (contact.phone_number or (contact.email and contact.email in lists))
        }
        self._enrolment_days = {
            person.id: self._list_enrolment_days(person) for person in self.truth.persons
        }
        self._leads = self._find_leads()
        self._enrolments = [*self._credit_enrolments()]

    @property
    def today(self) -> date:
        """The gym's own day as of which it is counted."""
        return self.tell_day(self._at)

    def tell_day(self, at: float) -> date:
        """Tells the gym's own day of an instant."""
        return datetime.fromtimestamp(at, self._zone).date()

    def can_be_listed(self, episode: EpisodeTruth) -> bool:
        """Whether a list of the gym can name who writes: by a telephone or an e-mail address."""
        return episode.person in self._listed

    def find_channel(self, episode: EpisodeTruth) -> str:
        """Finds the name of the inbox of an episode."""
        return self._conversation(episode).inbox.name

    # By day and channel.

    def count_conversations(self) -> Counter[tuple[date, str]]:
        """Counts episodes on the day they began."""
        return Counter(self._place(each) for each in self.episodes)

    def count_leads(self) -> Counter[tuple[date, str]]:
        """Counts each person where their time as a lead began."""
        return Counter(self._place(lead.episode) for lead in self._leads)

    def count_visits(self) -> Counter[tuple[date, str]]:
        """Counts visits on the day of the first agreement."""
        return Counter(
            (self.tell_day(each.visit.agreed_at), self.find_channel(each))
            for each in self.episodes
            if each.visit.agreed_at is not None
        )

    def count_enrolments(self) -> Counter[tuple[date, str]]:
        """Counts enrolments on their own day, in the channel of the lead they came from."""
        return Counter((day, self.find_channel(episode)) for day, episode in self._enrolments)

    def sum_up(self, first: date, last: date) -> Sums:
        """Sums up the days from the first to the last."""

        def add(counts: Counter[tuple[date, str]]) -> int:
            return sum(count for (day, _), count in counts.items() if first <= day <= last)

        return Sums(
            add(self.count_conversations()),
            add(self.count_leads()),
            add(self.count_visits()),
            add(self.count_enrolments()),
            sum(lead.has_enrolled for lead in self._list_leads(first, last)),
        )

    # What became of it, of the days from the first to the last.

    def count_funnel(self, first: date = date.min, last: date = date.max) -> dict[str, int]:
        """Counts the steps from a conversation to an enrolment; who skipped the visit apart."""
        sums, leads = self.sum_up(first, last), self._list_leads(first, last)
        after_visit = sum(lead.has_visit and lead.has_enrolled for lead in leads)
        return {
            "Conversas": sums.conversations,
            "Leads": sums.leads,
            "Leads com visita": sum(lead.has_visit for lead in leads),
            "Matrículas depois da visita": after_visit,
            "Matrículas sem visita": sums.lead_enrolments - after_visit,
        }

    def count_fates(self, first: date = date.min, last: date = date.max) -> Counter[str]:
        """Counts what became of the visits that were agreed on these days."""
        return Counter(
            _FATES.get(visit.state, "Por vir" if (visit.at or 0) > self._at else "Sem notícia")
            for visit in (each.visit for each in self.episodes)
            if visit.agreed_at is not None and first <= self.tell_day(visit.agreed_at) <= last
        )

    def count_outcomes(self, first: date = date.min, last: date = date.max) -> Counter[str]:
        """Counts what became of the leads of these days."""
        return Counter(map(self._name_outcome, self._list_leads(first, last)))

    # Who waits.

    def find_waits(self) -> dict[int, Wait]:
        """Finds who waits, by person, and the latest of what each waits for."""
        left = {person.id for person in self.truth.persons if person.opted_out}
        waits: dict[int, Wait] = {}
        for episode in self.episodes:
            if not episode.is_waiting or episode.person in left:
                continue
            wait = self._describe_wait(episode)
            last = waits.get(episode.person)
            if last is None or wait.since > last.since:
                waits[episode.person] = wait
        return waits

    def list_hot_waits(self) -> set[int]:
        """Lists the conversations in which leads with a score of 4 or 5 wait."""
        return {
            wait.episode.conversation
            for wait in self.find_waits().values()
            if wait.score >= 4 and wait.since >= self._backlog_before
        }

    def list_backlog(self) -> set[int]:
        """Lists the conversations that had waited for a week when the tenant began."""
        return {
            wait.episode.conversation
            for wait in self.find_waits().values()
            if wait.since < self._backlog_before
        }

    def measure_urgency(self) -> dict[tuple[int, int], float]:
        """Measures how urgent the waiting leads are, by conversation and episode: least is first.

        The minutes that are left to answer, a day where the channel sets no time; from a week on,
        those who wait longer than that, by the minutes they wait. A lead waits in their episode,
        and in the list where they were last counted.
        """
        last_counted = {lead.episode.person: lead.episode for lead in self._leads}
        return {
            (each.conversation, each.number): self._compute_urgency(wait)
            for person, wait in self.find_waits().items()
            if wait.episode.is_lead and wait.since >= self._backlog_before
            for each in (wait.episode, last_counted[person])
        }

    def _compute_urgency(self, wait: Wait) -> float:
        waited = self._at - wait.since
        left = (wait.answerable_until or wait.since + 86400) - self._at
        return left / 60 if left >= 0 else 10080 + waited / 60

    def list_opted_out(self) -> set[int]:
        """Lists the conversations of those who do not want to be written to."""
        left = {person.id for person in self.truth.persons if person.opted_out}
        return {each.conversation for each in self.episodes if each.person in left}

    def compute_response_time(self, first: date, last: date) -> float | None:
        """Computes the median of the leads' seconds to the first answer of a person."""
        times = [
            seconds
            for lead in self._list_leads(first, last)
            if (seconds := self._measure_response(lead.episode)) is not None
        ]
        return median(times) if times else None

    # One row of an export.

    def describe_row(self, episode: EpisodeTruth) -> tuple[str, ...]:
        """Describes an episode as an export does: channel, day, lead, score, visit, enrolment."""
        began = datetime.fromtimestamp(episode.began_at, self._zone)
        has_enrolled = any(day >= began.date() for day in self._enrolment_days[episode.person])
        return (
            str(episode.conversation),
            self.find_channel(episode),
            f"{began:%d/%m/%Y %H:%M}",
            _say(episode.is_lead),
            str(choose_score(episode)),
            _say(episode.visit.state in _AGREED),
            _say(has_enrolled),
        )

    def _place(self, episode: EpisodeTruth) -> tuple[date, str]:
        return self.tell_day(episode.began_at), self.find_channel(episode)

    def _conversation(self, episode: EpisodeTruth) -> DemoConversation:
        return self.account.conversations[episode.conversation]

    def _list_leads(self, first: date, last: date) -> list[Lead]:
        return [
            lead for lead in self._leads if first <= self.tell_day(lead.episode.began_at) <= last
        ]

    def _list_messages(self, episode: EpisodeTruth) -> list[DemoMessage]:
        return [
            each
            for each in self._conversation(episode).messages
            if episode.first_message <= each.id <= episode.last_message
        ]

    def _list_enrolment_days(self, person: PersonTruth) -> set[date]:
        """Lists the days of enrolments as the gym declares them: by a sale or a label."""
        if person.id in self._listed:
            return {
                self.tell_day(each.since)
                for who in self.account.people
                if person.id in who.contacts.values()
                for each in who.memberships
                if each.since <= self._at
            }
        return {
            self.tell_day(fact.at)
            for conversation in self.account.conversations.values()
            if conversation.contact.id in person.contact_ids
            and self._converted_label in conversation.labels
            for fact in conversation.facts
            if "enrolled" in fact.meaning
        }

    def _find_leads(self) -> list[Lead]:
        """A lead begins anew after thirty days in which none of the person's episodes did."""
        leads: list[Lead] = []
        current: dict[int, tuple[Lead, float]] = {}
        for episode in self.episodes:
            if episode.is_lead:
                known = current.get(episode.person)
                if known is None or episode.began_at - known[1] > _LEAD_PAUSE:
                    known = Lead(episode), 0.0
                    leads.append(known[0])
                current[episode.person] = known[0], episode.began_at
                known[0].has_visit |= episode.visit.agreed_at is not None
        return leads

    def _credit_enrolments(self) -> Iterator[tuple[date, EpisodeTruth]]:
        """Credits enrolments to the person's latest lead before it, else to their first episode."""
        for person, days in self._enrolment_days.items():
            own = [each for each in self.episodes if each.person == person]
            for day in sorted(days):
                before = [each for each in own if self.tell_day(each.began_at) <= day]
                leads = [lead for lead in self._leads if lead.episode in before]
                if leads:
                    leads[-1].has_enrolled = True
                    yield day, leads[-1].episode
                elif before:
                    yield day, before[0]

    def _name_outcome(self, lead: Lead) -> str:
        episode = lead.episode
        if lead.has_enrolled:
            return "Matriculados"
        if episode.lost_reason in _LOST:
            return _LOST[episode.lost_reason]
        if lead.has_visit:
            return "Marcaram visita"
        wait = self.find_waits().get(episode.person)
        waits = wait is not None and wait.episode is episode
        conversation = self._conversation(episode)
        newest = max(e.number for e in self.episodes if e.conversation == episode.conversation)
        spoken = [m.created_at for m in self._list_messages(episode)]
        at = conversation.last_activity_at if episode.number == newest else max(spoken)
        if self._at - at < _SILENCE:
            return "Esperando a sua resposta" if waits else "Em conversa"
        if self._measure_response(episode) is None:
            return "Nunca atendidos por uma pessoa"
        return "Ficaram sem a última resposta" if waits else "Pararam de responder"

    def _find_since(self, episode: EpisodeTruth) -> int:
        messages = self._conversation(episode).messages
        return next(int(m.created_at) for m in messages if m.id == episode.waiting_since)

    def _describe_wait(self, episode: EpisodeTruth) -> Wait:
        conversation = self._conversation(episode)
        heard = [m.created_at for m in self._list_messages(episode) if m.message_type == INCOMING]
        hours = conversation.inbox.reply_hours
        return Wait(
            episode,
            self._find_since(episode),
            choose_score(episode),
            None if hours is None else int(max(heard)) + 3600 * hours,
        )

    def _measure_response(self, episode: EpisodeTruth) -> int | None:
        """Measures the seconds from the contact's first message to a person's first answer."""
        question_at = None
        for message in self._list_messages(episode):
            if message.message_type == INCOMING:
                question_at = question_at or int(message.created_at)
            elif (
                question_at is not None
                and message.message_type == OUTGOING
                and message.sender in self.account.users
                and not message.private
                and message.status != "failed"
            ):
                return int(message.created_at) - question_at
        return None


def _say(answer: bool) -> str:
    return "Sim" if answer else "Não"
