"""Trains the judge (training/judge.py), a classifier of subject and style that only evaluation uses.

    scripts/train/judge.py --data data/emoji --autoencoder runs/autoencoder/final --out runs/judge --minutes 20

Pictures come from training/judge_pictures.py; a share is encoded and decoded by the autoencoder, so that the judge tolerates the
decoder's blur. For the first part of the time pictures have half the size, a quarter of the work. Held-out pictures are included,
since the judge must recognise them (--without-held-out excludes them). Writes judge.json, judge.safetensors and log.jsonl; resumes
from checkpoint.pt.
"""

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL

from training.dataset import Pictures
from training.device import autocast, compiled, pick_device
from training.judge import Judge, save_judge
from training.judge_pictures import LabelledPictures, varied
from training.latent_networks import load_autoencoder, moments
from training.loop import Loop


@dataclass
class Defaults:
    batch: tuple[int, int] = (256, 64)  # on CUDA, on a CPU
    lr: float = 2e-3
    weight_decay: float = 0.02
    label_smoothing: float = 0.1
    reconstructed: tuple[float, float] = (0.25, 0.06)  # share of a batch reconstructed by the autoencoder: on CUDA, on a CPU
    small_until: float = 0.75  # share of the time with pictures of 64 px


DEFAULTS = Defaults()


@torch.no_grad()
def reconstructed(autoencoder: AutoencoderKL, pixels: torch.Tensor) -> torch.Tensor:
    return autoencoder.decode(moments(autoencoder, pixels)[0]).sample.float()


@torch.no_grad()
def accuracy(judge: Judge, autoencoder: AutoencoderKL, pictures: LabelledPictures, rows: list[int]) -> dict[str, float]:
    """Accuracy on reconstructions of these rows on white."""
    judge.eval()
    hits = Counter()
    for part in torch.tensor(rows).split(128):
        with autocast(pictures.device):
            subjects, styles = judge(reconstructed(autoencoder, pictures.on_white(part)))
        best = subjects.topk(5).indices.cpu() == pictures.subject_of[part][:, None]
        hits["top_1"] += best[:, 0].sum().item()
        hits["top_5"] += best.any(dim=1).sum().item()
        hits["style"] += (styles.argmax(dim=1).cpu() == pictures.style_of[part]).sum().item()
    judge.train()
    return {name: round(count / len(rows), 4) for name, count in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder `final` of train/autoencoder.py, or a bundle")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--batch", type=int)
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--reconstructed", type=float, metavar="SHARE",
                        help="share of a batch reconstructed by the autoencoder; lower on a CPU, where it costs ten times the rest")
    parser.add_argument("--without-held-out", action="store_true")
    parser.add_argument("--reports", type=int, default=2000, help="pictures on which the accuracy is measured")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--no-compile", action="store_true")
    options = parser.parse_args()

    device = pick_device(options.device)
    torch.manual_seed(options.seed)
    folder = Pictures(options.data)
    pictures = LabelledPictures(folder, device, options.without_held_out)
    judge = Judge(len(folder.subjects)).to(device, memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(judge.parameters(), lr=options.lr, weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"judge": judge})
    torch.manual_seed(options.seed + loop.step)
    autoencoder = load_autoencoder(options.autoencoder).requires_grad_(False).eval()
    autoencoder = autoencoder.to(device, memory_format=torch.channels_last)
    classify = compiled(judge, device, not options.no_compile)
    on_cpu = device.type == "cpu"
    batch = options.batch or DEFAULTS.batch[on_cpu]
    through = round(batch * (DEFAULTS.reconstructed[on_cpu] if options.reconstructed is None else options.reconstructed))

    for _ in loop.steps():
        pixels, subjects, styles = pictures.draw(batch, side=64 if loop.fraction < DEFAULTS.small_until else 128)
        with autocast(device):
            pixels = varied(torch.cat([reconstructed(autoencoder, pixels[:through]), pixels[through:]]))
            subject_logits, style_logits = classify(pixels.contiguous(memory_format=torch.channels_last))
        subject_loss = F.cross_entropy(subject_logits.float(), subjects, label_smoothing=DEFAULTS.label_smoothing)
        style_loss = F.cross_entropy(style_logits.float(), styles)
        (subject_loss + style_loss).backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        hits = (subject_logits.argmax(dim=1) == subjects).float().mean()
        loop.record({"subject_loss": subject_loss, "style_loss": style_loss, "hits": hits}, samples=batch)

    save_judge(judge, options.out)
    spread = np.linspace(0, len(pictures.plain_rows) - 1, min(options.reports, len(pictures.plain_rows))).astype(int)
    rows = [pictures.plain_rows[place] for place in spread]
    loop.log(**accuracy(judge, autoencoder, pictures, rows))


if __name__ == "__main__":
    main()
