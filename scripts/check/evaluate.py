"""Measures a bundle with fixed prompts and seeds, drawn by the program itself, and writes a page with three pictures.

    scripts/check/evaluate.py --data data/emoji --judge runs/judge --out models/evaluation.md
    scripts/check/evaluate.py --out models/evaluation.md --only strangers      # the sheet of strangers' prompts, nothing else

Drawing takes most of the time: about 950 pictures with the default number of samples. Drawn pictures are kept in --work, so that
the same command again continues. Beside OUT comes a .json of the same name, which --beside reads for the column of an
earlier model. OUT's folder gets pictures/montage.jpg (prompts drawn from the data), pictures/nearest.jpg (results beside the
nearest training picture) and pictures/strangers.jpg.
"""

import argparse
from pathlib import Path
from random import Random

import numpy as np
import torch

from check.evaluation.answers import answers, at_side
from check.evaluation.copies import copies, copies_of_autoencoder, through, v_errors
from check.evaluation.estimates import Estimate, mean
from check.evaluation.measures import psnr, small
from check.evaluation.program import Program
from check.evaluation.questions import SEED, Questions
from check.evaluation.real_scenes import real_pixels
from check.evaluation.report import page, read_results, sheet, table, write_results
from check.evaluation.strangers import sheet_with_prompts, strangers
from check.evaluation.verdicts import perceptual_distance
from training.dataset import STYLES, Pictures
from training.device import pick_device
from training.judge import Judge, load_judge
from training.latent_networks import load_autoencoder, load_unet
from training.loop import write_atomically
from training.networks import Tokenizer, load_text_encoder
from training.scene_cache import Encoders

ROOT = Path(__file__).resolve().parents[2]
PAIRS_SHOWN, PAIR_COLUMNS = 32, 4
NOT_COMPOSED = ("tags", "synonyms", "montage")  # questions without a picture that would be right


def on_white(pictures: Pictures, rows: list[int] | np.ndarray) -> torch.Tensor:
    """-> [len(rows), 3, 128, 128] in [-1, 1]"""
    rgba = torch.from_numpy(pictures.pixels[rows]).permute(0, 3, 1, 2).float() / 255
    return (rgba[:, :3] * rgba[:, 3:] + 1 - rgba[:, 3:]) * 2 - 1


def measure_real(questions: Questions, judge: Judge, autoencoder) -> dict[str, Estimate]:
    """Every measure on real scenes that went through the autoencoder."""
    composed = [kind for kind in questions.of if kind not in NOT_COMPOSED]
    return copies_of_autoencoder(questions, autoencoder) | answers(
        questions.of, {kind: through(autoencoder, real_pixels(questions.of[kind], questions.sampler)) for kind in composed}, judge)


def measure_autoencoder(questions: Questions, judge: Judge, autoencoder) -> dict[str, Estimate]:
    pixels = real_pixels(questions.of["held_out"], questions.sampler)
    decoded = through(autoencoder, pixels)
    return {"autoencoder: PSNR, held-out pairs": mean(psnr(decoded, pixels)),
            "autoencoder: perceptual distance, held-out pairs": mean(perceptual_distance(judge, decoded, pixels))}


def beside_nearest(pictures: Pictures, drawn: dict[str, torch.Tensor]) -> torch.Tensor:
    """[64, 3, 128, 128]: random results of all measures, each followed by the nearest training picture."""
    results = torch.cat([at_side(drawn[name]) for name in ("seen", "held_out", "tags", "synonyms")])
    chosen = results[Random(SEED).sample(range(len(results)), min(PAIRS_SHOWN, len(results)))]
    rows = np.array(pictures.train_rows())
    distances = torch.cat([torch.cdist(small(chosen), small(on_white(pictures, part))) for part in np.array_split(rows, -(-len(rows) // 512))], dim=1)
    return torch.stack([chosen, on_white(pictures, rows[distances.argmin(dim=1).numpy()])], dim=1).flatten(0, 1)


def evaluate(options: argparse.Namespace, program: Program) -> None:
    pictures, judge = Pictures(options.data), load_judge(options.judge)
    questions = Questions(pictures, options.samples, options.styles.split(","))
    drawn: dict[str, torch.Tensor] = {}
    for name, asked in questions.of.items():
        print(f"{name}: {len(asked)} pictures", flush=True)
        drawn[name] = program.draw(asked)

    autoencoder = load_autoencoder(options.bundle).eval()
    encoders = Encoders(autoencoder, load_text_encoder(options.bundle), Tokenizer(options.bundle / "tokenizer.model"), pick_device("cpu"))
    now = (answers(questions.of, drawn, judge) | copies(questions, drawn["seen"], autoencoder)
           | v_errors(load_unet(options.bundle).eval(), encoders, questions) | measure_autoencoder(questions, judge, autoencoder))
    real = measure_real(questions, judge, autoencoder)
    measures = table(now, real, read_results(options.beside) if options.beside else {})
    print(measures)
    write_results(options.out.with_suffix(".json"), now, real, bundle=options.bundle.name, model_sha256=program.digest, styles=questions.styles)
    folder = options.out.parent / "pictures"
    sheet(drawn["montage"], 8, folder / "montage.jpg")
    sheet(beside_nearest(pictures, drawn), 2 * PAIR_COLUMNS, folder / "nearest.jpg", gap_every=2)
    command = f"scripts/check/evaluate.py --samples {options.samples}" + (f" --styles {options.styles}" if options.styles != ",".join(STYLES) else "")
    text = page(measures, questions.of["montage"], strangers(), options.bundle.name, program.digest, command)
    write_atomically(options.out, lambda path: path.write_text(text, encoding="utf-8"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="data folder (train/prepare_data.py)")
    parser.add_argument("--judge", type=Path, help="folder of train/judge.py")
    parser.add_argument("--bundle", type=Path, default=ROOT / "models" / "default")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "sfumato")
    parser.add_argument("--out", type=Path, required=True, help="page to write, such as models/evaluation.md")
    parser.add_argument("--work", type=Path, default=Path("runs/evaluation"), help="where drawn pictures are kept")
    parser.add_argument("--samples", type=int, default=120, help="seen and held-out pairs; half as many of other measures")
    parser.add_argument("--styles", default=",".join(STYLES), help="that prompts name; '3d,flat,noto' are those of the first models")
    parser.add_argument("--beside", type=Path, metavar="RESULTS.json", help="an earlier model's results, for a column of the table")
    parser.add_argument("--only", choices=["strangers"], help="draw the sheet of strangers' prompts and nothing else")
    parser.add_argument("--trust", action="store_true", help="run the graphs of a bundle that the program does not know")
    options = parser.parse_args()
    if unknown := set(options.styles.split(",")) - set(STYLES):
        parser.error(f"--styles: {', '.join(sorted(unknown))} is none of {', '.join(STYLES)}.")
    if not options.only and not (options.data and options.judge):
        parser.error("--data and --judge are needed, unless --only strangers is given.")

    program = Program(options.program, options.bundle, options.work, options.trust)
    asked = strangers()
    print(f"strangers: {len(asked)} pictures", flush=True)
    sheet_with_prompts(program.draw(asked), [question.prompt for question in asked], options.out.parent / "pictures" / "strangers.jpg")
    if not options.only:
        evaluate(options, program)


if __name__ == "__main__":
    main()
