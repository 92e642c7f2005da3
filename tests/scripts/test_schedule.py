"""training/schedule.py against literal numbers and against diffusers."""

import pytest
import torch
from diffusers import DDPMScheduler

from training.schedule import NoiseSchedule


@pytest.fixture
def schedule():
    return NoiseSchedule()


@pytest.mark.parametrize("timestep, alpha_bar", [(0, 0.9999), (1, 0.99978008), (500, 0.07779666), (999, 4.0358e-05)])
def test_alpha_bars(schedule, timestep, alpha_bar):
    assert schedule.alpha_bars[timestep].item() == pytest.approx(alpha_bar, rel=1e-4)


def test_largest_sigma_leaves_nearly_no_signal(schedule):
    last = schedule.alpha_bars[-1].double()
    assert ((1 - last) / last).sqrt().item() == pytest.approx(157.4, abs=0.1)


def test_noise_and_target_are_diffusers(schedule):
    latents, noise = torch.randn(2, 8, 4, 4), torch.randn(2, 8, 4, 4)
    timesteps = torch.tensor([3, 700])
    theirs = DDPMScheduler(beta_start=1e-4, beta_end=0.02, beta_schedule="linear")
    torch.testing.assert_close(schedule.add_noise(latents, noise, timesteps), theirs.add_noise(latents, noise, timesteps), atol=1e-5, rtol=0)
    torch.testing.assert_close(schedule.v_target(latents, noise, timesteps), theirs.get_velocity(latents, noise, timesteps), atol=1e-5, rtol=0)


def test_v_and_noisy_latents_give_the_latents_back(schedule):
    latents, noise, timesteps = torch.randn(2, 8, 4, 4), torch.randn(2, 8, 4, 4), torch.tensor([10, 900])
    alpha_bar = schedule.alpha_bars[timesteps][:, None, None, None]
    noisy, v = schedule.add_noise(latents, noise, timesteps), schedule.v_target(latents, noise, timesteps)
    torch.testing.assert_close(alpha_bar.sqrt() * noisy - (1 - alpha_bar).sqrt() * v, latents, atol=1e-5, rtol=0)


def test_min_snr_weights(schedule):
    # t = 0: SNR 9999, weight 5 / 10000; t = 999: SNR 4.036e-5, below gamma
    weights = schedule.min_snr_weights(torch.tensor([0, 999]))
    assert weights.tolist() == pytest.approx([5e-4, 1.0], rel=1e-3)
