"""One denoising problem for a U-Net, and its gradients."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from diffusers import UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor

from training.device import autocast


@dataclass
class Sample:
    """noisy: [B, 8 (+ K), h, w]; conditioning: [B, 48, 256]; target: v [B, 8, h, w]; weights: of squared errors [B]"""

    noisy: torch.Tensor
    timesteps: torch.Tensor
    conditioning: torch.Tensor
    target: torch.Tensor
    weights: torch.Tensor


def prepared(unet: UNet2DConditionModel, device: torch.device) -> UNet2DConditionModel:
    """As it trains fastest: in bfloat16 on a CPU the fused attention's backward is slower than plain products."""
    if device.type == "cpu":
        unet.set_attn_processor(AttnProcessor())
        return unet
    return unet.to(device, memory_format=torch.channels_last)


def backward(predict: Callable, sample: Sample, part: slice = slice(None)) -> dict[str, torch.Tensor]:
    """Adds the gradients of this part of a batch to the parameters'; safe to call from several threads at once."""
    with autocast(sample.noisy.device):
        prediction = predict(sample.noisy[part], sample.timesteps[part], sample.conditioning[part], return_dict=False)[0].float()
    squared_error = (prediction - sample.target[part]).square().mean(dim=(1, 2, 3))
    share = len(squared_error) / len(sample.timesteps)
    loss = (sample.weights[part] * squared_error).mean() * share
    loss.backward()
    return {"loss": loss.detach(), "v_error": squared_error.detach().mean() * share}
