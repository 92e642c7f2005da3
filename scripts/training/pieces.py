"""Weights in pieces that are small enough to travel: a network's moving average, written again every minute.

    pieces = Pieces(Path("out"))
    pieces.write_if_due(unet)       # out/unet-00001-of-00007.safetensors, ..., float16

A piece is complete or absent. `joined` reads them back.
"""

import time
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from training.loop import write_atomically

LARGEST = 15 * 2**20  # bytes
SECONDS = 60.0


def shards_of(tensors: dict[str, torch.Tensor], largest: int = LARGEST) -> list[dict[str, torch.Tensor]]:
    """In the order of their names; a tensor larger than a shard has one of its own."""
    shards: list[dict[str, torch.Tensor]] = [{}]
    filled = 0
    for name in sorted(tensors):
        size = tensors[name].numel() * tensors[name].element_size()
        if shards[-1] and filled + size > largest:
            shards.append({})
            filled = 0
        shards[-1][name] = tensors[name]
        filled += size
    return shards


class Pieces:
    def __init__(self, folder: Path, seconds: float = SECONDS):
        self.folder, self.seconds, self.written = folder, seconds, time.monotonic()

    def write_if_due(self, weights: dict[str, torch.Tensor]) -> None:
        if time.monotonic() - self.written >= self.seconds:
            self.write(weights)

    def write(self, weights: dict[str, torch.Tensor]) -> None:
        stored = {name: tensor.detach().half().cpu().contiguous() for name, tensor in weights.items()}
        shards = shards_of(stored)
        for number, shard in enumerate(shards, 1):
            write_atomically(self.folder / f"unet-{number:05}-of-{len(shards):05}.safetensors", lambda path, shard=shard: save_file(shard, path))
        self.written = time.monotonic()


def joined(folder: Path) -> dict[str, torch.Tensor]:
    """-> float32 tensors"""
    files = sorted(folder.glob("unet-*-of-*.safetensors"))
    if not files or len(files) != int(files[0].stem.rpartition("-")[2]):
        raise SystemExit(f"{folder}: {len(files)} pieces of a U-Net are not all of them. Fetch the others.")
    return {name: tensor.float() for file in files for name, tensor in load_file(file).items()}
