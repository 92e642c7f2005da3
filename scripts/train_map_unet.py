"""Teaches the U-Net of a bundle to draw from a semantic map, beside text and time.

    scripts/train_map_unet.py --data data/emoji --bundle models/default --out runs/map-unet --minutes 65

The first convolution gets an input channel for each class of training/map_classes.json, which see the map's share of the
class in each latent [Rombach et al. 2022, section 4.3.2]; then all is fine-tuned on composed scenes
(training/map_scenes.py). The new weights begin as a hint that the U-Net understands already: a class looks as if a little
of its mean latent were there. Text is left out of a tenth of the samples, the map of a tenth, both of a twentieth, so that
both can guide [Brooks et al. 2023, section 3.2.1]. Noisy timesteps, where the layout is decided, are drawn more often.

Made for a CPU: single-threaded workers compute a share of each batch, which loses less to other programs than sharing
each operation among the cores. Start it with OMP_NUM_THREADS=1.

Writes OUT/final (EMA weights, float32), OUT/log.jsonl, OUT/montage-*.png (maps, and what is drawn from them with text
and without). Continues from OUT/checkpoint.pt; --export-now writes OUT/final from the checkpoint instead of training.
"""

import argparse
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from torch import nn

from training import latent_networks
from training.dataset import Pictures
from training.device import autocast
from training.denoising import Sample, backward, prepared
from training.drawing import draw
from training.latent_networks import LATENT_CHANNELS
from training.loop import Ema, Loop
from training.map_cache import MapCache, shares_of_classes
from training.map_classes import CLASSES, coloured
from training.map_scenes import MapSceneSampler
from training.montage import save_montage
from training.networks import Tokenizer, load_text_encoder
from training.schedule import TRAIN_STEPS, NoiseSchedule


@dataclass
class Defaults:
    lr: float = 2.5e-4
    map_lr: float = 1e-3  # of the weights that see the map
    hint: float = 0.25  # what part of a class's mean latent its map looks like at first
    weight_decay: float = 0.01
    ema_decay: float = 0.99
    warmup_steps: int = 50
    text_dropout: float = 0.1
    map_dropout: float = 0.1
    both_dropout: float = 0.05
    parts: int = 768  # of 16 scenes in the cache
    first_parts: int = 16  # before the first step
    steps_for_part: int = 2  # a new part is begun every so many steps
    montage_every: float = 0.2  # of the budget
    montage_scenes: int = 12


DEFAULTS = Defaults()


class SplitConv(nn.Module):
    """A convolution of channels that lie side by side, as two, so that each has its own learning rate."""

    def __init__(self, whole: nn.Conv2d, first: int):
        super().__init__()
        self.first = first
        self.latents = nn.Conv2d(first, whole.out_channels, whole.kernel_size, padding=whole.padding)
        self.map = nn.Conv2d(whole.in_channels - first, whole.out_channels, whole.kernel_size, padding=whole.padding, bias=False)
        with torch.no_grad():
            self.latents.weight.copy_(whole.weight[:, :first])
            self.latents.bias.copy_(whole.bias)
            self.map.weight.copy_(whole.weight[:, first:])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.latents(x[:, : self.first]) + self.map(x[:, self.first :])


def split(unet: UNet2DConditionModel) -> UNet2DConditionModel:
    unet.conv_in = SplitConv(unet.conv_in, LATENT_CHANNELS)
    return prepared(unet, torch.device("cpu"))


def joined(tensors: dict[str, torch.Tensor]) -> UNet2DConditionModel:
    """The ordinary U-Net of a split one's tensors."""
    tensors = dict(tensors)
    tensors["conv_in.weight"] = torch.cat([tensors.pop("conv_in.latents.weight"), tensors.pop("conv_in.map.weight")], dim=1)
    tensors["conv_in.bias"] = tensors.pop("conv_in.latents.bias")
    network = latent_networks.unet(len(CLASSES))
    network.load_state_dict(tensors)
    return network.eval()


@torch.no_grad()
def give_hint(conv_in: SplitConv, cache: MapCache) -> None:
    """Lets the map of a class act like DEFAULTS.hint times the mean latent of places that show this class only."""
    means = torch.cat([part["mean"] for part in cache.parts]).float().permute(0, 2, 3, 1).flatten(0, 2)
    shares = torch.cat([part["shares"] for part in cache.parts]).float().permute(0, 2, 3, 1).flatten(0, 2)
    # least squares, a little regularised: latent = shares @ looks
    looks = torch.linalg.solve(shares.T @ shares + torch.eye(len(CLASSES)), shares.T @ means)
    conv_in.map.weight.copy_(DEFAULTS.hint * torch.einsum("kc,ochw->okhw", looks, conv_in.latents.weight))


