"""Which analyzer judges: by a tenant's switch, or by what an operator names."""

from decimal import Decimal
from urllib.parse import urlsplit

from geniai_pipeline.analysis.base import Analyzer
from geniai_pipeline.analysis.local import RulesAnalyzer
from geniai_pipeline.analysis.openai import OpenAIAnalyzer
from geniai_pipeline.analysis.openai.ledger import InMemoryLedger, Ledger
from geniai_pipeline.analysis.openai.pacing import OwnPace, Pace
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenants import ANALYZERS, Tenant
from geniai_pipeline.warehouse.llm import SharedPace, TenantLedger


def of_tenant(tenant: Tenant) -> Analyzer:
    """The analyzer the tenant chose; the rules, whatever it chose, if it forbids the outside."""
    if tenant.analyzer == "openai" and tenant.external_analysis:
        return openai_of(tenant)
    return RulesAnalyzer()


def openai_of(tenant: Tenant) -> OpenAIAnalyzer:
    """OpenAI within the tenant's budget and at the pace of all runs together."""
    settings = get_settings()
    service = f"{urlsplit(settings.openai_base_url).netloc} {settings.openai_model}"
    return _openai(TenantLedger(tenant.tenant_id), SharedPace(service))


def named(name: str, budget_brl: Decimal) -> Analyzer:
    """The analyzer of that name for an act of the operator's own, without a tenant.

    Args:
        name: `rules` or `openai`.
        budget_brl: what the act may cost at most.

    Raises:
        PermanentError: there is none of that name, or it cannot be asked.

    """
    if name == "rules":
        return RulesAnalyzer()
    if name != "openai":
        raise PermanentError(
            f"There is no analyzer '{name}'.", mend=f"Use {' or '.join(ANALYZERS)}."
        )
    return ready(_openai(InMemoryLedger(budget_brl), OwnPace()))


def ready(analyzer: OpenAIAnalyzer) -> OpenAIAnalyzer:
    """The analyzer, if it can be asked at all.

    Raises:
        PermanentError: it cannot; says what to do about it.

    """
    if refused := analyzer.refusal():
        _, notice = refused
        raise PermanentError(notice.what, mend=notice.mend)
    return analyzer


def _openai(ledger: Ledger, pace: Pace) -> OpenAIAnalyzer:
    settings = get_settings()
    return OpenAIAnalyzer(
        model=settings.openai_model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        brl_per_usd=settings.brl_per_usd,
        ledger=ledger,
        pace=pace,
    )
