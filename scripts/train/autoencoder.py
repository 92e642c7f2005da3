"""Trains the autoencoder: pixels [B, 3, H, W] in [-1, 1] <-> latents [B, 8, H/8, W/8] [Rombach et al. 2022, section 3.1].

    scripts/train/autoencoder.py --data data/emoji --image-tower runs/text --out runs/autoencoder --minutes 6

Loss: L1 of pixels, L1 of differences between neighbours (edges), perceptual distance (training/perceptual.py), and a
small KL term per latent, which bounds the latents' noise so that near latents decode to similar pictures.
Writes OUT/final (EMA weights, float32, with the measured scaling_factor in its config), OUT/log.jsonl (including PSNR on held-out
pictures on white) and OUT/held-out.png (picture, reconstruction). Resumes from OUT/checkpoint.pt.
"""

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from training import latent_networks
from training.dataset import Pictures
from training.device import autocast, compiled, pick_device
from training.latent_networks import moments
from training.loop import Ema, Loop
from training.montage import save_montage
from training.networks import load_image_tower
from training.perceptual import PerceptualDistance
from training.scenes import SceneSampler


@dataclass
class Defaults:
    size: int = 128
    batch: int = 64
    lr: float = 8e-4
    weight_decay: float = 1e-4
    ema_decay: float = 0.999
    edge_weight: float = 0.5
    perceptual_weight: float = 0.05
    kl_weight: float = 2e-4  # weight of the mean KL per latent
    crops: float = 0.1  # share of batches cropped from scenes at twice the size
    report_every: float = 0.25  # of the budget
    batches_at_once: int = 8  # scenes composed together


DEFAULTS = Defaults()


def batches(sampler: SceneSampler, size: int, batch: int, seed: int) -> Iterator[torch.Tensor]:
    """Yields [batch, 3, size, size] on the sampler's device, without end."""
    numbers = torch.Generator().manual_seed(seed)
    while True:
        crop = torch.rand((), generator=numbers).item() < DEFAULTS.crops
        pixels, _ = sampler.sample(DEFAULTS.batches_at_once * batch, 2 * size if crop else size)
        if crop:
            top, left = torch.randint(0, size + 1, (2,), generator=numbers).tolist()
            pixels = pixels[:, :, top : top + size, left : left + size]
        yield from pixels.split(batch)


class TrainingLoss(torch.nn.Module):
    def __init__(self, autoencoder: AutoencoderKL, distance: PerceptualDistance):
        super().__init__()
        self.autoencoder, self.distance = autoencoder, distance

    def forward(self, pixels: torch.Tensor) -> dict[str, torch.Tensor]:
        mean, log_variance = moments(self.autoencoder, pixels)
        latents = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        drawn = self.autoencoder.decoder(self.autoencoder.post_quant_conv(latents)).float()
        kl = 0.5 * (mean.square() + log_variance.exp() - 1.0 - log_variance).mean()
        parts = {"l1": F.l1_loss(drawn, pixels), "edge": edge_loss(drawn, pixels), "perceptual": self.distance(drawn, pixels), "kl": kl}
        total = (parts["l1"] + DEFAULTS.edge_weight * parts["edge"] + DEFAULTS.perceptual_weight * parts["perceptual"]
                 + DEFAULTS.kl_weight * kl)
        return {"loss": total, **parts}


def edge_loss(drawn: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    return F.l1_loss(drawn.diff(dim=3), pixels.diff(dim=3)) + F.l1_loss(drawn.diff(dim=2), pixels.diff(dim=2))


@torch.no_grad()
def reconstructions(autoencoder: AutoencoderKL, pixels: torch.Tensor, at_once: int = 64) -> torch.Tensor:
    """Encodes to the mean of the latents and decodes -> float32, clamped."""
    parts = [autoencoder.decode(moments(autoencoder, part)[0]).sample for part in pixels.split(at_once)]
    return torch.cat(parts).clamp(-1, 1)


def psnr(drawn: torch.Tensor, pixels: torch.Tensor) -> float:
    """Mean PSNR of the pictures in dB; values are in [-1, 1], so the peak is 2."""
    squared_error = (drawn - pixels).square().mean(dim=(1, 2, 3)).clamp(min=1e-10)
    return (10 * torch.log10(4.0 / squared_error)).mean().item()


@torch.no_grad()
def latent_statistics(autoencoder: AutoencoderKL, pixels: torch.Tensor, at_once: int = 64) -> tuple[float, float]:
    """Mean and standard deviation of sampled latents."""
    latents = []
    for part in pixels.split(at_once):
        mean, log_variance = moments(autoencoder, part)
        latents.append(mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean))
    everything = torch.cat(latents)
    return everything.mean().item(), everything.std().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--image-tower", type=Path, required=True, help="folder of train/text_encoder.py")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--batch", type=int, default=DEFAULTS.batch)
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--held-out", type=int, default=512, help="maximum number of pictures in the reports")
    parser.add_argument("--statistics", type=int, default=4096, help="scenes for measuring the scaling factor")
    options = parser.parse_args()

    device = pick_device(options.device)
    torch.manual_seed(options.seed)
    pictures = Pictures(options.data)
    distance = PerceptualDistance(load_image_tower(options.image_tower)).to(device)
    autoencoder = latent_networks.autoencoder().to(device, memory_format=torch.channels_last)
    averaged = latent_networks.autoencoder().to(device, memory_format=torch.channels_last).eval()
    ema = Ema(autoencoder, DEFAULTS.ema_decay)
    optimizer = torch.optim.AdamW(autoencoder.parameters(), lr=options.lr, betas=(0.9, 0.99),
                                  weight_decay=DEFAULTS.weight_decay, fused=True)
    training_loss = compiled(TrainingLoss(autoencoder, distance), device, not options.no_compile)
    loop = Loop(options.out, options.minutes, optimizer, {"autoencoder": autoencoder, "ema": ema})
    # so that a resumed run draws new scenes and noise
    torch.manual_seed(options.seed + loop.step)
    sampler = SceneSampler(pictures, device, seed=options.seed + loop.step)
    scenes = batches(sampler, DEFAULTS.size, options.batch, options.seed + loop.step)
    # a user's folder has no held-out pictures: training pictures are reported, as seen_psnr
    kind, rows = ("held_out", pictures.held_out_rows()) if pictures.held_out_rows() else ("seen", pictures.train_rows())
    shown = sampler.single_pictures(rows[: options.held_out])

    def report() -> None:
        drawn = reconstructions(ema.copy_to(averaged), shown)
        loop.log(**{f"{kind}_psnr": round(psnr(drawn, shown), 3), f"{kind}_pictures": len(shown)})
        sheet = torch.stack([shown[:64], drawn[:64]], dim=1).flatten(0, 1)
        save_montage(sheet, 16, options.out / f"{kind}.png".replace("_", "-"))

    for _ in loop.steps():
        pixels = next(scenes).contiguous(memory_format=torch.channels_last)
        with autocast(device):
            losses = training_loss(pixels)
        losses["loss"].backward()
        losses["gradient_norm"] = torch.nn.utils.clip_grad_norm_(autoencoder.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update()
        loop.record(losses, samples=len(pixels))
        if loop.due("report", DEFAULTS.report_every):
            report()

    report()
    mean, std = latent_statistics(averaged, sampler.sample(options.statistics)[0])
    loop.log(latent_mean=mean, latent_std=std, scaling_factor=1 / std)
    averaged.register_to_config(scaling_factor=1 / std)
    latent_networks.save_network(averaged, options.out / "final")


if __name__ == "__main__":
    main()
