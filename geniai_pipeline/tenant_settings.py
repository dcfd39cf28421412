"""Declaration of a tenant's settings, which are the columns of ``ops.tenant_configs``."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints
from zoneinfo import ZoneInfo

from geniai_pipeline.tenants import (
    BusinessHours,
    check_color,
    check_openai_when,
    check_timezone,
    encrypt_token,
    format_business_hours,
    parse_business_hours,
    token_fingerprint,
)

REQUIRED = object()
"""The default of a setting that a new tenant must give."""


def _keep_value(value: Any) -> Any:
    return value


def _digest(picture: str) -> str:
    return f"sha256 {hashlib.sha256(picture.encode()).hexdigest()[:8]}"


@dataclass(frozen=True)
class Setting:
    """Properties of a setting besides its name and type."""

    label: str
    """Its name on the audit log's page, in Portuguese."""
    help: str | None = None
    """The help text of its option of ``geniai tenant add``; None: it has no option."""
    default: object = REQUIRED
    """The default of its column, as a run holds it."""
    minimum: float | None = None
    check: Callable[[Any], object] = _keep_value
    """Raises PermanentError for an invalid value."""
    store: Callable[[Any], Any] = _keep_value
    """Converts a checked value to its column's."""
    load: Callable[[Any], Any] = _keep_value
    """Converts its column's value to what a run holds."""
    audit: Callable[[Any], Any] | None = _keep_value
    """Converts its column's value to the audit log's, never a secret; None: it is not audited."""
    shown: str | None = "{}"
    """Its expression in ``tenant show``, ``{}`` the column; None: it is not shown."""
    changes_rows: bool = False
    """Whether conversations depend on it: every row is then made again by the next sync."""


@dataclass(frozen=True)
class TenantConfig:
    """A tenant's settings to change; None leaves what is stored, or the default."""

    chatwoot_url: Annotated[
        str | None,
        Setting("endereço do Chatwoot", "Its Chatwoot's address.", changes_rows=True),
    ] = None
    chatwoot_account_id: Annotated[
        int | None,
        Setting("conta no Chatwoot", "Its account there.", changes_rows=True),
    ] = None
    chatwoot_token: Annotated[
        str | None,
        Setting(
            "token do Chatwoot",
            "Read an administrator's API token from stdin.",
            store=encrypt_token,  # read by decrypt_token, which names the tenant when it fails
            audit=token_fingerprint,
            shown=None,
        ),
    ] = None
    analyzer: Annotated[
        str | None,
        # its check needs the consent and the budget, too: administration has it
        Setting("análise", "rules (local rules and a local model) or openai.", "rules"),
    ] = None
    monthly_budget_brl: Annotated[
        float | None,
        Setting(
            "orçamento (R$)",
            "What OpenAI may cost a month, in reais.",
            0.0,
            minimum=0,
            load=float,
            shown="{}::float8",
        ),
    ] = None
    external_analysis: Annotated[
        bool | None,
        Setting(
            "análise externa",
            "Whether any of its conversations may leave, to OpenAI. No: never, from nowhere.",
            True,
        ),
    ] = None
    openai_when: Annotated[
        str | None,
        Setting(
            "uso da OpenAI",
            "always, or unsure: OpenAI reads only conversations about which the rules are unsure.",
            "always",
            check=check_openai_when,
        ),
    ] = None
    transcription: Annotated[
        bool | None,
        # its check needs the consent and the budget, too: administration has it
        Setting(
            "transcrição de áudios",
            "Whether OpenAI writes contacts' audios down, within the budget. Voices leave as is.",
            False,
        ),
    ] = None
    timezone: Annotated[
        str | None,
        Setting(
            "fuso",
            "IANA name: America/Sao_Paulo.",
            ZoneInfo("America/Sao_Paulo"),
            check=check_timezone,
            load=ZoneInfo,
            changes_rows=True,
        ),
    ] = None
    business_hours: Annotated[
        BusinessHours | None,
        Setting(
            "horário",
            default=parse_business_hours(
                {**dict.fromkeys("01234", ("06:00", "22:00")), "5": ("08:00", "14:00")}
            ),
            store=format_business_hours,
            load=parse_business_hours,
            changes_rows=True,
        ),
    ] = None
    converted_labels: Annotated[
        list[str] | None,
        Setting(
            "etiquetas de matrícula",
            "A label that means: became a member. Repeatable.",
            frozenset(),
            load=frozenset,
            changes_rows=True,
        ),
    ] = None
    converted_attributes: Annotated[
        list[str] | None,
        Setting(
            "atributos de matrícula",
            "A Chatwoot attribute that means it: NAME or NAME=VALUE. Repeatable.",
            frozenset(),
            load=frozenset,
            changes_rows=True,
        ),
    ] = None
    member_labels: Annotated[
        list[str] | None,
        Setting(
            "etiquetas de aluno",
            "A label that means: trains here already. Repeatable.",
            frozenset(),
            load=frozenset,
            changes_rows=True,
        ),
    ] = None
    member_attributes: Annotated[
        list[str] | None,
        Setting(
            "atributos de aluno",
            "A Chatwoot attribute that means it, NAME or NAME=VALUE. Repeatable.",
            frozenset(),
            load=frozenset,
            changes_rows=True,
        ),
    ] = None
    bot_agents: Annotated[
        list[str] | None,
        Setting(
            "agentes que são robôs",
            "An agent, by NAME or id, that is a bot with a token. Repeatable.",
            frozenset(),
            load=frozenset,
            changes_rows=True,
        ),
    ] = None
    episode_silence_days: Annotated[
        int | None,
        Setting(
            "dias de silêncio",
            "A contact who writes again after so many days of silence begins anew.",
            14,
            minimum=1,
            changes_rows=True,
        ),
    ] = None
    brand_color: Annotated[
        str | None, Setting("cor", "As #0f766e.", "#0f766e", check=check_color)
    ] = None
    brand_logo: Annotated[
        str | None,
        Setting(
            "logotipo",
            "An SVG, PNG or JPEG of at most 200 kB.",
            None,
            audit=_digest,
            shown="{} is not null as has_logo",
        ),
    ] = None


SETTINGS: dict[str, Setting] = {
    name: hint.__metadata__[0]
    for name, hint in get_type_hints(TenantConfig, include_extras=True).items()
}
