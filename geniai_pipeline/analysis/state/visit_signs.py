"""What one message says to an appointment under discussion: moments, a wish, a yes, a doubt."""

from geniai_pipeline.analysis.local.matcher import Reading, Sentence
from geniai_pipeline.analysis.local.rules import Kind
from geniai_pipeline.analysis.state.instants import (
    Moments,
    find_dates_and_hours,
    find_near_instant,
)
from geniai_pipeline.analysis.state.turns import Turn, asks

_INVITES = frozenset({"visit_wish", "visit_settled", "offers", "asks"})
_COMES = frozenset({"comes", "visit_settled"})
_DECLINES = frozenset({"gives_up", "lost_only_curious"})
_YES = frozenset({"accepts", "comes", "visit_settled", "yes"})
_POLITE_YES = frozenset({"thanks", "farewells", "sends"})
_TAGS = ([","], ["?"])
"""What follows a yes that begins a question: "blz, levo o que?", "sim?"."""
_LEAVES = frozenset({"saio", "saindo", "largo", "termino"})
_BAD_NEWS = frozenset(
    {
        "nao", "nem", "ninguem", "esqueceu", "quebrou", "atrasou", "atrasei", "cheguei", "chegamos",
        "acordei", "terminei", "desculpa", "desculpe", "perdoe", "parado", "serio", "hospital",
        "morreu", "recebeu", "direto", "embora",
    }
)  # fmt: skip
_UNREAD = frozenset({"áudio", "vídeo", "imagem", "documento", "figurinha", "mensagem apagada"})
_FEW = 4
_SHORT = 6
_LONG = 16
"""Words of a message in which a yes is no longer the matter."""


def read_moments(turn: Turn) -> Moments:
    """Reads the days and hours that a message names, without those on which somebody cannot."""
    if turn.is_contact and "visit_info" in turn.moves and "visit_wish" not in turn.moves:
        return Moments((), ())
    reading = _drop_busy(turn.reading, "visit_busy" if turn.is_contact else "visit_full")
    near = find_near_instant(reading, turn.at) if turn.at else None
    if near:
        return Moments((near.date(),), (near.hour * 60 + near.minute,))
    named = turn.named if reading is turn.reading else find_dates_and_hours(reading, turn.date)
    if not turn.is_contact and len(named.dates) > 1:
        timed = [sentence for sentence in turn.reading.sentences if sentence.timed]
        last = turn.reading._replace(sentences=tuple(timed[-1:]))
        latest = find_dates_and_hours(last, turn.date)
        return latest if len(latest.dates) == 1 else named
    if chooses(turn):
        late = "visit_busy" in turn.moves or not _LEAVES.isdisjoint(turn.words)
        hours = named.hours[-1:] if late else named.hours[:1]
        return Moments(named.dates, hours)
    return named


def chooses(turn: Turn) -> bool:
    """Whether the contact means one of several moments that they name: not with "ou"."""
    return turn.is_contact and "ou" not in turn.words


def is_whole(named: Moments) -> bool:
    """Whether it is one day with one hour."""
    return len(named.dates) == len(named.hours) == 1


def invites(turn: Turn) -> bool:
    """Whether it asks or offers something, or speaks of coming."""
    return not _INVITES.isdisjoint(turn.moves) or "?" in turn.text


