"""Logo rendering: no local files, no network, limited time."""

import base64
from pathlib import Path

import pytest
import resvg_py

from geniai_pipeline.logos import render_png

_SVG = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' {}</svg>"
_SQUARE = "viewBox='0 0 10 10'><rect width='10' height='10' fill='#f00'/>"
_EMPTY = "viewBox='0 0 10 10'><rect width='10' height='10' fill='#fff'/>{}"


def test_a_logo_is_drawn() -> None:
    drawn = render_png(_SVG.format(_SQUARE).encode(), 20)

    assert drawn is not None
    assert drawn.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "reference",
    [
        "<image width='10' height='10' href='{file}'/>",
        "<image width='10' height='10' xlink:href='{file}'/>",
        "<image width='10' height='10' href='file://{file}'/>",
        "<filter id='f'><feImage href='{file}'/></filter><rect width='9' height='9'"
        " filter='url(#f)'/>",
        "<image width='10' height='10' href='data:image/svg+xml;base64,{nested}'/>",
    ],
)
def test_a_logo_shows_no_local_file(tmp_path: Path, reference: str) -> None:
    picture = tmp_path / "secret.png"
    picture.write_bytes(resvg_py.svg_to_bytes(svg_string=_SVG.format(_SQUARE), height=10))
    nested = _SVG.format(f"viewBox='0 0 10 10'><image width='10' height='10' href='{picture}'/>")
    packed = base64.b64encode(nested.encode()).decode()
    svg = _SVG.format(_EMPTY.format(reference.format(file=picture, nested=packed)))

    assert render_png(svg.encode(), 10) == render_png(
        _SVG.format(_EMPTY.format("")).encode(), 10
    ) or (render_png(svg.encode(), 10) == render_png(svg.replace(str(picture), "").encode(), 10))


@pytest.mark.parametrize(
    "svg",
    [
        "no picture",
        "<!DOCTYPE svg [<!ENTITY a 'x'>]>" + _SVG.format(_SQUARE),
        _SVG.format("viewBox='0 0 100000000 1'><rect width='1' height='1'/>"),
    ],
)
def test_an_oversized_or_invalid_logo_is_left_out(svg: str) -> None:
    assert render_png(svg.encode(), 80) is None


@pytest.mark.slow
def test_drawing_an_endless_logo_is_stopped() -> None:
    levels = "".join(
        f"<g id='g{i}'>" + f"<use href='#g{i - 1}'/>" * 10 + "</g>" for i in range(1, 12)
    )
    svg = _SVG.format(
        f"viewBox='0 0 9 9'><defs><g id='g0'><rect width='1' height='1'/></g>{levels}</defs>"
        "<use href='#g11'/>"
    )

    assert render_png(svg.encode(), 80) is None
