"""Templates of texts: ``[a|b]`` is one of its alternatives, ``{slot}`` a value; both may nest.

``//`` is where a writer may send the message and start the next one.
"""

import re
from collections.abc import Callable
from functools import cache
from random import Random

BREAK = "//"

_Part = str | tuple[str, tuple["_Node", ...]]
_Node = tuple[_Part, ...]
_TOKEN = re.compile(r"[\[\]|]|\{[^}]*\}|[^\[\]|{]+")
_SPACES = re.compile(r"[ \t]{2,}")
_BEFORE_POINT = re.compile(r"\s+([,.!?])")
_DOUBLED = re.compile(r"(?<![?!])([?!])[.,!]+|,[.,]+|(?<!\.)\.,")
_TWICE = re.compile(r"\b([eE]) e\b")
_SENTENCE_START = re.compile(r"(^|[.!?…]\s+|\n)([a-zà-ÿ])")


def expand(template: str, rng: Random, slot: Callable[[str], str]) -> str:
    """Expands a template: ``rng`` draws the alternatives, ``slot`` returns the slots' values.

    The caller splits the text at ``BREAK`` and calls ``tidy`` on each part.
    """
    return _write(_parse(template), rng, slot)


def tidy(text: str) -> str:
    """Corrects spaces and punctuation, and capitalizes each sentence."""
    if "  " in text:
        text = _SPACES.sub(" ", text)
    text = _BEFORE_POINT.sub(r"\1", text.strip())
    if " e e " in text or text[:4].lower() == "e e ":
        text = _TWICE.sub(r"\1", text)
    text = _DOUBLED.sub(lambda match: match[1] or match[0][0], text)
    return _SENTENCE_START.sub(lambda match: match[1] + match[2].upper(), text)


def _write(node: _Node, rng: Random, slot: Callable[[str], str]) -> str:
    parts = []
    for part in node:
        if isinstance(part, tuple):
            alternatives = part[1]
            parts.append(_write(alternatives[int(rng.random() * len(alternatives))], rng, slot))
        elif part[0] == "{":
            filled = slot(part[1:-1])
            if "[" in filled or "{" in filled:
                filled = _write(_parse(filled), rng, slot)
            parts.append(filled)
        else:
            parts.append(part)
    return "".join(parts)


@cache
def _parse(template: str) -> _Node:
    """Parses a template to nested parts: text, ``{slot}``, or ``("any", alternatives)``."""
    stack: list[list[list[_Part]]] = [[[]]]
    for part in _TOKEN.findall(template):
        if part == "[":
            stack.append([[]])
        elif part == "|" and len(stack) > 1:
            stack[-1].append([])
        elif part == "]":
            alternatives = tuple(tuple(each) for each in stack.pop())
            stack[-1][-1].append(("any", alternatives))
        else:
            stack[-1][-1].append(part)
    if len(stack) != 1:
        raise ValueError(f"Unbalanced brackets in {template!r}")
    return tuple(stack[0][0])
