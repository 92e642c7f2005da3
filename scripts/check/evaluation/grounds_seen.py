"""Which place and time of day a picture's border shows, judged by grounds that grounds.py draws.

The border's colours in Oklab, in 60 squares around the picture, are compared with the mean of each kind of ground under
one covariance for all kinds (linear discriminant analysis [Fisher 1936]). No network, and nothing learned from pictures of
the data folder.
"""

from functools import cache
from random import Random

import numpy as np
import torch
import torch.nn.functional as F

from training.colours import to_oklab
from training.grounds import PLACES, TIMES, WITHOUT_TIME, Ground, draw_ground

KINDS = [(place, time) for place in PLACES for time in (("day",) if place in WITHOUT_TIME else TIMES)]
DRAWN = 16  # of each kind
SQUARES = 16  # on a side
RIDGE = 1e-3  # added to the variances


def border_colours(pixels: torch.Tensor) -> torch.Tensor:
    """[N, 3, H, W] in [-1, 1] -> [N, 60 * 3] Oklab of the border's squares"""
    squares = to_oklab((F.adaptive_avg_pool2d(pixels, SQUARES).permute(0, 2, 3, 1) + 1) / 2)
    ring = torch.ones(SQUARES, SQUARES, dtype=torch.bool)
    ring[1:-1, 1:-1] = False
    return squares[:, ring].flatten(1)


@cache
def _means_and_weights() -> tuple[torch.Tensor, torch.Tensor]:
    """-> means of the kinds [K, 180] and the inverse of the covariance within them [180, 180]"""
    means, spread = [], []
    for place, time in KINDS:
        rng = Random(f"{place} {time}")
        seen = border_colours(torch.cat([ground_pixels(draw_ground(place, time, rng)) for _ in range(DRAWN)]))
        means.append(seen.mean(dim=0))
        spread.append(seen - means[-1])
    spread = torch.cat(spread)
    covariance = spread.T @ spread / len(spread) + RIDGE * torch.eye(spread.shape[1])
    return torch.stack(means), torch.linalg.inv(covariance)


def grounds_seen(pixels: torch.Tensor) -> list[tuple[str, str]]:
    """[N, 3, H, W] -> place and time of each"""
    means, weights = _means_and_weights()
    apart = border_colours(pixels)[:, None] - means
    return [KINDS[kind] for kind in torch.einsum("nki,ij,nkj->nk", apart, weights, apart).argmin(dim=1).tolist()]


def ground_pixels(ground: Ground) -> torch.Tensor:
    """-> [1, 3, 256, 256] with what lies in front"""
    picture = ground.picture.copy()
    if ground.front is not None:
        picture.paste(ground.front, (0, 0), ground.front)
    return torch.from_numpy(np.array(picture)).permute(2, 0, 1)[None].float() / 127.5 - 1
