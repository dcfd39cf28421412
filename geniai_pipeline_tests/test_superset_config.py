"""Superset's configuration, in the parts that need no running Superset."""

import importlib
import json
import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy.engine.url import make_url

from geniai_pipeline.colors import contrast_to_white, rgb
from geniai_pipeline.settings import ROOT, get_settings


def _module(name: str) -> ModuleType:
    folder = str(ROOT / "superset")
    if folder not in sys.path:
        sys.path.append(folder)
    return importlib.import_module(name)


def _user(*roles: str, active: bool = True, groups: tuple[str, ...] = ()) -> Any:
    return SimpleNamespace(
        is_anonymous=False,
        is_active=active,
        roles=[SimpleNamespace(name=role) for role in roles],
        groups=[SimpleNamespace(roles=[SimpleNamespace(name=role)]) for role in groups],
    )


@pytest.mark.parametrize(
    ("user", "login"),
    [
        (_user("dashboard_viewer", "tenant_alfa"), "bi_t_alfa"),
        (_user("dashboard_viewer", groups=("tenant_alfa",)), "bi_t_alfa"),
        (_user("dashboard_admin", "tenant_alfa"), "bi_a_alfa"),
        (_user("dashboard_admin"), "bi_none"),
        (_user("Admin"), "bi_staff"),
        (_user("platform_staff"), "bi_staff"),
        (_user("dashboard_viewer"), "bi_none"),
        (_user("tenant_alfa", "tenant_beta"), "bi_none"),
        (_user("tenant_alfa", groups=("tenant_beta",)), "bi_none"),
        (_user("tenant_alfa", "Admin"), "bi_none"),
        (_user("tenant_alfa", active=False), "bi_none"),
        (_user("Admin", active=False), "bi_none"),
        (SimpleNamespace(is_anonymous=True), "bi_none"),
        (SimpleNamespace(), "bi_none"),
        (None, "bi_none"),
    ],
)
def test_a_user_is_in_postgres_whom_his_roles_say_or_nobody(user: Any, login: str) -> None:
    tenancy = _module("tenancy")
    with Flask("test").app_context():
        g.user = user

        assert tenancy.postgres_login() == login


def test_without_a_request_the_login_is_nobodys() -> None:
    assert _module("tenancy").postgres_login() == "bi_none"


def test_the_stored_connection_becomes_the_users_own_and_others_are_left_alone(
    embedded: None,
) -> None:
    tenancy = _module("tenancy")
    stored = make_url("postgresql://bi_none@127.0.0.1/geniai")
    foreign = make_url("postgresql://somebody@elsewhere/other")
    with Flask("test").app_context():
        g.user = _user("tenant_alfa")

        uri, _ = tenancy.connect_as_user(stored, {}, None, None, None)

        assert uri.username == "bi_t_alfa"
        assert uri.password == get_settings().derive("pg:bi_t_alfa")
        assert tenancy.connect_as_user(foreign, {}, None, None, None)[0] == foreign


@pytest.mark.parametrize("color", ["#ffee00", "#ffffff", "#0f766e", "#000000", "#ff0000"])
def test_white_letters_can_be_read_on_every_brand(color: str) -> None:
    branding = _module("branding")
    theme = branding._theme(branding.Brand("Academia", color))

    assert contrast_to_white(rgb(theme["token"]["colorPrimary"])) >= 4.5


def test_a_brands_name_is_never_markup() -> None:
    assert "<script" not in _module("branding")._wordmark("<script>alert(1)</script>", "#000000")


@pytest.mark.parametrize("name", _module("frontend").CORRECTIONS)
def test_each_correction_finds_its_text_in_this_version_of_superset(name: str) -> None:
    """If it does not: a new version of Superset. See whether the correction is needed still."""
    frontend = _module("frontend")
    pattern, _ = frontend.CORRECTIONS[name]

    scripts = (frontend.PACKAGE / "static" / "assets").glob("*.js")
    assert any(pattern.search(script.read_text(encoding="utf-8")) for script in scripts)


def test_corrected_words_keep_to_the_gaps_superset_fills() -> None:
    words = json.loads((ROOT / "superset" / "translations" / "pt_BR.json").read_text())
    gap = re.compile(r"%\(\w+\)\w|%\w")

    for word, said in words.items():
        for form in said if isinstance(said, list) else [said]:
            assert set(gap.findall(form)) <= set(gap.findall(word)), word
