"""PSNR of a drawn picture to a training picture at the best mirror, shift, scale, turn and lightness.

Training jitters its pictures without a word in the caption (scenes.py), so a drawing may have any of these and be right.
First a grid at 32 px for each drawing, then its best places are refined by gradient at 64 px and at full size [Lucas and
Kanade 1981, with Adam for their Gauss-Newton]. The best lightness has a closed form.
"""

import math
from itertools import product

import torch
import torch.nn.functional as F

from check.evaluation.measures import psnr
from training.scenes import LIGHTNESS, SHIFT, TURN, WIDTHS

COARSE = 32
REFINED = 3  # places of the grid from which a drawing's search goes on
STEPS = {64: 20, 128: 12}  # pixels on a side -> steps of Adam
RATE = 0.12  # in halves of the parameters' ranges
# Middles and half widths of scale, shift (x, y; picture = 1) and turn (degrees).
MIDDLES = torch.tensor([sum(WIDTHS) / 2, 0.0, 0.0, 0.0])
HALVES = torch.tensor([(WIDTHS[1] - WIDTHS[0]) / 2, SHIFT, SHIFT, TURN])
GRID = torch.tensor(list(product((-1, -0.33, 0.33, 1), (-1, -0.5, 0, 0.5, 1), (-1, -0.5, 0, 0.5, 1), (-1, -0.5, 0, 0.5, 1))))


def aligned_psnr(drawn: torch.Tensor, rgba: torch.Tensor, mirrors: torch.Tensor) -> torch.Tensor:
    """drawn [N, 3, 128, 128] in [-1, 1] on white; rgba [N, 4, 128, 128] in 0..1, straight; mirrors: bool [N], whether training
    mirrors the picture -> dB [N]. As it is, without jitter, is always among what is tried."""
    found = [psnr(drawn, on_white(_premultiplied(rgba), torch.ones(len(rgba))))]
    for mirrored in (False, True):
        picture = _premultiplied(rgba.flip(-1) if mirrored else rgba)
        best = _best(drawn, picture)
        found.append(best if not mirrored else torch.where(mirrors, best, -math.inf))
    return torch.stack(found).amax(dim=0)


def moved(premultiplied: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """premultiplied [N, 4, H, W], places [N, 4] (each in -1..1: scale, x, y, turn) -> [N, 4, H, W]; as compose.Composer places."""
    scale, x, y, turn = (MIDDLES + HALVES * places).unbind(dim=1)
    cos, sin = torch.cos(turn * math.pi / 180) / scale, torch.sin(turn * math.pi / 180) / scale
    x, y = 2 * x, 2 * y
    rows = torch.stack([torch.stack([cos, -sin, -cos * x + sin * y], 1), torch.stack([sin, cos, -sin * x - cos * y], 1)], 1)
    return F.grid_sample(premultiplied, F.affine_grid(rows, list(premultiplied.shape), align_corners=False), align_corners=False)


def on_white(premultiplied: torch.Tensor, lightness: torch.Tensor) -> torch.Tensor:
    """[N, 4, H, W], factors [N] -> [N, 3, H, W] in [-1, 1]"""
    colour, alpha = premultiplied[:, :3], premultiplied[:, 3:]
    return (torch.minimum(colour * lightness[:, None, None, None], alpha) + 1 - alpha) * 2 - 1


def best_lightness(premultiplied: torch.Tensor, drawn: torch.Tensor) -> torch.Tensor:
    """-> [N]: the factor with the least squared error, nothing cut off; within LIGHTNESS"""
    colour, wanted = premultiplied[:, :3], (drawn + 1) / 2 - (1 - premultiplied[:, 3:])
    factor = (colour * wanted).sum(dim=(1, 2, 3)) / colour.square().sum(dim=(1, 2, 3)).clamp(min=1e-6)
    return factor.clamp(*LIGHTNESS)


def errors(drawn: torch.Tensor, premultiplied: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
    """-> mean squared errors [N]"""
    placed = moved(premultiplied, places)
    return (on_white(placed, best_lightness(placed.detach(), drawn)) - drawn).square().mean(dim=(1, 2, 3))


def _best(drawn: torch.Tensor, premultiplied: torch.Tensor) -> torch.Tensor:
    places = _on_grid(_shrunk(drawn, COARSE), _shrunk(premultiplied, COARSE)).flatten(0, 1)
    drawn, premultiplied = (part.repeat_interleave(REFINED, dim=0) for part in (drawn, premultiplied))
    for size, steps in STEPS.items():
        places = _refined(_shrunk(drawn, size), _shrunk(premultiplied, size), places, steps)
    with torch.no_grad():
        least = errors(drawn, premultiplied, places).unflatten(0, (-1, REFINED)).amin(dim=1)
    return 10 * torch.log10(4.0 / least.clamp(min=1e-10))


@torch.no_grad()
def _on_grid(drawn: torch.Tensor, premultiplied: torch.Tensor) -> torch.Tensor:
    """-> places [N, REFINED, 4]"""
    chosen = []
    for picture, wanted in zip(premultiplied, drawn):
        found = errors(wanted.expand(len(GRID), -1, -1, -1), picture.expand(len(GRID), -1, -1, -1), GRID)
        chosen.append(GRID[found.topk(REFINED, largest=False).indices])
    return torch.stack(chosen)


def _refined(drawn: torch.Tensor, premultiplied: torch.Tensor, places: torch.Tensor, steps: int) -> torch.Tensor:
    places = places.clone().requires_grad_()
    optimizer = torch.optim.Adam([places], lr=RATE)
    least, best = torch.full((len(places),), math.inf), places.detach().clone()
    for step in range(steps + 1):
        found = errors(drawn, premultiplied, places)
        better = found.detach() < least
        least, best = torch.where(better, found.detach(), least), torch.where(better[:, None], places.detach(), best)
        optimizer.param_groups[0]["lr"] = RATE * (1 - step / (steps + 1))
        optimizer.zero_grad()
        found.sum().backward()
        places.grad /= places.grad.norm(dim=1, keepdim=True).clamp(min=1e-9)
        optimizer.step()
        with torch.no_grad():
            places.clamp_(-1, 1)
    return best


def _shrunk(pixels: torch.Tensor, size: int) -> torch.Tensor:
    return F.avg_pool2d(pixels, pixels.shape[-1] // size)


def _premultiplied(rgba: torch.Tensor) -> torch.Tensor:
    return torch.cat([rgba[:, :3] * rgba[:, 3:], rgba[:, 3:]], dim=1)
