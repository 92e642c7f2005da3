"""Which of the named colours a drawn thing has."""

import numpy as np
import torch

from check.evaluation.measures import foreground
from training.colours import COLOURS, THING_COLOURS, main_colour, to_oklab

LABS = to_oklab(torch.tensor([COLOURS[name] for name in THING_COLOURS], dtype=torch.float32) / 255)


def colour_seen(picture: torch.Tensor) -> str:
    """[3, H, W] in [-1, 1], a thing on a plain background -> of THING_COLOURS the one nearest to its main colour in Oklab; ''
    where nothing is drawn"""
    inside = foreground(picture)
    if not inside.any():
        return ""
    rgb = ((picture.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0).numpy()
    main = main_colour(np.dstack([rgb, inside.numpy() * np.uint8(255)]))
    return THING_COLOURS[int((LABS - torch.tensor(main[:3])).norm(dim=1).argmin())]
