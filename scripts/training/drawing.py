"""Draws pictures with networks in training, to look at: DPM-Solver++ (2M) in few steps of equal timesteps with guidance, as
the program does with the default model (`sfumato --sampling-method dpm++2m --scheduler sgm_uniform --steps 5`), to within
a timestep.
"""

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, UNet2DConditionModel

from training.latent_networks import DOWNSCALE, LATENT_CHANNELS
from training.schedule import NOISE_SCHEDULE


@torch.no_grad()
def draw(unet: UNet2DConditionModel, autoencoder: AutoencoderKL, conditioning: torch.Tensor, empty: torch.Tensor,
         size: int = 128, steps: int = 5, cfg_scale: float = 1.5, shares: torch.Tensor | None = None) -> torch.Tensor:
    """conditioning [N, 48, 256], empty [1, 48, 256] -> pixels [N, 3, size, size]; picture i has seed i.

    shares: [N, K, h, w] beside the latents, of U-Nets that draw from maps; both halves of the guidance see it. None: no map.
    """
    beside = unet.config.in_channels - LATENT_CHANNELS
    if shares is None:
        shares = torch.zeros(len(conditioning), beside, size // DOWNSCALE, size // DOWNSCALE, device=conditioning.device)
    scheduler = DPMSolverMultistepScheduler(
        num_train_timesteps=NOISE_SCHEDULE["train_steps"], timestep_spacing="trailing",
        **{key: NOISE_SCHEDULE[key] for key in ("beta_start", "beta_end", "beta_schedule", "prediction_type")})
    scheduler.set_timesteps(steps)
    shape = (1, LATENT_CHANNELS, size // DOWNSCALE, size // DOWNSCALE)
    noise = [torch.randn(shape, generator=torch.Generator().manual_seed(seed)) for seed in range(len(conditioning))]
    latents = torch.cat(noise).to(conditioning.device) * scheduler.init_noise_sigma
    both = torch.cat([empty.expand_as(conditioning), conditioning])
    for timestep in scheduler.timesteps:
        seen = torch.cat([latents, shares], dim=1)
        unguided, guided = unet(torch.cat([seen, seen]), timestep, both).sample.chunk(2)
        latents = scheduler.step(unguided + cfg_scale * (guided - unguided), timestep, latents).prev_sample
    parts = (latents / autoencoder.config.scaling_factor).split(64)
    return torch.cat([autoencoder.decode(part).sample for part in parts]).clamp(-1, 1)
