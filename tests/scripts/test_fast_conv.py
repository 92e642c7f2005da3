"""3x3 convolutions with a gradient of their own."""

import pytest
import torch
from torch import nn

from training.fast_conv import weight_gradient, with_fast_convolutions


@pytest.mark.parametrize("dtype, within", [(torch.float64, 1e-12), (torch.float32, 1e-4)])
def test_the_weights_gradient_is_autograds(dtype, within):
    torch.manual_seed(0)
    x = torch.randn(3, 5, 6, 4, dtype=dtype).to(memory_format=torch.channels_last)
    weight = torch.randn(7, 5, 3, 3, dtype=dtype, requires_grad=True)
    gradient = torch.randn(3, 7, 6, 4, dtype=dtype)
    nn.functional.conv2d(x, weight, padding=1).backward(gradient)
    torch.testing.assert_close(weight_gradient(gradient, x), weight.grad, atol=within, rtol=within)


@pytest.mark.parametrize("side", [8, 16])  # 16: oneDNN's own
def test_a_network_computes_as_before(side):
    torch.manual_seed(0)
    networks = [nn.Sequential(nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(), nn.Conv2d(6, 2, 3, padding=1), nn.Conv2d(2, 2, 1)) for _ in range(2)]
    networks[1].load_state_dict(networks[0].state_dict())
    with_fast_convolutions(networks[1])
    x = torch.randn(2, 4, side, side)
    inputs = [x.clone().requires_grad_() for _ in networks]
    outputs = [network(one) for network, one in zip(networks, inputs)]
    for output in outputs:
        output.square().sum().backward()
    torch.testing.assert_close(*outputs)
    torch.testing.assert_close(inputs[0].grad, inputs[1].grad)
    for one, other in zip(*(network.parameters() for network in networks)):
        torch.testing.assert_close(one.grad, other.grad)


def test_other_convolutions_stay():
    network = with_fast_convolutions(nn.Sequential(nn.Conv2d(2, 2, 3, stride=2, padding=1), nn.Conv2d(2, 2, 3), nn.Conv2d(2, 2, 3, padding=1)))
    assert ["forward" in vars(module) for module in network] == [False, False, True]
