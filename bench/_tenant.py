"""Serves a stand-in for Chatwoot with one account of any size, generated on request.

It stores no conversation, so that its size costs no memory.
``python bench/_tenant.py PORT CONVERSATIONS`` serves until it is stopped.
"""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx2
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from chatwoot_demo import auth, serializers
from chatwoot_demo.installation import Installation
from chatwoot_demo.records import (
    INCOMING,
    OUTGOING,
    Account,
    Contact,
    Conversation,
    Inbox,
    Message,
    User,
)
from chatwoot_demo.server import application
from geniai_pipeline.services.ports import is_taken

ACCOUNT, TOKEN = 1, "token"
PER_PAGE, MESSAGES = 25, 10
FIRST_DAY = 1_767_225_600
TEXTS = (
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


def account() -> Account:
    """The account, without conversations."""
    ana = User(5, "Ana", "ana@example.com", "administrator", TOKEN, "pubsub", ACCOUNT)
    names = ("Vendas", "Recepção", "Instagram", "Site")
    return Account(
        id=ACCOUNT,
        name="Grande",
        users=[ana],
        bot=None,
        teams=[],
        labels=[],
        inboxes=[Inbox(1 + n, 1 + n, name, "Channel::Whatsapp") for n, name in enumerate(names)],
        attribute_definitions=[],
    )


def conversation(tenant: Account, number: int) -> Conversation:
    """One conversation, the same whenever it is made, turn by turn."""
    created, inbox = FIRST_DAY + number * 60, tenant.inboxes[number % 4]
    contact = Contact(
        id=number,
        name=f"Maria {number}",
        phone_number=f"+5511{900_000_000 + number}",
        email=None,
        created_at=created,
        source_id=f"5511{900_000_000 + number}",
        inbox=inbox,
    )
    record = Conversation(
        display_id=number,
        account=tenant,
        inbox=inbox,
        contact=contact,
        kind="",
        uuid=f"{number:032x}",
        created_at=created,
        updated_at=created + MESSAGES * 60 + 0.5,
        last_activity_at=created + MESSAGES * 60,
        status=("open", "resolved", "pending")[number % 3],
        labels=["visita"] if number % 5 == 0 else [],
        additional_attributes={"referer": "https://example.com/planos"},
    )
    rng = random.Random(number)
    start = rng.choice((0, 0, 2, 8, 9))
    record.messages = [
        Message(
            id=number * 100 + turn,
            conversation=record,
            message_type=(INCOMING, OUTGOING)[turn % 2],
            content=f"{TEXTS[(start + turn) % len(TEXTS)]} ({rng.randrange(10**6)})",
            created_at=created + turn * 60,
            updated_at=created + turn * 60,
            sender=(contact, tenant.users[0])[turn % 2],
        )
        for turn in range(MESSAGES)
    ]
    return record


class Conversations(dict[int, Conversation]):
    """So many conversations, each made when it is looked up and forgotten at once."""

    def __init__(self, tenant: Account, count: int) -> None:
        super().__init__()
        self._tenant, self._count = tenant, count

    def __len__(self) -> int:
        return self._count

    def get(self, number: int, default: Any = None) -> Any:
        """The conversation of that number, if there is one."""
        return conversation(self._tenant, number) if 1 <= number <= self._count else default


def app(count: int) -> ASGIApp:
    """The account's Chatwoot, whose list is made a page at a time instead of being sorted."""
    tenant, installation = account(), Installation()
    conversations = tenant.conversations = Conversations(tenant, count)
    installation.add_account(tenant)

    def page(request: Request) -> Response | None:
        query = request.query_params
        if not request.url.path.endswith("/conversations"):
            return None
        first = 1 + PER_PAGE * (int(query.get("page", 1)) - 1)
        numbers = () if "updated_within" in query else range(first, first + PER_PAGE)
        records = [conversations.get(number) for number in numbers if number <= count]
        rows = [serializers.conversation(record, installation.now()) for record in records]
        return auth.answer({"data": {"meta": {"all_count": count}, "payload": rows}})

    return application(installation, faults=[page], requests_per_minute=10**9)


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


if __name__ == "__main__":
    port, count = map(int, sys.argv[1:])
    uvicorn.run(app(count), port=port, log_level="error", date_header=False, access_log=False)
