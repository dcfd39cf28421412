"""Finds where the contact asks not to be written to again."""

import re
from collections.abc import Sequence
from itertools import pairwise

from geniai_pipeline.analysis.state.turns import Turn

_WORDS = frozenset(
    {"sair", "parar", "pare", "parem", "stop", "cancelar", "descadastrar", "remover"}
)
"""What a campaign asks for; one alone is enough after a message of the gym."""
_ENDS_MENU = re.compile(r"encerr|finaliz|menu|voltar", re.IGNORECASE)
"""After these words of a bot "sair" leaves the bot, not the list."""


def find_opt_out(turns: Sequence[Turn]) -> int | None:
    """Finds the first message that asks for silence for good; None where none does."""
    found = {turn.index for turn in turns if turn.is_contact and "opts_out" in turn.moves}
    found |= {
        turn.index
        for before, turn in pairwise(turns)
        if turn.is_contact and not before.is_contact and _leaves_list(before, turn)
    }
    return min(found, default=None)


def _leaves_list(before: Turn, turn: Turn) -> bool:
    alone = len(turn.words) == 1 and turn.words[0] in _WORDS
    return alone and "?" not in turn.text + before.text and not _ENDS_MENU.search(before.text)
