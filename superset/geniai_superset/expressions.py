"""SQL allow-list: the functions, types and tables that a chart's statement may use.

A viewer may write expressions into a chart's columns, metrics, filters and order. Postgres'
policies protect other tenants' rows from them. But functions and catalogue tables reveal the
server (names of logins, sizes, statistics), and some functions return text of any size. Superset's
search for subqueries does not find catalogue tables behind UNION.
So a tokenizer reads the final statement before it is sent. It also rejects what it cannot read
with certainty: comments and dollar quotes.
"""

import re
from functools import lru_cache
from typing import Any

_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<text>'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")+")
    | (?P<number>(?:\d+(?:\.\d+)?|\.\d+)(?![\w.]))
    | (?P<word>[^\W\d]\w*)
    | (?P<mark>::|<=|>=|<>|!=|\|\||!?~~?\*?|[-+*/%=<>^(),.;:])
    """,
    re.VERBOSE,
)
_COMMENT = re.compile(r"--|/\*")
_SCHEMA = "dashboards"
"""The schema with this product's functions and tables."""
_FUNCTIONS = frozenset(
    """
    abs avg ceil ceiling char_length coalesce count date date_part date_trunc extract first_value
    floor greatest lag last_value lead least length lower ltrim max min mod mode now nullif ntile
    format percentile_cont percentile_disc position rank dense_rank round row_number rtrim sign
    split_part stddev stddev_pop stddev_samp substr substring sum to_char to_date to_timestamp trim
    trunc upper var_pop var_samp variance bool_and bool_or clock_timestamp current_timestamp
    make_interval
    """.split()  # noqa: SIM905
)
_KEYWORDS = frozenset(
    """
    all and any as asc between by case cast desc distinct else end except exists false filter from
    full group having ilike in inner intersect interval is isnull join last lateral left like limit
    not notnull null nulls offset on or order outer over partition preceding range right rows select
    similar symmetric then timestamp to true unbounded union using values when where with within
    zone
    """.split()  # noqa: SIM905
)
"""Words that may stand before a parenthesis without being a function call."""
_FUNCTIONS_WITH_FROM = frozenset({"extract", "substring", "trim"})
"""Functions with FROM between their arguments."""
_ENDS_OF_FROM = frozenset({"where", "group", "having", "order", "limit", "offset", "window"})
_SET_OPERATIONS = frozenset({"union", "intersect", "except", "table", "into"})
"""Reserved words that no chart's statement contains."""
_TEXT_TYPES = frozenset({"date", "interval", "time", "timestamp", "timestamptz"})
_TYPES = _TEXT_TYPES | frozenset(
    """
    bigint bool boolean char decimal double float float4 float8 int int2 int4 int8 integer numeric
    real smallint text varchar
    """.split()  # noqa: SIM905
)
_PLAIN_FORMAT = re.compile(r"'(?:[^%]|%[s%])*'")
"""Without widths, which produce any number of spaces."""
_MAX_DIGITS, _MAX_LENGTH = 30, 200_000


def check(statement: str) -> None:
    """Rejects a statement with a function, type, table or spelling that is not on the lists.

    Raises:
        QueryObjectValidationError: it has one; the chart is answered with 400.

    """
    fault = find_fault(statement)
    if fault:
        from superset.exceptions import QueryObjectValidationError

        raise QueryObjectValidationError(f"Esta consulta não é permitida: {fault}")


def check_query(sql: str, **_: Any) -> str:
    """Checks every statement of a chart and returns it unchanged; a hook of Superset."""
    check(sql)
    return sql


@lru_cache(200)
def find_fault(statement: str) -> str | None:
    """Returns the first part of a statement that is rejected; None if there is none."""
    tokens = _tokenize(statement) if len(statement) <= _MAX_LENGTH else "longa demais"
    if isinstance(tokens, str):
        return tokens
    return _find_call(tokens) or _find_table(tokens)


