"""Trains the judge of map evaluation, a classifier of object classes.

    scripts/train/map_judge.py --data data/emoji --out runs/map-judge --minutes 20

A small residual network on crops of 32 px (training/map_judge.py). Writes OUT/judge.json and OUT/judge.safetensors, for
scripts/check/evaluate_map.py, and OUT/log.jsonl. Resumes from OUT/checkpoint.pt.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from training.dataset import Pictures
from training.judge import Judge, save_judge
from training.loop import Loop
from training.map_judge import Crops, map_judge


@dataclass
class Defaults:
    batch: int = 64
    lr: float = 2e-3
    weight_decay: float = 0.02
    warmup_steps: int = 100
    label_smoothing: float = 0.1


DEFAULTS = Defaults()


@torch.no_grad()
def right_of(judge: Judge, crops: Crops, rows: list[int]) -> float:
    """Top-1 accuracy on these pictures, unmodified on white."""
    judge.eval()
    rows = np.asarray(rows)
    found = torch.cat([judge(crops.of(rows[start : start + 256], plain=True))[0].argmax(1) for start in range(0, len(rows), 256)])
    judge.train()
    return (found.numpy() == crops.classes[rows]).mean().item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    torch.manual_seed(options.seed)
    pictures = Pictures(options.data)
    judge = map_judge()
    optimizer = torch.optim.AdamW(judge.parameters(), lr=DEFAULTS.lr, weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"judge": judge}, warmup_steps=DEFAULTS.warmup_steps)
    crops = Crops(pictures, options.seed + loop.step)
    for _ in loop.steps():
        pixels, classes, styles = crops.sample(DEFAULTS.batch)
        of_class, of_style = judge(pixels)
        loss = F.cross_entropy(of_class, classes, label_smoothing=DEFAULTS.label_smoothing) + 0.3 * F.cross_entropy(of_style, styles)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        loop.record({"loss": loss, "right": (of_class.argmax(1) == classes).float().mean()}, samples=len(pixels))
    loop.log(right_plain=right_of(judge, crops, [i for i in crops.rows.rows if not pictures.rows[i].skin_tone]))
    save_judge(judge, options.out)


if __name__ == "__main__":
    main()
