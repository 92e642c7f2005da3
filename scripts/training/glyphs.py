"""Shapes, letters, digits and short words, drawn in a colour on transparency, with the names that captions use.

    shape("star", (230, 40, 40))  -> RGBA 256 x 256
    writing("HELLO", (0, 0, 0), font=2)

The fonts are Debian's: DejaVu (Bitstream Vera licence), Lato and Comic Neue (OFL). A picture of a letter is free of a
font's licence.
"""

import math
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = 256
SHAPES = ("circle", "square", "triangle", "star", "hexagon", "pentagon", "diamond", "rectangle", "oval", "ring", "cross", "crescent")
FONTS = tuple(Path("/usr/share/fonts") / name for name in (
    "truetype/dejavu/DejaVuSans-Bold.ttf", "truetype/dejavu/DejaVuSerif-Bold.ttf", "truetype/lato/Lato-Black.ttf",
    "opentype/comic-neue/ComicNeue-Bold.otf"))
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS = "0123456789"
WORDS = ("HELLO", "HI", "YES", "NO", "LOVE", "WOW", "OK", "CAT", "DOG", "SALE", "OPEN", "STOP", "GO", "FUN", "ART", "NEW", "HOME", "STAR", "COOL", "BOOM")
_DRAWN = 2 * SIZE
_INSIDE = 0.84  # of the side that a drawing fills
Colour = tuple[int, int, int]


def shape(name: str, colour: Colour) -> Image.Image:
    picture = Image.new("RGBA", (_DRAWN, _DRAWN))
    draw = ImageDraw.Draw(picture)
    low, high = (1 - _INSIDE) / 2 * _DRAWN, (1 + _INSIDE) / 2 * _DRAWN
    middle, radius = _DRAWN / 2, _INSIDE / 2 * _DRAWN
    if name in ("circle", "ring", "crescent"):
        draw.ellipse((low, low, high, high), fill=colour)
        if name == "ring":
            draw.ellipse((low + 0.4 * radius, low + 0.4 * radius, high - 0.4 * radius, high - 0.4 * radius), fill=(0, 0, 0, 0))
        elif name == "crescent":
            draw.ellipse((low + 0.55 * radius, low - 0.1 * radius, high + 0.55 * radius, high - 0.1 * radius), fill=(0, 0, 0, 0))
    elif name == "oval":
        draw.ellipse((low, low + 0.45 * radius, high, high - 0.45 * radius), fill=colour)
    elif name == "square":
        draw.rectangle((low, low, high, high), fill=colour)
    elif name == "rectangle":
        draw.rectangle((low, low + 0.5 * radius, high, high - 0.5 * radius), fill=colour)
    elif name == "cross":
        third = radius / 3
        draw.rectangle((low, middle - third, high, middle + third), fill=colour)
        draw.rectangle((middle - third, low, middle + third, high), fill=colour)
    else:
        corners = {"triangle": 3, "diamond": 4, "pentagon": 5, "hexagon": 6, "star": 10}[name]
        points = []
        for corner in range(corners):
            distance = radius * (0.42 if name == "star" and corner % 2 else 1)
            angle = 2 * math.pi * corner / corners - math.pi / 2
            points.append((middle + distance * math.cos(angle), middle + distance * math.sin(angle)))
        draw.polygon(points, fill=colour)
    return picture.resize((SIZE, SIZE), Image.Resampling.BOX)


def writing(text: str, colour: Colour, font: int) -> Image.Image:
    """As large as fits. font: an index of `fonts()`."""
    picture = Image.new("RGBA", (_DRAWN, _DRAWN))
    draw = ImageDraw.Draw(picture)
    path = fonts()[font % len(fonts())]
    left, top, right, bottom = draw.textbbox((0, 0), text, font=_font(path, 200))
    scale = _INSIDE * _DRAWN / max(right - left, bottom - top)
    place = (_DRAWN - scale * (left + right)) / 2, (_DRAWN - scale * (top + bottom)) / 2
    draw.text(place, text, fill=colour, font=_font(path, int(200 * scale)))
    return picture.resize((SIZE, SIZE), Image.Resampling.BOX)


@cache
def fonts() -> tuple[Path, ...]:
    """Those that are installed; setup.sh --python installs all."""
    found = tuple(path for path in FONTS if path.is_file())
    if not found:
        raise SystemExit(f"{FONTS[0]}: no such file. Install it: apt-get install fonts-dejavu-core.")
    return found


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(path), size)
