"""Conversion, mixing and contrast of RGB colours."""

WHITE, INK = (255, 255, 255), (17, 24, 39)

Rgb = tuple[int, int, int]

_READABLE = 4.5  # minimum contrast of white text, WCAG 2.2 (1.4.3)


def rgb(color: str) -> Rgb:
    """Parses ``#0f766e`` to red, green and blue, each 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def format_hex(color: Rgb) -> str:
    """Formats the colour as ``#0f766e``."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def mix(color: Rgb, other: Rgb, part: float) -> Rgb:
    """Mixes two colours; ``part``, 0 to 1, is the share of the other."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(color, other, strict=True))
    return red, green, blue


def darken_for_contrast(color: Rgb) -> Rgb:
    """Darkens the colour until white text on it has the minimum contrast."""
    while contrast_to_white(color) < _READABLE:
        color = mix(color, INK, 0.1)
    return color


def contrast_to_white(color: Rgb) -> float:
    """Computes the contrast ratio to white, 1 to 21, by WCAG 2.2."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in color)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
