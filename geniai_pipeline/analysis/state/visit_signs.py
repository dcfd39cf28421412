"""What one message says to an appointment under discussion: moments, a wish, a yes, a doubt."""

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.state.instants import Moments, find_dates_and_hours
from geniai_pipeline.analysis.state.turns import Turn

_INVITES = frozenset({"visit_wish", "visit_settled", "offers", "asks"})
_COMES = frozenset({"comes", "visit_settled"})
_YES = frozenset({"accepts", "comes", "visit_settled", "yes"})
_POLITE_YES = frozenset({"thanks", "farewells", "sends"})
_LEAVES = frozenset({"saio", "saindo", "largo", "termino"})
_BAD_NEWS = frozenset(
    {
        "nao", "nem", "ninguem", "esqueceu", "quebrou", "atrasou", "atrasei", "cheguei", "chegamos",
        "acordei", "terminei", "desculpa", "desculpe", "perdoe", "parado", "serio", "hospital",
        "morreu", "recebeu", "direto", "embora",
    }
)  # fmt: skip
_FEW = 4
_LONG = 16
"""Words of a message in which a yes is no longer the matter."""


def read_moments(turn: Turn) -> Moments:
    """Reads the days and hours that a message names, without those on which somebody cannot."""
    named = find_dates_and_hours(_drop_busy(turn.reading), turn.date)
    if not turn.is_contact and len(named.dates) > 1:
        timed = [sentence for sentence in turn.reading.sentences if sentence.timed]
        last = turn.reading._replace(sentences=tuple(timed[-1:]))
        latest = find_dates_and_hours(last, turn.date)
        return latest if len(latest.dates) == 1 else named
    if chooses(turn):
        hours = named.hours[-1:] if _LEAVES & set(turn.words) else named.hours[:1]
        return Moments(named.dates, hours)
    return named


def chooses(turn: Turn) -> bool:
    """Whether the contact means one of several moments that they name: not with "ou"."""
    return turn.is_contact and " ou " not in turn.text


def is_whole(named: Moments) -> bool:
    """Whether it is one day with one hour."""
    return len(named.dates) == len(named.hours) == 1


def invites(turn: Turn) -> bool:
    """Whether it asks or offers something, or speaks of coming."""
    return not _INVITES.isdisjoint(turn.moves) or "?" in turn.text


def speaks_of_coming(turn: Turn, named: Moments) -> bool:
    """Whether it brings up a visit: in words, or by a moment that it offers or asks for."""
    sentences = turn.reading.sentences
    return (
        "visit_wish" in turn.moves
        or (not turn.is_contact and any(map(_is_short_question, sentences)))
        or (is_whole(named) and invites(turn))
    )


def proposes(turn: Turn, named: Moments, *, discussed: bool, invited: bool) -> bool:
    """Whether a message that names a moment proposes it for a visit.

    Args:
        turn: the message.
        named: its moments.
        discussed: whether somebody spoke of coming.
        invited: whether the gym's last message asks or offers something.

    """
    fits = discussed or is_whole(named)
    if not turn.is_contact:
        return fits and invites(turn) and ("promises" not in turn.moves or bool(named.hours))
    wills = invited or "?" in turn.text or not _COMES.isdisjoint(turn.moves)
    return "visit_wish" in turn.moves or (fits and wills)


def doubts(turn: Turn, named: Moments) -> bool:
    """Whether it leaves the visit open: "acho que consigo, te confirmo"."""
    return "visit_doubt" in turn.moves or ("thinks" in turn.moves and not named.hours)


def declines(turn: Turn) -> bool:
    """Whether it wants no visit at all."""
    return not turn.moves.isdisjoint({"gives_up", "lost_only_curious"})


def assents(turn: Turn, named: Moments, *, invited: bool) -> bool:
    """Whether it says yes to what is under discussion; `invited`: the gym has asked."""
    moves = turn.moves
    if not moves.isdisjoint({"visit_off", "gives_up"}):
        return False
    if Kind.NO in turn.kinds and "accepts" not in moves:
        return False
    if "visit_busy" in moves and not any(named):
        return False
    if turn.is_contact:
        return not doubts(turn, named) and _accepts(turn, named, invited=invited)
    waits = "visit_doubt" in moves or ("promises" in moves and not named.hours)
    return not (turn.asks or waits) and (
        not moves.isdisjoint({"visit_settled", "receives"})
        or Kind.YES in turn.kinds
        or all(named)
        or len(turn.words) <= 2
    )


def waits_for_yes(turn: Turn) -> bool:
    """Whether it asks about the moment itself, so that the answer comes first."""
    return any(
        sentence.timed if turn.is_contact else "visit_wish" in sentence.names
        for sentence in turn.reading.sentences
        if sentence.text.endswith(" ? ")
    )


def tells_good_news(turn: Turn) -> bool:
    """Whether words after the hour tell nothing bad."""
    return bool(turn.words) and _BAD_NEWS.isdisjoint(turn.words)


def _accepts(turn: Turn, named: Moments, *, invited: bool) -> bool:
    asks = "?" in turn.text
    statements = frozenset[str]().union(
        *(s.names for s in turn.reading.sentences if " ? " not in s.text)
    )
    accepts = not statements.isdisjoint(_YES) and (
        len(turn.words) <= _LONG or not statements.isdisjoint(_COMES)
    )
    if any(named):
        return not asks or accepts
    polite = not statements.isdisjoint(_POLITE_YES) or len(turn.words) <= _FEW
    return invited and (accepts or (polite and not asks))


def _drop_busy(reading: Reading) -> Reading:
    """Leaves out the sentences that say when somebody cannot: "quinta eu trabalho"."""
    free = tuple(
        s
        for s in reading.sentences
        if "visit_busy" not in s.names or not {"accepts", "visit_wish"}.isdisjoint(s.names)
    )
    return reading._replace(sentences=free)


def _is_short_question(sentence: Sentence) -> bool:
    """Whether it asks for a moment and nothing else: "quinta?"."""
    return sentence.timed and sentence.words[-1:] == ["?"] and len(sentence.words) <= _FEW
