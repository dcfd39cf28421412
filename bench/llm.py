"""Measures how much of a provider's rate limits the OpenAI analyzer reaches.

The peer is five workers that each wait for their answer and sleep after a 429. The server is
llmock, a third party's, with rate limits.

With ``--case`` instead: 742 conversations at 9.3 s a call, 500 requests and 200,000 tokens a
minute, beside what those limits permit (five minutes).
"""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx2
import openai
from _database import temporary_postgres
from rich.console import Console
from rich.table import Table

from geniai_pipeline.analysis.base import Transcript, TranscriptMessage
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import prompt
from geniai_pipeline.analysis.openai.models import find_model
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.services.ports import is_taken
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_facts import TenantFacts
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import TenantSession

LATENCY = 9.3
WORKERS = 5
SETTLING = 10.0
"""Seconds after the first answers, when the opening burst is over."""


@dataclass
class Limit:
    """The provider's limits per minute."""

    requests: int
    tokens: int


@dataclass
class Run:
    """The result of one method, measured at the server."""

    calls: int
    refused: int
    seconds: float
    a_minute: float
    """Requests in the steady state, scaled to a minute."""


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--case", action="store_true")
    options.add_argument("--conversations", type=int, default=700)
    chosen = options.parse_args()
    with temporary_postgres():
        Console(width=120).print(case() if chosen.case else shares(chosen.conversations))


def shares(count: int) -> Table:
    """Measures the steady state under a request limit and under a token limit, with the peer."""
    table = Table(title=f"Asking a model that takes {LATENCY} s")
    for heading in ("method", "calls", "429", "a minute", "of the limit", "times the peer"):
        table.add_column(heading, justify="left" if heading == "method" else "right")
    each = charged_tokens()
    with llmock(Limit(600, 100_000_000)) as (url, _):
        peer = run_five_workers(url)
    for name, limit, most in (
        ("GeniAI, 600 requests a minute", Limit(600, 100_000_000), 600.0),
        ("GeniAI, 600,000 tokens a minute", Limit(10_000, 600_000), 600_000 / each),
    ):
        with llmock(limit) as (url, port):
            run = run_geniai(url, port, count)
        table.add_row(
            name, f"{run.calls:,}", str(run.refused), f"{run.a_minute:,.0f}",
            f"{run.a_minute / most:.1%}", f"{run.a_minute / peer.a_minute:.1f}",
        )  # fmt: skip
    table.add_row(
        f"{WORKERS} workers, one call after the other", f"{peer.calls:,}", str(peer.refused),
        f"{peer.a_minute:,.0f}", f"{peer.a_minute / 600:.1%}", "1.0",
    )  # fmt: skip
    return table


def case() -> Table:
    """Measures one month of a tenant at the lowest paid tier."""
    limit, count = Limit(500, 200_000), 742
    each = charged_tokens()
    permitted = 60 * max(count / limit.requests, count * each / limit.tokens)
    with llmock(limit) as (url, port):
        run = run_geniai(url, port, count)
    table = Table(title=f"{count} conversations, {LATENCY} s a call, 500 requests, 200,000 tokens")
    for heading in ("what", "seconds", "429"):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    table.add_row(f"the limits permit, at {each} tokens a call", f"{permitted:.0f}", "")
    table.add_row("GeniAI, first call to last answer", f"{run.seconds:.0f}", str(run.refused))
    table.add_row("above what they permit", f"{run.seconds / permitted - 1:+.1%}", "")
    return table


def conversation(number: int) -> Transcript:
    text = f"Oi, boa tarde! Quanto custa o plano de musculação? {number:06d}"
    reply = "Boa tarde! O mensal é R$ 129,90, com musculação e aulas. Quer conhecer a academia?"
    messages = (
        TranscriptMessage("contact", text),
        TranscriptMessage("agent", reply),
        TranscriptMessage("contact", "Quero sim"),
    )
    return Transcript(number, "WhatsApp", "Ana Souza", messages * 2)


def charged_tokens() -> int:
    """Returns the tokens that the server's limit counts for one conversation."""
    (rules,) = RulesAnalyzer().analyze([conversation(0)])
    request = prompt.prepare_request(
        conversation(0), rules, find_model("gpt-6-luna"), TenantFacts()
    )
    assert request is not None
    return request.size // 4 + prompt.MAX_OUTPUT_TOKENS


def run_geniai(url: str, port: int, count: int) -> Run:
    """Runs the analyzer as a tenant's run does: ledger and rate limiter in Postgres."""
    os.environ |= {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "bench"}
    get_settings.cache_clear()
    slug = f"bench-{port}"
    registry.add_tenant(
        slug,
        slug,
        TenantConfig(
            chatwoot_url="http://127.0.0.1:1", chatwoot_account_id=1, chatwoot_token="-",
            analyzer="openai", monthly_budget_brl=1000,
        ),
    )  # fmt: skip
    with TenantSession(registry.load_tenant(slug).tenant_id) as session:
        analyzer = analyzers.build_openai(session)
        started = time.perf_counter()
        assert len(list(analyzer.analyze(map(conversation, range(count))))) == count
    assert analyzer.bill.calls >= count
    return read_journal(url, time.perf_counter() - started)


def run_five_workers(url: str, seconds: float = 75.0) -> Run:
    """Runs five sequential workers; after a 429 each sleeps and repeats the call."""
    client = openai.OpenAI(base_url=url, api_key="peer", max_retries=0)
    until = time.monotonic() + seconds

    def work() -> None:
        while time.monotonic() < until:
            with suppress(openai.RateLimitError):
                client.responses.create(
                    model="gpt-4o-mini", input=conversation(0).messages[0].text,
                    max_output_tokens=350,
                )  # fmt: skip
                continue
            time.sleep(5)

    workers = [threading.Thread(target=work) for _ in range(WORKERS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return read_journal(url, seconds, in_step=WORKERS)


def read_journal(url: str, seconds: float, in_step: int = 1) -> Run:
    """Reads the server's journal of so many concurrent calls."""
    journal = httpx2.get(url.removesuffix("/v1") + "/_llmock/requests", timeout=60).json()
    calls = [r for r in journal["requests"] if r["path"].endswith("/responses")]
    starts = sorted(r["started_at"] for r in calls if r["status"] == 200)
    since = starts[0] + LATENCY + SETTLING
    steady = [s for s in starts if s >= since]
    span = steady[-1] - steady[0]
    return Run(
        calls=len(calls),
        refused=sum(r["status"] == 429 for r in calls),
        seconds=seconds,
        a_minute=60 * (len(steady) - in_step) / span,
    )


@contextmanager
def llmock(limit: Limit) -> Iterator[tuple[str, int]]:
    """Runs the server as a child process; its token buckets start full."""
    port = next(port for port in range(26200, 26300) if not is_taken(port))
    command = [
        str(Path(sys.executable).parent / "llmock"), "serve", "--host", "127.0.0.1",
        "--port", str(port), "--rpm", str(limit.requests), "--tpm", str(limit.tokens),
        "--latency-ms", str(int(LATENCY * 1000)), "--log-level", "error",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}/v1"
    try:
        while True:
            with suppress(httpx2.HTTPError):
                httpx2.get(url.removesuffix("/v1") + "/_llmock/scenario")
                break
            time.sleep(0.1)
        yield url, port
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
