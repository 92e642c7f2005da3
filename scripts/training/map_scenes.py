"""Scenes for semantic maps: one to five things anywhere on a plain canvas, each class about equally often.

    scenes = MapSceneSampler(pictures, device, seed).scenes(n)        # compose.Scene, all of them mapped
    pixels, maps = sampler.composer.compose(scenes, size=128)

The map is the things' silhouettes (alpha above one half) after the same placing; later things cover earlier ones in both.
A share of the maps is rounded off, because people draw maps with a few strokes. Captions name all of the things, some
or none of them, or their classes. Held-out rows never occur.
"""

from collections import defaultdict

import torch

from training.captions import Words
from training.compose import Scene, Thing
from training.dataset import Pictures
from training.map_classes import CLASSES
from training.scenes import ROUNDED, SceneSampler, WeightedRows, row_weights

MOST_THINGS = 5
FULL_SHARE = 0.12  # share of scenes with one picture that fills the canvas, as the default model's
THINGS_SHARES = (0.3, 0.3, 0.2, 0.13, 0.07)  # of the others: one, two, ... things
WIDTHS = ((0.45, 1.1), (0.4, 0.85), (0.34, 0.65), (0.3, 0.55), (0.28, 0.48))  # of a thing
LONELY = 0.8  # share of scenes whose things keep apart where that is possible
TRIES = 30
RARER = {"sign": 0.4, "flag": 0.4, "person": 1.5, "face": 1.2, "mammal": 1.5}  # weights of classes; the others' is 1
COLOURED = 0.35
NAMED = {"all": 0.5, "some": 0.2, "classes": 0.2, "none": 0.1}


class MapSceneSampler(SceneSampler):
    """Draws every class equally often, but for RARER; all things of a scene have one style."""

    def __init__(self, pictures: Pictures, device: torch.device | str, seed: int, rows: list[int] | None = None):
        super().__init__(pictures, device, seed, rows=rows)
        rows = pictures.train_rows() if rows is None else rows
        weights = row_weights(pictures, rows)
        pools = defaultdict(lambda: defaultdict(list))
        for row in rows:
            if not pictures.rows[row].captions and pictures.rows[row].subgroup >= 0:  # else its class is not known
                pools[pictures.rows[row].style][self.kind_of[row]].append(row)
        self.pools = {style: {kind: WeightedRows(some, weights) for kind, some in kinds.items()} for style, kinds in pools.items()}
        self.style_weights = [sum(pool.total for pool in kinds.values()) for kinds in self.pools.values()]

    def scene(self, kind: str = "") -> Scene:
        things = self.layout()
        background = self._colour_name() if self.rng.random() < COLOURED else "white"
        caption = self._caption([thing.row for thing in things], "" if background == "white" else background)
        return Scene(caption, things, background, mapped=True, rounded=self.rng.random() < ROUNDED)

    def layout(self) -> list[Thing]:
        """The first thing lies below."""
        count, full = 1, self.rng.random() < FULL_SHARE
        if not full:
            count = self.rng.choices(range(1, MOST_THINGS + 1), THINGS_SHARES)[0]
        things = [self._thing(row, turned=False) for row in self._rows(count)]
        if not full:
            self._place(things)
        return things

    def _rows(self, count: int) -> list[int]:
        kinds = self.pools[self.rng.choices(list(self.pools), self.style_weights)[0]]
        chosen = self.rng.choices(list(kinds), [RARER.get(CLASSES[kind].name, 1.0) for kind in kinds], k=count)
        return [kinds[kind].draw(self.rng) for kind in chosen]

    def _place(self, things: list[Thing]) -> None:
        """Things stay on the canvas, but for those wider than it."""
        apart, (least, most) = self.rng.random() < LONELY, WIDTHS[len(things) - 1]
        widths = [self.rng.uniform(least, most) for _ in things]
        for _ in range(TRIES):
            for thing, width in zip(things, widths):
                thing.width = width
                thing.centre = tuple(0.5 + (self.rng.random() - 0.5) * max(1 - width, 0) for _ in range(2))
            if not apart or all(far_apart(one, other) for place, one in enumerate(things) for other in things[:place]):
                break
            widths = [max(width * 0.97, least) for width in widths]

    def _caption(self, rows: list[int], background: str) -> str:
        named = self.rng.choices(list(NAMED), list(NAMED.values()))[0]
        if len(rows) == 1 and named in ("all", "some"):
            return self.captions.single(rows[0], self.rng, Words(background=background))
        names = [CLASSES[self.kind_of[row]].name for row in rows] if named == "classes" else None
        style = self.rows[rows[0]].style
        if named == "some":
            rows = self.rng.sample(rows, self.rng.randint(1, len(rows) - 1))
        elif named == "none":
            rows = []
        return self.captions.several(rows, self.rng, background, names, style)


def far_apart(one: Thing, other: Thing) -> bool:
    distance = max(abs(a - b) for a, b in zip(one.centre, other.centre))
    return distance >= 0.45 * (one.width + other.width)
