"""A Chatwoot of one account of any size, made up as it is asked for: nothing is kept, so that its
size costs it no memory. ``python bench/_tenant.py PORT CONVERSATIONS`` serves until it is ended."""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from geniai_pipeline.services.ports import is_taken

PER_PAGE, MESSAGES = 25, 10
FIRST_DAY = 1_767_225_600
SAID = (
    "oi, bom dia! quanto custa o plano mensal?",
    "Bom dia! O mensal é R$ 129,90, com musculação e aulas. Quer conhecer a academia?",
    "quero sim, dá pra fazer uma aula experimental amanhã às 19h?",
    "Claro! Marquei sua aula experimental para amanhã às 19h. Qual o seu nome?",
    "é Maria. preciso levar alguma coisa?",
    "Só uma toalha e uma garrafa de água. Até amanhã, Maria!",
    "obrigada! e tem estacionamento aí perto?",
    "Tem sim, ao lado, e é gratuito por duas horas para alunos e visitantes.",
    "sou aluno, preciso da segunda via do boleto",
    "vocês contratam? mando meu currículo por onde?",
)


def conversation(number: int) -> dict[str, Any]:
    """One conversation, the same whenever it is asked for."""
    created = FIRST_DAY + number * 60
    return {
        "id": number,
        "uuid": f"{number:032x}",
        "status": ("open", "resolved", "pending")[number % 3],
        "inbox_id": 1 + number % 4,
        "labels": ["visita"] if number % 5 == 0 else [],
        "created_at": created,
        "last_activity_at": created + MESSAGES * 60,
        "updated_at": created + MESSAGES * 60 + 0.5,
        "custom_attributes": {},
        "additional_attributes": {"referer": "https://example.com/planos"},
        "meta": {
            "channel": "Channel::Whatsapp",
            "sender": {
                "id": number,
                "name": f"Maria {number}",
                "phone_number": f"+5511{900_000_000 + number}",
            },
        },
        "messages": [{"id": number * 100 + MESSAGES}],
    }


def messages(number: int) -> list[dict[str, Any]]:
    """Its messages, turn by turn."""
    rng = random.Random(number)
    start = rng.choice((0, 0, 2, 8, 9))
    return [
        {
            "id": number * 100 + turn,
            "content": f"{SAID[(start + turn) % len(SAID)]} ({rng.randrange(10**6)})",
            "message_type": turn % 2,
            "content_type": "text",
            "content_attributes": {},
            "created_at": FIRST_DAY + number * 60 + turn * 60,
            "private": False,
            "status": "sent",
            "sender": {"id": 5, "name": "Ana", "type": "user"}
            if turn % 2
            else {"id": number, "name": f"Maria {number}", "type": "contact"},
        }
        for turn in range(MESSAGES)
    ]


def answer(target: str, count: int) -> Any:
    """What Chatwoot answers at a path."""
    parts = urlsplit(target)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    path = parts.path.removeprefix("/api/v1/")
    if path == "/api":
        return {"version": "4.14.2", "timestamp": time.strftime("%F %T", time.gmtime())}
    if path == "profile":
        return {"accounts": [{"id": 1, "name": "Grande", "role": "administrator"}]}
    what = path.removeprefix("accounts/1/").split("/")
    if what == ["inboxes"]:
        names = ("Vendas", "Recepção", "Instagram", "Site")
        return {"payload": [{"id": 1 + n, "name": name} for n, name in enumerate(names)]}
    if what == ["agents"]:
        return [{"id": 5, "name": "Ana", "role": "agent"}]
    if what[-1] == "messages":
        return {"payload": messages(int(what[1]))}
    first = PER_PAGE * (int(asked.get("page", 1)) - 1)
    listed = () if "updated_within" in asked else range(first, min(first + PER_PAGE, count))
    payload = [conversation(number + 1) for number in listed]
    return {"data": {"meta": {"all_count": count}, "payload": payload}}


class Connection(asyncio.Protocol):
    """Just enough of HTTP: requests without a body, one after the other."""

    def __init__(self, count: int) -> None:
        self._count, self._heard = count, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while b"\r\n\r\n" in self._heard:
            request, _, self._heard = self._heard.partition(b"\r\n\r\n")
            body = json.dumps(answer(request.split(b" ", 2)[1].decode(), self._count)).encode()
            self._transport.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
                % len(body)
                + body
            )


@contextmanager
def serving(count: int) -> Iterator[str]:
    """The account in a process of its own while the block lasts; gives its address."""
    port = next(port for port in range(26100, 26200) if not is_taken(port))
    server = subprocess.Popen([sys.executable, __file__, str(port), str(count)])
    url = f"http://127.0.0.1:{port}"
    while True:
        with suppress(httpx2.HTTPError):
            httpx2.get(f"{url}/api")
            break
        time.sleep(0.1)
    try:
        yield url
    finally:
        server.kill()
        server.wait()


async def main(port: int, count: int) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(count), "127.0.0.1", port
    )
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
