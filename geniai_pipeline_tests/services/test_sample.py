"""The users of the sample gyms."""

import itertools

import pytest
from pydantic import SecretStr

from chatwoot_demo.gyms import GYMS
from geniai_pipeline.dashboards.passwords import is_strong
from geniai_pipeline.services import sample
from geniai_pipeline.settings import Settings, get_settings


def test_any_secret_key_gives_the_sample_gyms_strong_passwords(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = (f"key {number}" for number in itertools.count())
    few_digits = next(key for key in keys if _has_few_digits(key))
    monkeypatch.setattr(sample, "get_settings", lambda: _with_key(few_digits))
    assert all(is_strong(sample.derive_password(gym.slug)) for gym in GYMS)


def _has_few_digits(key: str) -> bool:
    derive = _with_key(key).derive
    return any(len(set(derive(gym.slug)[:12])) < 5 for gym in GYMS)


def _with_key(key: str) -> Settings:
    return get_settings().model_copy(update={"secret_key": SecretStr(key)})
