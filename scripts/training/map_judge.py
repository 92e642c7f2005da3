"""Crops for the judge of map evaluation: one thing each, and which class it is.

    pixels, classes, styles = Crops(pictures, seed).sample(n)     # [n, 3, 32, 32] in [-1, 1], int64 [n] each

The judge itself is judge.py's network, smaller, with classes in the place of subjects. It sees all pictures, also
those that the U-Net must not see: it judges, it does not draw.
"""

from random import Random

import numpy as np
import torch
import torch.nn.functional as F

from training.colours import COLOURS
from training.dataset import STYLES, Pictures
from training.judge import Judge
from training.map_classes import CLASSES, class_of
from training.scenes import WeightedRows, row_weights

CROP = 32
WIDTHS, BLOCKS = (48, 96, 192), 1
MARGIN = 1.15  # side of a crop over the longer side of the thing
READ_AT_ONCE = 512  # pictures
SOFT = 0.6  # share of crops that are made less sharp, as what an autoencoder draws is


def map_judge() -> Judge:
    return Judge(len(CLASSES), len(STYLES), WIDTHS, BLOCKS)


class Crops:
    def __init__(self, pictures: Pictures, seed: int):
        self.numbers = np.random.default_rng(seed)
        self.rng = Random(seed)
        self.rgba = torch.cat([averaged(pictures.pixels[start : start + READ_AT_ONCE]) for start in range(0, len(pictures), READ_AT_ONCE)])
        self.classes = np.array([class_of(row) for row in pictures.rows])
        self.styles = np.array([STYLES.index(row.style) if row.style in STYLES else -1 for row in pictures.rows])
        known = [row for row, picture in enumerate(pictures.rows) if picture.style in STYLES and not picture.captions]
        weights, shares = row_weights(pictures, known), np.zeros(len(CLASSES))
        for row, weight in weights.items():
            shares[self.classes[row]] += weight
        # between as many of each class, and as many as there are
        self.rows = WeightedRows(known, [weights[row] / np.sqrt(shares[self.classes[row]]) for row in known])
        self.colours = torch.tensor(list(COLOURS.values()), dtype=torch.float32) / 255

    def sample(self, n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """-> pixels, classes, styles"""
        rows = np.array([self.rows.draw(self.rng) for _ in range(n)])
        return self.of(rows), torch.from_numpy(self.classes[rows]), torch.from_numpy(self.styles[rows])

    def of(self, rows: np.ndarray, plain: bool = False) -> torch.Tensor:
        """Crops of these rows; plain: as they are, on white."""
        n = len(rows)
        rgba = self.rgba[torch.from_numpy(rows)].float()
        if plain:
            return (rgba[:, :3] + 1 - rgba[:, 3:]) * 2 - 1
        theta = torch.zeros(n, 2, 3)
        zoom = torch.from_numpy(self.numbers.uniform(0.8, 1.3, (n, 1)).astype(np.float32))
        theta[:, 0, 0], theta[:, 1, 1] = zoom[:, 0], zoom[:, 0] * torch.from_numpy(self.numbers.uniform(0.85, 1.18, n).astype(np.float32))
        theta[:, :, 2] = torch.from_numpy(self.numbers.uniform(-0.15, 0.15, (n, 2)).astype(np.float32))
        rgba = F.grid_sample(rgba, F.affine_grid(theta, list(rgba.shape), align_corners=False), align_corners=False)
        white = self.numbers.random(n) < 0.6
        background = self.colours[np.where(white, 0, self.numbers.integers(0, len(COLOURS), n))][:, :, None, None]
        pixels = rgba[:, :3] + background * (1 - rgba[:, 3:])
        soft = F.interpolate(F.avg_pool2d(pixels, 2), scale_factor=2, mode="bilinear")
        pixels = torch.where(torch.from_numpy(self.numbers.random(n) < SOFT)[:, None, None, None], soft, pixels)
        return pixels * 2 - 1


def averaged(rgba: np.ndarray) -> torch.Tensor:
    """uint8 [n, 128, 128, 4], straight -> float16 [n, 4, 32, 32], premultiplied"""
    whole = torch.from_numpy(np.array(rgba)).permute(0, 3, 1, 2).float() / 255
    return F.avg_pool2d(torch.cat([whole[:, :3] * whole[:, 3:], whole[:, 3:]], dim=1), rgba.shape[1] // CROP).half()


def crops_of_regions(pixels: torch.Tensor, regions: list[tuple[int, int, int, int]]) -> torch.Tensor:
    """pixels [3, H, W], regions (left, top, right, bottom) -> [n, 3, 32, 32]; beyond the edges goes on what is there."""
    height, width = pixels.shape[1:]
    grids = []
    for left, top, right, bottom in regions:
        half = MARGIN * max(right - left, bottom - top) / 2
        across = (torch.arange(CROP) + 0.5) / CROP * 2 - 1
        x = ((left + right) / 2 + half * across) / width * 2 - 1
        y = ((top + bottom) / 2 + half * across) / height * 2 - 1
        grids.append(torch.stack(torch.meshgrid(y, x, indexing="ij")[::-1], dim=-1))
    return F.grid_sample(pixels.expand(len(grids), -1, -1, -1), torch.stack(grids), padding_mode="border", align_corners=False)
