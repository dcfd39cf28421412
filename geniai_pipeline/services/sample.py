"""Sample tenants, their facts and lists of members, and users of ``geniai up --demo``."""

from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2

from chatwoot_demo.gyms import GYMS
from geniai_pipeline import administration
from geniai_pipeline.administration import Login
from geniai_pipeline.dashboards.passwords import is_strong
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_facts import read_facts
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import logo_uri
from geniai_pipeline.warehouse import registry
from geniai_pipeline.warehouse.facts import store_facts

_WITHOUT_LIST = frozenset({GYMS[-1].slug, GYMS[-2].slug})
"""Gyms that have sent no list of members, as many have not."""


def register_gyms(chatwoot_url: str) -> None:
    """Registers the sample gyms that are not tenants yet, with their facts, most with a list."""
    known = {tenant["slug"] for tenant in registry.describe_tenants()}
    for gym in GYMS:
        if gym.slug in known:
            continue
        administration.add_tenant(
            gym.slug,
            gym.name,
            TenantConfig(
                chatwoot_url=chatwoot_url,
                chatwoot_account_id=gym.account_id,
                chatwoot_token=gym.token,
                timezone=gym.timezone,
                business_hours=gym.business_hours,
                converted_labels=[gym.converted_label],
                brand_color=gym.brand_color,
                brand_logo=logo_uri(gym.logo.encode()),
            ),
        )
        store_facts(gym.slug, read_facts(gym.facts_file))
        if gym.slug not in _WITHOUT_LIST:
            _import_members(gym.slug, f"{chatwoot_url}/lists/{gym.account_id}/members.csv")


def _import_members(slug: str, url: str) -> None:
    with TemporaryDirectory(prefix="geniai-") as folder:
        file = Path(folder) / "alunos.csv"
        file.write_bytes(httpx2.get(url, timeout=30).raise_for_status().content)
        administration.import_members(slug, file, is_confirmed=False)


def make_users() -> list[Login]:
    """Creates an administrator per sample gym; passwords of sample data may be shown again."""
    return administration.ensure_users(
        [
            (gym.slug, Login(gym.name, f"dono@{gym.slug}.example.com", derive_password(gym.slug)))
            for gym in GYMS
        ]
    )


def derive_password(slug: str) -> str:
    """Derives the password of a sample gym's viewer from the secret key: twelve hex digits.

    One key in a thousand gives some gym fewer kinds of digits than a password needs; a word before
    them makes up for it.
    """
    digits = get_settings().derive(slug)[:12]
    return digits if is_strong(digits) else f"geniai-{digits}"
