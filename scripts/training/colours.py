"""Names of colours, and things in another colour.

Colours are compared and moved in Oklab [Ottosson 2020], where equal distances look about equal: L is lightness 0..1,
(a, b) the hue and how colourful it is.
"""

import numpy as np
import torch

# Exact sRGB values of backgrounds; evaluation compares drawn backgrounds with them.
COLOURS = {
    "white": (255, 255, 255), "black": (0, 0, 0), "grey": (128, 128, 128), "light grey": (208, 208, 208),
    "red": (230, 40, 40), "dark red": (139, 0, 0), "orange": (255, 140, 0), "yellow": (255, 221, 51),
    "lime": (170, 230, 50), "green": (40, 170, 70), "dark green": (0, 90, 40), "teal": (0, 140, 140),
    "cyan": (80, 220, 235), "light blue": (160, 210, 250), "blue": (40, 90, 230), "navy": (15, 30, 90),
    "purple": (130, 50, 180), "lavender": (205, 185, 245), "pink": (255, 160, 200), "magenta": (225, 40, 160),
    "brown": (125, 75, 40), "beige": (240, 225, 195),
}
# What things are recoloured to: colours that a shaded thing still shows plainly.
THING_COLOURS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "grey", "teal", "light blue")
PLAIN_SHARE = 0.35  # of a thing that must have its main colour, so that the thing may be called by it
NEAR = 0.12  # distance in (a, b) of pixels that count as of the main colour
GREY = 0.045  # less colourful than that is grey
SOFTNESS = 0.09  # distance in (a, b) at which a pixel follows the main colour by 1 / e
LIGHTNESS_SOFTNESS = 0.3  # the same in L, for grey things
_TO_LMS = torch.tensor([[0.4122214708, 0.5363325363, 0.0514459929], [0.2119034982, 0.6806995451, 0.1073969566],
                        [0.0883024619, 0.2817188376, 0.6299787005]])
_TO_LAB = torch.tensor([[0.2104542553, 0.7936177850, -0.0040720468], [1.9779984951, -2.4285922050, 0.4505937099],
                        [0.0259040371, 0.7827717662, -0.8086757660]])


def to_oklab(rgb: torch.Tensor) -> torch.Tensor:
    """[..., 3] sRGB in 0..1 -> [..., 3] (L, a, b)"""
    linear = torch.where(rgb <= 0.04045, rgb / 12.92, ((rgb.clamp(min=0) + 0.055) / 1.055) ** 2.4)
    return (linear @ _TO_LMS.T).clamp(min=0) ** (1 / 3) @ _TO_LAB.T


def from_oklab(lab: torch.Tensor) -> torch.Tensor:
    """The inverse of to_oklab; what sRGB cannot show is cut off."""
    linear = ((lab @ torch.linalg.inv(_TO_LAB).T) ** 3 @ torch.linalg.inv(_TO_LMS).T).clamp(0, 1)
    return torch.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)


def _named(names: tuple[str, ...]) -> torch.Tensor:
    """-> [len(names), 3] Oklab"""
    return to_oklab(torch.tensor([COLOURS[name] for name in names], dtype=torch.float32) / 255)


_THING_LABS = dict(zip(THING_COLOURS, _named(THING_COLOURS)))


def main_colour(rgba: np.ndarray) -> tuple[float, float, float, float]:
    """uint8 [H, W, 4] -> L, a, b of the most frequent colour, and the share of the thing that has about this (a, b)."""
    solid = torch.from_numpy(rgba[rgba[..., 3] > 127][:, :3].astype(np.float32) / 255)
    if len(solid) == 0:
        return 0.0, 0.0, 0.0, 0.0
    lab = to_oklab(solid)
    bins = (lab * torch.tensor([8.0, 25.0, 25.0])).round().int()
    _, inverse, counts = torch.unique(bins, dim=0, return_inverse=True, return_counts=True)
    main = lab[inverse == counts.argmax()].mean(dim=0)
    near = (lab[:, 1:] - main[1:]).norm(dim=1) < NEAR
    if main[1:].norm() < GREY:  # black lines are no part of a white thing
        near &= (lab[:, 0] - main[0]).abs() < LIGHTNESS_SOFTNESS
    return (*main.tolist(), near.float().mean().item())


def colour_name(main: tuple[float, float, float, float]) -> str:
    """The word for a main colour; '' where the thing has no plain colour, or one between two words."""
    if main[3] < PLAIN_SHARE:
        return ""
    distances = (torch.stack(list(_THING_LABS.values())) - torch.tensor(main[:3])).norm(dim=1)
    nearest, second = distances.topk(2, largest=False).values.tolist()
    return THING_COLOURS[int(distances.argmin())] if nearest < 0.12 and nearest < 0.75 * second else ""


def recoloured(rgb: torch.Tensor, main: torch.Tensor, name: str) -> torch.Tensor:
    """rgb [3, H, W] in 0..1, main [4] (main_colour) -> the same thing in a colour of THING_COLOURS"""
    lab = to_oklab(rgb.permute(1, 2, 0))
    follows = torch.exp(-((lab[..., 1:] - main[1:3]).norm(dim=-1) / SOFTNESS) ** 2)
    if main[1:3].norm() < GREY:
        follows = follows * torch.exp(-((lab[..., 0] - main[0]) / LIGHTNESS_SOFTNESS) ** 2)
    return from_oklab(lab + follows[..., None] * (_THING_LABS[name] - main[:3])).permute(2, 0, 1)
