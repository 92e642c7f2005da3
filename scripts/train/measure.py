"""Measures an intermediate U-Net on batches generated without the program; prints a table row.

    scripts/train/measure.py --data data/emoji --text TEXT --autoencoder AUTOENCODER --unet OUT/decayed-100000/final \\
        --judge runs/judge --size 128 --out OUT/measured-100000

Rows after 100,000, 250,000, ... samples form the learning curve. Writes OUT/results.json, row.md and strangers.jpg. Images use
seeds 0, 1, ... of training/drawing.py, whose noise differs from the program's, so results differ from check/evaluate.py's by chance.
"""

import argparse
import time
from pathlib import Path

import torch

from check.evaluation.answers import answers
from check.evaluation.copies import copies, v_errors
from check.evaluation.estimates import Estimate
from check.evaluation.goals import DECIBEL, GOALS, PERCENT
from check.evaluation.questions import Questions
from check.evaluation.report import write_results
from check.evaluation.strangers import sheet_with_prompts, strangers
from training.dataset import STYLES, Pictures
from training.device import autocast, pick_device
from training.drawing import draw
from training.judge import load_judge
from training.latent_networks import load_autoencoder, load_unet
from training.loop import write_atomically
from training.networks import Tokenizer, load_text_encoder
from training.scene_cache import Encoders

SAMPLES = {"seen": 60, "held_out": 60, "synonyms": 40, "pair": 40, "colour": 40, "count": 40}
COLUMNS = {  # column names of the row, by measure
    "v 200": "error of v at t = 200, seen captions", "v 500": "error of v at t = 500, seen captions",
    "v 800": "error of v at t = 800, seen captions", "v 980": "error of v at t = 980, seen captions",
    "PSNR": "seen captions: PSNR, aligned", "sharpness": "sharpness against the autoencoder's",
    "seen 1": "seen pairs: top 1", "held out 1": "held-out pairs: top 1", "held out 5": "held-out pairs: top 5",
    "synonyms 5": "unseen synonyms: top 5", "style": "style right (seen and held-out pairs)", "both": "both of two things found",
    "colour": "named colour of a thing right", "count": "count of 2 to 4 right",
}


def row(name: str, found: dict[str, Estimate]) -> str:
    """The values without their intervals, which are in results.json."""
    cells = []
    for measure in COLUMNS.values():
        unit, value = GOALS[measure].unit, found[measure].value
        cells.append(f"{value:.0%}".replace("%", " %") if unit == PERCENT else f"{value:.1f}" if unit == DECIBEL else f"{value:.3f}")
    return "| " + " | ".join([name, *cells]) + " |"


def head() -> str:
    return "| " + " | ".join(["U-Net", *COLUMNS]) + " |\n|" + "---|" * (len(COLUMNS) + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--text", type=Path, required=True, help="folder of a text encoder, or a bundle")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.model; default: that of --text")
    parser.add_argument("--autoencoder", type=Path, required=True, help="folder of an autoencoder, or a bundle")
    parser.add_argument("--unet", type=Path, required=True, help="folder of a U-Net, or a bundle")
    parser.add_argument("--judge", type=Path, required=True, help="folder of train/judge.py")
    parser.add_argument("--size", type=int, default=128, help="pixels on a side")
    parser.add_argument("--styles", default=",".join(STYLES), help="styles used in prompts; '3d,flat,noto' are those of the first models")
    parser.add_argument("--share", type=float, default=1.0, help="share of the usual number of images, for a trial")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()

    device, started = pick_device(options.device), time.monotonic()
    autoencoder = load_autoencoder(options.autoencoder).requires_grad_(False).eval()
    unet = load_unet(options.unet).requires_grad_(False).eval().to(device, memory_format=torch.channels_last)
    tokenizer = Tokenizer(options.tokenizer or options.text / "tokenizer.model")
    encoders = Encoders(autoencoder.to(device), load_text_encoder(options.text).to(device), tokenizer, device)
    questions, judge = questions_of(Pictures(options.data), options.styles.split(","), options.share), load_judge(options.judge)
    empty = encoders.encode_text([""])

    def drawn(prompts: list[str]) -> torch.Tensor:
        with autocast(device):
            return draw(unet, autoencoder, encoders.encode_text(prompts), empty, size=options.size).float().cpu()

    found = v_errors(unet, encoders, questions, options.size)
    pixels = {kind: drawn([question.prompt for question in asked]) for kind, asked in questions.of.items()}
    found |= answers(questions.of, pixels, judge) | copies(questions, pixels["seen"], autoencoder.cpu())
    options.out.mkdir(parents=True, exist_ok=True)
    write_results(options.out / "results.json", found, {}, unet=str(options.unet), size=options.size, seconds=round(time.monotonic() - started))
    line = row(str(options.unet), found)
    write_atomically(options.out / "row.md", lambda path: path.write_text(line + "\n", encoding="utf-8"))
    print(f"{head()}\n{line}", flush=True)
    prompts = [question.prompt for question in strangers()]
    autoencoder.to(device)
    sheet_with_prompts(drawn(prompts), prompts, options.out / "strangers.jpg")


def questions_of(pictures: Pictures, styles: list[str], share: float) -> Questions:
    """SAMPLES of each kind; Questions itself generates twice as many of some kinds as of others."""
    most = max(SAMPLES["seen"], *(2 * n for kind, n in SAMPLES.items() if kind not in ("seen", "held_out")))
    questions = Questions(pictures, most, styles, SAMPLES)
    questions.of = {kind: asked[: max(2, round(share * SAMPLES[kind]))] for kind, asked in questions.of.items()}
    return questions


if __name__ == "__main__":
    main()
