"""Builds the analyzer that a tenant chose, or that an operator names."""

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from urllib.parse import urlsplit

from geniai_pipeline.analysis.base import Analyzer
from geniai_pipeline.analysis.local.analyzer import RulesAnalyzer
from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.analysis.openai.ledger import InMemoryLedger, Ledger
from geniai_pipeline.analysis.openai.rate_limiter import LocalRateLimiter, RateLimiter
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_facts import TenantFacts
from geniai_pipeline.tenants import ANALYZERS, Tenant
from geniai_pipeline.warehouse.clock import read_clock
from geniai_pipeline.warehouse.connections import TenantSession
from geniai_pipeline.warehouse.facts import load_facts
from geniai_pipeline.warehouse.llm import SharedRateLimiter, TenantLedger


def build_for_tenant(tenant: Tenant, session: TenantSession) -> Analyzer:
    """Builds the analyzer the tenant chose; the rules if it forbids external analysis."""
    if tenant.analyzer == "openai" and tenant.external_analysis:
        return build_openai(session)
    return RulesAnalyzer()


def build_openai(session: TenantSession) -> OpenAIAnalyzer:
    """Builds OpenAI's analyzer: the tenant's budget, the rate limit of all runs together."""
    settings = get_settings()
    service = f"{urlsplit(settings.openai_base_url).netloc} {settings.openai_model}"
    return _build_openai(
        TenantLedger(session), SharedRateLimiter(service), read_clock, load_facts(session)
    )


def build_by_name(name: str, budget_brl: Decimal) -> Analyzer:
    """Builds the analyzer of that name for an operator's own act, without a tenant.

    Args:
        name: `rules` or `openai`.
        budget_brl: what the act may cost at most.

    Raises:
        PermanentError: there is none of that name, or it cannot be used now.

    """
    if name == "rules":
        return RulesAnalyzer()
    if name != "openai":
        raise PermanentError(
            f"There is no analyzer '{name}'.", mend=f"Use {' or '.join(ANALYZERS)}."
        )
    analyzer = _build_openai(
        InMemoryLedger(budget_brl), LocalRateLimiter(), _read_machine_clock, TenantFacts()
    )
    require_usable(analyzer)
    return analyzer


def require_usable(analyzer: Analyzer) -> None:
    """Checks that the analyzer can be used now.

    Raises:
        PermanentError: it cannot; says what to do about it.

    """
    if notice := analyzer.unavailable_reason():
        raise PermanentError(notice.what, mend=notice.mend)


def _build_openai(
    ledger: Ledger, rate_limiter: RateLimiter, read: Callable[[], datetime], facts: TenantFacts
) -> OpenAIAnalyzer:
    settings = get_settings()
    return OpenAIAnalyzer(
        model=settings.openai_model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        brl_per_usd=settings.brl_per_usd,
        ledger=ledger,
        rate_limiter=rate_limiter,
        read_clock=read,
        facts=facts,
    )


def _read_machine_clock() -> datetime:
    """Reads the machine's clock: an operator's own act needs no database."""
    return datetime.now(timezone.utc)
