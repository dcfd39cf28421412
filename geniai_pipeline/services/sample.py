"""Sample tenants and users of ``geniai up --demo``."""

from chatwoot_demo.gyms import GYMS
from geniai_pipeline import administration
from geniai_pipeline.administration import Login
from geniai_pipeline.dashboards.passwords import is_strong
from geniai_pipeline.settings import get_settings
from geniai_pipeline.tenant_settings import TenantConfig
from geniai_pipeline.tenants import logo_uri
from geniai_pipeline.warehouse import registry


def register_gyms(chatwoot_url: str) -> None:
    """Registers the sample gyms that are not tenants yet."""
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
