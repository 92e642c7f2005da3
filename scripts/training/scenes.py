"""Scenes: endless exact pairs of picture and caption, put together from the pictures' alpha on the device.

    pixels, captions = SceneSampler(pictures, device, seed).sample(n, size=128)
    # pixels: [n, 3, size, size] float32 in [-1, 1] on the device; captions: n strings

Single pictures on white (the default background) or on a named colour, two things side by side or one above the
other, small and large things and things in a corner. Held-out rows never occur. What a scene holds is drawn on the
host with numpy, so that a seed gives the same scenes on every device; only pixels are made on the device.

Composition is "over" on premultiplied colour (Porter and Duff, 1984), sampled from the 256 px pictures at twice the
wanted size and averaged, so that edges are smooth.
"""

from collections.abc import Collection
from random import Random

import numpy as np
import torch
import torch.nn.functional as F

from training.captions import Captions
from training.dataset import FLAG_GROUP, Pictures

# Exact sRGB values; evaluation compares drawn backgrounds with them.
COLOURS = {
    "white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128), "light grey": (208, 208, 208),
    "red": (230, 40, 40), "dark red": (139, 0, 0), "orange": (255, 140, 0), "yellow": (255, 221, 51),
    "lime": (170, 230, 50), "green": (40, 170, 70), "dark green": (0, 90, 40), "teal": (0, 140, 140),
    "cyan": (80, 220, 235), "light blue": (160, 210, 250), "blue": (40, 90, 230), "navy": (15, 30, 90),
    "purple": (130, 50, 180), "lavender": (205, 185, 245), "pink": (255, 160, 200), "magenta": (225, 40, 160),
    "brown": (125, 75, 40), "beige": (240, 225, 195),
}

# Shares of the kinds of scene, if nothing else is asked for.
KINDS = {"white": 0.60, "colour": 0.15, "pair": 0.12, "sized": 0.08, "plain": 0.05}
COLOUR_IN_OTHERS = 0.3  # share of the pairs and sized things that stand on a named colour
WHITE_NAMED = 0.05  # share of the white backgrounds that the caption names
SKIN_TONE_WEIGHT, FLAG_WEIGHT, SYMBOL_PAIR_WEIGHT = 0.15, 0.3, 0.3
SYMBOL_GROUP = 8

# relation -> centres (x, y) of the first and the second thing; each is half as wide as the scene.
RELATION_CENTRES = {
    "beside": ((0.25, 0.5), (0.75, 0.5)), "left": ((0.25, 0.5), (0.75, 0.5)), "right": ((0.75, 0.5), (0.25, 0.5)),
    "above": ((0.5, 0.25), (0.5, 0.75)), "below": ((0.5, 0.75), (0.5, 0.25)),
}
RELATION_ORDER = ("beside", "beside", "left", "right", "above", "below")
# (word of captions.SIZE_WORDS or "", place in the caption, width of the thing, centre)
SIZED = (
    ("tiny", "", 0.3, (0.5, 0.5)), ("small", "", 0.5, (0.5, 0.5)), ("small", "", 0.5, (0.5, 0.5)),
    ("large", "", 1.15, (0.5, 0.5)), ("huge", "", 1.6, (0.5, 0.5)),
    ("", " in the top left corner", 0.5, (0.25, 0.25)), ("", " in the top right corner", 0.5, (0.75, 0.25)),
    ("", " in the bottom left corner", 0.5, (0.25, 0.75)), ("", " in the bottom right corner", 0.5, (0.75, 0.75)),
    ("", " on the left", 0.5, (0.25, 0.5)), ("", " on the right", 0.5, (0.75, 0.5)),
    ("", " at the top", 0.5, (0.5, 0.25)), ("", " at the bottom", 0.5, (0.5, 0.75)),
)
COMPOSED_AT_ONCE = 256  # bounds the device memory of a composition


def parse_shares(text: str, known: Collection[str]) -> dict[str, float]:
    """'white=0.5,pair=0.5' -> shares of what is known, which sum to 1"""
    shares = {}
    for word in text.split(","):
        name, _, share = word.partition("=")
        try:
            shares[name] = float(share)
        except ValueError:
            shares = {}
        if name not in known or not shares or shares[name] < 0:
            raise ValueError(f"{text!r}: {word!r} is not one of {', '.join(known)} with its share, such as {next(iter(known))}=0.4.")
    total = sum(shares.values())
    if total <= 0:
        raise ValueError(f"{text!r}: the shares sum to {total}. Give at least one that is more than 0.")
    return {name: share / total for name, share in shares.items()}