def _find_call(tokens: list[tuple[str, str]]) -> str | None:
    """Returns the first function, type or text that is not on the lists."""
    callers: list[str] = []  # the word before each open parenthesis
    for i, (kind, word) in enumerate(tokens):
        before = tokens[i - 1] if i else ("", "")
        if word == "(":
            callers.append(before[1].lower() if before[0] == "word" else "")
            if before[0] == "quoted" and not _is_qualified(tokens, i - 1):
                return before[1]
            if before[0] == "word" and not _is_callable(tokens, i - 1):
                return before[1]
            if callers[-1] == "format" and not _is_plain_format(tokens[i + 1 : i + 3]):
                return before[1]
        elif word == ")" and callers:
            callers.pop()
        elif word == "::" or (word.lower() == "as" and callers and callers[-1] == "cast"):
            after = tokens[i + 1] if i + 1 < len(tokens) else ("", "")
            if after[1].lower() not in _TYPES or after[0] != "word":
                return after[1] or word
        elif kind == "text" and before[0] in {"word", "quoted"}:
            may_precede = _TEXT_TYPES | _KEYWORDS | {"escape"}
            if before[0] == "quoted" or before[1].lower() not in may_precede:
                return before[1]
        elif kind == "number" and len(word) > _MAX_DIGITS:
            return word
    return None


def _find_table(tokens: list[tuple[str, str]]) -> str | None:
    """Returns the first table outside the schema, or a set operation that could add one."""
    words = [word.lower() if kind == "word" else word for kind, word in tokens]
    callers, in_from = [""], [False]  # per open parenthesis
    for i, word in enumerate(words):
        before = words[i - 1] if i else ""
        if word == "(":
            callers.append(before)
            in_from.append(False)
        elif word == ")" and len(callers) > 1:
            callers.pop()
            in_from.pop()
        elif (
            word in _SET_OPERATIONS
            or (word == ";" and i + 1 < len(words))
            or (word == "," and in_from[-1])
        ):
            return word
        elif word in _ENDS_OF_FROM:
            in_from[-1] = False
        elif word in {"from", "join"} and not (
            callers[-1] in _FUNCTIONS_WITH_FROM
            or (before == "distinct" and words[i - 2] in {"is", "not"})
        ):
            in_from[-1] = True
            source = words[i + 1 : i + 3]
            if [part.strip('"') for part in source] != [_SCHEMA, "."] and source != ["(", "select"]:
                return " ".join(source) or word
    return None


def _tokenize(statement: str) -> list[tuple[str, str]] | str:
    """Splits a statement into tokens, or returns the part that cannot be read."""
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(statement):
        match = _TOKEN.match(statement, position)
        if match is None or _COMMENT.match(statement, position):
            return statement[position : position + 20]
        kind = str(match.lastgroup)
        if kind != "space":
            tokens.append((kind, match[0]))
        position = match.end()
    return tokens


def _is_callable(tokens: list[tuple[str, str]], i: int) -> bool:
    """Whether the word at i may stand before a parenthesis."""
    if i and tokens[i - 1][1] == ".":
        return _is_qualified(tokens, i)
    word = tokens[i][1].lower()
    # a type with a length: varchar(10), numeric(10, 2)
    is_type = word in _TYPES and i > 0 and tokens[i - 1][1].lower() in {"::", "as"}
    return word in _FUNCTIONS or word in _KEYWORDS or is_type


def _is_plain_format(after: list[tuple[str, str]]) -> bool:
    """Whether a format is one literal, as it stands."""
    texts = [token for _, token in after]
    return len(texts) > 1 and bool(_PLAIN_FORMAT.fullmatch(texts[0])) and texts[1] in {",", ")"}


def _is_qualified(tokens: list[tuple[str, str]], i: int) -> bool:
    """Whether the name at i is qualified with the schema of this product's own functions."""
    return (
        i > 1
        and tokens[i - 1][1] == "."
        and tokens[i - 2][1].strip('"') == _SCHEMA
        and (i < 3 or tokens[i - 3][1] != ".")
    )
