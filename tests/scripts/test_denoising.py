"""Denoising problems: dropout, assigned noise, parts of a batch, validation."""

import pytest
import torch
from torch import nn

from training.denoising import Sample, Validation, backward, make_sample
from training.scene_cache import Batch
from training.schedule import NoiseSchedule

SCHEDULE = NoiseSchedule()
EMPTY = torch.full((1, 48, 4), -1.0)


class Predictor(nn.Module):
    """A U-Net of one weight: it predicts so many times what it sees."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.5))

    def forward(self, noisy, timesteps, conditioning, return_dict):
        return (self.weight * noisy[:, :8],)


def batch_of(n):
    return Batch(torch.randn(n, 8, 2, 2), torch.ones(n, 48, 4), torch.ones(n, 3, 2, 2))


def test_a_tenth_of_captions_and_maps_is_dropped():
    torch.manual_seed(0)
    sample = make_sample(batch_of(4000), SCHEDULE, EMPTY)
    without_caption, without_map = (sample.conditioning == -1).all((1, 2)), (sample.noisy[:, 8:] == 0).all(1).all((1, 2))
    assert ((sample.conditioning == 1).all((1, 2)) ^ without_caption).all()
    assert without_caption.float().mean() == pytest.approx(0.1, abs=0.02) and without_map.float().mean() == pytest.approx(0.1, abs=0.02)
    assert (without_caption & without_map).float().mean() == pytest.approx(0.01, abs=0.008)  # of each other they know nothing


def test_noise_and_target_belong_together():
    """From x_t and v: x_0 = sqrt(alpha_bar) x_t - sqrt(1 - alpha_bar) v [Salimans and Ho 2022]."""
    batch = batch_of(16)
    sample = make_sample(batch, SCHEDULE, EMPTY)
    alpha_bar = SCHEDULE.alpha_bars[sample.timesteps][:, None, None, None]
    torch.testing.assert_close(alpha_bar.sqrt() * sample.noisy[:, :8] - (1 - alpha_bar).sqrt() * sample.target, batch.latents, atol=1e-5, rtol=0)


def noise_of(sample):
    alpha_bar = SCHEDULE.alpha_bars[sample.timesteps][:, None, None, None]
    return (1 - alpha_bar).sqrt() * sample.noisy[:, :8] + alpha_bar.sqrt() * sample.target


def test_assigned_noise_is_the_same_noise_nearer_by():
    batch = batch_of(32)
    found = []
    for assigned in (False, True):
        torch.manual_seed(1)
        found.append(noise_of(make_sample(batch, SCHEDULE, EMPTY, assigned)))
    plain, near = found
    torch.testing.assert_close(plain.flatten().sort().values, near.flatten().sort().values, atol=1e-4, rtol=0)
    distances = [(noise - batch.latents).flatten(1).norm(dim=1).sum() for noise in found]
    assert distances[1] < distances[0]


def test_parts_of_a_batch_add_up_to_the_gradient_of_the_whole():
    noisy = torch.tensor([2.0, 4.0, 6.0])[:, None, None, None].expand(3, 8, 2, 2)
    sample = Sample(noisy, torch.zeros(3), torch.zeros(3, 48, 256), torch.zeros_like(noisy), torch.tensor([1.0, 1.0, 0.5]))
    whole, parted = Predictor(), Predictor()
    losses = backward(whole, sample, torch.float32)
    # (1 + 4 + 0.5 * 9) / 3, and without the weights 14 / 3
    assert losses["loss"] == pytest.approx(9.5 / 3) and losses["v_error"] == pytest.approx(14 / 3)
    parts = [backward(parted, sample, torch.float32, part) for part in (slice(0, 2), slice(2, 4))]
    assert sum(part["loss"] for part in parts) == pytest.approx(9.5 / 3)
    # d/dw of w^2 (4 + 16 + 18) / 3 at w = 0.5
    assert whole.weight.grad == pytest.approx(38 / 3) and parted.weight.grad == pytest.approx(38 / 3)


def test_validation_is_the_same_for_every_call_and_every_run():
    torch.manual_seed(0)
    batch = batch_of(5)
    validation = Validation(batch, SCHEDULE, at_once=2)
    first = validation(Predictor())
    torch.manual_seed(7)
    torch.randn(3)
    assert validation(Predictor()) == first == Validation(batch, SCHEDULE, at_once=2)(Predictor())
    assert list(first) == ["v_error_200", "v_error_500", "v_error_800", "v_error_980"]
    assert validation(lambda noisy, *_, return_dict: (torch.zeros_like(noisy[:, :8]),))["v_error_980"] != first["v_error_980"]
