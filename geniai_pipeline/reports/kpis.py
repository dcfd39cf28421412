"""The KPIs that more than one place shows: name, label, meaning and number format of each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kpi:
    """One KPI. Each dataset's metric of its name is labelled, described and formatted as here."""

    name: str
    """Of the metric in ``superset/assets/datasets/``, which has the expression."""
    label: str
    meaning: str
    """What it counts, in a few words under its value."""
    number_format: str | None
    """Of D3; None: SQL writes the value as text."""


CONVERSATIONS = Kpi("conversas", "Conversas", "que chegaram", ",d")
LEADS = Kpi("leads", "Leads", "querem treinar", ",d")
LEAD_RATE = Kpi("taxa_leads", "Taxa de leads", "leads ÷ conversas", ".1%")
VISITS = Kpi("visitas", "Visitas marcadas", "dia e hora combinados", ",d")
CONVERSIONS = Kpi("conversoes", "Matrículas", "viraram alunos", ",d")
CONVERSION_RATE = Kpi("taxa_conversao", "Taxa de conversão", "dos leads do período", ".1%")
RESPONSE_TIME = Kpi("mediana", "Metade espera até", "pela primeira resposta", None)

KPIS = (
    CONVERSATIONS, LEADS, LEAD_RATE, VISITS, CONVERSIONS, CONVERSION_RATE, RESPONSE_TIME,
)  # fmt: skip
