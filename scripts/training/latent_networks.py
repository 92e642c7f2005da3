"""The autoencoder and the U-Net: their configurations, and how they are saved.

    autoencoder: pixels [B, 3, H, W] in [-1, 1] <-> latents [B, 8, H/8, W/8]; 3.5 M parameters
    unet:        latents [B, 8, h, w], timesteps [B], conditioning [B, 48, 256] -> v [B, 8, h, w]; 13 M parameters.
                 One that draws from a map takes [B, 8 + K, h, w]: the latents, then the map's share of each class

Both are diffusers' classes, so that diffusers reads the weights as they are. A saved network is a folder with
config.json and diffusion_pytorch_model.safetensors.
"""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel

from training.loop import replace_folder
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

# Two levels, 16x16 and 8x8 latents, with attention in both: at 8x8 attention already sees the whole picture.
# In diffusers 0.42 `attention_head_dim` is the number of heads: 32 channels a head here.
UNET = {
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


def unet(beside: int = 0) -> UNet2DConditionModel:
    """beside: input channels after the latents, of a map of so many classes."""
    return UNet2DConditionModel(**UNET | {"in_channels": LATENT_CHANNELS + beside})


def widened(narrow: UNet2DConditionModel, beside: int) -> UNet2DConditionModel:
    """The same U-Net with `beside` more input channels, which do nothing yet: their weights are zero."""
    tensors = narrow.state_dict()
    old = tensors["conv_in.weight"]
    tensors["conv_in.weight"] = torch.cat([old, old.new_zeros(len(old), beside, *old.shape[2:])], dim=1)
    network = unet(beside)
    network.load_state_dict(tensors)
    return network


def save_network(network: AutoencoderKL | UNet2DConditionModel, folder: Path) -> None:
    """Replaces `folder` when everything is written."""
    staging = folder.with_name(folder.name + ".partial")
    network.to("cpu", memory_format=torch.contiguous_format).save_pretrained(staging)  # safetensors has no strides
    replace_folder(staging, folder)


def load_autoencoder(folder: Path) -> AutoencoderKL:
    """From the folder `final` of train_autoencoder.py, or out of a bundle (models/README.md)."""
    if (folder / "model.json").is_file():
        return _bundled_autoencoder(folder)
    return AutoencoderKL.from_pretrained(_existing(folder), local_files_only=True)


def load_unet(folder: Path) -> UNet2DConditionModel:
    """From the folder `final` of train_unet.py or train_map_unet.py, or out of a bundle."""
    if (folder / "model.json").is_file():
        tensors = bundled_tensors(folder, "unet")
        network = unet(tensors["conv_in.weight"].shape[1] - LATENT_CHANNELS)
        network.load_state_dict(tensors)
        return network
    return UNet2DConditionModel.from_pretrained(_existing(folder), local_files_only=True)


def moments(autoencoder: AutoencoderKL, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """-> mean and log variance, each [B, 8, H/8, W/8] float32; clamped as diffusers clamps."""
    mean, log_variance = autoencoder.quant_conv(autoencoder.encoder(pixels)).float().chunk(2, dim=1)
    return mean, log_variance.clamp(-30.0, 20.0)


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
