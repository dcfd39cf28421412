"""Superset's configuration, in the parts that need no running Superset."""

import csv
import io
import json
import re
import runpy
from dataclasses import replace
from random import Random
from threading import Lock, Thread
from time import sleep
from xml.etree.ElementTree import fromstring

import pandas as pd
import pytest
from babel.messages.pofile import read_po

from geniai_pipeline.colors import contrast_to_white, rgb
from geniai_pipeline.dashboards import passwords
from geniai_pipeline.settings import ROOT, get_settings
from geniai_superset import SUPERSET, branding, exports, locale_pt_br, refusals
from geniai_superset.patch_types import ASSETS


@pytest.mark.parametrize("color", ["#ffee00", "#ffffff", "#0f766e", "#000000", "#ff0000"])
def test_white_text_is_readable_on_every_brand_color(color: str) -> None:
    theme = branding._theme(branding.Brand("Academia", color))

    assert contrast_to_white(rgb(theme["token"]["colorPrimary"])) >= 4.5


def test_a_brands_name_is_never_markup() -> None:
    assert "<script" not in branding._wordmark("<script>alert(1)</script>", "#000000")


def test_letters_can_be_read_on_any_of_ten_thousand_brands() -> None:
    colors = Random(9)
    for _ in range(10_000):
        color = f"#{colors.randrange(2**24):06x}"
        token = branding._theme(branding.Brand("Academia", color))["token"]
        assert contrast_to_white(rgb(token["colorPrimary"])) >= 4.5, color


def test_an_icon_shows_the_logo_or_the_names_first_letter_as_it_is() -> None:
    named = branding.Brand("<Box>", "#c2185b")
    with_logo = replace(named, logo="data:image/png;base64,iVBORw0KGgo='/><script/>")

    assert fromstring(branding._icon(named)).findtext("{*}text") == "<"
    image = fromstring(branding._icon(with_logo)).find("{*}image")
    assert image is not None
    assert image.get("href") == with_logo.logo
    icons = {branding._icon(brand) for brand in (named, with_logo, branding.GENIAI)}
    assert len(icons) == 3


def test_no_word_of_a_page_is_a_guess_of_the_translators_program() -> None:
    """A fuzzy message is another's translation: "Email link" was "Totais"."""
    folder = SUPERSET / "translations" / "pt_BR" / "LC_MESSAGES"
    with (folder / "messages.po").open("rb") as file:
        catalog = read_po(file, locale="pt_BR")
    guesses = {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.fuzzy or not any(message.string or ())
    }
    scripts = (path.read_text(encoding="utf-8") for path in ASSETS.glob("*.js"))
    script = next(script for script in scripts if '"export-divider"' in script)
    words = set(re.findall(r'\(0,\w+\.tn?\)\("([^"\\]+)"', script))
    file_name = ROOT / "superset" / "geniai_superset" / "translations" / "pt_BR.json"

    assert len(words) > 200
    assert (words & guesses) - json.loads(file_name.read_text()).keys() == set()


def test_corrected_words_keep_to_the_gaps_superset_fills() -> None:
    file = ROOT / "superset" / "geniai_superset" / "translations" / "pt_BR.json"
    words = json.loads(file.read_text())
    gap = re.compile(r"%\(\w+\)\w|%\w")

    for word, forms in words.items():
        for form in forms if isinstance(forms, list) else [forms]:
            assert set(gap.findall(form)) <= set(gap.findall(word)), word


def test_no_cell_of_a_charts_csv_starts_a_new_line() -> None:
    table = pd.DataFrame({"Nome": ["Ana\r=1+1"]}, index=pd.Index(["Bia\r=1+1"], name="=Canal"))

    file = exports._write_csv(table, set(), {})

    # as a spreadsheet reads it, to which each sign of a line's end is one
    rows = list(csv.reader(io.StringIO(file, newline=""), delimiter=";"))
    assert rows == [["'=Canal", "Nome"], ["Bia\r=1+1", "Ana\r=1+1"]]


@pytest.mark.parametrize("number", ["", "0", "2"])
def test_a_client_address_is_accepted_from_the_configured_number_of_proxies(
    embedded: None, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GENIAI_TRUSTED_PROXIES", number)
    get_settings.cache_clear()
    config = runpy.run_path(str(ROOT / "superset" / "superset_config.py"))

    trusted = config["PROXY_FIX_CONFIG"]["x_for"] if config["ENABLE_PROXY_FIX"] else 0
    assert trusted == int(number or 0)


@pytest.mark.parametrize(
    ("password", "is_strong"),
    [("outra senha", True), ("a1B2-c3D4-", True), ("curta", False), ("aaaaaaaaaaaa", False),
     ("dono@forte.example.com", False), ("DONO@forte.example.com ", False), ("", False)],
)  # fmt: skip
def test_a_short_password_or_the_users_address_is_rejected(password: str, is_strong: bool) -> None:
    assert passwords.is_strong(password, "dono@forte.example.com") is is_strong


def test_a_serialized_function_runs_once_at_a_time() -> None:
    lock, overlaps = Lock(), []

    def evaluate() -> None:
        overlaps.append(not lock.acquire(blocking=False))
        sleep(0.01)
        lock.release()

    serialized = locale_pt_br.serialize_calls(evaluate)
    threads = [Thread(target=serialized) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert overlaps == [False] * 5


def test_a_time_ranges_label_ends_when_its_charts_do() -> None:
    from superset.utils.date_parser import get_since_until

    label = locale_pt_br.use_relative_base(get_since_until)(time_range="Last 7 days")

    assert label == get_since_until(
        time_range="Last 7 days", relative_start="tomorrow", relative_end="tomorrow"
    )
    assert label != get_since_until(time_range="Last 7 days")


def test_a_deeply_nested_argument_is_malformed() -> None:
    import prison
    from prison.decoder import ParserException

    load = refusals.limit_nesting(prison.loads)

    assert load("(a:!(1))") == {"a": [1]}
    with pytest.raises(ParserException, match="too deeply"):
        load("(a:" * 10_000)
