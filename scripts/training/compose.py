"""Scenes to pixels: things are placed on colours and drawn grounds, with the classes of a semantic map beside them.

    pixels, maps = Composer(pictures, device).compose(scenes, size=128)
    # pixels: [n, 3, size, size] float32 in [-1, 1]; maps: uint8 [n, size, size], classes of map_classes.py

Composition is "over" on premultiplied colour [Porter and Duff 1984], sampled from the 256 px pictures at twice the wanted
size and averaged, so that edges are smooth.
"""

import math
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F

from training.colours import COLOURS, recoloured
from training.dataset import Pictures
from training.grounds import Ground
from training.map_classes import BACKGROUND

COMPOSED_AT_ONCE = 64  # bounds the memory of a composition
ROUNDED_WITHIN = 13  # pixels at 128: a rounded silhouette is where the mean alpha of such a square is above one half
PIXEL_ART_SIDE = 32
LINE_SIGMAS, LINE_SHARPNESS = (0.6, 1.0), 60.0  # sigmas in pixels at 128
GREY_WEIGHTS = (0.299, 0.587, 0.114)


@dataclass
class Thing:
    """A row of the data folder, or a picture drawn for this scene. Lengths: scene = 1."""

    row: int = -1
    width: float = 1.0
    centre: tuple[float, float] = (0.5, 0.5)
    mirrored: bool = False
    turn: float = 0.0  # degrees, anticlockwise
    lightness: float = 1.0  # factor
    colour: str = ""  # of colours.THING_COLOURS: what it is recoloured to
    drawn: np.ndarray | None = None  # uint8 [256, 256, 4]
    kind: int = BACKGROUND  # class of a semantic map


@dataclass
class Scene:
    """things: the first lies below."""

    caption: str
    things: list[Thing] = field(default_factory=list)
    background: str = "white"
    ground: Ground | None = None  # instead of the background
    finish: str = ""  # "sketch" or "pixel": what becomes of the whole picture
    mapped: bool = False  # whether the U-Net sees the map
    rounded: bool = False  # whether the map is rounded off, as people draw maps with a few strokes
    facts: dict[str, str] = field(default_factory=dict)  # what the caption says beside names, by the keys of facts.FACTS


class Composer:
    def __init__(self, pictures: Pictures, device: torch.device | str = "cpu"):
        self.device = torch.device(device)
        self.pixels = Pictures.open_pixels(pictures.folder, 256)  # uint8 [N, 256, 256, 4]
        self.main_colours = pictures.main_colours()

    def compose(self, scenes: list[Scene], size: int = 128) -> tuple[torch.Tensor, torch.Tensor]:
        parts = [self._compose(scenes[start : start + COMPOSED_AT_ONCE], size) for start in range(0, len(scenes), COMPOSED_AT_ONCE)]
        return torch.cat([pixels for pixels, _ in parts]), torch.cat([maps for _, maps in parts])

    def _compose(self, scenes: list[Scene], size: int) -> tuple[torch.Tensor, torch.Tensor]:
        canvas = torch.stack([self._backdrop(scene, 2 * size) for scene in scenes])
        maps = torch.full((len(scenes), size, size), BACKGROUND, dtype=torch.uint8, device=self.device)
        for layer in range(max(len(scene.things) for scene in scenes) if scenes else 0):
            shown = [place for place, scene in enumerate(scenes) if len(scene.things) > layer]
            things = [scenes[place].things[layer] for place in shown]
            rgba = self.placed(things, 2 * size)
            at = torch.tensor(shown, device=self.device)
            canvas[at] = rgba[:, :3] + canvas[at] * (1 - rgba[:, 3:])
            mapped = [i for i, place in enumerate(shown) if scenes[place].mapped]
            if mapped:
                inside = silhouettes(rgba[mapped, 3], torch.tensor([scenes[shown[i]].rounded for i in mapped], device=self.device))
                kinds = torch.tensor([things[i].kind for i in mapped], dtype=torch.uint8, device=self.device)
                maps[at[mapped]] = torch.where(inside, kinds[:, None, None], maps[at[mapped]])
        for place, scene in enumerate(scenes):
            if scene.ground is not None and scene.ground.front is not None:
                front = self._resized(np.asarray(scene.ground.front), 2 * size)
                canvas[place] = front[:3] * front[3:] + canvas[place] * (1 - front[3:])
            if scene.finish:
                canvas[place] = FINISHES[scene.finish](canvas[place][None])[0]
        return F.avg_pool2d(canvas, 2) * 2 - 1, maps

    def _backdrop(self, scene: Scene, side: int) -> torch.Tensor:
        """-> [3, side, side] in 0..1"""
        if scene.ground is not None:
            return self._resized(np.asarray(scene.ground.picture), side)
        return (torch.tensor(COLOURS[scene.background], device=self.device) / 255)[:, None, None].expand(3, side, side)

    def _resized(self, picture: np.ndarray, side: int) -> torch.Tensor:
        tensor = torch.from_numpy(picture.copy()).to(self.device).permute(2, 0, 1).float() / 255
        return F.interpolate(tensor[None], side, mode="bilinear", antialias=True)[0] if side != picture.shape[0] else tensor

    def placed(self, things: list[Thing], side: int) -> torch.Tensor:
        """One picture for each scene on a transparent canvas, premultiplied: [n, 4, side, side] in 0..1."""
        theta = torch.zeros(len(things), 2, 3)
        for place, thing in enumerate(things):
            # affine_grid maps canvas to picture, both in -1..1: picture = rotation (canvas - (2 centre - 1)) / width.
            cos, sin = (f(math.radians(thing.turn)) / thing.width for f in (math.cos, math.sin))
            x, y = (2 * c - 1 for c in thing.centre)
            flip = -1 if thing.mirrored else 1
            theta[place, 0] = flip * torch.tensor([cos, -sin, -cos * x + sin * y])
            theta[place, 1] = torch.tensor([sin, cos, -sin * x - cos * y])
        grid = F.affine_grid(theta.to(self.device), [len(things), 4, side, side], align_corners=False)
        return F.grid_sample(torch.stack([self._premultiplied(thing) for thing in things]), grid, padding_mode="zeros", align_corners=False)

    def _premultiplied(self, thing: Thing) -> torch.Tensor:
        """-> [4, 256, 256] in 0..1"""
        source = self.pixels[thing.row] if thing.drawn is None else thing.drawn
        rgba = torch.from_numpy(np.array(source)).to(self.device).permute(2, 0, 1).float() / 255
        rgb = rgba[:3]
        if thing.colour:
            rgb = recoloured(rgb, torch.from_numpy(self.main_colours[thing.row]), thing.colour)
        return torch.cat([(rgb * thing.lightness).clamp(max=1) * rgba[3:], rgba[3:]])


