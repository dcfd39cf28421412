"""Reads what the gym promised the contact: whether it did, and whom it wants to ask."""

import re
from collections.abc import Sequence

from geniai_pipeline.analysis.local.matcher import Matcher
from geniai_pipeline.analysis.local.words import GROUPS
from geniai_pipeline.analysis.state.turns import GYM_MOVES

_WHOM = re.compile(
    r"\b(?:ver|falar|conversar|confirmar|conferir|consultar|verificar|cobrar|perguntar|pedir|passar"
    r"|repassar|levar|mostrar|encaminhar)\b(?: isso)?"
    r" (?:com (?P<article>[oa] |meu |minha )?|pr(?P<joined>[oa]) )"
    r"(?P<whom>(?:(?:dona|seu|mestre|prof\w*|coordenador\w*) )?[A-ZÀ-Ú][a-zà-ú]+"
    r"|gerente|ger[êe]ncia|dire[çc][ãa]o|diretoria|diretora?|financeiro|jur[íi]dico|s[óo]ci[oa]"
    r"|coordena[çc][ãa]o|coordenadora?|contabilidade|contador|t[ée]cnico|franqueadora|suporte"
    r"|don[oa]|manuten[çc][ãa]o|matriz|vigilante|marketing|supervis[ãa]o|professora?)\b"
)


class PromiseReader:
    """Reads promises by the state's own rule. Threads may share it."""

    def __init__(self) -> None:
        """Compiles the rule."""
        self._matcher = Matcher([rule for rule in GYM_MOVES if rule.name == "promises"], GROUPS)

    def has_promised(self, texts: Sequence[str]) -> bool:
        """Whether one of the gym's messages promises something."""
        return any(s.names for text in texts for s in self._matcher.read(text).sentences)

    def find_whom(self, texts: Sequence[str]) -> str:
        """Finds whom the gym wants to ask: "o financeiro"; "": it does not say."""
        found = [match for text in texts for match in _WHOM.finditer(text)]
        if not found:
            return ""
        *_, last = found
        article = f"{last['joined']} " if last["joined"] else last["article"] or ""
        is_name = any(word[0].isupper() for word in last["whom"].split())
        return f"{article}{last['whom']}" if article or is_name else ""
