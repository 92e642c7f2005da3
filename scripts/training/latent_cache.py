"""Scenes as the U-Net sees them: latents and conditioning, kept on the device and renewed bit by bit.

Encoding a scene costs about as much as a training step on it, so each is used several times. The cache is a ring of
chunks; `refresh` encodes new scenes over the oldest chunk. A latent is kept as mean and standard deviation (half
precision, scaled by the scaling factor) and drawn anew at each use.
"""

import time

import torch
from diffusers import AutoencoderKL
from transformers import CLIPTextModel

from training.device import autocast
from training.latent_networks import DOWNSCALE, LATENT_CHANNELS, moments
from training.networks import CONTEXT_LENGTH, Tokenizer
from training.scenes import SceneSampler


class LatentCache:
    """size: pixels on a side. chunk: scenes in a chunk. at_once: scenes encoded together."""

    def __init__(self, sampler: SceneSampler, autoencoder: AutoencoderKL, text_encoder: CLIPTextModel, tokenizer: Tokenizer,
                 device: torch.device, size: int, chunk: int, chunks: int, at_once: int = 512):
        self.sampler, self.autoencoder, self.text_encoder, self.tokenizer = sampler, autoencoder, text_encoder, tokenizer
        self.device, self.size, self.chunk, self.chunks, self.at_once = device, size, chunk, chunks, at_once
        side = size // DOWNSCALE
        self.mean = torch.empty(chunk * chunks, LATENT_CHANNELS, side, side, dtype=torch.float16, device=device)
        self.std = torch.empty_like(self.mean)
        width = text_encoder.config.hidden_size
        self.conditioning = torch.empty(chunk * chunks, CONTEXT_LENGTH, width, dtype=torch.float16, device=device)
        self.refreshes = 0
        self.refresh()

    def batch(self, n: int) -> tuple[torch.Tensor, torch.Tensor]:
        """n random scenes: scaled latents [n, 8, h, w] float32, conditioning [n, 48, 256] float16."""
        filled = min(self.refreshes, self.chunks) * self.chunk
        places = torch.randint(0, filled, (n,), device=self.device)
        mean, std = self.mean[places].float(), self.std[places].float()
        return mean + std * torch.randn_like(mean), self.conditioning[places]

    def refresh_if_due(self, share: float) -> None:
        """Refreshes so often that it takes this share of the time."""
        if time.monotonic() - self.refreshed_at > self.refresh_seconds * (1 / share - 1):
            self.refresh()

    @torch.no_grad()
    def refresh(self) -> None:
        self._wait()
        started = time.monotonic()
        begin = self.refreshes % self.chunks * self.chunk
        for start in range(begin, begin + self.chunk, self.at_once):
            part = slice(start, min(start + self.at_once, begin + self.chunk))
            pixels, captions = self.sampler.sample(part.stop - part.start, self.size)
            self.encode(part, pixels, captions)
        self.refreshes += 1
        self._wait()
        self.refreshed_at = time.monotonic()
        self.refresh_seconds = self.refreshed_at - started

    @torch.no_grad()
    def encode(self, part: slice, pixels: torch.Tensor, captions: list[str]) -> None:
        """Puts scenes into these places."""
        with autocast(self.device):
            mean, log_variance = moments(self.autoencoder, pixels.contiguous(memory_format=torch.channels_last))
        scaling_factor = self.autoencoder.config.scaling_factor
        self.mean[part] = (mean * scaling_factor).half()
        self.std[part] = (torch.exp(0.5 * log_variance) * scaling_factor).half()
        self.conditioning[part] = self.encode_text(captions).half()

    @torch.no_grad()
    def encode_text(self, texts: list[str]) -> torch.Tensor:
        """-> conditioning [len(texts), 48, 256] float32"""
        with autocast(self.device):
            return self.text_encoder(input_ids=self.tokenizer(texts).to(self.device)).last_hidden_state.float()

    def _wait(self) -> None:
        if self.device.type == "cuda":
            torch.cuda.synchronize(self.device)