def parse_kinds(text: str) -> dict[str, float]:
    return parse_shares(text, KINDS)


class SceneSampler:
    """Draws scenes from the rows that training may see. Two samplers of one seed draw the same scenes."""

    def __init__(self, pictures: Pictures, device: torch.device | str, seed: int, kinds: dict[str, float] = KINDS,
                 dictionary: dict[str, list[str]] | None = None):
        self.device = torch.device(device)
        self.kinds = kinds
        self.captions = Captions(pictures.rows, pictures.subjects, dictionary)
        self.numbers = np.random.default_rng(seed)
        self.words = Random(seed)
        self.arrays = {size: self._to_device(np.load(pictures.folder / f"pictures-{size}.npy", mmap_mode="c"))
                       for size in (128, 256)}
        self.colour_names = list(COLOURS)
        self.colour_values = torch.tensor(list(COLOURS.values()), dtype=torch.float32, device=self.device) / 255

        rows = np.array(pictures.train_rows())
        weights = np.array([weight_of(pictures.rows[row]) for row in rows])
        pair_weights = weights * [SYMBOL_PAIR_WEIGHT if pictures.rows[row].group == SYMBOL_GROUP else 1 for row in rows]
        styles = np.array([pictures.rows[row].style for row in rows])
        self.any_row = WeightedRows(rows, weights)
        self.of_style = [WeightedRows(rows[styles == style], pair_weights[styles == style])
                         for style in dict.fromkeys(styles)]
        self.style_shares = np.array([part.total for part in self.of_style]) / sum(p.total for p in self.of_style)

    def _to_device(self, array: np.ndarray) -> torch.Tensor:
        tensor = torch.from_numpy(array)  # uint8 [N, size, size, 4]; on a CPU it stays a memory map
        return tensor if self.device.type == "cpu" else tensor.to(self.device)

    def sample(self, n: int, size: int = 128) -> tuple[torch.Tensor, list[str]]:
        kinds = self.numbers.choice(list(self.kinds), n, p=list(self.kinds.values()))
        counts = {kind: np.flatnonzero(kinds == kind) for kind in self.kinds}
        pixels = torch.empty(n, 3, size, size, device=self.device)
        captions = [""] * n
        for kind, places in counts.items():
            if len(places):
                part, words = getattr(self, f"_{kind}")(len(places), size)
                pixels[torch.from_numpy(places).to(self.device)] = part
                for place, caption in zip(places.tolist(), words):
                    captions[place] = caption
        return pixels, captions

    def single_pictures(self, rows: list[int], size: int = 128) -> torch.Tensor:
        """The plain pictures of these rows on white, whether held out or not; captions.fixed_caption names them.

        -> [len(rows), 3, size, size] float32 in [-1, 1]
        """
        return self._full(np.asarray(rows), np.zeros(len(rows), int), size)

    def pairs_of(self, things: np.ndarray, relations: list[str], colours: np.ndarray, size: int = 128) -> torch.Tensor:
        """Scenes of two things: rows [n, 2], keys of RELATION_CENTRES, indices of COLOURS -> [n, 3, size, size]."""
        centres = np.array([RELATION_CENTRES[relation] for relation in relations], np.float32)
        return self._composed(things, np.full((len(things), 2), 0.5, np.float32), centres, colours, size)

    def _white(self, n: int, size: int):
        rows = self.any_row.draw(n, self.numbers)
        named = self.numbers.random(n) < WHITE_NAMED
        captions = [self.captions.single(row, self.words, "white" if name else "")
                    for row, name in zip(rows.tolist(), named.tolist())]
        return self._full(rows, np.zeros(n, int), size), captions

    def _colour(self, n: int, size: int):
        rows, colours = self.any_row.draw(n, self.numbers), self.numbers.integers(1, len(COLOURS), n)
        captions = [self.captions.single(row, self.words, self.colour_names[colour])
                    for row, colour in zip(rows.tolist(), colours.tolist())]
        return self._full(rows, colours, size), captions

    def _plain(self, n: int, size: int):
        rows = self.any_row.draw(n, self.numbers)
        captions = [self.captions.plain(row, self.words) for row in rows.tolist()]
        return self._full(rows, np.zeros(n, int), size), captions

    def _pair(self, n: int, size: int):
        styles = self.numbers.choice(len(self.of_style), n, p=self.style_shares)
        things = np.empty((n, 2), int)
        for style, part in enumerate(self.of_style):
            chosen = styles == style
            things[chosen] = part.draw(2 * chosen.sum(), self.numbers).reshape(-1, 2)
        relations = [RELATION_ORDER[i] for i in self.numbers.integers(0, len(RELATION_ORDER), n)]
        colours = self._sometimes_coloured(n)
        captions = [self.captions.pair(first, second, relation, self.words, self.colour_names[colour] if colour else "")
                    for (first, second), relation, colour in zip(things.tolist(), relations, colours.tolist())]
        return self.pairs_of(things, relations, colours, size), captions

    def _sized(self, n: int, size: int):
        rows, colours = self.any_row.draw(n, self.numbers), self._sometimes_coloured(n)
        choices = [SIZED[i] for i in self.numbers.integers(0, len(SIZED), n)]
        captions = [self.captions.single(row, self.words, self.colour_names[colour] if colour else "", word, place)
                    for row, colour, (word, place, _, _) in zip(rows.tolist(), colours.tolist(), choices)]
        widths = np.array([[choice[2]] for choice in choices], np.float32)
        centres = np.array([[choice[3]] for choice in choices], np.float32)
        return self._composed(rows[:, None], widths, centres, colours, size), captions

    def _sometimes_coloured(self, n: int) -> np.ndarray:
        """Colour indices; 0 (white) where no colour is named."""
        coloured = self.numbers.random(n) < COLOUR_IN_OTHERS
        return np.where(coloured, self.numbers.integers(1, len(COLOURS), n), 0)

    def _background(self, colours: np.ndarray) -> torch.Tensor:
        """-> [n, 3, 1, 1] in 0..1"""
        return self.colour_values[torch.from_numpy(colours).to(self.device)][:, :, None, None]

    def _premultiplied(self, rows: np.ndarray, size: int) -> torch.Tensor:
        """-> [n, 4, size, size] float32 in 0..1"""
        if size < min(self.arrays):
            return F.avg_pool2d(self._premultiplied(rows, 2 * size), 2)
        rgba = self.arrays[size][torch.from_numpy(rows).to(self.arrays[size].device)]
        rgba = rgba.permute(0, 3, 1, 2).float() / 255
        return torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], dim=1)

    def _full(self, rows: np.ndarray, colours: np.ndarray, size: int) -> torch.Tensor:
        """Pictures that fill the scene, without resampling."""
        rgba = self._premultiplied(rows, size)
        return (rgba[:, :3] + self._background(colours) * (1 - rgba[:, 3:])) * 2 - 1

    def _composed(self, rows: np.ndarray, widths: np.ndarray, centres: np.ndarray, colours: np.ndarray, size: int):
        """rows, widths: [n, things]; centres: [n, things, 2]; the first thing lies below. Lengths: scene = 1."""
        parts = []
        for start in range(0, len(rows), COMPOSED_AT_ONCE):
            part = slice(start, start + COMPOSED_AT_ONCE)
            scene = self._background(colours[part])
            for thing in range(rows.shape[1]):
                rgba = self._placed(rows[part, thing], widths[part, thing], centres[part, thing], 2 * size)
                scene = rgba[:, :3] + scene * (1 - rgba[:, 3:])
            parts.append(F.avg_pool2d(scene, 2) * 2 - 1)
        return torch.cat(parts)

    def _placed(self, rows: np.ndarray, widths: np.ndarray, centres: np.ndarray, canvas: int) -> torch.Tensor:
        """One picture for each scene, scaled and moved, on a transparent canvas: [n, 4, canvas, canvas]."""
        theta = torch.zeros(len(rows), 2, 3)
        scale = torch.from_numpy(widths)
        # affine_grid maps canvas to picture, both in -1..1: picture = (canvas - (2 centre - 1)) / width.
        theta[:, 0, 0] = theta[:, 1, 1] = 1 / scale
        theta[:, :, 2] = -(2 * torch.from_numpy(centres) - 1) / scale[:, None]
        grid = F.affine_grid(theta.to(self.device), [len(rows), 4, canvas, canvas], align_corners=False)
        return F.grid_sample(self._premultiplied(rows, 256), grid, padding_mode="zeros", align_corners=False)


class WeightedRows:
    """Draws rows with given weights."""

    def __init__(self, rows: np.ndarray, weights: np.ndarray):
        self.rows = rows
        self.ends = np.cumsum(weights)
        self.total = float(self.ends[-1])

    def draw(self, n: int, numbers: np.random.Generator) -> np.ndarray:
        places = np.searchsorted(self.ends, numbers.random(n) * self.total, side="right")
        return self.rows[np.minimum(places, len(self.rows) - 1)]


def weight_of(row) -> float:
    return (SKIN_TONE_WEIGHT if row.skin_tone else 1.0) * (FLAG_WEIGHT if row.group in (FLAG_GROUP, -1) else 1.0)
