"""Which letter a picture shows: of the 26 in the fonts of glyphs.py the one with the largest normalised correlation.

A letter is cut out to its bounding box and scaled to fit a square, which takes out its place and size; small shifts and
scales around that are tried as well.
"""

from functools import cache
from itertools import product

import numpy as np
import torch
import torch.nn.functional as F

from check.evaluation.measures import CLOSE, background_of
from training.glyphs import LETTERS, fonts, writing

SIDE, INSIDE = 32, 26  # pixels of the square, and of a letter's longer side in it
FULL = 0.95  # quantile of the differences that is full ink
SHIFTS, SCALES = (-1.5, 0.0, 1.5), (0.92, 1.0, 1.08)  # pixels; factors


def letter_seen(picture: torch.Tensor) -> str:
    """[3, H, W] in [-1, 1]; '' where nothing is drawn"""
    inked = ink(picture)
    if not (inked > 0.5).any():
        return ""
    names, drawn = _drawn()
    return names[int((_tried(cut_out(inked)) @ drawn.T).amax(dim=0).argmax())]


def ink(picture: torch.Tensor) -> torch.Tensor:
    """[3, H, W] -> [H, W] in 0..1: the difference from the background as a share of the largest that much of the picture has"""
    apart = (picture - background_of(picture)[:, None, None]).abs().amax(dim=0)
    return (apart / torch.quantile(apart, FULL).clamp(min=2 * CLOSE)).clamp(max=1)


def cut_out(inside: torch.Tensor) -> torch.Tensor:
    """[H, W] of 0..1 -> [SIDE, SIDE], the bounding box scaled to INSIDE and centred"""
    rows, columns = (torch.nonzero((inside > 0.5).any(dim=axis)).flatten() for axis in (1, 0))
    box = inside[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    factor = INSIDE / max(box.shape)
    height, width = (max(1, round(factor * length)) for length in box.shape)
    scaled = F.interpolate(box[None, None], (height, width), mode="bilinear", antialias=True)[0, 0]
    top, left = (SIDE - height) // 2, (SIDE - width) // 2
    return F.pad(scaled, (left, SIDE - width - left, top, SIDE - height - top))


def _tried(square: torch.Tensor) -> torch.Tensor:
    """[SIDE, SIDE] -> [shifts and scales, SIDE * SIDE], of mean 0 and length 1"""
    tries = torch.tensor([[[1 / scale, 0, -2 * x / SIDE], [0, 1 / scale, -2 * y / SIDE]] for x, y, scale in product(SHIFTS, SHIFTS, SCALES)])
    grid = F.affine_grid(tries, [len(tries), 1, SIDE, SIDE], align_corners=False)
    return _normalised(F.grid_sample(square.expand(len(tries), 1, -1, -1), grid, align_corners=False).flatten(1))


@cache
def _drawn() -> tuple[list[str], torch.Tensor]:
    """-> letters and [26 * fonts, SIDE * SIDE]"""
    names = [letter for letter in LETTERS for _ in fonts()]
    alphas = [torch.from_numpy(np.asarray(writing(letter, (0, 0, 0), font))[..., 3].copy()).float() / 255
              for letter in LETTERS for font in range(len(fonts()))]
    return names, _normalised(torch.stack([cut_out(alpha) for alpha in alphas]).flatten(1))


def _normalised(rows: torch.Tensor) -> torch.Tensor:
    return F.normalize(rows - rows.mean(dim=1, keepdim=True), dim=1)
