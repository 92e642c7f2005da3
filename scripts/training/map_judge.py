"""Crops for the judge of map evaluation: one thing each, and which class it is.

    pixels, classes = Crops(pictures, seed).sample(n)     # [n, 3, 32, 32] in [-1, 1], int64 [n]

The judge itself is judge.py's network, smaller, with classes in the place of subjects. It sees all pictures, also
those that the U-Net must not see: it judges, it does not draw.
"""

import numpy as np
import torch
import torch.nn.functional as F

from training.dataset import STYLES, Pictures
from training.judge import Judge
from training.map_classes import CLASSES, class_of
from training.scenes import COLOURS, WeightedRows, weight_of

CROP = 32
WIDTHS, BLOCKS = (48, 96, 192), 1
MARGIN = 1.15  # side of a crop over the longer side of the thing
SOFT = 0.6  # share of crops that are made less sharp, as what an autoencoder draws is


def map_judge() -> Judge:
    return Judge(len(CLASSES), len(STYLES), WIDTHS, BLOCKS)


class Crops:
    def __init__(self, pictures: Pictures, seed: int):
        self.numbers = np.random.default_rng(seed)
        # 128 px, averaged down
        whole = torch.from_numpy(np.ascontiguousarray(pictures.pixels)).unflatten(1, (CROP, -1)).unflatten(3, (CROP, -1))
        alpha = whole[..., 3:].float() / 255
        colour = (whole[..., :3].float() / 255 * alpha).mean(dim=(2, 4))
        self.rgba = torch.cat([colour, alpha.mean(dim=(2, 4))], dim=-1).permute(0, 3, 1, 2).half()
        self.classes = np.array([class_of(row) for row in pictures.rows])
        self.styles = np.array([STYLES.index(row.style) for row in pictures.rows])
        weights = np.array([weight_of(row) for row in pictures.rows])
        shares = np.zeros(len(CLASSES))
        np.add.at(shares, self.classes, weights)
        # between as many of each class, and as many as there are
        self.rows = WeightedRows(np.arange(len(weights)), weights / np.sqrt(shares[self.classes]))
        self.colours = torch.tensor(list(COLOURS.values()), dtype=torch.float32) / 255

    def sample(self, n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """-> pixels, classes, styles"""
        rows = self.rows.draw(n, self.numbers)
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
