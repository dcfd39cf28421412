"""Settings from environment variables, as one frozen, typed object.

No other module reads ``os.environ``. Names have the prefix ``GENIAI_``, except ``OPENAI_*`` and
``CHATWOOT_REQUESTS_PER_MINUTE``. ``.env.example`` lists all variables.
"""

import base64
import hashlib
import hmac
import os
import secrets
import sys
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from geniai_pipeline.errors import PermanentError

_BARE = (
    "PATH", "PYTHONPATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
    "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT",
)  # fmt: skip

ROOT = Path(__file__).resolve().parents[1]
"""The checkout, with ``sql/``, ``superset/``, ``dagster.yaml`` and ``workspace.yaml``."""


class Settings(BaseSettings):
    """Settings of an installation; the defaults suit one machine."""

    model_config = SettingsConfigDict(
        env_prefix="GENIAI_",
        env_file=ROOT / ".env",
        env_ignore_empty=True,
        frozen=True,
        extra="ignore",
    )

    home: Path = ROOT / ".geniai"
    database_url: SecretStr | None = None
    secret_key: SecretStr | None = None
    secret_key_old: SecretStr | None = None
    dagster_port: int = Field(default=3000, ge=1, le=65535)
    superset_port: int = Field(default=8088, ge=1, le=65535)
    live_port: int = Field(default=3300, ge=1, le=65535)
    """Of the receiver of Chatwoot's webhooks."""
    public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s]+/?$")
    dagster_public_url: str | None = Field(default=None, pattern=r"^https?://[^/\s]+/?$")
    trusted_proxies: int = Field(default=0, ge=0, le=10)
    """Number of proxies before Superset; the first of them writes the client's address."""
    smtp_url: SecretStr | None = None
    smtp_sender: str | None = Field(default=None, pattern=r"^[^@\s]+@[^@\s]+$")
    demo_port: int = Field(default=3900, ge=1, le=65535)
    keep_runs_days: int = Field(default=90, ge=1)
    """Retention of Dagster's runs, events and logs."""
    chatwoot_requests_per_minute: int = Field(
        default=2400,
        ge=1,
        validation_alias=AliasChoices(
            "CHATWOOT_REQUESTS_PER_MINUTE", "GENIAI_CHATWOOT_REQUESTS_PER_MINUTE"
        ),
    )

    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY", "GENIAI_OPENAI_API_KEY")
    )
    openai_base_url: str = Field(
        default="https://api.openai.com/v1",
        validation_alias=AliasChoices("OPENAI_BASE_URL", "GENIAI_OPENAI_BASE_URL"),
    )
    openai_model: str = Field(
        default="gpt-6-luna",
        validation_alias=AliasChoices("OPENAI_MODEL", "GENIAI_OPENAI_MODEL"),
    )
    openai_models: Path | None = None
    """A file of models whose entries replace those of ``analysis/openai/models.yaml``."""
    brl_per_usd: Decimal = Field(default=Decimal("5.40"), gt=0)
    """Price of a dollar in reais with bank fees: OpenAI bills in dollars, budgets are in reais."""

    @field_validator("home")
    @classmethod
    def _resolve_home(cls, value: Path) -> Path:
        return value.expanduser().resolve()

    @property
    def dashboard_url(self) -> str:
        """The public address of the dashboards."""
        return f"{self.visible_superset_url}/superset/dashboard/painel/"

    @property
    def dagster_url(self) -> str:
        """The local address of Dagster's webserver."""
        return f"http://127.0.0.1:{self.dagster_port}"

    @property
    def superset_url(self) -> str:
        """The local address of Superset."""
        return f"http://127.0.0.1:{self.superset_port}"

    @property
    def live_url(self) -> str:
        """The local address of the receiver of webhooks."""
        return f"http://127.0.0.1:{self.live_port}"

    @property
    def visible_superset_url(self) -> str:
        """The public address of Superset; without a proxy, the local one."""
        return (self.public_url or self.superset_url).rstrip("/")

    @property
    def demo_url(self) -> str:
        """The local address of the sample Chatwoot."""
        return f"http://127.0.0.1:{self.demo_port}"

    @property
    def dagster_home(self) -> Path:
        """Dagster's folder; its ``dagster.yaml`` is the checkout's."""
        return self.home / "dagster"

    def child_environment(self, **extra: str) -> dict[str, str]:
        """Builds a child's environment: the inherited one, these settings and ``extra``.

        Byte code is always written: otherwise each run compiles Dagster and pandas, which doubles
        its cost.
        """
        own = {
            "GENIAI_HOME": str(self.home),
            "DAGSTER_HOME": str(self.dagster_home),
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        inherited = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        return {**inherited, **own, **extra}

    def minimal_environment(self) -> dict[str, str]:
        """Builds a child's environment without settings and secrets."""
        return {name: os.environ[name] for name in _BARE if name in os.environ}

    def derive(self, purpose: str) -> str:
        """Derives a password of 40 hex digits for a purpose (``pg:etl_writer``): HMAC-SHA256.

        Derived passwords need no storage, and each process can compute those that it needs.
        """
        return _derive(self._key(), purpose)

    def derive_old(self, purpose: str) -> str:
        """Derives it from the old key, which is valid until ``geniai rotate-key`` has run."""
        return _derive(self._old_key() or self._key(), purpose)

    def cipher(self) -> MultiFernet:
        """Builds the cipher of tokens; it encrypts with the new key and also decrypts the old."""
        keys = [self._key(), *filter(None, [self._old_key()])]
        return MultiFernet([_fernet(key) for key in keys])

    def _key(self) -> bytes:
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        return _local_key(self.home)

    def _old_key(self) -> bytes | None:
        """Returns the old key as set, or the generated one after the operator has set a key."""
        if self.secret_key_old is not None:
            return self.secret_key_old.get_secret_value().encode()
        if self.secret_key is not None and self.local_key_path.exists():
            return _local_key(self.home)
        return None

    @property
    def local_key_path(self) -> Path:
        """The file of the generated key, for an installation whose operator set none."""
        return _key_path(self.home)


def _derive(key: bytes, purpose: str) -> str:
    return hmac.new(key, purpose.encode(), hashlib.sha256).hexdigest()[:40]


def _fernet(key: bytes) -> Fernet:
    digest = hmac.new(key, b"tokens", hashlib.sha256).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _key_path(home: Path) -> Path:
    return home / "secret_key"


@lru_cache
def _local_key(home: Path) -> bytes:
    """Reads the generated key; the first call creates its file with mode 600."""
    path = _key_path(home)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    key = path.read_text().strip()
    if not key:
        raise PermanentError(
            f"The secret key in {path} is empty.",
            mend="Set GENIAI_SECRET_KEY to this installation's key.",
        )
    return key.encode()


@lru_cache
def get_settings() -> Settings:
    """Reads the settings of this process once.

    Raises:
        PermanentError: a variable has an invalid value; names the variable.

    """
    try:
        return Settings()
    except ValidationError as error:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors()
        )
        raise PermanentError(
            f"The settings cannot be used: {faults}.",
            mend="Correct the variable in the environment or in .env (see .env.example).",
        ) from error
