"""The ten sample gyms, with what registers them as tenants."""

from dataclasses import dataclass
from datetime import time
from hashlib import sha256
from html import escape
from pathlib import Path


@dataclass(frozen=True)
class Gym:
    """One gym. ``conversations`` is how many its history holds; hours are local, Monday is 0."""

    slug: str
    name: str
    account_id: int
    timezone: str
    area_code: int
    city: str
    state: str
    brand_color: str
    converted_label: str
    business_hours: dict[int, tuple[time, time]]
    conversations: int
    glyph: str

    @property
    def token(self) -> str:
        """The administrator's fictional API token."""
        return self.secret("token")

    @property
    def agent_token(self) -> str:
        """The API token of someone with the agent role."""
        return self.secret("agent token")

    @property
    def facts_file(self) -> Path:
        """The file of what the gym says of itself."""
        return Path(__file__).parent / "facts" / f"{self.slug}.yaml"

    @property
    def logo(self) -> str:
        """The wordmark, as SVG."""
        width = 84 + 15 * len(self.name)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} 64" role="img" '
            f'aria-label="{escape(self.name)}">'
            f'<rect width="64" height="64" rx="14" fill="{self.brand_color}"/>'
            '<g fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" '
            f'stroke-linejoin="round">{self.glyph}</g>'
            '<text x="78" y="42" font-family="Montserrat, Inter, Helvetica, Arial, sans-serif" '
            f'font-size="27" font-weight="700" fill="{self.brand_color}">{escape(self.name)}'
            "</text></svg>"
        )

    def secret(self, purpose: str) -> str:
        """Builds a fictional secret of this gym; it is always the same."""
        return sha256(f"demo {self.slug} {purpose}".encode()).hexdigest()[:24]


def _hours(
    week: tuple[int, int],
    saturday: tuple[int, int] | None = None,
    sunday: tuple[int, int] | None = None,
) -> dict[int, tuple[time, time]]:
    days = dict.fromkeys(range(5), week) | {5: saturday, 6: sunday}
    return {
        day: (time(hours[0]), time(hours[1])) for day, hours in days.items() if hours is not None
    }


GYMS: tuple[Gym, ...] = (
    Gym(
        slug="gralha-azul",
        name="Box Gralha Azul",
        account_id=1,
        timezone="America/Sao_Paulo",
        area_code=41,
        city="Curitiba",
        state="PR",
        brand_color="#1d4ed8",
        converted_label="matriculado",
        business_hours=_hours((6, 22), (8, 13)),
        conversations=1293,
        glyph='<path d="M12 32h40M18 22v20M46 22v20M12 27v10M52 27v10"/>',
    ),
    Gym(
        slug="giga-ritmo",
        name="Giga Ritmo Academia",
        account_id=2,
        timezone="America/Sao_Paulo",
        area_code=11,
        city="São Paulo",
        state="SP",
        brand_color="#ea580c",
        converted_label="virou-aluno",
        business_hours=_hours((6, 23), (8, 18), (9, 15)),
        conversations=420,
        glyph='<path d="M10 34h10l6-16 10 28 6-12h12"/>',
    ),
    Gym(
        slug="boto-natacao",
        name="Boto Escola de Natação",
        account_id=3,
        timezone="America/Manaus",
        area_code=92,
        city="Manaus",
        state="AM",
        brand_color="#0891b2",
        converted_label="matricula-feita",
        business_hours=_hours((6, 21), (7, 12)),
        conversations=385,
        glyph='<path d="M10 28c7-8 15 8 22 0s15 8 22 0M10 42c7-8 15 8 22 0s15 8 22 0"/>',
    ),
    Gym(
        slug="dona-forca",
        name="Dona Força",
        account_id=4,
        timezone="America/Bahia",
        area_code=71,
        city="Salvador",
        state="BA",
        brand_color="#be185d",
        converted_label="matriculada",
        business_hours=_hours((6, 21), (8, 12)),
        conversations=340,
        glyph='<circle cx="32" cy="24" r="11"/><path d="M32 35v17M24 45h16"/>',
    ),
    Gym(
        slug="tatame-carioca",
        name="Tatame Carioca",
        account_id=5,
        timezone="America/Sao_Paulo",
        area_code=21,
        city="Rio de Janeiro",
        state="RJ",
        brand_color="#111827",
        converted_label="aluno-novo",
        business_hours=_hours((7, 22), (9, 13)),
        conversations=298,
        glyph='<path d="M10 26h44v10H10zM28 36l-8 16M36 36l8 16"/>',
    ),
    Gym(
        slug="funcional-guaiba",
        name="Funcional Guaíba",
        account_id=6,
        timezone="America/Sao_Paulo",
        area_code=51,
        city="Porto Alegre",
        state="RS",
        brand_color="#15803d",
        converted_label="matriculado",
        business_hours=_hours((6, 21), (8, 12)),
        conversations=262,
        glyph='<path d="M22 26a10 10 0 1 1 20 0M18 30h28l4 20H14z"/>',
    ),
    Gym(
        slug="serra-do-ipe",
        name="Pilates Serra do Ipê",
        account_id=7,
        timezone="America/Sao_Paulo",
        area_code=31,
        city="Belo Horizonte",
        state="MG",
        brand_color="#b45309",
        converted_label="fechou-plano",
        business_hours=_hours((7, 20), (8, 12)),
        conversations=214,
        glyph='<path d="M32 52V30M32 36l-12-8M32 32l12-8"/><circle cx="32" cy="20" r="9"/>',
    ),
    Gym(
        slug="mare-bike",
        name="Maré Bike Studio",
        account_id=8,
        timezone="America/Recife",
        area_code=81,
        city="Recife",
        state="PE",
        brand_color="#7c3aed",
        converted_label="cliente",
        business_hours=_hours((6, 21), (8, 12), (8, 11)),
        conversations=168,
        glyph='<circle cx="18" cy="40" r="9"/><circle cx="46" cy="40" r="9"/>'
        '<path d="M18 40l10-18h10l8 18M26 28h14"/>',
    ),
    Gym(
        slug="pantanal-forte",
        name="Academia Pantanal Forte",
        account_id=9,
        timezone="America/Cuiaba",
        area_code=65,
        city="Cuiabá",
        state="MT",
        brand_color="#4d7c0f",
        converted_label="matriculado",
        business_hours=_hours((5, 22), (7, 14)),
        conversations=121,
        glyph='<path d="M14 42c0-16 12-24 18-24s18 8 18 24M22 42h20M32 18V10"/>',
    ),
    Gym(
        slug="jangada-danca",
        name="Estúdio Jangada Dança",
        account_id=10,
        timezone="America/Fortaleza",
        area_code=85,
        city="Fortaleza",
        state="CE",
        brand_color="#dc2626",
        converted_label="matriculou",
        business_hours=_hours((8, 21), (8, 12)),
        conversations=93,
        glyph='<path d="M12 46h40M32 46V12l16 26H32M20 52h24"/>',
    ),
)
