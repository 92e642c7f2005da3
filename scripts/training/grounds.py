"""Drawn grounds that things stand on, float in, or are half hidden by: a place and a time of day.

    ground = draw_ground("beach", "sunset", Random(1))
    # ground.picture: RGB 256 x 256; ground.front: RGBA, what lies in front of things (waves, rain); ground.floor: where
    # feet stand, as a share of the height from the top, or None where things float

All of it is drawn here with Pillow, at twice the size and halved: nobody else's pictures are used.
"""

import math
from dataclasses import dataclass
from random import Random

from PIL import Image, ImageDraw, ImageFilter

SIZE = 256
TIMES = ("day", "night", "sunset")
# place -> how captions say it
PLACES = {
    "beach": ("on a beach", "on the beach", "at the beach", "on the sand"),
    "sea": ("in the sea", "in the ocean", "in the water", "in the waves"),
    "grass": ("on the grass", "in a meadow", "in a green field", "on a meadow"),
    "snow": ("in the snow", "in a snowy field", "on snow"),
    "desert": ("in the desert", "in a desert", "on a sand dune"),
    "forest": ("in a forest", "in the forest", "in the woods", "between trees"),
    "mountains": ("in the mountains", "in front of mountains"),
    "city": ("in a city", "in the city", "in front of skyscrapers"),
    "road": ("on a road", "on the road", "on the street"),
    "room": ("in a room", "on a wooden floor", "in front of a wall"),
    "table": ("on a table", "on a wooden table"),
    "moon": ("on the moon",),
    "space": ("in space", "in outer space", "among the stars"),
    "sky": ("in the sky", "in the air", "in front of clouds"),
    "underwater": ("under water", "underwater", "deep in the sea"),
    "rain": ("in the rain", "in the pouring rain"),
}
FLOATING = frozenset({"space", "sky", "underwater"})
WITHOUT_TIME = frozenset({"moon", "space", "underwater", "room", "table", "rain"})  # always "day"
TIME_WORDS = {"day": ("", "", " on a sunny day"), "night": (" at night", " at night", " in the night"),
              "sunset": (" at sunset", " at sunset", " at dusk")}
# What a ground is called without a thing.
ALONE = {
    "beach": "a beach", "sea": "the sea", "grass": "a meadow", "snow": "a snowy field", "desert": "a desert", "forest": "a forest",
    "mountains": "mountains", "city": "a city", "road": "a road", "moon": "the surface of the moon", "space": "outer space",
    "sky": "the sky", "underwater": "the bottom of the sea", "rain": "rain", "room": "an empty room", "table": "an empty table",
}
SKIES = {
    "day": (((70, 150, 235), (190, 225, 250)), ((110, 190, 250), (225, 240, 255)), ((60, 170, 220), (200, 235, 240))),
    "night": (((8, 12, 45), (35, 45, 100)), ((15, 10, 50), (60, 40, 110)), ((5, 5, 25), (20, 40, 80))),
    "sunset": (((70, 50, 130), (255, 150, 70)), ((230, 90, 80), (255, 210, 110)), ((120, 60, 140), (255, 120, 110))),
}
DARKER = {"day": 1.0, "night": 0.42, "sunset": 0.8}  # of what lies on the ground
_DRAWN = 2 * SIZE
Colour = tuple[int, int, int]


@dataclass
class Ground:
    place: str
    time: str
    picture: Image.Image
    front: Image.Image | None
    floor: float | None


def draw_ground(place: str, time: str, rng: Random) -> Ground:
    canvas = _Canvas(time, rng)
    floor = getattr(canvas, f"_{place}")()
    shrink = (SIZE, SIZE)
    front = canvas.front.resize(shrink, Image.Resampling.BOX) if canvas.front else None
    return Ground(place, time, canvas.picture.resize(shrink, Image.Resampling.BOX), front, None if place in FLOATING else floor)


