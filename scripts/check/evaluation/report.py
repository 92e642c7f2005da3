"""Evaluation's page: a Markdown table of goals and what was reached, and its pictures; the same numbers as JSON."""

import json
from dataclasses import asdict
from pathlib import Path

import torch
from PIL import Image

from check.evaluation.estimates import Estimate
from check.evaluation.goals import DECIBEL, GOALS, PERCENT
from check.evaluation.question import Question
from training.loop import write_atomically

JPEG_QUALITY = 88
GAP = 4  # pixels between pairs
HEAD = ("measure", "goal, two cores", "goal, GPU", "first model", "now", "real pictures", "pictures")

HOW = """\
How to read it:
- All prompts are drawn from the data with a fixed seed (`scripts/check/evaluation/questions.py`, `asking.py`); none was chosen by hand.
  The program draws them with the bundle's own defaults, one seed for each. Everything but sharpness is measured at 128 px.
- *Real pictures*: the same measure on what a perfect drawing would be, a scene of real pictures sent through the autoencoder. It is
  the most that a drawn picture can be expected to reach, and says how good the instrument is.
- *Seen* pairs of subject and style were trained on, *held-out* pairs never, nor any other finish of the same drawing. "Top 5" counts
  a picture if the subject is among the judge's five likeliest of all subjects.
- The judge is a classifier trained for evaluation only (`scripts/train/judge.py`). It has seen the held-out pictures, since
  it must know what it looks for.
- A background is right if the median of the border differs by at most 0.1 in every channel. Both of two things are found
  if each is among the judge's five likeliest for its half of the picture.
- A thing has the named colour if its most frequent colour is nearer to it in Oklab than to the twelve others. Things are counted as
  separate parts of about equal size. A place is that of 36 drawn grounds to whose colours the border is nearest; a letter is
  the nearest of 26 in the training's fonts.
- PSNR of seen captions is at the best mirror, shift, scale, turn and lightness that training uses. Sharpness is the energy
  of the Laplacian over that of the autoencoder's picture. Diversity is the mean distance, in the judge's features, among eight
  seeds of a caption without a style, over that among eight subjects of one seed.
- Perceptual distance is measured by the judge's features: 0 is the same picture, 1 is another picture.
- Brackets: 95 % interval."""


def said(estimate: Estimate | None, unit: str) -> str:
    if estimate is None:
        return ""
    value, low, high = estimate.value, estimate.low, estimate.high
    if unit == PERCENT:
        return f"{value:.0%} [{low:.0%}, {high:.0%}]".replace("%", " %")
    digits = 1 if unit == DECIBEL else 3
    return f"{value:.{digits}f} [{low:.{digits}f}, {high:.{digits}f}] {unit}".strip()


def table(now: dict[str, Estimate], real: dict[str, Estimate], first: dict[str, Estimate]) -> str:
    """A line for each measure of GOALS that `now` has."""
    rows = [HEAD, ("---",) * len(HEAD)]
    for name, goal in GOALS.items():
        if name in now:
            shown = (said(first.get(name), goal.unit), said(now[name], goal.unit), said(real.get(name), goal.unit))
            rows.append((name, goal.two_cores, goal.gpu, *shown, str(now[name].n)))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def write_results(path: Path, now: dict[str, Estimate], real: dict[str, Estimate], **about) -> None:
    """about: what else the file says, such as the bundle's name."""
    results = about | {"measures": {name: asdict(found) for name, found in now.items()}, "real": {name: asdict(found) for name, found in real.items()}}
    write_atomically(path, lambda temporary: temporary.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8"))


def read_results(path: Path) -> dict[str, Estimate]:
    """The measures of a file of `write_results`."""
    try:
        return {name: Estimate(**found) for name, found in json.loads(path.read_text(encoding="utf-8"))["measures"].items()}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path}: no results of check/evaluate.py ({error}). Name the .json file beside its page.") from error


def page(measures: str, montage: list[Question], strangers: list[Question], bundle: str, digest: str, command: str) -> str:
    return f"""# What the model `{bundle}` can do

Written by `{command}`, of the bundle whose `model.json` has the SHA-256 `{digest[:16]}...`.

{measures}

{HOW}

## Fifty prompts of strangers
Written before the training and never tuned on; each is drawn once, its number is its seed.

![50 drawn pictures](pictures/strangers.jpg)

{folded("The prompts, row by row", strangers)}

## Sixty-four prompts nobody chose
![64 drawn pictures](pictures/montage.jpg)

{folded("The prompts, row by row; the first has seed 0, the next seed 1, and so on", montage)}

## Copies?
Each of 32 results, and to its right the training picture nearest to it in pixels.

![32 results beside training pictures](pictures/nearest.jpg)
"""


def folded(title: str, questions: list[Question]) -> str:
    prompts = "\n".join(f"{place}. {question.prompt}" for place, question in enumerate(questions, 1))
    return f"<details><summary>{title}</summary>\n\n{prompts}\n\n</details>"


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
