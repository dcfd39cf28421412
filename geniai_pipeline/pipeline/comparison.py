"""Both analyzers on one sample of a tenant's conversations."""

from dataclasses import dataclass
from decimal import Decimal

from geniai_pipeline.analysis.evaluation.comparison import (
    Agreement,
    Disagreement,
    agreement,
    disagreements,
)
from geniai_pipeline.analysis.local import RulesAnalyzer
from geniai_pipeline.analysis.openai import Account, OpenAIAnalyzer
from geniai_pipeline.errors import PermanentError
from geniai_pipeline.pipeline.analyze import as_conversation
from geniai_pipeline.tenants import Tenant
from geniai_pipeline.warehouse import core, llm


@dataclass(frozen=True)
class AnalyzerComparison:
    """Both analyzers on one sample of a tenant's conversations."""

    agreement: Agreement
    disagreements: list[Disagreement]
    account: Account
    """What OpenAI was asked and cost, booked on the tenant's budget."""
    monthly_brl: Decimal | None
    """What a month like the last would cost; None: nothing was ever answered."""


def compare_analyzers(tenant: Tenant, outside: OpenAIAnalyzer, size: int) -> AnalyzerComparison:
    """Has OpenAI and the rules judge the same conversations; stores nothing but the bill.

    Raises:
        PermanentError: there is no conversation to judge yet.

    """
    sample = [as_conversation(row) for row in core.sample(tenant.tenant_id, size)]
    if not sample:
        raise PermanentError(
            "There are no conversations yet.",
            mend=f"Bring them first: geniai sync {tenant.slug}",
            tenant=tenant.slug,
        )
    answered = [
        (conversation, (rules, openai))
        for conversation, rules, openai in zip(
            sample, RulesAnalyzer().analyze(sample), outside.analyze(sample), strict=True
        )
        if openai.analyzer == outside.name
    ]
    pairs = [pair for _, pair in answered]
    return AnalyzerComparison(
        agreement=agreement(pairs),
        disagreements=disagreements([conversation for conversation, _ in answered], pairs),
        account=outside.account,
        monthly_brl=llm.monthly_cost(tenant.tenant_id, outside.model),
    )
