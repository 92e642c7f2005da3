"""Rescales a trained autoencoder so that each latent channel has unit standard deviation, with scaling factor 1.

    scripts/train/scale_channels.py --data DATA --autoencoder models/default --out OUT

The U-Net's absolute error is the same in every channel, so a channel of small values is learnt worst. Deviations are measured on
training scenes and folded into the convolutions next to the latents, so decoded pictures stay the same. Writes the autoencoder in
diffusers' format, in float16.
"""

import argparse
from pathlib import Path

import torch

from training.dataset import Pictures
from training.latent_networks import load_autoencoder, moments, save_network, with_unit_channels
from training.scenes import SceneSampler


@torch.no_grad()
def deviations(autoencoder: torch.nn.Module, pictures: Pictures, scenes: int, at_once: int = 16) -> torch.Tensor:
    """-> [8], standard deviations of unscaled latents of 128 px scenes"""
    sampler, means = SceneSampler(pictures, "cpu", 0), []
    for done in range(0, scenes, at_once):
        means.append(moments(autoencoder, sampler.sample(min(at_once, scenes - done))[0])[0])
    return torch.cat(means).std(dim=(0, 2, 3))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder `final` of train/autoencoder.py, or a bundle")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=1024)
    options = parser.parse_args()

    autoencoder = load_autoencoder(options.autoencoder).eval()
    found = deviations(autoencoder, Pictures(options.data), options.scenes)
    scaled = found * autoencoder.config.scaling_factor
    print(f"standard deviations with the scaling factor so far: {', '.join(f'{value:.2f}' for value in scaled.tolist())}")
    save_network(with_unit_channels(autoencoder, found).half(), options.out)


if __name__ == "__main__":
    main()