def speaks_of_coming(turn: Turn, named: Moments, *, informs: bool) -> bool:
    """Whether it brings up a visit: in words, or by a moment that it offers or asks for.

    Args:
        turn: the message.
        named: its moments.
        informs: whether it answers a question of the contact, or asks for opening hours.

    """
    sentences = turn.reading.sentences
    return (
        "visit_wish" in turn.moves
        or (not turn.is_contact and any(map(_is_short_question, sentences)))
        or (all(named) and _offers_moment(turn, named, informs=informs))
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
        calls = invites(turn) or (discussed and all(named))
        return fits and calls and ("promises" not in turn.moves or bool(named.hours))
    wills = invited or "?" in turn.text or not _COMES.isdisjoint(turn.moves)
    return "visit_wish" in turn.moves or (fits and wills)


def doubts(turn: Turn, named: Moments) -> bool:
    """Whether it leaves the visit open: "acho que consigo, te confirmo"."""
    return "visit_doubt" in turn.moves or ("thinks" in turn.moves and not named.hours)


def declines(turn: Turn) -> bool:
    """Whether it wants no visit at all: what it only asks does not say so."""
    return any(
        not asks(sentence) and not _DECLINES.isdisjoint(sentence.names)
        for sentence in turn.reading.sentences
    )


def refuses(turn: Turn) -> bool:
    """Whether it says no to something, or that somebody cannot."""
    said_no = Kind.NO in turn.kinds and "accepts" not in turn.moves
    return said_no or not turn.moves.isdisjoint({"visit_off", "gives_up", "visit_busy"})


def assents(turn: Turn, named: Moments, *, invited: bool) -> bool:
    """Whether it says yes to what is under discussion; `invited`: the gym has asked."""
    moves = turn.moves
    if not moves.isdisjoint({"visit_off", "gives_up"}):
        return False
    if Kind.NO in turn.kinds and "accepts" not in moves:
        return False
    if "visit_busy" in moves and not any(named) and _YES.isdisjoint(_find_free_moves(turn)):
        return False
    if "visit_full" in moves and not turn.is_contact and not all(named):
        return False
    if turn.media in _UNREAD and not turn.text:
        return False
    if turn.is_contact:
        return not doubts(turn, named) and _accepts(turn, named, invited=invited)
    waits = "visit_doubt" in moves or ("promises" in moves and not named.hours)
    questions = turn.asks and Kind.YES not in turn.kinds and "offers_deed" not in moves
    return not (questions or waits) and (
        not moves.isdisjoint({"visit_settled", "receives", "offers_deed"})
        or Kind.YES in turn.kinds
        or all(named)
        or len(turn.words) <= 2
    )


def waits_for_yes(turn: Turn) -> bool:
    """Whether it asks about the moment itself, so that the answer comes first."""
    *_, last = turn.reading.sentences or (None,)
    return any(
        sentence.timed
        if turn.is_contact
        else not {"visit_wish", "offers", "offers_deed"}.isdisjoint(sentence.names)
        or (sentence is last and sentence.timed)
        for sentence in turn.reading.sentences
        if asks(sentence)
    )


def tells_good_news(turn: Turn) -> bool:
    """Whether words after the hour tell nothing bad."""
    return bool(turn.words) and _BAD_NEWS.isdisjoint(turn.words)


def _accepts(turn: Turn, named: Moments, *, invited: bool) -> bool:
    asks = "?" in turn.text
    statements = frozenset[str]().union(
        *(s.names for s in turn.reading.sentences if " ? " not in s.text or s.words[1:2] in _TAGS)
    )
    accepts = not statements.isdisjoint(_YES) and (
        len(turn.words) <= _LONG or not statements.isdisjoint(_COMES)
    )
    if any(named):
        return not asks or accepts
    polite = not statements.isdisjoint(_POLITE_YES) or len(turn.words) <= _FEW
    return invited and (accepts or (polite and not asks))


def _find_free_moves(turn: Turn) -> set[str]:
    """Finds the moves of the sentences that do not say when somebody cannot."""
    return {name for s in turn.reading.sentences if "visit_busy" not in s.names for name in s.names}


def _drop_busy(reading: Reading, sign: str) -> Reading:
    """Leaves out the sentences that say when somebody cannot: "quinta eu trabalho"."""
    if not any(sign in s.names for s in reading.sentences):
        return reading
    free = tuple(
        s
        for s in reading.sentences
        if sign not in s.names
        or asks(s)
        or not {"accepts", "comes", "visit_wish"}.isdisjoint(s.names)
    )
    return reading._replace(sentences=free)


def _offers_moment(turn: Turn, named: Moments, *, informs: bool) -> bool:
    """Whether moments are named to meet at: not as opening hours or hours of a class."""
    if turn.is_contact:
        return is_whole(named)
    if turn.index == 0:
        return True
    return invites(turn) if informs == is_whole(named) else is_whole(named)


def _is_short_question(sentence: Sentence) -> bool:
    """Whether it asks for a moment and nothing else: "quinta?", "quinta 6h ou 18h?"."""
    return sentence.timed and sentence.words[-1:] == ["?"] and len(sentence.words) <= _SHORT
