"""Rendering of SVG to PNG in a child process with limits on CPU time, memory and files.

A tenant's SVG is untrusted: it may refer to local files or take unlimited time to render.
``python -m geniai_pipeline.logos HEIGHT`` reads an SVG from standard input and writes a PNG.
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
    """Renders an SVG as a PNG of a height in pixels; None: it is invalid or exceeds a limit."""
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
    """Removes references to files and addresses from an SVG.

    Raises:
        ValueError: it is not XML, or declares entities.

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
    """Renders the SVG of standard input to standard output, within the limits."""
    for kind, most in (
        (resource.RLIMIT_CPU, _SECONDS),
        (resource.RLIMIT_AS, _BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError):  # some systems lack a limit
            resource.setrlimit(kind, (most, most))
    import resvg_py

    svg = remove_references(sys.stdin.buffer.read())
    sys.stdout.buffer.write(resvg_py.svg_to_bytes(svg_string=svg, height=int(sys.argv[1])))


if __name__ == "__main__":
    main()
