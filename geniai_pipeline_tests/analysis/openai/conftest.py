"""Fixtures of the OpenAI tests: a simulated provider, a gym with conversations, its runs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from psycopg.types.json import Jsonb
from pydantic import SecretStr

from geniai_pipeline.analysis.base import Analysis, Transcript, TranscriptMessage
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import OpenAIAnalyzer, client, run
from geniai_pipeline.analysis.openai.ledger import InMemoryLedger
from geniai_pipeline.analysis.openai.rate_limiter import LocalRateLimiter
from geniai_pipeline.pipeline import analyzers
from geniai_pipeline.pipeline.analyze import AnalysisResult, analyze_conversations
from geniai_pipeline.pipeline.comparison import AnalyzerComparison, compare_analyzers
from geniai_pipeline.pipeline.publish import publish_conversations
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_facts import TenantFacts
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.connections import (
    TenantSession,
    admin_url,
    connect,
    tenant_transaction,
)
from geniai_pipeline_tests.analysis.openai.provider import Provider
from geniai_pipeline_tests.conftest import MakeTenant

RULES = RulesAnalyzer()
NOW = datetime(2026, 11, 1, tzinfo=timezone.utc)
FAST = {"x-ratelimit-limit-requests": "6000000", "x-ratelimit-limit-tokens": "9000000000"}


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A sane provider without limits, which the settings name."""
    with Provider(headers=dict(FAST)) as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        get_settings.cache_clear()
        yield running


@pytest.fixture(autouse=True)
def _without_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backoff without the pauses."""
    monkeypatch.setattr(run.random, "uniform", lambda low, high: 0.0)  # type: ignore[attr-defined]


def build_transcript(
    *texts: str | tuple[str, str], id: str | int = 1, name: str | None = "Ana Souza"
) -> Transcript:
    """A conversation; a text alone is the contact's."""
    pairs = [("contact", text) if isinstance(text, str) else text for text in texts]
    return Transcript(
        id,
        "WhatsApp",
        name,
        tuple(TranscriptMessage(sender, text) for sender, text in pairs),  # type: ignore[arg-type]
    )


def build_analyzer(
    provider: Provider,
    *,
    budget: str = "5",
    model: str = "gpt-6-luna",
    now: datetime = NOW,
    facts: TenantFacts | None = None,
    only_unsure: bool = False,
) -> OpenAIAnalyzer:
    """An analyzer without a tenant."""
    return OpenAIAnalyzer(
        model=model,
        api_key=SecretStr("sk-test"),
        base_url=provider.url,
        brl_per_usd=Decimal("5.40"),
        ledger=InMemoryLedger(Decimal(budget)),
        rate_limiter=LocalRateLimiter(),
        read_clock=lambda: now,
        facts=facts or TenantFacts(),
        only_unsure=only_unsure,
    )


def analyze_by_model(provider: Provider, *texts: str | tuple[str, str], **more: Any) -> Analysis:
    """What the analyzer makes of one conversation."""
    (found,) = build_analyzer(provider).analyze([build_transcript(*texts, **more)])
    return found


def analyze_by_rules(*texts: str | tuple[str, str]) -> Analysis:
    """What the rules make of it."""
    (found,) = RULES.analyze([build_transcript(*texts)])
    return found


@dataclass
class Gym:
    """A tenant that asks OpenAI, with conversations of its own, and its runs."""

    tenant: Tenant
    bill: Any = None

    def put(self, texts: Sequence[str], *, first: int = 1) -> None:
        """Typed conversations of one message each, as the step before leaves them."""
        with tenant_transaction(self.tenant.tenant_id) as connection:
            for number, text in enumerate(texts, start=first):
                connection.execute(
                    _PUT.encode(),
                    [
                        number,
                        Jsonb([{"from": "contact", "at": _AT, "text": text}]),
                        f"{number} {text}",
                    ],
                )

    def analyse(self, **options: Any) -> AnalysisResult:
        """One run's analysis."""
        with TenantSession(self.tenant.tenant_id) as session:
            analyzer = analyzers.build_for_tenant(registry.load_tenant(self.tenant.slug), session)
            self.bill = analyzer.bill
            return analyze_conversations(
                session, "run", analyzer, report=lambda line: None, **options
            )

    def compare(self, size: int) -> AnalyzerComparison:
        """Compares OpenAI with the rules."""
        with TenantSession(self.tenant.tenant_id) as session:
            return compare_analyzers(self.tenant, session, analyzers.build_openai(session), size)

    def publish(self) -> None:
        """Publishes what is analysed."""
        with TenantSession(self.tenant.tenant_id) as session:
            publish_conversations(self.tenant, session)

    def sql(self, statement: str) -> list[tuple[Any, ...]]:
        """As the loader sees it."""
        with tenant_transaction(self.tenant.tenant_id) as connection:
            return connection.execute(statement.encode()).fetchall()

    @property
    def spoke(self) -> list[tuple[str, str | None]]:
        """Which analyzer spoke of each conversation, and why it was another."""
        return self.sql(
            "select analyzer, fallback_reason from core.conversation_analysis"
            " order by conversation_id"
        )

    @property
    def booked(self) -> Decimal:
        """What is booked this month, by the total; it must be what the calls say."""
        with connect(admin_url()) as connection:
            row = connection.execute(
                "select coalesce(sum(booked_brl), 0), (select coalesce(sum("
                "coalesce(cost_brl, reserved_brl)), 0) from ops.llm_calls where tenant_id = %s)"
                " from ops.llm_months where tenant_id = %s",
                [self.tenant.tenant_id] * 2,
            ).fetchone()
        assert row is not None
        assert row[0] == row[1]
        return Decimal(row[0])


_AT = "2026-11-20T10:00:00-03:00"
_PUT = """
insert into core.conversations (
    tenant_id, conversation_id, source_version, inbox_id, inbox_name, channel, status, contact_name,
    labels, created_at, last_activity_at, message_count, contact_message_count,
    agent_message_count, bot_message_count, crm_converted, chatwoot_url, transcript, content_hash
) values (
    (select sec.loading_tenant()), %s, '', 1, 'WhatsApp', 'WhatsApp', 'open', 'Ana Souza',
    '{}', now(), now(), 1, 1, 0, 0, false, 'http://chat', %s, md5(%s)
) on conflict (tenant_id, conversation_id, episode) do update
    set transcript = excluded.transcript, content_hash = excluded.content_hash
"""

MakeGym = Callable[..., Gym]


@pytest.fixture
def make_gym(embedded: None, make_tenant: MakeTenant, provider: Provider) -> MakeGym:
    """Registers one."""
    with connect(admin_url()) as connection:
        connection.execute("delete from ops.llm_pace")  # each provider has its own limits

    def make(slug: str, *, budget: float = 5, **config: Any) -> Gym:
        options = {"analyzer": "openai", "monthly_budget_brl": budget, **config}
        return Gym(make_tenant(slug, **options))

    return make


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that takes longer than a moment is given up."""
    monkeypatch.setattr(client, "TIMEOUT_SECONDS", 0.3)