class _Canvas:
    """One ground in the making; lengths are shares of the side."""

    def __init__(self, time: str, rng: Random):
        self.time, self.rng, self.front = time, rng, None
        self.picture = Image.new("RGB", (_DRAWN, _DRAWN))
        self.draw = ImageDraw.Draw(self.picture)

    def _beach(self) -> float:
        horizon = self.rng.uniform(0.38, 0.5)
        self._sky(horizon)
        shore = horizon + self.rng.uniform(0.12, 0.2)
        self._band(horizon, shore + 0.05, (40, 130, 200), (90, 200, 210))
        self._hill(shore, 0.02, (240, 215, 160), waves=1.5)
        return self.rng.uniform(shore + 0.15, 0.92)

    def _sea(self) -> float:
        horizon = self.rng.uniform(0.35, 0.5)
        self._sky(horizon)
        self._band(horizon, 1, (30, 100, 190), (20, 70, 150))
        self.front = Image.new("RGBA", (_DRAWN, _DRAWN))
        draw, level = ImageDraw.Draw(self.front), self.rng.uniform(0.68, 0.76)
        for layer, colour in enumerate(((60, 150, 215), (35, 115, 195), (25, 85, 165))):
            draw.polygon(self._line(level + 0.09 * layer, 0.018, self.rng.uniform(3, 6)), fill=(*self._lit(colour), 255))
        return level + 0.06

    def _grass(self) -> float:
        horizon = self.rng.uniform(0.4, 0.6)
        self._sky(horizon)
        self._hill(horizon, 0.05, (110, 190, 80), waves=1)
        self._hill(horizon + 0.12, 0.03, (85, 170, 65), waves=1.4)
        for _ in range(self.rng.randint(0, 25)):
            self._dot(self.rng.random(), self.rng.uniform(horizon + 0.2, 1), 0.008, self.rng.choice(((255, 240, 120), (255, 255, 255), (245, 130, 160))))
        return self.rng.uniform(horizon + 0.2, 0.92)

    def _snow(self) -> float:
        horizon = self.rng.uniform(0.4, 0.6)
        self._sky(horizon, cold=True)
        if self.rng.random() < 0.6:
            self._trees(horizon + 0.03, (70, 120, 110), 5)
        self._hill(horizon, 0.05, (225, 236, 248), waves=1)
        self._hill(horizon + 0.14, 0.03, (245, 250, 255), waves=1.3)
        if self.rng.random() < 0.6:
            for _ in range(60):
                self._dot(self.rng.random(), self.rng.random(), self.rng.uniform(0.003, 0.008), (255, 255, 255))
        return self.rng.uniform(horizon + 0.22, 0.92)

    def _desert(self) -> float:
        horizon = self.rng.uniform(0.4, 0.58)
        self._sky(horizon)
        self._hill(horizon, 0.06, (235, 185, 110), waves=1)
        self._hill(horizon + 0.12, 0.05, (245, 200, 125), waves=0.8)
        for _ in range(self.rng.randint(0, 3)):
            self._cactus(self.rng.uniform(0.05, 0.95), horizon + 0.1, self.rng.uniform(0.08, 0.16))
        return self.rng.uniform(horizon + 0.2, 0.92)

    def _forest(self) -> float:
        horizon = self.rng.uniform(0.5, 0.62)
        self._sky(horizon)
        self._trees(horizon + 0.02, (60, 130, 80), 9)
        self._trees(horizon + 0.06, (40, 105, 60), 7)
        self._hill(horizon, 0.02, (90, 140, 70), waves=1.2)
        return self.rng.uniform(horizon + 0.2, 0.92)

    def _mountains(self) -> float:
        horizon = self.rng.uniform(0.55, 0.65)
        self._sky(horizon)
        for x in sorted((self.rng.random() for _ in range(self.rng.randint(3, 5))), key=lambda _: self.rng.random()):
            self._peak(x, horizon, self.rng.uniform(0.2, 0.42))
        self._hill(horizon - 0.02, 0.03, (100, 160, 90), waves=1)
        return self.rng.uniform(horizon + 0.12, 0.92)

    def _city(self) -> float:
        horizon = self.rng.uniform(0.66, 0.76)
        self._sky(horizon)
        x = -0.05
        while x < 1:
            width, height = self.rng.uniform(0.09, 0.18), self.rng.uniform(0.2, 0.52)
            self._tower(x, horizon, width, height)
            x += width + self.rng.uniform(-0.01, 0.02)
        self._band(horizon, 1, (150, 150, 155), (120, 120, 128))
        return self.rng.uniform(horizon + 0.08, 0.95)

    def _road(self) -> float:
        horizon = self.rng.uniform(0.45, 0.58)
        self._sky(horizon)
        self._hill(horizon, 0.03, (110, 180, 85), waves=1)
        self._polygon([(0.44, horizon + 0.03), (0.56, horizon + 0.03), (1.0, 1), (0.0, 1)], (95, 95, 102))
        for step in range(4):
            top = horizon + 0.08 + step * 0.12
            width = 0.006 + 0.01 * step
            self._polygon([(0.5 - width, top), (0.5 + width, top), (0.5 + 1.3 * width, top + 0.06), (0.5 - 1.3 * width, top + 0.06)], (245, 245, 235))
        return self.rng.uniform(horizon + 0.25, 0.92)

    def _room(self) -> float:
        horizon = self.rng.uniform(0.6, 0.72)
        wall = self.rng.choice(((245, 225, 200), (215, 230, 240), (225, 235, 215), (250, 215, 215), (230, 220, 240)))
        self._band(0, horizon, wall, wall)
        self._planks(horizon, 1, self.rng.choice(((190, 140, 95), (165, 115, 75), (210, 170, 125))))
        if self.rng.random() < 0.6:
            self._window(self.rng.choice((0.12, 0.68)), 0.12)
        return self.rng.uniform(horizon + 0.1, 0.94)

    def _table(self) -> float:
        wall = self.rng.choice(((240, 230, 215), (210, 225, 235), (230, 240, 225), (250, 225, 205)))
        self._band(0, 1, wall, tuple(int(0.92 * c) for c in wall))
        top = self.rng.uniform(0.62, 0.7)
        wood = self.rng.choice(((185, 130, 85), (160, 105, 65), (205, 160, 115)))
        self._polygon([(0, top), (1, top), (1, top + 0.24), (0, top + 0.24)], wood)
        self._polygon([(0, top + 0.24), (1, top + 0.24), (1, top + 0.3), (0, top + 0.3)], tuple(int(0.75 * c) for c in wood))
        return self.rng.uniform(top + 0.1, top + 0.2)

    def _moon(self) -> float:
        self._band(0, 1, (5, 5, 15), (20, 20, 40))
        self._stars(70)
        horizon = self.rng.uniform(0.5, 0.62)
        if self.rng.random() < 0.6:
            self._planet(self.rng.uniform(0.15, 0.85), self.rng.uniform(0.12, 0.3), self.rng.uniform(0.07, 0.13), (60, 130, 210))
        self._hill(horizon, 0.03, (190, 190, 195), waves=0.8)
        for _ in range(self.rng.randint(5, 10)):
            x, y, wide = self.rng.random(), self.rng.uniform(horizon + 0.08, 1), self.rng.uniform(0.03, 0.09)
            self.draw.ellipse(self._box(x, y, wide, 0.4 * wide), fill=(150, 150, 158))
            self.draw.ellipse(self._box(x, y + 0.1 * wide, 0.85 * wide, 0.28 * wide), fill=(168, 168, 175))
        return self.rng.uniform(horizon + 0.15, 0.92)

    def _space(self) -> float:
        top = self.rng.choice(((8, 8, 30), (20, 8, 45), (5, 15, 40)))
        self._band(0, 1, top, tuple(min(255, 2 * c + 10) for c in top))
        self._stars(110)
        for _ in range(self.rng.randint(0, 2)):
            self._planet(self.rng.choice((0.12, 0.88)), self.rng.choice((0.14, 0.86)), self.rng.uniform(0.06, 0.14),
                         self.rng.choice(((220, 150, 90), (90, 160, 220), (200, 90, 120), (150, 200, 140))))
        return 0.5

    def _sky(self, until: float = 1.0, cold: bool = False) -> float:
        top, bottom = self.rng.choice(SKIES[self.time])
        if cold and self.time == "day":
            top, bottom = (165, 200, 230), (225, 238, 248)
        self._band(0, min(1.0, until + 0.1), top, bottom, lit=False)  # hills reach down a little
        whole = until == 1.0
        if self.time == "night":
            self._stars(60 if whole else 35, until)
            if self.rng.random() < 0.5:
                self._dot(self.rng.uniform(0.1, 0.9), self.rng.uniform(0.08, 0.25), self.rng.uniform(0.04, 0.07), (250, 245, 215), lit=False)
        elif self.time == "sunset":
            self._dot(self.rng.uniform(0.15, 0.85), until - (0.25 if whole else 0.02), self.rng.uniform(0.07, 0.12), (255, 225, 120), lit=False)
        elif self.rng.random() < 0.4 and not cold:
            self._dot(self.rng.uniform(0.1, 0.9), self.rng.uniform(0.08, 0.2), self.rng.uniform(0.05, 0.09), (255, 232, 90), lit=False)
        if self.time != "night":
            for _ in range(self.rng.randint(3, 6) if whole else self.rng.randint(0, 3)):
                self._cloud(self.rng.random(), self.rng.uniform(0.08, 0.9 if whole else max(0.1, until - 0.15)), self.rng.uniform(0.06, 0.13))
        return 0.5

    def _underwater(self) -> float:
        self._band(0, 1, (60, 170, 220), (10, 60, 130), lit=False)
        self._hill(0.86, 0.02, (225, 200, 145), waves=2)
        for _ in range(self.rng.randint(3, 6)):
            x, height = self.rng.random(), self.rng.uniform(0.1, 0.25)
            self.draw.line([self._point(x + 0.015 * math.sin(9 * t), 0.92 - height * t) for t in [i / 12 for i in range(13)]], fill=(40, 140, 90), width=10)
        for _ in range(self.rng.randint(6, 20)):
            x, y, r = self.rng.random(), self.rng.random(), self.rng.uniform(0.006, 0.018)
            self.draw.ellipse(self._box(x, y, r, r), outline=(200, 235, 250), width=2)
        return 0.5

    def _rain(self) -> float:
        horizon = self.rng.uniform(0.55, 0.68)
        self._band(0, horizon, (105, 120, 140), (165, 178, 190), lit=False)
        for _ in range(5):
            self._cloud(self.rng.random(), self.rng.uniform(0.02, 0.14), self.rng.uniform(0.1, 0.16), (130, 140, 155))
        self._band(horizon, 1, (120, 140, 130), (95, 115, 110), lit=False)
        self.front = Image.new("RGBA", (_DRAWN, _DRAWN))
        draw, slant = ImageDraw.Draw(self.front), self.rng.uniform(-0.03, 0.03)
        for _ in range(70):
            x, y = self.rng.random(), self.rng.random()
            draw.line([self._point(x, y), self._point(x + slant, y + 0.06)], fill=(205, 225, 245, 200), width=3)
        return self.rng.uniform(horizon + 0.12, 0.92)

    def _lit(self, colour: Colour) -> Colour:
        """A colour of the ground in the light of the time of day."""
        share = DARKER[self.time]
        return tuple(int(c * share + (1 - share) * tint) for c, tint in zip(colour, {"night": (10, 15, 60), "sunset": (200, 90, 60)}.get(self.time, colour)))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return x * _DRAWN, y * _DRAWN

    def _box(self, x: float, y: float, wide: float, high: float) -> list[float]:
        return [(x - wide) * _DRAWN, (y - high) * _DRAWN, (x + wide) * _DRAWN, (y + high) * _DRAWN]

    def _polygon(self, points: list[tuple[float, float]], colour: Colour) -> None:
        self.draw.polygon([self._point(*point) for point in points], fill=self._lit(colour))

    def _dot(self, x: float, y: float, radius: float, colour: Colour, lit: bool = True) -> None:
        self.draw.ellipse(self._box(x, y, radius, radius), fill=self._lit(colour) if lit else colour)

    def _band(self, top: float, bottom: float, first: Colour, last: Colour, lit: bool = True) -> None:
        first, last = (self._lit(first), self._lit(last)) if lit else (first, last)
        begin, end = int(top * _DRAWN), int(math.ceil(bottom * _DRAWN))
        for y in range(begin, end):
            share = (y - begin) / max(1, end - begin)
            self.draw.line([(0, y), (_DRAWN, y)], fill=tuple(int(a + (b - a) * share) for a, b in zip(first, last)))

    def _line(self, y: float, height: float, waves: float) -> list[tuple[float, float]]:
        """A wavy line from side to side, closed below the picture."""
        phase = self.rng.random() * 2 * math.pi
        top = [self._point(i / 40, y + height * math.sin(phase + waves * 2 * math.pi * i / 40)) for i in range(41)]
        return [*top, self._point(1, 1.01), self._point(0, 1.01)]

    def _hill(self, y: float, height: float, colour: Colour, waves: float) -> None:
        self.draw.polygon(self._line(y, height, waves), fill=self._lit(colour))

    def _stars(self, count: int, until: float = 1.0) -> None:
        for _ in range(count):
            self._dot(self.rng.random(), self.rng.random() * until, self.rng.uniform(0.0015, 0.005), (255, 255, self.rng.randint(200, 255)), lit=False)

    def _cloud(self, x: float, y: float, size: float, colour: Colour = (255, 255, 255)) -> None:
        for dx, dy, radius in ((-0.9, 0.15, 0.55), (0, -0.1, 0.8), (0.9, 0.15, 0.6), (0.4, 0.2, 0.6), (-0.4, 0.2, 0.6)):
            self.draw.ellipse(self._box(x + dx * size, y + dy * size, radius * size, 0.7 * radius * size),
                              fill=self._lit(colour) if self.time != "sunset" else (255, 200, 170))

    def _trees(self, base: float, colour: Colour, count: int) -> None:
        for _ in range(count):
            x, height = self.rng.random(), self.rng.uniform(0.2, 0.4)
            self._polygon([(x - 0.012, base), (x + 0.012, base), (x + 0.012, base + 0.06), (x - 0.012, base + 0.06)], (110, 75, 50))
            for level in range(3):
                bottom, half = base - height * 0.28 * level, 0.09 - 0.02 * level
                self._polygon([(x - half, bottom), (x + half, bottom), (x, bottom - 0.45 * height)], tuple(min(255, c + 12 * level) for c in colour))

    def _cactus(self, x: float, base: float, height: float) -> None:
        width = 0.018
        self._polygon([(x - width, base), (x + width, base), (x + width, base - height), (x - width, base - height)], (70, 140, 80))
        for side in (-1, 1):
            y = base - height * self.rng.uniform(0.35, 0.6)
            self._polygon([(x, y), (x + side * 0.05, y), (x + side * 0.05, y - 0.3 * height), (x + side * 0.03, y - 0.3 * height),
                           (x + side * 0.03, y - 0.02), (x, y - 0.02)], (70, 140, 80))

    def _peak(self, x: float, base: float, height: float) -> None:
        half = height * self.rng.uniform(0.7, 1)
        grey = self.rng.choice(((120, 125, 145), (105, 115, 130), (135, 130, 150)))
        self._polygon([(x - half, base), (x + half, base), (x, base - height)], grey)
        self._polygon([(x - 0.3 * half, base - 0.7 * height), (x + 0.3 * half, base - 0.7 * height), (x, base - height)], (245, 248, 255))

    def _tower(self, x: float, base: float, width: float, height: float) -> None:
        colour = self.rng.choice(((120, 140, 165), (160, 150, 150), (95, 115, 145), (175, 165, 160), (140, 120, 120)))
        self._polygon([(x, base), (x + width, base), (x + width, base - height), (x, base - height)], colour)
        pane = (255, 230, 130) if self.time != "day" else (200, 225, 240)
        for row in range(int(height / 0.05)):
            for column in range(int(width / 0.035)):
                if self.rng.random() < 0.75:
                    left, top = x + 0.012 + 0.035 * column, base - height + 0.015 + 0.05 * row
                    self.draw.rectangle([*self._point(left, top), *self._point(left + 0.016, top + 0.025)], fill=pane)

    def _planks(self, top: float, bottom: float, colour: Colour) -> None:
        self._band(top, bottom, colour, tuple(int(0.85 * c) for c in colour))
        for step in range(1, 5):
            y = int((top + (bottom - top) * step / 5) * _DRAWN)
            self.draw.line([(0, y), (_DRAWN, y)], fill=tuple(int(0.7 * c) for c in colour), width=3)

    def _window(self, x: float, y: float) -> None:
        self.draw.rectangle([*self._point(x, y), *self._point(x + 0.2, y + 0.26)], fill=(250, 250, 250))
        for column in range(2):
            for row in range(2):
                left, top = x + 0.012 + 0.094 * column, y + 0.012 + 0.124 * row
                self.draw.rectangle([*self._point(left, top), *self._point(left + 0.082, top + 0.112)], fill=(170, 215, 245))

    def _planet(self, x: float, y: float, radius: float, colour: Colour) -> None:
        self._dot(x, y, radius, colour, lit=False)
        shade = Image.new("L", self.picture.size)
        ImageDraw.Draw(shade).ellipse(self._box(x + 0.35 * radius, y + 0.3 * radius, radius, radius), fill=90)
        inside = Image.new("L", self.picture.size)
        ImageDraw.Draw(inside).ellipse(self._box(x, y, radius, radius), fill=255)
        shade = Image.composite(shade, Image.new("L", self.picture.size), inside).filter(ImageFilter.GaussianBlur(6))
        self.picture.paste((0, 0, 0), (0, 0), shade)
