"""The autoencoder and the U-Net: their configurations, and how they are saved.

    autoencoder: pixels [B, 3, H, W] in [-1, 1] <-> latents [B, 8, H/8, W/8]; 3.5 M parameters
    unet:        latents and the map's share of each class [B, 8 + K, h, w] (zeros: no map), timesteps [B],
                 conditioning [B, 48, 256] -> v [B, 8, h, w]; 49.6 M parameters

Both are diffusers' classes, so that diffusers reads the weights as they are. A saved network is a folder with
config.json and diffusion_pytorch_model.safetensors.
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from training.loop import replace_folder
from training.map_classes import CLASSES
from training.networks import bundled_tensors

LATENT_CHANNELS = 8
DOWNSCALE = 8
CONDITIONING_WIDTH = 256

AUTOENCODER = {
    "in_channels": 3,
    "out_channels": 3,
    "latent_channels": LATENT_CHANNELS,
    "sample_size": 128,
    "block_out_channels": (48, 64, 96, 128),
    "layers_per_block": 1,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "norm_num_groups": 16,
}

# Three levels of width 128, 256, 384; attention in the lower two, 64 channels a head (`attention_head_dim` is the number of
# heads in diffusers 0.42). Wide where it is cheap: at 128 px the lowest level has 4x4 latents.
UNET = {
    "sample_size": 32,
    "in_channels": LATENT_CHANNELS + len(CLASSES),
    "out_channels": LATENT_CHANNELS,
    "block_out_channels": (128, 256, 384),
    "layers_per_block": (1, 2, 1),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "attention_head_dim": (2, 4, 6),
    "cross_attention_dim": CONDITIONING_WIDTH,
}
TINY_UNET = UNET | {"block_out_channels": (32, 32, 64), "attention_head_dim": (1, 1, 1)}  # for dry runs: 1.5 M parameters
# The U-Net of the bundles that were published first: 13.0 M parameters, a map's classes beside the latents only in emoji-map.
FIRST_UNET = {
    "sample_size": 16,
    "in_channels": LATENT_CHANNELS,
    "out_channels": LATENT_CHANNELS,
    "block_out_channels": (128, 192),
    "layers_per_block": (2, 1),
    "down_block_types": ("CrossAttnDownBlock2D",) * 2,
    "up_block_types": ("CrossAttnUpBlock2D",) * 2,
    "attention_head_dim": (4, 6),
    "cross_attention_dim": CONDITIONING_WIDTH,
}


def autoencoder() -> AutoencoderKL:
    return AutoencoderKL(**AUTOENCODER)


def unet(tiny: bool = False) -> UNet2DConditionModel:
    return UNet2DConditionModel(**(TINY_UNET if tiny else UNET))


def save_network(network: AutoencoderKL | UNet2DConditionModel, folder: Path) -> None:
    """Replaces `folder` when everything is written."""
    staging = folder.with_name(folder.name + ".partial")
    network.to("cpu", memory_format=torch.contiguous_format).save_pretrained(staging)  # safetensors has no strides
    replace_folder(staging, folder)


def load_autoencoder(folder: Path) -> AutoencoderKL:
    """From the folder `final` of train/autoencoder.py, or out of a bundle (docs/bundle-format.md)."""
    if (folder / "model.json").is_file():
        return _bundled_autoencoder(folder)
    return AutoencoderKL.from_pretrained(_existing(folder), local_files_only=True)


def load_unet(folder: Path) -> UNet2DConditionModel:
    """From the folder `final` of train/unet.py, or out of a bundle."""
    if (folder / "model.json").is_file():
        tensors = bundled_tensors(folder, "unet")
        first = tensors["mid_block.attentions.0.norm.weight"].shape[0] == FIRST_UNET["block_out_channels"][-1]
        channels = tensors["conv_in.weight"].shape[1]
        network = UNet2DConditionModel(**(FIRST_UNET if first else UNET) | {"in_channels": channels})
        network.load_state_dict(tensors)
        return network
    return UNet2DConditionModel.from_pretrained(_existing(folder), local_files_only=True)


def moments(autoencoder: AutoencoderKL, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """-> mean and log variance, each [B, 8, H/8, W/8] float32; clamped as diffusers clamps."""
    mean, log_variance = autoencoder.quant_conv(autoencoder.encoder(pixels)).float().chunk(2, dim=1)
    return mean, log_variance.clamp(-30.0, 20.0)


def draws_without_map(network: UNet2DConditionModel) -> bool:
    """The first U-Net that saw maps was hardly trained without them."""
    return tuple(network.config.block_out_channels) != FIRST_UNET["block_out_channels"]


def with_unit_channels(network: AutoencoderKL, deviations: torch.Tensor) -> AutoencoderKL:
    """The same autoencoder with latents of unit standard deviation in each channel, and a scaling factor of 1.

    deviations [8]: of the unscaled latents. The factors go into quant_conv and post_quant_conv: decoding what was encoded
    gives the same picture as before.
    """
    channels = deviations.shape[0]
    with torch.no_grad():
        network.quant_conv.weight[:channels] /= deviations[:, None, None, None]
        network.quant_conv.bias[:channels] /= deviations
        network.quant_conv.bias[channels:] -= 2 * deviations.log()  # log variance
        # The logarithm of the variance is shifted, not scaled.
        network.post_quant_conv.weight *= deviations[None, :, None, None]
    network.register_to_config(scaling_factor=1.0)
    return network


def parameter_count(module: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


def _bundled_autoencoder(bundle: Path) -> AutoencoderKL:
    model = json.loads((bundle / "model.json").read_text(encoding="utf-8"))
    network = autoencoder()
    network.load_state_dict(bundled_tensors(bundle, "vae_encoder", "vae_decoder"))
    network.register_to_config(scaling_factor=model["latents"]["scaling_factor"])
    return network


def _existing(folder: Path) -> Path:
    if not (folder / "config.json").is_file():
        raise SystemExit(f"{folder}: no config.json there. Train this network first, or name another folder.")
    return folder
