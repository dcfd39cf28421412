"""Branding: name, logo, theme and colour schemes of the signed-in user's tenant."""

import base64
import logging
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape
from zlib import crc32

from flask import Flask, Response, g

from geniai_pipeline.colors import INK as _INK
from geniai_pipeline.colors import WHITE as _WHITE
from geniai_pipeline.colors import Rgb
from geniai_pipeline.colors import darken_for_contrast as _readable
from geniai_pipeline.colors import format_hex as _hex
from geniai_pipeline.colors import mix as _mix
from geniai_pipeline.colors import rgb as _rgb
from geniai_pipeline.errors import GeniaiError
from geniai_pipeline.warehouse.connections import connect, role_url
from geniai_superset.tenancy import postgres_login, tenant_slug

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Brand:
    """What a page shows of a tenant."""

    name: str
    color: str
    logo: str | None = None
    """A ``data:`` URI; without one the name is written in the brand's colour."""


GENIAI = Brand("GeniAI", "#0f766e")
_QUOTE = {"'": "&#39;"}


class UserTheme(dict[str, Any]):
    """Superset's theme setting: a dictionary at start, and called for each user after that.

    Superset caches the result for a minute per user.
    """

    def __init__(self) -> None:
        super().__init__(_theme(GENIAI))

    def __call__(self) -> dict[str, Any]:
        """Returns the theme of the signed-in user."""
        return _theme(read_brand())


def color_schemes() -> list[dict[str, Any]]:
    """Returns the charts' colours, made of the brand: strong ones, and pale ones to write on."""
    strong = _readable(_rgb(read_brand().color))
    return [
        _scheme("marca", [strong, _mix(strong, _INK, 0.6), _mix(strong, _WHITE, 0.45)]),
        _scheme("marca_clara", [_mix(strong, _WHITE, part) for part in (0.4, 0.55, 0.7, 0.82)]),
    ]


def intensity_schemes() -> list[dict[str, Any]]:
    """Returns the sequential scheme of heatmaps: from almost white to the user's brand."""
    strong = _readable(_rgb(read_brand().color))
    return [
        _scheme("marca_intensidade", [_mix(strong, _WHITE, part) for part in (0.94, 0.5, 0)])
        | {"isDiverging": False}
    ]


def _scheme(name: str, colors: list[Rgb]) -> dict[str, Any]:
    return {
        "id": name,
        "label": name.replace("_", " "),
        "description": "",
        "isDefault": name == "marca",
        "colors": [_hex(color) for color in colors],
    }


def install(app: Flask) -> None:
    """Registers the pages' icon, and the user's colour for every page's style sheet."""
    app.jinja_env.globals["brand_color"] = lambda: _hex(_readable(_rgb(read_brand().color)))
    app.jinja_env.globals["icon_url"] = _icon_url

    @app.get("/geniai/icon.svg")
    def icon() -> Response:
        return Response(
            _icon(read_brand()),
            mimetype="image/svg+xml",
            headers={"Cache-Control": "private, max-age=86400", "Vary": "Cookie"},
        )


def read_brand() -> Brand:
    """Returns the user's brand, read once in a request."""
    if "brand" not in g:
        g.brand = _query_brand()
    brand: Brand = g.brand
    return brand


def _query_brand() -> Brand:
    slug = tenant_slug()
    if slug is None:
        return GENIAI
    try:
        with connect(role_url(postgres_login())) as connection:
            row = connection.execute(
                "select name, brand_color, brand_logo from dashboards.brand"
            ).fetchone()
    except GeniaiError as error:  # a page without its brand is better than no page
        _log.warning("The brand of %s could not be read: %s", slug, error)
        return GENIAI
    return Brand(*row) if row else GENIAI


def _theme(brand: Brand) -> dict[str, Any]:
    color = _hex(_readable(_rgb(brand.color)))
    return {
        "algorithm": "default",
        "token": {
            "brandAppName": brand.name,
            "brandLogoAlt": brand.name,
            "brandLogoUrl": brand.logo or _data_uri(_wordmark(brand.name, color)),
            "brandLogoHref": "/",
            "brandLogoHeight": "30px",
            "brandLogoMargin": "10px 0",
            "brandSpinnerSvg": _spinner(color),
            "colorPrimary": color,
            "colorLink": color,
            "colorInfo": color,
            "colorSuccess": "#15803d",
            "colorError": "#b91c1c",
            "colorWarning": "#b45309",
            "borderRadius": 8,
            "fontFamily": "Inter, Helvetica, Arial, sans-serif",
            # a second of growing bars keeps a small computer from drawing what is beside them
            "echartsOptionsOverrides": {"animation": False},
        },
    }


def _wordmark(name: str, color: str) -> str:
    width = 14 * len(name) + 12
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' width='{width}' height='36'"
        f" viewBox='0 0 {width} 36'><text x='2' y='26' font-family='Inter,Helvetica,Arial,"
        f"sans-serif' font-size='24' font-weight='700' fill='{color}'>{escape(name)}</text></svg>"
    )


def _icon_url() -> str:
    """Returns the icon's address, one per brand: a browser stores icons by address."""
    return f"/geniai/icon.svg?{crc32(_icon(read_brand()).encode()):x}"


def _icon(brand: Brand) -> str:
    """Draws the logo, or the name's first letter on the brand's colour; GeniAI has a dumb-bell."""
    if brand.logo:
        drawing = f"<image width='32' height='32' href='{escape(brand.logo, _QUOTE)}'/>"
    else:
        drawing = (
            "<rect width='32' height='32' rx='8'"
            f" fill='{_hex(_readable(_rgb(brand.color)))}'/>{_symbol(brand)}"
        )
    return f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>{drawing}</svg>"


def _symbol(brand: Brand) -> str:
    if brand == GENIAI:
        return (
            "<path d='M6 20v-8m4 11V9m12 14V9m4 11v-8M10 16h12' stroke='#fff' stroke-width='3'"
            " stroke-linecap='round' fill='none'/>"
        )
    return (
        "<text x='16' y='23' text-anchor='middle' font-family='Helvetica,Arial,sans-serif'"
        f" font-size='20' font-weight='700' fill='#fff'>{escape(brand.name[:1].upper())}</text>"
    )


def _spinner(color: str) -> str:
    return (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 50 50' width='70'>"
        f"<circle cx='25' cy='25' r='20' fill='none' stroke='{color}' stroke-width='4'"
        " stroke-linecap='round' stroke-dasharray='80 46'><animateTransform"
        " attributeName='transform' type='rotate' from='0 25 25' to='360 25 25' dur='1s'"
        " repeatCount='indefinite'/></circle></svg>"
    )


def _data_uri(svg: str) -> str:
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
