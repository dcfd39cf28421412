"""Defines the fifteen columns of an export: names, headings and order."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal

from psycopg import sql

from geniai_pipeline.exports.cells import escape_text_in_sql

Shape = Literal["text", "typed", "plain"]
"""The form of a cell: text for a CSV file, typed for a workbook, plain as it is stored."""


class Kind(Enum):
    """The kind of a column and its SQL in text and typed form; times in the session's zone."""

    NUMBER = "{}", "{}"
    TEXT = "{}", "coalesce({}, '')"
    PHONE = "dashboards.phone({})"
    INSTANT = "to_char({}, 'DD/MM/YYYY HH24:MI')", "{}::timestamp"
    YES_NO = "case when {} then 'Sim' else 'Não' end"
    STATUS = "dashboards.situation({})"

    def __init__(self, text: str, typed: str | None = None) -> None:
        self.text = text
        self.typed = typed or text


_WORDS = {Kind.TEXT, Kind.PHONE}
"""Kinds whose text comes from other people, so that it must be escaped."""


@dataclass(frozen=True)
class Column:
    """One column."""

    name: str
    """For programs: the key in a line of JSON."""
    heading: str
    """For people: the first row of a spreadsheet."""
    source: str
    """Its column in ``rows.sql``."""
    kind: Kind
    width: int
    """In a workbook, in characters."""

    def expression(self, shape: Shape) -> sql.Composable:
        """Builds the SQL expression of the column."""
        pattern = {"text": self.kind.text, "typed": self.kind.typed, "plain": "{}"}[shape]
        name = self.name if shape == "plain" else self.heading
        value: sql.Composable = sql.SQL(pattern).format(sql.Identifier(self.source))
        if shape == "text" and self.kind in _WORDS:
            value = escape_text_in_sql(value)
        return sql.SQL("{} as {}").format(value, sql.Identifier(name))


COLUMNS = (
    Column("conversation_id", "Conversa", "conversation_id", Kind.NUMBER, 10),
    Column("contact_name", "Nome", "contact_name", Kind.TEXT, 28),
    Column("contact_email", "E-mail", "contact_email", Kind.TEXT, 28),
    Column("contact_phone", "Telefone", "contact_phone", Kind.PHONE, 19),
    Column("inbox", "Canal", "inbox_name", Kind.TEXT, 20),
    Column("status", "Situação", "status", Kind.STATUS, 11),
    Column("created_at", "Criada em", "created_at", Kind.INSTANT, 17),
    Column("last_activity_at", "Última atividade", "last_activity_at", Kind.INSTANT, 17),
    Column("messages", "Mensagens", "message_count", Kind.NUMBER, 11),
    Column("is_lead", "Lead", "is_lead", Kind.YES_NO, 7),
    Column("score", "Nota", "lead_score", Kind.NUMBER, 7),
    Column("visit_scheduled", "Visita agendada", "visit_scheduled", Kind.YES_NO, 16),
    Column("crm_converted", "Conversão no CRM", "crm_converted", Kind.YES_NO, 18),
    Column("analysis", "Análise", "analysis", Kind.TEXT, 60),
    Column("suggested_message", "Mensagem sugerida", "suggestion", Kind.TEXT, 60),
)


def select_columns(shape: Shape) -> sql.Composable:
    """Builds the fifteen expressions in their order."""
    return sql.SQL(", ").join(column.expression(shape) for column in COLUMNS)
