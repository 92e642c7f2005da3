"""Trains the judge (training/judge.py): which subject, which style a picture shows. Only evaluation uses it.

    scripts/train_judge.py --data data/emoji --autoencoder runs/autoencoder/final --out runs/judge --minutes 1

Pictures are moved, scaled, blurred, made noisy, put on colours, and, in part, sent through the autoencoder, so that
the judge forgives what a decoder blurs. For the first part of the time they have half the size, which is a quarter of the work. Held-out pictures are among its pictures (it must know what it looks for;
--without-held-out leaves them out). Writes judge.json, judge.safetensors, log.jsonl; continues from checkpoint.pt.
"""

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from training.dataset import STYLES, Pictures
from training.device import autocast, compiled, pick_device
from training.judge import Judge, save_judge
from training.latent_networks import load_autoencoder, moments
from training.loop import Loop


@dataclass
class Defaults:
    batch: int = 256
    lr: float = 2e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    coloured: float = 0.2  # share on a random colour instead of white
    reconstructed: float = 0.25  # share of a batch that went through the autoencoder
    scale: tuple[float, float] = (0.75, 1.1)
    shift: float = 0.12  # of half the width
    noise: float = 0.05
    smallest: float = 0.375  # blur: down to this share of the size and up again
    small_until: float = 0.6  # of the time: pictures of 64 px


DEFAULTS = Defaults()


class LabelledPictures:
    """Pictures on white or a colour with their labels, each (subject, style) as often as any other."""

    def __init__(self, pictures: Pictures, device: torch.device, without_held_out: bool):
        self.rgba = torch.from_numpy(np.load(pictures.folder / "pictures-128.npy", mmap_mode="c"))
        if device.type == "cuda":
            self.rgba = self.rgba.to(device)
        self.device = device
        known = [row for row, picture in enumerate(pictures.rows) if picture.style in STYLES]
        self.rows = [row for row in known if not (without_held_out and pictures.rows[row].held_out)]
        if not self.rows:
            raise SystemExit(f"{pictures.folder}: no picture has one of the styles {', '.join(STYLES)}. A judge needs them.")
        pairs = Counter((pictures.rows[row].subject, pictures.rows[row].style) for row in self.rows)
        weights = [1 / pairs[pictures.rows[row].subject, pictures.rows[row].style] for row in self.rows]
        self.weights = torch.tensor(weights, device=device)
        self.row_of = torch.tensor(self.rows, device=device)
        self.subject_of = torch.tensor([picture.subject for picture in pictures.rows], device=device)
        style_index = {style: index for index, style in enumerate(STYLES)}
        self.style_of = torch.tensor([style_index.get(picture.style, 0) for picture in pictures.rows], device=device)
        self.plain_rows = [row for row in self.rows if not pictures.rows[row].skin_tone]

    def draw(self, n: int, small: bool) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """-> pixels [n, 3, 128, 128], or 64 on a side, in [-1, 1], subjects [n], styles [n]"""
        rows = self.row_of[torch.multinomial(self.weights, n, replacement=True)]
        coloured = torch.rand(n, 1, 1, 1, device=self.device) < DEFAULTS.coloured
        background = torch.where(coloured, torch.rand(n, 3, 1, 1, device=self.device), 1.0)
        pixels = self.on(rows, background)
        return F.avg_pool2d(pixels, 2) if small else pixels, self.subject_of[rows], self.style_of[rows]

    def on(self, rows: torch.Tensor, background: torch.Tensor | float) -> torch.Tensor:
        rgba = self.rgba[rows.to(self.rgba.device)].to(self.device).permute(0, 3, 1, 2).float() / 255
        return (rgba[:, :3] * rgba[:, 3:] + background * (1 - rgba[:, 3:])) * 2 - 1


