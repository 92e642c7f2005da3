"""Evaluation's page: a Markdown table of goals and what was reached, and its two pictures."""

from dataclasses import dataclass
from pathlib import Path

import torch
from PIL import Image

from evaluation.measures import Estimate
from evaluation.questions import Question
from training.loop import write_atomically

JPEG_QUALITY = 88
GAP = 4  # pixels between pairs

HOW = """\
How to read it:
- All prompts are drawn from the data with a fixed seed (`scripts/evaluation/questions.py`); none was chosen by hand. The
  program draws them with the bundle's own defaults, one seed for each.
- *Seen* pairs of subject and style were trained on, *held-out* pairs never. "Top 5" counts a picture if the subject is
  among the judge's five likeliest of all subjects.
- The judge is a classifier trained for evaluation only (`scripts/train_judge.py`). It has seen the held-out pictures, since
  it must know what it looks for. What it says of the real pictures, sent through the autoencoder, and of scenes put
  together from real pictures, is the most that a drawn picture can be expected to reach.
- A background is right if the median of the border differs by at most 0.1 in every channel. Both of two things are found
  if each is among the judge's five likeliest for its half of the picture.
- Perceptual distance is measured by the judge's features: 0 is the same picture, 1 is another picture.
- Brackets: 95 % interval."""


@dataclass(frozen=True)
class Line:
    measure: str
    goal: str
    reached: Estimate
    unit: str = "%"  # %, dB or nothing

    def cells(self) -> list[str]:
        value, low, high = self.reached.value, self.reached.low, self.reached.high
        if self.unit == "%":
            said = f"{value:.0%} [{low:.0%}, {high:.0%}]".replace("%", " %")
        else:
            digits = 1 if self.unit == "dB" else 3
            said = f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}] {self.unit}".strip()
        return [self.measure, self.goal, said, str(self.reached.n)]


def table(lines: list[Line]) -> str:
    rows = [["measure", "goal", "reached", "pictures"], ["---"] * 4, *(line.cells() for line in lines)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def page(lines: list[Line], montage: list[Question], bundle: str, digest: str, command: str) -> str:
    prompts = "\n".join(f"{place}. {question.prompt}" for place, question in enumerate(montage, 1))
    return f"""# What the model `{bundle}` can do

Written by `{command}`, of the bundle whose `model.json` has the SHA-256 `{digest[:16]}...`.

{table(lines)}

{HOW}

## Sixty-four prompts nobody chose
![64 drawn pictures](pictures/montage.jpg)

<details><summary>The prompts, row by row; the first has seed 0, the next seed 1, and so on</summary>

{prompts}

</details>

## Copies?
Each of 32 results, and to its right the training picture nearest to it in pixels.

![32 results beside training pictures](pictures/nearest.jpg)
"""


def sheet(pixels: torch.Tensor, columns: int, path: Path, gap_every: int = 0) -> None:
    """pixels [N, 3, H, W] row by row -> JPEG; a gap behind every so many columns."""
    n, _, height, width = pixels.shape
    gaps = columns // gap_every - 1 if gap_every else 0
    picture = Image.new("RGB", (columns * width + gaps * GAP, -(-n // columns) * height), "white")
    tiles = ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    for place, tile in enumerate(tiles):
        row, column = divmod(place, columns)
        gap = column // gap_every * GAP if gap_every else 0
        picture.paste(Image.fromarray(tile), (column * width + gap, row * height))
    write_atomically(path, lambda temporary: picture.save(temporary, "JPEG", quality=JPEG_QUALITY))
