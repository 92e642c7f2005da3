"""What the judge is trained on: pictures with their subject and style, as drawings may show them.

    pixels, subjects, styles = LabelledPictures(pictures, device, without_held_out=False).draw(n, side=64)

Pictures stand on white, on a colour or on a drawn ground, are moved, turned, mirrored, blurred and noisy, and things of one plain
colour have any hue, since captions ask for things in other colours. Pictures with ready captions are left out: their
subjects have no name to ask for. Batches are read from the memory map.
"""

import math
from collections import Counter
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
import torch.nn.functional as F

from training.colours import from_oklab, to_oklab
from training.dataset import STYLES, Pictures
from training.grounds import PLACES, TIMES, WITHOUT_TIME, draw_ground
from training.scenes import SceneSampler


@dataclass
class Variation:
    coloured: float = 0.2  # share on a random colour instead of white
    grounded: float = 0.12  # share on a drawn ground
    hued: float = 0.25  # share of the things of a plain colour that have another hue
    scale: tuple[float, float] = (0.65, 1.15)
    shift: float = 0.12  # of half the width
    turn: float = 10.0  # degrees
    noise: float = 0.05
    smallest: float = 0.375  # blur: down to this share of the size and up again


VARIATION = Variation()
GROUNDS_OF_A_KIND = 3


class LabelledPictures:
    """Each (subject, style) as often as any other."""

    def __init__(self, pictures: Pictures, device: torch.device, without_held_out: bool):
        self.pixels, self.device = pictures.pixels, device  # uint8 [N, 128, 128, 4], a memory map
        self.rows = [row for row, picture in enumerate(pictures.rows) if picture.style in STYLES and not picture.captions
                     and not (without_held_out and picture.held_out)]
        if not self.rows:
            raise SystemExit(f"{pictures.folder}: no picture has one of the styles {', '.join(STYLES)}. A judge needs them.")
        pairs = Counter((pictures.rows[row].subject, pictures.rows[row].style) for row in self.rows)
        self.weights = torch.tensor([1 / pairs[pictures.rows[row].subject, pictures.rows[row].style] for row in self.rows])
        self.row_of = torch.tensor(self.rows)
        self.subject_of = torch.tensor([picture.subject for picture in pictures.rows])
        places = {style: index for index, style in enumerate(STYLES)}
        self.style_of = torch.tensor([places.get(picture.style, -1) for picture in pictures.rows])
        self.plain_rows = [row for row in self.rows if not pictures.rows[row].skin_tone]
        sampler = SceneSampler(pictures, "cpu", 0)
        self.may_mirror = torch.tensor([sampler.mirrors(row) for row in range(len(pictures))])
        self.may_change_hue = torch.tensor([row in sampler.plain_set for row in range(len(pictures))])
        self.grounds = drawn_grounds(pictures.size)

    def draw(self, n: int, side: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """-> pixels [n, 3, side, side] in [-1, 1], subjects [n], styles [n], on the device"""
        rows = self.row_of[torch.multinomial(self.weights, n, replacement=True)]
        rgba = F.avg_pool2d(self._premultiplied(rows), self.pixels.shape[1] // side)
        rgba = torch.where((self.may_mirror[rows] & (torch.rand(n) < 0.5))[:, None, None, None].to(self.device), rgba.flip(-1), rgba)
        hued = self.may_change_hue[rows] & (torch.rand(n) < VARIATION.hued)
        rgba[hued.to(self.device), :3] = hue_turned(rgba[hued.to(self.device)])
        pixels = rgba[:, :3] + self._backgrounds(n, side) * (1 - rgba[:, 3:])
        return pixels * 2 - 1, self.subject_of[rows].to(self.device), self.style_of[rows].to(self.device)

    def on_white(self, rows: torch.Tensor) -> torch.Tensor:
        """-> [n, 3, 128, 128] in [-1, 1]"""
        rgba = self._premultiplied(rows)
        return (rgba[:, :3] + 1 - rgba[:, 3:]) * 2 - 1

    def _premultiplied(self, rows: torch.Tensor) -> torch.Tensor:
        """-> [n, 4, 128, 128] in 0..1"""
        rgba = torch.from_numpy(self.pixels[rows.numpy()]).to(self.device).permute(0, 3, 1, 2).float() / 255
        return torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], dim=1)

    def _backgrounds(self, n: int, side: int) -> torch.Tensor:
        """-> [n, 3, side, side] in 0..1"""
        chance = torch.rand(n)
        backgrounds = torch.ones(n, 3, side, side)
        coloured, grounded = chance < VARIATION.coloured, chance > 1 - VARIATION.grounded
        backgrounds[coloured] = torch.rand(int(coloured.sum()), 3, 1, 1).expand(-1, -1, side, side)
        chosen = torch.randint(0, len(self.grounds), (int(grounded.sum()),))
        backgrounds[grounded] = F.avg_pool2d(self.grounds[chosen].float() / 255, self.grounds.shape[-1] // side)
        return backgrounds.to(self.device)


def drawn_grounds(size: int) -> torch.Tensor:
    """Some of every place and time: uint8 [n, 3, size, size]"""
    rng = Random(0)
    kinds = [(place, time) for place in PLACES for time in (("day",) if place in WITHOUT_TIME else TIMES)] * GROUNDS_OF_A_KIND
    return torch.stack([torch.from_numpy(np.array(draw_ground(place, time, rng).picture.resize((size, size)))) for place, time in kinds]).permute(0, 3, 1, 2)


def hue_turned(rgba: torch.Tensor) -> torch.Tensor:
    """premultiplied [n, 4, H, W] -> premultiplied rgb [n, 3, H, W], its hue turned by any angle in Oklab"""
    alpha = rgba[:, 3:].cpu()
    lab = to_oklab((rgba[:, :3].cpu() / alpha.clamp(min=1e-3)).permute(0, 2, 3, 1))
    angle = torch.rand(len(rgba), 1, 1) * 2 * math.pi
    a = lab[..., 1] * angle.cos() - lab[..., 2] * angle.sin()
    b = lab[..., 1] * angle.sin() + lab[..., 2] * angle.cos()
    return (from_oklab(torch.stack([lab[..., 0], a, b], dim=-1)).permute(0, 3, 1, 2) * alpha).to(rgba.device)


def varied(pixels: torch.Tensor) -> torch.Tensor:
    """Scaled, moved, turned, blurred and noisy; what comes in from outside repeats the border."""
    n, device, side = len(pixels), pixels.device, pixels.shape[-1]
    scale = torch.empty(n, device=device).uniform_(*VARIATION.scale)
    turn = torch.empty(n, device=device).uniform_(-VARIATION.turn, VARIATION.turn) * math.pi / 180
    cos, sin = turn.cos() / scale, turn.sin() / scale
    shift = torch.empty(n, 2, device=device).uniform_(-VARIATION.shift, VARIATION.shift)
    theta = torch.stack([torch.stack([cos, -sin, shift[:, 0]], 1), torch.stack([sin, cos, shift[:, 1]], 1)], 1)
    moved = F.grid_sample(pixels, F.affine_grid(theta, list(pixels.shape), align_corners=False), padding_mode="border", align_corners=False)
    size = int(torch.randint(round(VARIATION.smallest * side), side + 1, ()))
    blurred = F.interpolate(F.interpolate(moved, size, mode="bilinear", antialias=True), side, mode="bilinear")
    some = torch.rand(n, 1, 1, 1, device=device) < 0.5
    return torch.where(some, blurred, moved) + VARIATION.noise * torch.rand(n, 1, 1, 1, device=device) * torch.randn_like(moved)
