"""The forward process: x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) noise, and what the U-Net learns of it.

Twin of src/diffusion/noise_schedule.cpp. Ho et al. 2020 (eq. 4, linear betas 1e-4..0.02), Salimans and Ho 2022
(v-prediction, section 4), Hang et al. 2023 (min-SNR weights). At the last step sigma = sqrt((1 - alpha_bar) / alpha_bar)
is 157: nearly no signal is left, so a background may have any mean colour (Lin et al. 2023).
"""

import torch

TRAIN_STEPS = 1000
BETA_START = 1e-4
BETA_END = 0.02
MIN_SNR_GAMMA = 5.0

# In diffusers' words; the same dictionary goes into model.json and scheduler_config.json.
NOISE_SCHEDULE = {
    "train_steps": TRAIN_STEPS,
    "beta_schedule": "linear",
    "beta_start": BETA_START,
    "beta_end": BETA_END,
    "prediction_type": "v_prediction",
    "timestep_spacing": "leading",
    "steps_offset": 1,
    "set_alpha_to_one": False,
}


class NoiseSchedule:
    """alpha_bars: [1000] float32 on `device`, computed in float64."""

    def __init__(self, device: torch.device | str = "cpu"):
        betas = torch.linspace(BETA_START, BETA_END, TRAIN_STEPS, dtype=torch.float64)
        self.alpha_bars = torch.cumprod(1.0 - betas, 0).float().to(device)

    def add_noise(self, latents: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        """latents, noise: [B, C, h, w]; timesteps: int64 [B] -> x_t [B, C, h, w]."""
        alpha_bar = self._of(timesteps)
        return alpha_bar.sqrt() * latents + (1.0 - alpha_bar).sqrt() * noise

    def v_target(self, latents: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor) -> torch.Tensor:
        """v = sqrt(alpha_bar) noise - sqrt(1 - alpha_bar) x_0."""
        alpha_bar = self._of(timesteps)
        return alpha_bar.sqrt() * noise - (1.0 - alpha_bar).sqrt() * latents

    def min_snr_weights(self, timesteps: torch.Tensor, gamma: float = MIN_SNR_GAMMA) -> torch.Tensor:
        """[B]: min(SNR + 1, gamma) / (SNR + 1), weights of squared errors in v.

        A squared error in v is one in x_0 times SNR + 1; this cuts that factor at gamma. The paper's factor for x_0,
        min(SNR, gamma), would leave the noisiest steps, where layout and background are decided, nearly no weight.
        """
        alpha_bar = self.alpha_bars[timesteps]
        snr = alpha_bar / (1.0 - alpha_bar)
        return (snr + 1.0).clamp(max=gamma) / (snr + 1.0)

    def _of(self, timesteps: torch.Tensor) -> torch.Tensor:
        return self.alpha_bars[timesteps][:, None, None, None]
