"""Reads a tenant's list of members, an export of the system that bills them."""

import hashlib
import hmac
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

from geniai_pipeline.conversations.lists import (
    EMAIL,
    PHONE,
    fold,
    lacks_area_code,
    parse_dates,
    parse_emails,
    parse_phones,
    read_lines,
)
from geniai_pipeline.errors import Rejected

TABLE = "core.members"

_WORDS = {
    "phone": PHONE,
    "email": EMAIL,
    # when the person came, before when the contract did: a renewal has a new contract
    "since": (
        "desde", "since", "matricula", "adesao", "ingresso", "join", "inicio", "start",
        "cadastro", "regist",
    ),
    "until": (
        "cancelamento", "until", "ate", "vencimento", "validade", "termino", "fim", "datafim",
        "dtfim", "end", "enddate", "expir",
    ),
    "status": ("status", "situacao"),
    "active": ("=ativo", "=active", "=is active", "=aluno ativo", "=cliente ativo"),
    "plan": ("plano", "plan", "contrato", "contract", "pacote", "membership"),
}  # fmt: skip

_EARLIEST = date(1950, 1, 1)
"""Programs write "none" as the first day of some calendar."""

_INACTIVE = re.compile(
    r"\b(?:inativ[oa]|inactive|cancelad[oa]|cancell?ed|encerrad[oa]|finalizad[oa]|expirad[oa]"
    r"|expired|vencid[oa]|desistente|desistiu|desligad[oa]|rescindid[oa]|excluid[oa]|evadid[oa]"
    r"|abandon\w*|arquivad[oa]|archived|visitantes?|visitor|prospect\w*|leads?|oportunidade"
    r"|potencial|interessad[oa]|experimental|trial|ex|former|lapsed|terminated|ended|removed"
    r"|deleted|nao)\b|^(?:in|vi|ca|de|ve)$"  # two letters: Pacto's codes
)
# on leave, late or blocked, one is a member
_ACTIVE = re.compile(
    r"\b(?:ativ[oa]|active|normal|regular|vigente|matriculad[oa]|adimplente|inadimplente|em dia"
    r"|vencer|renov\w*|trancad[oa]|ferias|licenca|atestado|carencia|suspens[oa]|suspended|bloquead[oa]"
    r"|blocked|congelad[oa]|frozen|pausad[oa]|paused|pendente|pending|overdue|current|sim)\b"
    r"|^(?:at|tr|no|av|cr|ae)$"
)
_NO = ("nao", "n", "no", "false", "falso", "0")
_TRIAL = re.compile(
    r"\b(?:experimental|diarias?|avulsas?|degustacao|day use|day pass|free pass|visitante|trial"
    r"|drop in)\b"
)


class Member(NamedTuple):
    """A person who trains at the gym."""

    phones: tuple[str, ...]
    """In E.164."""
    emails: tuple[str, ...]
    since: date | None
    """None: the list does not say it."""


class MembersList(NamedTuple):
    """The members of a list, and what became of its other lines."""

    members: list[Member]
    inactive: int
    """Lines of those who are members no more, or not yet."""
    rejected: list[Rejected]
    unknown_statuses: Counter[str]
    """Statuses whose meaning is not known, with their lines: these people count as members."""


def read_members(path: Path, today: date) -> MembersList:
    """Reads a list with a line of headings, as gyms' systems export it.

    A column's heading gives its kind: telefone, celular, e-mail; plano; desde, matrícula, início;
    até, vencimento; status, situação. One of telephones or of e-mail addresses is required. A line
    without either is rejected alone; its key is its line number, and nothing of it is held. Lines
    with the same telephones and addresses are one person, who is a member if one of them says so.

    Args:
        path: the file's.
        today: by the tenant's clock: who had a contract until yesterday is no member.

    Raises:
        PermanentError: the file cannot be read, or no column tells people apart.

    """
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], date | None] = {}
    inactive, rejected, unknown = 0, [], Counter[str]()
    for number, cells in read_lines(path, _WORDS):
        phones = tuple(sorted(parse_phones(cells.get("phone", ()))))
        emails = tuple(sorted(parse_emails(cells.get("email", ()))))
        if not phones and not emails:
            reason = (
                "the telephone number has no area code"
                if lacks_area_code(cells.get("phone", ()))
                else "no telephone number and no e-mail address that can be used"
            )
            rejected.append(Rejected(TABLE, f"line {number}", reason, "{}"))
        elif not _is_active(cells, today):
            inactive += 1
        else:
            unknown.update(s for s in map(fold, cells.get("status", ())) if not _ACTIVE.search(s))
            since = next(iter(_read_dates(cells, "since")), None)
            earlier = found.get((phones, emails))
            found[phones, emails] = min(filter(None, (since, earlier)), default=None)
    members = [Member(phones, emails, since) for (phones, emails), since in found.items()]
    return MembersList(members, inactive, rejected, unknown)


def hash_identity(key: bytes, identity: str) -> str:
    """Hashes a telephone number in E.164 or an e-mail address in lower case, as 32 hex digits.

    It is keyed (HMAC-SHA256): the few billion telephone numbers could be tried without.
    """
    return hmac.new(key, identity.encode(), hashlib.sha256).hexdigest()[:32]


def _is_active(cells: dict[str, list[str]], today: date) -> bool:
    """Whether a line is a member's; of who is said to be active, "until" may be a bill's date."""
    statuses = list(map(fold, cells.get("status", ())))
    is_said_active = any(_ACTIVE.search(status) for status in statuses)
    return not (
        any(_INACTIVE.search(status) for status in statuses)
        or any(fold(answer) in _NO for answer in cells.get("active", ()))
        or any(_TRIAL.search(fold(plan)) for plan in cells.get("plan", ()))
        or (not is_said_active and max(_read_dates(cells, "until"), default=today) < today)
    )


def _read_dates(cells: dict[str, list[str]], field: str) -> list[date]:
    return [day for day in parse_dates(cells.get(field, ())) if day >= _EARLIEST]
