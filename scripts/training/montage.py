"""A contact sheet of pictures, for looking at while training."""

from pathlib import Path

import torch
from PIL import Image

from training.loop import write_atomically


def save_montage(pixels: torch.Tensor, columns: int, path: Path) -> None:
    """pixels: [N, 3, H, W] in [-1, 1], row by row -> PNG; the last row is filled up with white."""
    pixels = pixels.detach().float().cpu().clamp(-1, 1)
    n, channels, height, width = pixels.shape
    rows = -(-n // columns)
    sheet = torch.ones(rows * columns, channels, height, width)
    sheet[:n] = pixels
    sheet = sheet.view(rows, columns, channels, height, width).permute(0, 3, 1, 4, 2)
    sheet = ((sheet + 1) * 127.5).round().byte().reshape(rows * height, columns * width, channels)
    picture = Image.fromarray(sheet.numpy())
    write_atomically(path, lambda temporary: picture.save(temporary, "PNG"))
