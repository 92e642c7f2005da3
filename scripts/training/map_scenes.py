"""Scenes with their semantic maps: one to five things on a plain canvas, and which class each pixel shows.

    scenes = MapSceneSampler(pictures, device, seed).sample(n, size=128)
    # scenes.pixels: [n, 3, size, size] float32 in [-1, 1]; scenes.maps: uint8 [n, size, size], classes of
    # map_classes.py; scenes.captions: n strings

The map is the things' silhouettes (alpha above one half) after the same placing; later things cover earlier ones in both.
A share of the maps is rounded off, because people draw maps with a few strokes. Captions name all of the things, some
or none of them, or their classes. Held-out rows never occur.
"""

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from training.dataset import Pictures
from training.map_classes import BACKGROUND, CLASSES, class_of
from training.scenes import COLOURS, COMPOSED_AT_ONCE, SceneSampler, WeightedRows, weight_of

MOST_THINGS = 5
FULL_SHARE = 0.12  # share of scenes with one picture that fills the canvas, as the default model's
THINGS_SHARES = (0.3, 0.3, 0.2, 0.13, 0.07)  # of the others: one, two, ... things
WIDTHS = ((0.45, 1.1), (0.4, 0.85), (0.34, 0.65), (0.3, 0.55), (0.28, 0.48))  # of a thing, where the scene is 1
LONELY = 0.8  # share of scenes whose things keep apart where that is possible
TRIES = 30
RARER = {"sign": 0.4, "flag": 0.4, "person": 1.5, "face": 1.2, "mammal": 1.5}  # weights of classes; the others' is 1
COLOURED = 0.35
ROUNDED = 0.25
ROUNDED_WITHIN = 13  # pixels at 128: a rounded silhouette is where the mean alpha of such a square is above one half
NAMED = {"all": 0.5, "some": 0.2, "classes": 0.2, "none": 0.1}


@dataclass
class Layouts:
    """What lies where in n scenes; lengths: scene = 1. The first thing lies below."""

    things: np.ndarray  # rows [n, MOST_THINGS], -1 for none
    widths: np.ndarray  # [n, MOST_THINGS]
    centres: np.ndarray  # [n, MOST_THINGS, 2]
    colours: np.ndarray  # of the canvas: indices of COLOURS [n]
    rounded: np.ndarray  # bool [n]: whether the map is rounded off


@dataclass
class MapScenes:
    pixels: torch.Tensor
    maps: torch.Tensor
    captions: list[str]