def varied(pixels: torch.Tensor) -> torch.Tensor:
    """Scaled, moved, blurred and noisy; what comes in from outside repeats the border."""
    n, device = len(pixels), pixels.device
    low, high = DEFAULTS.scale
    scale = torch.empty(n, device=device).uniform_(low, high)
    theta = torch.zeros(n, 2, 3, device=device)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 / scale
    theta[:, :, 2] = torch.empty(n, 2, device=device).uniform_(-DEFAULTS.shift, DEFAULTS.shift)
    grid = F.affine_grid(theta, list(pixels.shape), align_corners=False)
    moved = F.grid_sample(pixels, grid, padding_mode="border", align_corners=False)
    side = pixels.shape[-1]
    size = int(torch.randint(round(DEFAULTS.smallest * side), side + 1, ()))
    small = F.interpolate(moved, size, mode="bilinear", antialias=True)
    blurred = F.interpolate(small, side, mode="bilinear")
    some = torch.rand(n, 1, 1, 1, device=device) < 0.5
    return torch.where(some, blurred, moved) + DEFAULTS.noise * torch.rand(n, 1, 1, 1, device=device) * torch.randn_like(moved)


@torch.no_grad()
def reconstructed(autoencoder: AutoencoderKL, pixels: torch.Tensor) -> torch.Tensor:
    return autoencoder.decode(moments(autoencoder, pixels)[0]).sample.float()


@torch.no_grad()
def accuracy(judge: Judge, autoencoder: AutoencoderKL, pictures: LabelledPictures, rows: list[int]) -> dict[str, float]:
    """On reconstructions of these rows on white."""
    judge.eval()
    hits = Counter()
    for part in torch.tensor(rows, device=pictures.device).split(128):
        with autocast(pictures.device):
            subjects, styles = judge(reconstructed(autoencoder, pictures.on(part, 1.0)))
        best = subjects.topk(5).indices == pictures.subject_of[part][:, None]
        hits["top_1"] += best[:, 0].sum().item()
        hits["top_5"] += best.any(dim=1).sum().item()
        hits["style"] += (styles.argmax(dim=1) == pictures.style_of[part]).sum().item()
    judge.train()
    return {name: round(count / len(rows), 4) for name, count in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (prepare_data.py)")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder `final` of train_autoencoder.py, or a bundle")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--batch", type=int, default=DEFAULTS.batch)
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--reconstructed", type=float, default=DEFAULTS.reconstructed, metavar="SHARE",
                        help="share of a batch that goes through the autoencoder, which costs ten times the rest on a CPU")
    parser.add_argument("--without-held-out", action="store_true")
    parser.add_argument("--reports", type=int, default=2000, help="pictures on which the accuracy is measured")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()

    device = pick_device(options.device)
    torch.manual_seed(options.seed)
    folder = Pictures(options.data)
    judge = Judge(len(folder.subjects)).to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=options.lr, weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"judge": judge})
    torch.manual_seed(options.seed + loop.step)
    pictures = LabelledPictures(folder, device, options.without_held_out)
    autoencoder = load_autoencoder(options.autoencoder).requires_grad_(False).eval()
    autoencoder = autoencoder.to(device, memory_format=torch.channels_last)
    classify = compiled(judge, device, not options.no_compile)
    through = round(options.batch * options.reconstructed)

    for _ in loop.steps():
        pixels, subjects, styles = pictures.draw(options.batch, small=loop.fraction < DEFAULTS.small_until)
        with autocast(device):
            pixels = torch.cat([reconstructed(autoencoder, pixels[:through]), pixels[through:]])
            subject_logits, style_logits = classify(varied(pixels).contiguous(memory_format=torch.channels_last))
        subject_loss = F.cross_entropy(subject_logits.float(), subjects, label_smoothing=DEFAULTS.label_smoothing)
        style_loss = F.cross_entropy(style_logits.float(), styles)
        (subject_loss + style_loss).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        hits = (subject_logits.argmax(dim=1) == subjects).float().mean()
        loop.record({"subject_loss": subject_loss, "style_loss": style_loss, "hits": hits}, samples=options.batch)

    save_judge(judge, options.out)
    spread = np.linspace(0, len(pictures.plain_rows) - 1, min(options.reports, len(pictures.plain_rows))).astype(int)
    rows = [pictures.plain_rows[place] for place in spread]
    loop.log(**accuracy(judge, autoencoder, pictures, rows))


if __name__ == "__main__":
    main()
