"""One denoising problem for a U-Net, and its gradients."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from scipy.optimize import linear_sum_assignment

from training.device import autocast
from training.fast_conv import with_fast_convolutions
from training.scene_cache import Batch
from training.schedule import TRAIN_STEPS, NoiseSchedule

CAPTION_DROPOUT = 0.1  # so that guidance has something to lead away from
MAP_DROPOUT = 0.1  # of the scenes with a map: text alone still draws them


@dataclass
class Sample:
    """noisy: [B, 8 + K, h, w]; conditioning: [B, 48, 256]; target: v [B, 8, h, w]; weights: of squared errors [B]"""

    noisy: torch.Tensor
    timesteps: torch.Tensor
    conditioning: torch.Tensor
    target: torch.Tensor
    weights: torch.Tensor


def prepared(unet: UNet2DConditionModel, device: torch.device) -> UNet2DConditionModel:
    """As it trains fastest: in bfloat16 on a CPU the fused attention's backward is slower than plain products."""
    if device.type == "cpu":
        unet.set_attn_processor(AttnProcessor())
        with_fast_convolutions(unet)
    return unet.to(device, memory_format=torch.channels_last)


def make_sample(batch: Batch, schedule: NoiseSchedule, empty: torch.Tensor, assigned: bool = False) -> Sample:
    """empty: conditioning of the empty text [1, 48, 256]. assigned: noise goes to the nearest latents of the batch
    [Li et al. 2024, immiscible diffusion]."""
    n, device = len(batch.latents), batch.latents.device
    timesteps = torch.randint(0, TRAIN_STEPS, (n,), device=device)
    dropped = torch.rand(n, device=device) < CAPTION_DROPOUT
    conditioning = torch.where(dropped[:, None, None], empty, batch.conditioning)
    shares = batch.shares * (torch.rand(n, device=device) >= MAP_DROPOUT)[:, None, None, None]
    noise = torch.randn_like(batch.latents)
    if assigned:
        distances = torch.cdist(batch.latents.flatten(1), noise.flatten(1))
        noise = noise[torch.from_numpy(linear_sum_assignment(distances.cpu().numpy())[1]).to(device)]
    return sample_at(batch.latents, noise, timesteps, conditioning, shares, schedule)


def sample_at(latents: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor, conditioning: torch.Tensor, shares: torch.Tensor,
              schedule: NoiseSchedule) -> Sample:
    noisy = torch.cat([schedule.add_noise(latents, noise, timesteps), shares], dim=1)
    return Sample(noisy, timesteps, conditioning, schedule.v_target(latents, noise, timesteps), schedule.min_snr_weights(timesteps))


def backward(predict: Callable, sample: Sample, dtype: torch.dtype, part: slice = slice(None)) -> dict[str, torch.Tensor]:
    """Adds the gradients of this part of a batch to the parameters'; safe to call from several threads at once."""
    inputs = sample.noisy[part].to(dtype, memory_format=torch.channels_last)
    prediction = predict(inputs, sample.timesteps[part], sample.conditioning[part].to(dtype), return_dict=False)[0].float()
    squared_error = (prediction - sample.target[part]).square().mean(dim=(1, 2, 3))
    share = len(squared_error) / len(sample.timesteps)
    loss = (sample.weights[part] * squared_error).mean() * share
    loss.backward()
    return {"loss": loss.detach(), "v_error": squared_error.detach().mean() * share}


class Validation:
    """Squared error of v on scenes that are drawn once, at fixed levels and noise."""

    LEVELS = (200, 500, 800, 980)

    def __init__(self, batch: Batch, schedule: NoiseSchedule, at_once: int = 32):
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn(batch.latents.shape, generator=generator).to(batch.latents.device)
        self.samples = {level: [sample_at(*parts, schedule) for parts in zip(
            batch.latents.split(at_once), noise.split(at_once), torch.full((len(noise),), level, device=noise.device).split(at_once),
            batch.conditioning.split(at_once), batch.shares.split(at_once))] for level in self.LEVELS}

    @torch.no_grad()
    def __call__(self, unet: UNet2DConditionModel) -> dict[str, float]:
        errors = {}
        for level, samples in self.samples.items():
            with autocast(samples[0].noisy.device):
                found = [(unet(s.noisy.contiguous(memory_format=torch.channels_last), s.timesteps, s.conditioning, return_dict=False)[0].float()
                          - s.target).square().mean(dim=(1, 2, 3)) for s in samples]
            errors[f"v_error_{level}"] = torch.cat(found).mean().item()
        return errors
