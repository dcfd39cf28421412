"""Conversations with instants, in the notation of short labelled cases."""

import json
from datetime import datetime, timedelta, timezone

from geniai_pipeline.analysis.base import Transcript
from geniai_pipeline.analysis.files import parse_conversation

SENDERS = {"c": "contact", "a": "agent", "b": "bot"}
BEGIN = datetime(2026, 3, 11, 9, tzinfo=timezone.utc)
"""A Wednesday."""


def dialogue(*lines: str, name: str = "Ana") -> Transcript:
    """Builds a conversation from lines such as "c: oi", a minute apart.

    "+3h" or "+2d" alone lets time pass; "c: [áudio]" sends media; "n: ..." is a private note.
    """
    at, messages = BEGIN, []
    for line in lines:
        if line.startswith("+"):
            unit = {"h": "hours", "d": "days"}[line[-1]]
            at += timedelta(**{unit: int(line[1:-1])})
            continue
        at += timedelta(minutes=1)
        sender, text = line[0], line[3:]
        message = {"from": SENDERS.get(sender, "agent"), "at": f"{at:%Y-%m-%dT%H:%M}"}
        media = text.startswith("[")
        message |= {"note": text, "text": ""} if media else {"text": text}
        if sender == "n":
            message["note"] = "nota privada"
        messages.append(message)
    gym = {"zone": "America/Sao_Paulo"}
    record = {"id": 1, "contact_name": name, "gym": gym, "messages": messages}
    return parse_conversation(json.dumps(record))
