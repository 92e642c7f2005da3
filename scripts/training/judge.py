"""The judge: a classifier of drawn pictures, used only by evaluation and shipped with no model.

    pixels [B, 3, 128, 128] in [-1, 1] -> subject logits [B, subjects], style logits [B, 11]

A residual network [He et al. 2016] of 5.6 M parameters and a head for each question. Saved as judge.json (its shape)
and judge.safetensors (float16).
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

from training.dataset import STYLES
from training.loop import write_atomically

WIDTHS = (48, 96, 192, 320)
BLOCKS = 2


class ResidualBlock(nn.Module):
    def __init__(self, width_in: int, width: int, stride: int):
        super().__init__()
        self.conv1 = nn.Conv2d(width_in, width, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(width)
        self.skip = nn.Conv2d(width_in, width, 1, stride, bias=False) if stride > 1 or width_in != width else nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(self.skip(x) + self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x))))))


class Judge(nn.Module):
    def __init__(self, subjects: int, styles: int = len(STYLES), widths: tuple[int, ...] = WIDTHS, blocks: int = BLOCKS):
        super().__init__()
        self.shape = {"subjects": subjects, "styles": styles, "widths": list(widths), "blocks": blocks}
        self.stem = nn.Sequential(nn.Conv2d(3, widths[0], 5, 2, 2, bias=False), nn.BatchNorm2d(widths[0]), nn.ReLU())
        layers = []
        width_in = widths[0]
        for width in widths:
            for block in range(blocks):
                layers.append(ResidualBlock(width_in, width, 2 if block == 0 else 1))
                width_in = width
        self.layers = nn.Sequential(*layers)
        self.subject = nn.Linear(width_in, subjects)
        self.style = nn.Linear(width_in, styles)

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        features = self.layers(self.stem(pixels)).mean(dim=(2, 3))
        return self.subject(features), self.style(features)


def save_judge(judge: Judge, folder: Path) -> None:
    stored = {name: value.half().cpu().contiguous() if value.is_floating_point() else value.cpu()
              for name, value in judge.state_dict().items()}
    write_atomically(folder / "judge.safetensors", lambda path: save_file(stored, path))
    write_atomically(folder / "judge.json", lambda path: path.write_text(json.dumps(judge.shape) + "\n", encoding="utf-8"))


def load_judge(folder: Path) -> Judge:
    """In evaluation mode, float32."""
    if not (folder / "judge.json").is_file():
        raise SystemExit(f"{folder}: no judge.json there. Make it with scripts/train/judge.py.")
    judge = Judge(**json.loads((folder / "judge.json").read_text(encoding="utf-8")))
    judge.load_state_dict(load_file(folder / "judge.safetensors"))
    return judge.eval()
