"""What evaluation measures on pixels alone; they are [N, 3, H, W] in [-1, 1]."""

import torch
import torch.nn.functional as F

from training.colours import COLOURS

CLOSE = 0.1  # of a channel's range: how far a background may be from what was asked
BORDER = 4  # pixels of 128
GREY = (0.299, 0.587, 0.114)  # ITU-R BT.601


def background_of(picture: torch.Tensor) -> torch.Tensor:
    """[3, H, W] -> the border's median [3]"""
    inside = torch.zeros(picture.shape[1:], dtype=torch.bool)
    inside[BORDER:-BORDER, BORDER:-BORDER] = True
    return picture[:, ~inside].median(dim=1).values


def background_error(picture: torch.Tensor, colour: str) -> float:
    """The largest difference of a channel (0..1) between the named colour and the border's median."""
    drawn = (background_of(picture) + 1) / 2
    return (drawn - torch.tensor(COLOURS[colour]) / 255).abs().max().item()


def foreground(picture: torch.Tensor, different: float = CLOSE) -> torch.Tensor:
    """[3, H, W] -> bool [H, W]: what differs from the border's median in a channel (of range 1)"""
    return ((picture - background_of(picture)[:, None, None]).abs() > 2 * different).any(dim=0)


def psnr(drawn: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """-> dB [N]; values span 2"""
    return 10 * torch.log10(4.0 / (drawn - pixels).square().mean(dim=(1, 2, 3)).clamp(min=1e-10))


def laplacian_energy(pixels: torch.Tensor) -> torch.Tensor:
    """-> [N]: mean square of the Laplacian (4 neighbours) of grey. The sharper a picture, the more."""
    grey = (pixels * torch.tensor(GREY)[:, None, None]).sum(dim=1, keepdim=True)
    kernel = torch.tensor([[0.0, 1, 0], [1, -4, 1], [0, 1, 0]])
    return F.conv2d(grey, kernel[None, None]).square().mean(dim=(1, 2, 3))


def small(pixels: torch.Tensor) -> torch.Tensor:
    """-> [N, values]: the pictures at a quarter of their size, in which the nearest of them are looked for."""
    return F.avg_pool2d(pixels, 4).flatten(1)
