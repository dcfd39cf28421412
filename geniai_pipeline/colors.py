"""Colours of a brand, and what they need to be written on."""

WHITE, INK = (255, 255, 255), (17, 24, 39)

Rgb = tuple[int, int, int]

_READABLE = 4.5  # contrast of white letters on it, as WCAG 2.2 (1.4.3) asks


def rgb(color: str) -> Rgb:
    """The three parts of ``#0f766e``, each 0 to 255."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def format_hex(color: Rgb) -> str:
    """The colour as ``#0f766e``."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def mix(color: Rgb, other: Rgb, part: float) -> Rgb:
    """The colour with that part, 0 to 1, of another."""
    red, green, blue = (round(a + (b - a) * part) for a, b in zip(color, other, strict=True))
    return red, green, blue


def darken_for_contrast(color: Rgb) -> Rgb:
    """The colour, darkened as far as white letters on it need."""
    while contrast_to_white(color) < _READABLE:
        color = mix(color, INK, 0.1)
    return color


def contrast_to_white(color: Rgb) -> float:
    """Contrast ratio as WCAG 2.2 defines it: 1 to 21."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (channel / 255 for channel in color)
    ]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 1.05 / (luminance + 0.05)
