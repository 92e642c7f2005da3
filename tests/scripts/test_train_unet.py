"""The U-Net's training: batches in parts, and what can be asked for on the command line."""

import pytest
import torch
from torch import nn

from train_unet import parse_sizes
from training.denoising import Sample, backward


class Predictor(nn.Module):
    """A U-Net of one weight: it predicts so many times what it sees."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(0.5))

    def forward(self, noisy, timesteps, conditioning, return_dict):
        return (self.weight * noisy,)


def test_parts_of_a_batch_add_up_to_the_gradient_of_the_whole():
    noisy = torch.tensor([2.0, 4.0, 6.0])[:, None, None, None].expand(3, 8, 2, 2)
    sample = Sample(noisy, torch.zeros(3), torch.zeros(3, 48, 256), torch.zeros_like(noisy), torch.tensor([1.0, 1.0, 0.5]))
    whole, parted = Predictor(), Predictor()
    losses = backward(whole, sample)
    # (1 + 4 + 0.5 * 9) / 3, and without the weights 14 / 3
    assert losses["loss"] == pytest.approx(9.5 / 3) and losses["v_error"] == pytest.approx(14 / 3)
    parts = [backward(parted, sample, slice(0, 2)), backward(parted, sample, slice(2, 3))]
    assert sum(part["loss"] for part in parts) == pytest.approx(9.5 / 3)
    # d/dw of w^2 (4 + 16 + 18) / 3 at w = 0.5
    assert whole.weight.grad == pytest.approx(38 / 3) and parted.weight.grad == pytest.approx(38 / 3)


def test_sizes_and_their_shares():
    assert parse_sizes("64=1,128=3") == {64: 0.25, 128: 0.75}


@pytest.mark.parametrize("text", ["", "128", "128=x", "100=1", "128=0", "64=0.5,128=-1"])
def test_sizes_that_are_not_are_refused(text):
    with pytest.raises(ValueError):
        parse_sizes(text)
