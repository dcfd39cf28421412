"""SVG to PNG in a process of its own, which may take little memory and time and reads no file.

An SVG may name local files and hold drawings that never end, and it is a tenant's.
``python -m geniai_pipeline.logos HEIGHT`` reads one from standard input and writes the picture.
"""

import contextlib
import re
import resource
import subprocess
import sys
from xml.etree import ElementTree

from geniai_pipeline.settings import get_settings

_SECONDS, _BYTES = 10, 1_000_000_000
_EMBEDDED = re.compile(r"\s*(?:#|data:image/(?:png|jpeg|gif|webp);base64,)", re.IGNORECASE)
_FOREIGN = re.compile(r"@import|url\((?!\s*['\"]?\s*#)", re.IGNORECASE)


def render_png(svg: bytes, height: int) -> bytes | None:
    """The SVG as a PNG of that height in pixels; None: it is broken, or takes too much."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "geniai_pipeline.logos", str(height)],
            input=svg,
            capture_output=True,
            env=get_settings().minimal_environment(),
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None
    return done.stdout if done.returncode == 0 and done.stdout else None


def remove_references(svg: bytes) -> str:
    """The SVG without anything that would be read from elsewhere.

    Raises:
        ValueError: it is no XML, or declares entities.

    """
    if b"<!DOCTYPE" in svg.upper() or b"<!ENTITY" in svg.upper():
        raise ValueError("an SVG that declares entities")
    try:
        root = ElementTree.fromstring(svg.decode())  # noqa: S314  (it declares no entities)
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            is_reference = name.rpartition("}")[2] in ("href", "src")
            if (is_reference and not _EMBEDDED.match(value)) or _FOREIGN.search(value):
                del element.attrib[name]
        if element.text and _FOREIGN.search(element.text):
            element.text = None
    return ElementTree.tostring(root, encoding="unicode")


def main() -> None:
    """Draws what comes on standard input."""
    for kind, most in (
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):  # not every system has them all
            resource.setrlimit(kind, (most, most))
    import resvg_py

    svg = remove_references(sys.stdin.buffer.read())
    sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=svg, height=int(sys.argv[1])))


if __name__ == "__main__":
    main()
