"""Generates rows as large as those of ``raw.messages``: about 1 KB of payload each.

It imports the standard library only, because the interpreter of ``_dlt.py`` uses it too.
"""

import hashlib
import random
from typing import Any

_SPOKEN = (
    "oi bom dia quero saber o preço da aula experimental amanhã horário plano mensal academia"
    " musculação natação turma das sete ainda tem vaga posso levar minha filha obrigada"
)


def messages(count: int) -> list[tuple[int, int, dict[str, Any], str]]:
    """Yields ``(conversation_id, message_id, payload, content_hash)``, twelve per conversation."""
    rng, words = random.Random(1), _SPOKEN.split()
    rows = []
    for number in range(1, count + 1):
        text = " ".join(rng.choices(words, k=110))
        payload = {
            "id": number,
            "content": text,
            "inbox_id": 7,
            "message_type": number % 2,
            "content_type": "text",
            "content_attributes": {},
            "created_at": 1_767_225_600 + number,
            "private": False,
            "status": "sent",
            "sender": {"id": number // 12, "name": "Maria da Conceição", "type": "contact"},
        }
        digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
        rows.append((number // 12, number, payload, digest))
    return rows
