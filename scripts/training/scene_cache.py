"""Scenes as the U-Net sees them: latents, conditioning and map, kept on the device and renewed bit by bit.

Composing and encoding a scene costs a fifth of a training step on it, so each is used several times. The cache is a ring:
new scenes take the place of the oldest. A latent is kept as mean and standard deviation and drawn anew at each use.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from transformers import CLIPTextModel

from training.compose import Composer, Scene
from training.device import autocast
from training.latent_networks import DOWNSCALE, LATENT_CHANNELS, moments
from training.map_classes import CLASSES
from training.networks import CONTEXT_LENGTH, Tokenizer

PIXELS_OF_LATENT = DOWNSCALE**2


@dataclass
class Batch:
    """latents: scaled [B, 8, h, w] float32; conditioning: [B, 48, 256]; shares: of the map's classes [B, K, h, w], zeros: no map."""

    latents: torch.Tensor
    conditioning: torch.Tensor
    shares: torch.Tensor


@dataclass
class Part:
    """Encoded scenes: mean, std [n, 8, h, w] and conditioning [n, 48, 256] float16; counts uint8 [n, K, h, w]"""

    mean: torch.Tensor
    std: torch.Tensor
    conditioning: torch.Tensor
    counts: torch.Tensor


@dataclass
class Encoders:
    autoencoder: AutoencoderKL
    text_encoder: CLIPTextModel
    tokenizer: Tokenizer
    device: torch.device

    @torch.no_grad()
    def encode_text(self, texts: list[str]) -> torch.Tensor:
        """-> conditioning [len(texts), 48, 256] float32"""
        with autocast(self.device):
            return self.text_encoder(input_ids=self.tokenizer(texts).to(self.device)).last_hidden_state.float()

    @torch.no_grad()
    def encode_pixels(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """[n, 3, H, W] in [-1, 1] -> mean and standard deviation of scaled latents [n, 8, H/8, W/8] float32"""
        with autocast(self.device):
            mean, log_variance = moments(self.autoencoder, pixels.contiguous(memory_format=torch.channels_last))
        scale = self.autoencoder.config.scaling_factor
        return mean * scale, torch.exp(0.5 * log_variance) * scale


def counts_of_classes(maps: torch.Tensor) -> torch.Tensor:
    """uint8 [n, H, W] of class indices -> uint8 [n, K, H/8, W/8]: how many of each latent's 64 pixels show each class.

    Over 64 they are what one_hot in src/pipeline/segmap.cpp makes; Rombach et al. 2022 rescale their maps so.
    """
    shares = F.avg_pool2d(F.one_hot(maps.long(), len(CLASSES)).permute(0, 3, 1, 2).float(), DOWNSCALE)
    return (shares * PIXELS_OF_LATENT).round().to(torch.uint8)


class SceneCache:
    """draw: makes so many scenes. size: pixels on a side. capacity: scenes that are kept. at_once: scenes encoded together."""

    def __init__(self, draw: Callable[[int], list[Scene]], composer: Composer, encoders: Encoders, size: int, capacity: int, at_once: int):
        self.draw, self.composer, self.encoders, self.size, self.at_once = draw, composer, encoders, size, at_once
        device, side = encoders.device, size // DOWNSCALE
        self.capacity = max(capacity, at_once)
        self.mean = torch.empty(self.capacity, LATENT_CHANNELS, side, side, dtype=torch.float16, device=device)
        self.std = torch.empty_like(self.mean)
        self.conditioning = torch.empty(self.capacity, CONTEXT_LENGTH, encoders.text_encoder.config.hidden_size, dtype=torch.float16, device=device)
        self.counts = torch.empty(self.capacity, len(CLASSES), side, side, dtype=torch.uint8, device=device)
        self.made = 0  # scenes, ever

    def __len__(self) -> int:
        return min(self.made, self.capacity)

    @torch.no_grad()
    def make(self, scenes: int) -> Part:
        """New scenes, encoded. One thread at a time: scenes come from one generator."""
        drawn = self.draw(scenes)
        pixels, maps = self.composer.compose(drawn, self.size)
        mean, std = self.encoders.encode_pixels(pixels)
        mapped = torch.tensor([scene.mapped for scene in drawn], device=maps.device)
        return Part(mean.half(), std.half(), self.encoders.encode_text([scene.caption for scene in drawn]).half(),
                    counts_of_classes(maps) * mapped[:, None, None, None])

    def put(self, part: Part) -> None:
        """In the place of the oldest."""
        places = (self.made + torch.arange(len(part.mean), device=self.mean.device)) % self.capacity
        for name in vars(part):
            getattr(self, name)[places] = getattr(part, name)
        self.made += len(part.mean)

    def fill(self, scenes: int) -> None:
        while self.made < min(scenes, self.capacity):
            self.put(self.make(self.at_once))

    def batch(self, n: int) -> Batch:
        places = torch.randint(0, len(self), (n,), device=self.mean.device)
        mean = self.mean[places].float()
        return Batch(mean + self.std[places].float() * torch.randn_like(mean), self.conditioning[places].float(),
                     self.counts[places].float() / PIXELS_OF_LATENT)
