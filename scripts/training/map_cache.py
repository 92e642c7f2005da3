"""Scenes with maps as the U-Net sees them: latents, conditioning, and the share of each class in each latent.

Like latent_cache.py, for processors of few, busy cores: a part of a few scenes is made by one thread of the training's
pool while the others train, and takes the place of the oldest part.
"""

from concurrent.futures import Executor, Future
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from transformers import CLIPTextModel

from training.device import autocast
from training.latent_networks import DOWNSCALE, moments
from training.map_classes import CLASSES
from training.map_scenes import MapSceneSampler
from training.networks import Tokenizer

Part = dict[str, torch.Tensor]


def shares_of_classes(maps: torch.Tensor) -> torch.Tensor:
    """uint8 [n, H, W] of class indices -> float32 [n, K, H/8, W/8]: the one-hot map averaged over each latent's pixels.

    Twin of one_hot in src/image/segmap.cpp; Rombach et al. 2022 rescale their maps so.
    """
    return F.avg_pool2d(F.one_hot(maps.long(), len(CLASSES)).permute(0, 3, 1, 2).float(), DOWNSCALE)


@dataclass
class MapCache:
    """capacity: parts that are kept; part: scenes in a part."""

    sampler: MapSceneSampler
    autoencoder: AutoencoderKL
    text_encoder: CLIPTextModel
    tokenizer: Tokenizer
    pool: Executor
    capacity: int
    part: int = 16
    size: int = 128

    def __post_init__(self):
        self.parts: list[Part] = []
        self.made = 0  # parts, ever
        self.coming: Future | None = None

    def fill(self, parts: int) -> None:
        while self.made < parts:
            self.renew()
            self.coming.result()
            self.take()

    def renew(self) -> None:
        """Lets the pool make a new part, unless one is being made: the sampler serves one thread at a time."""
        self.take()
        if self.coming is None:
            self.coming = self.pool.submit(self.make)

    def take(self) -> None:
        """Puts a part that is ready in the place of the oldest."""
        if self.coming is None or not self.coming.done():
            return
        self.parts[self.made % self.capacity : self.made % self.capacity + 1] = [self.coming.result()]
        self.made += 1
        self.coming = None

    @torch.no_grad()
    def make(self) -> Part:
        scenes = self.sampler.sample(self.part, self.size)
        with autocast(scenes.pixels.device):
            mean, log_variance = moments(self.autoencoder, scenes.pixels)
        scale = self.autoencoder.config.scaling_factor
        return {"mean": (mean * scale).half(), "std": (torch.exp(0.5 * log_variance) * scale).half(),
                "conditioning": self.encode_text(scenes.captions).half(), "shares": shares_of_classes(scenes.maps).half()}

    @torch.no_grad()
    def encode_text(self, texts: list[str]) -> torch.Tensor:
        """-> conditioning [len(texts), 48, 256] float32"""
        return self.text_encoder(input_ids=self.tokenizer(texts)).last_hidden_state

    def batch(self, n: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """n random scenes: scaled latents [n, 8, h, w], conditioning [n, 48, 256], shares [n, K, h, w], float32."""
        self.take()
        places = [divmod(place, self.part) for place in torch.randint(0, len(self.parts) * self.part, (n,)).tolist()]

        def of(name: str) -> torch.Tensor:
            return torch.stack([self.parts[part][name][scene] for part, scene in places]).float()

        mean = of("mean")
        return mean + of("std") * torch.randn_like(mean), of("conditioning"), of("shares")