class MapSceneSampler(SceneSampler):
    """Draws every class equally often, but for RARER; all things of a scene have one style.

    rows: those that scenes are made of, for evaluation; by default the ones that training may see.
    """

    def __init__(self, pictures: Pictures, device: torch.device | str, seed: int, rows: list[int] | None = None):
        super().__init__(pictures, device, seed)
        self.classes = np.array([class_of(row) for row in pictures.rows])
        rows = np.array(pictures.train_rows() if rows is None else rows)
        styles = np.array([row.style for row in pictures.rows])
        weights = np.array([weight_of(pictures.rows[row]) for row in rows])
        self.pools = {}
        for style in dict.fromkeys(styles[rows].tolist()):
            for index, entry in enumerate(CLASSES):
                chosen = (styles[rows] == style) & (self.classes[rows] == index)
                if chosen.any():
                    self.pools[style, index] = WeightedRows(rows[chosen], weights[chosen])
        self.styles = list(dict.fromkeys(style for style, _ in self.pools))
        self.class_shares = {}
        for style in self.styles:
            shares = np.array([RARER.get(entry.name, 1.0) * ((style, index) in self.pools) for index, entry in enumerate(CLASSES)])
            self.class_shares[style] = shares / shares.sum()

    def sample(self, n: int, size: int = 128) -> MapScenes:
        layouts = self.layouts(n)
        captions = [self._caption([row for row in rows if row >= 0], self.colour_names[colour] if colour else "")
                    for rows, colour in zip(layouts.things.tolist(), layouts.colours.tolist())]
        pixels, maps = self.compose(layouts, size)
        return MapScenes(pixels, maps, captions)

    def layouts(self, n: int) -> Layouts:
        things = np.full((n, MOST_THINGS), -1)
        widths = np.ones((n, MOST_THINGS), np.float32)
        centres = np.full((n, MOST_THINGS, 2), 0.5, np.float32)
        for scene in range(n):
            count = 1
            if self.numbers.random() >= FULL_SHARE:
                count = 1 + int(self.numbers.choice(MOST_THINGS, p=THINGS_SHARES))
                widths[scene, :count], centres[scene, :count] = self._places(count)
            things[scene, :count] = self._rows(count)
        colours = np.where(self.numbers.random(n) < COLOURED, self.numbers.integers(1, len(COLOURS), n), 0)
        return Layouts(things, widths, centres, colours, self.numbers.random(n) < ROUNDED)

    def compose(self, layouts: Layouts, size: int = 128) -> tuple[torch.Tensor, torch.Tensor]:
        """-> pixels [n, 3, size, size] in [-1, 1], maps uint8 [n, size, size]"""
        things, parts = layouts.things, []
        for start in range(0, len(things), COMPOSED_AT_ONCE):
            part = slice(start, start + COMPOSED_AT_ONCE)
            canvas = self._background(layouts.colours[part]).expand(-1, -1, 2 * size, 2 * size).clone()
            maps = torch.full((len(canvas), size, size), BACKGROUND, dtype=torch.uint8, device=self.device)
            for thing in range(things.shape[1]):
                shown = np.flatnonzero(things[part, thing] >= 0)
                if len(shown) == 0:
                    continue
                rows = things[part, thing][shown]
                rgba = self._placed(rows, layouts.widths[part, thing][shown], layouts.centres[part, thing][shown], 2 * size)
                at = torch.from_numpy(shown).to(self.device)
                canvas[at] = rgba[:, :3] + canvas[at] * (1 - rgba[:, 3:])
                inside = self._silhouettes(rgba[:, 3], torch.from_numpy(layouts.rounded[part][shown]).to(self.device))
                classes = torch.from_numpy(self.classes[rows].astype(np.uint8)).to(self.device)
                maps[at] = torch.where(inside, classes[:, None, None], maps[at])
            parts.append((F.avg_pool2d(canvas, 2) * 2 - 1, maps))
        return torch.cat([pixels for pixels, _ in parts]), torch.cat([maps for _, maps in parts])

    @staticmethod
    def _silhouettes(alpha: torch.Tensor, rounded: torch.Tensor) -> torch.Tensor:
        """alpha [n, 2 size, 2 size], rounded [n] bool -> bool [n, size, size]"""
        alpha = F.avg_pool2d(alpha[:, None], 2)
        within = ROUNDED_WITHIN * alpha.shape[-1] // 128 | 1
        smooth = F.avg_pool2d(alpha, within, stride=1, padding=within // 2)
        return torch.where(rounded[:, None, None, None], smooth, alpha)[:, 0] > 0.5

    def _rows(self, count: int) -> list[int]:
        style = self.styles[self.numbers.choice(len(self.styles), p=self.style_shares)]
        classes = self.numbers.choice(len(CLASSES), count, p=self.class_shares[style])
        return [int(self.pools[style, index].draw(1, self.numbers)[0]) for index in classes.tolist()]

    def _places(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """-> widths [count], centres [count, 2]; things stay on the canvas, but for those wider than it."""
        apart = self.numbers.random() < LONELY
        widths = self.numbers.uniform(*WIDTHS[count - 1], count).astype(np.float32)
        for attempt in range(TRIES):
            room = np.maximum(1 - widths, 0)[:, None]
            centres = (0.5 + (self.numbers.random((count, 2)) - 0.5) * room).astype(np.float32)
            distances = np.abs(centres[:, None] - centres[None]).max(-1) + np.eye(count) * 2
            if not apart or (distances >= 0.45 * (widths[:, None] + widths[None])).all():
                break
            widths = np.maximum(widths * 0.97, WIDTHS[count - 1][0])
        return widths, centres

    def _caption(self, rows: list[int], background: str) -> str:
        named = list(NAMED)[int(self.numbers.choice(len(NAMED), p=list(NAMED.values())))]
        if len(rows) == 1 and named in ("all", "some"):
            return self.captions.single(rows[0], self.words, background)
        if named == "some":
            rows = self.words.sample(rows, self.words.randint(1, len(rows) - 1))
        elif named != "classes":
            rows = rows if named == "all" else []
        names = [CLASSES[self.classes[row]].name for row in rows] if named == "classes" else None
        style = self.captions.rows[rows[0]].style if rows else ""
        return self.captions.several(rows, self.words, background, names, style)