def silhouettes(alpha: torch.Tensor, rounded: torch.Tensor) -> torch.Tensor:
    """alpha [n, 2 size, 2 size], rounded [n] bool -> bool [n, size, size]"""
    alpha = F.avg_pool2d(alpha[:, None], 2)
    within = ROUNDED_WITHIN * alpha.shape[-1] // 128 | 1
    smooth = F.avg_pool2d(alpha, within, stride=1, padding=within // 2)
    return torch.where(rounded[:, None, None, None], smooth, alpha)[:, 0] > 0.5


def line_drawing(pixels: torch.Tensor) -> torch.Tensor:
    """[n, 3, H, W] in 0..1 -> dark lines on white where lightness or colour changes: a threshold on differences of
    Gaussians [Marr and Hildreth 1980] of grey, red minus green, and green minus blue."""
    weights = torch.tensor(GREY_WEIGHTS, device=pixels.device)[:, None, None]
    grey = (pixels * weights).sum(1, keepdim=True)
    channels = torch.cat([grey, pixels[:, :1] - pixels[:, 1:2], pixels[:, 1:2] - pixels[:, 2:]], dim=1)
    scale = pixels.shape[-1] / 128
    narrow, wide = (_blurred(channels, sigma * scale) for sigma in LINE_SIGMAS)
    edges = (narrow - wide).abs().amax(1, keepdim=True)
    ink = (edges * LINE_SHARPNESS - 0.5).clamp(0, 1)
    ink = _blurred(ink, 0.35 * scale).clamp(0, 1)
    return (1 - 0.9 * ink).expand(-1, 3, -1, -1)


def pixel_art(pixels: torch.Tensor) -> torch.Tensor:
    """[n, 3, H, W] in 0..1 -> squares of one colour each, eight levels a channel"""
    squares = (F.adaptive_avg_pool2d(pixels, PIXEL_ART_SIDE) * 7).round() / 7
    return F.interpolate(squares, pixels.shape[-1], mode="nearest")


FINISHES = {"sketch": line_drawing, "pixel": pixel_art}


def _blurred(pixels: torch.Tensor, sigma: float) -> torch.Tensor:
    radius = max(1, math.ceil(2.5 * sigma))
    kernel = torch.exp(-torch.arange(-radius, radius + 1, device=pixels.device).float() ** 2 / (2 * sigma**2))
    kernel = (kernel / kernel.sum()).expand(pixels.shape[1], 1, -1)
    padded = F.pad(pixels, (radius,) * 4, mode="replicate")
    return F.conv2d(F.conv2d(padded, kernel[..., None, :], groups=pixels.shape[1]), kernel[..., None], groups=pixels.shape[1])
