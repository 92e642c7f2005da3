"""Trains the U-Net to predict v from noisy latents, text and time.

    scripts/train_unet.py --data data/emoji --tokenizer runs/tokenizer/tokenizer.model --text runs/text \\
        --autoencoder runs/autoencoder/final --out runs/unet --minutes 14

Latents and conditioning come from a cache on the device (training/latent_cache.py), the loss is the squared error in v
with min-SNR weights (training/schedule.py); a tenth of the captions is empty, for classifier-free guidance [Ho and
Salimans 2022]. Writes OUT/final (EMA weights, float32), OUT/log.jsonl, OUT/montage-*.png (fixed prompts, EMA
weights, 20 steps, cfg scale 3). Continues from OUT/checkpoint.pt.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import torch

from training import latent_networks
from training.dataset import Pictures
from training.device import autocast, compiled, pick_device
from training.drawing import draw
from training.latent_cache import LatentCache
from training.loop import Ema, Loop
from training.montage import save_montage
from training.networks import Tokenizer, load_text_encoder
from training.prompts import montage_prompts
from training.scenes import SceneSampler
from training.schedule import TRAIN_STEPS, NoiseSchedule


@dataclass
class Defaults:
    batch: int = 512
    lr: float = 8e-4
    weight_decay: float = 0.01
    ema_decay: float = 0.999
    warmup_steps: int = 300
    caption_dropout: float = 0.1
    chunk: int = 32_768  # scenes
    chunks: int = 16
    refresh_share: float = 0.15  # of the time
    montage_every: float = 0.2  # of the budget
    size_256_from: float = 0.6  # of the budget; before it all scenes have 128 px
    size_256_smaller: int = 4  # a batch and a chunk of 256 px scenes are so many times smaller


DEFAULTS = Defaults()


class TrainingLoss(torch.nn.Module):
    """latents [B, 8, h, w] float32 (scaled), conditioning [B, 48, 256] -> weighted loss, and v's plain squared error."""

    def __init__(self, unet: torch.nn.Module, schedule: NoiseSchedule, empty: torch.Tensor):
        super().__init__()
        self.unet, self.schedule, self.empty = unet, schedule, empty

    def forward(self, latents: torch.Tensor, conditioning: torch.Tensor) -> dict[str, torch.Tensor]:
        timesteps = torch.randint(0, TRAIN_STEPS, (len(latents),), device=latents.device)
        dropped = torch.rand(len(latents), device=latents.device) < DEFAULTS.caption_dropout
        conditioning = torch.where(dropped[:, None, None], self.empty.to(conditioning.dtype), conditioning)
        noise = torch.randn_like(latents)
        noisy = self.schedule.add_noise(latents, noise, timesteps)
        prediction = self.unet(noisy, timesteps, conditioning, return_dict=False)[0].float()
        squared_error = (prediction - self.schedule.v_target(latents, noise, timesteps)).square().mean(dim=(1, 2, 3))
        return {"loss": (self.schedule.min_snr_weights(timesteps) * squared_error).mean(), "v_error": squared_error.mean()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (prepare_data.py)")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.model")
    parser.add_argument("--text", type=Path, required=True, help="folder of train_text_encoder.py")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder `final` of train_autoencoder.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--batch", type=int, default=DEFAULTS.batch)
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--chunk", type=int, default=DEFAULTS.chunk, help="scenes encoded at a time")
    parser.add_argument("--chunks", type=int, default=DEFAULTS.chunks, help="chunks alive")
    parser.add_argument("--size-256-share", type=float, default=0.0, metavar="SHARE",
                        help=f"share of 256 px batches after {DEFAULTS.size_256_from:.0%} of the time")
    parser.add_argument("--montage", type=int, default=64, help="prompts in a montage, at most 64")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()

    device = pick_device(options.device)
    torch.manual_seed(options.seed)
    unet = latent_networks.unet().to(device, memory_format=torch.channels_last)
    averaged = latent_networks.unet().to(device, memory_format=torch.channels_last).eval()
    ema = Ema(unet, DEFAULTS.ema_decay)
    optimizer = torch.optim.AdamW(unet.parameters(), lr=options.lr, betas=(0.9, 0.99),
                                  weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"unet": unet, "ema": ema}, warmup_steps=DEFAULTS.warmup_steps)

    text_encoder = load_text_encoder(options.text).to(device).requires_grad_(False)
    autoencoder = latent_networks.load_autoencoder(options.autoencoder).requires_grad_(False).eval()
    autoencoder = autoencoder.to(device, memory_format=torch.channels_last)
    # a resumed run draws new scenes and noise instead of the same again
    torch.manual_seed(options.seed + loop.step)
    pictures = Pictures(options.data)
    sampler = SceneSampler(pictures, device, seed=options.seed + loop.step)

    def cache_of(size: int, smaller: int) -> LatentCache:
        return LatentCache(sampler, autoencoder, text_encoder, Tokenizer(options.tokenizer), device, size,
                           options.chunk // smaller, options.chunks)

    cache = cache_of(128, 1)
    cache_256 = cache_of(256, DEFAULTS.size_256_smaller) if options.size_256_share > 0 else None
    empty = cache.encode_text([""])
    prompts = cache.encode_text(montage_prompts(pictures)[: options.montage])
    training_loss = compiled(TrainingLoss(unet, NoiseSchedule(device), empty), device, not options.no_compile)
    coin = torch.Generator().manual_seed(options.seed + loop.step)

    def montage(name: str) -> None:
        ema.copy_to(averaged)
        with autocast(device):
            pixels = draw(averaged, autoencoder, prompts, empty)
        save_montage(pixels, 8, options.out / f"montage-{name}.png")

    for _ in loop.steps():
        large = (cache_256 is not None and loop.fraction > DEFAULTS.size_256_from
                 and torch.rand((), generator=coin).item() < options.size_256_share)
        source = cache_256 if large else cache
        latents, conditioning = source.batch(options.batch // (DEFAULTS.size_256_smaller if large else 1))
        with autocast(device):
            losses = training_loss(latents, conditioning)
        losses["loss"].backward()
        losses["gradient_norm"] = torch.nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update()
        loop.record(losses, samples=len(latents))
        source.refresh_if_due(DEFAULTS.refresh_share)
        if loop.due("montage", DEFAULTS.montage_every):
            montage(f"{loop.fraction:.0%}".rstrip("%").zfill(3))

    montage("final")
    loop.log(scenes_encoded=cache.refreshes * cache.chunk)
    latent_networks.save_network(averaged, options.out / "final")


if __name__ == "__main__":
    main()