def make_sample(cache: MapCache, n: int, schedule: NoiseSchedule, empty: torch.Tensor) -> Sample:
    latents, conditioning, shares = cache.batch(n)
    timesteps = (torch.rand(n).sqrt() * TRAIN_STEPS).long().clamp(max=TRAIN_STEPS - 1)
    chance = torch.rand(n)
    both = DEFAULTS.both_dropout
    no_text = chance < both + DEFAULTS.text_dropout
    no_map = (chance < both) | (chance > 1 - DEFAULTS.map_dropout)
    conditioning = torch.where(no_text[:, None, None], empty, conditioning)
    shares = shares * ~no_map[:, None, None, None]
    noise = torch.randn_like(latents)
    noisy = torch.cat([schedule.add_noise(latents, noise, timesteps), shares], dim=1)
    return Sample(noisy, timesteps, conditioning, schedule.v_target(latents, noise, timesteps), schedule.min_snr_weights(timesteps))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (prepare_data.py)")
    parser.add_argument("--bundle", type=Path, required=True, help="bundle to start from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--workers", type=int, default=2, help="threads, each of which computes its share of a batch")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--export-now", action="store_true", help="write OUT/final from the checkpoint and end")
    options = parser.parse_args()

    torch.set_num_threads(1)
    unet = split(latent_networks.widened(latent_networks.load_unet(options.bundle), len(CLASSES)))
    ema = Ema(unet, DEFAULTS.ema_decay)
    map_weights = [unet.conv_in.map.weight]
    others = [parameter for name, parameter in unet.named_parameters() if name != "conv_in.map.weight"]
    optimizer = torch.optim.AdamW(
        [{"params": others, "lr": options.lr}, {"params": map_weights, "lr": options.lr * DEFAULTS.map_lr / DEFAULTS.lr}],
        lr=options.lr, betas=(0.9, 0.99), weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"unet": unet, "ema": ema}, warmup_steps=DEFAULTS.warmup_steps)
    if options.export_now:
        latent_networks.save_network(joined(ema.weights), options.out / "final")
        return

    text_encoder = load_text_encoder(options.bundle).requires_grad_(False)
    autoencoder = latent_networks.load_autoencoder(options.bundle).requires_grad_(False).eval()
    tokenizer = Tokenizer(options.bundle / "tokenizer.model")
    torch.manual_seed(options.seed + loop.step)  # a resumed run draws new scenes and noise instead of the same again
    pictures = Pictures(options.data)
    pool = ThreadPoolExecutor(options.workers, initializer=lambda: torch.set_num_threads(1))
    cache = MapCache(MapSceneSampler(pictures, "cpu", options.seed + loop.step), autoencoder, text_encoder, tokenizer, pool, DEFAULTS.parts)
    cache.fill(DEFAULTS.first_parts)
    if loop.step == 0:
        give_hint(unet.conv_in, cache)
        ema.weights["conv_in.map.weight"].copy_(unet.conv_in.map.weight)
    shown = MapSceneSampler(pictures, "cpu", options.seed - 1).sample(DEFAULTS.montage_scenes)
    empty = cache.encode_text([""])
    schedule = NoiseSchedule("cpu")

    def montage(name: str) -> None:
        averaged = joined(ema.weights)
        shares = shares_of_classes(shown.maps)
        texts = [cache.encode_text(shown.captions), empty.expand(len(shares), -1, -1)]
        with autocast(torch.device("cpu")):
            drawn = [draw(averaged, autoencoder, text, empty, cfg_scale=3.0, shares=shares) for text in texts]
        maps = torch.from_numpy(coloured(shown.maps.numpy())).permute(0, 3, 1, 2) / 127.5 - 1
        save_montage(torch.cat([maps, shown.pixels, *drawn]), DEFAULTS.montage_scenes, options.out / f"montage-{name}.png")

    share = -(-options.batch // options.workers)
    parts = [slice(start, start + share) for start in range(0, options.batch, share)]
    for step in loop.steps():
        sample = make_sample(cache, options.batch, schedule, empty)
        running = [pool.submit(backward, unet, sample, part) for part in parts]
        if step % DEFAULTS.steps_for_part == 0:
            cache.renew()
        results = [future.result() for future in running]
        losses = {name: sum(result[name] for result in results) for name in results[0]}
        losses["gradient_norm"] = torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update()
        loop.record(losses, samples=options.batch)
        if loop.due("montage", DEFAULTS.montage_every):
            montage(f"{loop.fraction:.0%}".rstrip("%").zfill(3))
    montage("final")
    loop.log(scenes_encoded=cache.made * cache.part)
    latent_networks.save_network(joined(ema.weights), options.out / "final")


if __name__ == "__main__":
    main()
