"""3x3 convolutions whose weights' gradient is one matrix product: on a CPU with AMX, oneDNN's own takes two to five times as long
where pictures are small (8x8 and less) and channels many. Forward and the inputs' gradient are oneDNN's.
"""

import torch
import torch.nn.functional as F
from torch import nn

LARGEST_SIDE = 8  # where the product is faster than oneDNN


class _Conv3x3(torch.autograd.Function):
    """x: [B, C, H, W], weight: [O, C, 3, 3], both channels-last; stride 1, padding 1."""

    @staticmethod
    def forward(ctx, x: torch.Tensor, weight: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
        ctx.save_for_backward(x, weight)
        return F.conv2d(x, weight, bias, padding=1)

    @staticmethod
    def backward(ctx, gradient: torch.Tensor):
        x, weight = ctx.saved_tensors
        of_x = torch.ops.aten.convolution_backward(
            gradient, x, weight, None, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, False, False])[0]
        return of_x, weight_gradient(gradient, x), gradient.sum(dim=(0, 2, 3))


def weight_gradient(gradient: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """gradient: [B, O, H, W], x: [B, C, H, W] -> [O, C, 3, 3]"""
    n, channels, height, width = x.shape
    padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    strides = padded.stride()
    # Three neighbours in a row lie side by side: each pixel's surroundings are three runs of 3 C values.
    around = padded.as_strided((n, height, width, 3, 3 * channels), (*strides[:3], strides[1], 1)).reshape(n * height * width, 9 * channels)
    outputs = gradient.permute(0, 2, 3, 1).reshape(n * height * width, -1)
    return (outputs.T @ around).view(-1, 3, 3, channels).permute(0, 3, 1, 2)


def _forward(self: nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
    if x.shape[-1] > LARGEST_SIDE or x.dtype != self.weight.dtype:
        return F.conv2d(x, self.weight, self.bias, self.stride, self.padding)
    return _Conv3x3.apply(x, self.weight, self.bias)


def with_fast_convolutions(network: nn.Module) -> nn.Module:
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and (module.kernel_size, module.stride, module.padding) == ((3, 3), (1, 1), (1, 1)):
            module.forward = _forward.__get__(module)
    return network
