"""Measures a bundle with fixed prompts and seeds, drawn by the program itself, and writes a page with two pictures.

    scripts/evaluate.py --data data/emoji --judge runs/judge --out models/evaluation.md

Drawing takes most of the time: with the default number of samples about 550 pictures, 12 minutes on two cores. Drawn
pictures are kept in --work, so that the same command again continues. OUT's folder gets pictures/montage.jpg (prompts
drawn from the data) and pictures/nearest.jpg (results beside the nearest training picture).
"""

import argparse
from pathlib import Path
from random import Random

import numpy as np
import torch

from evaluation.measures import CLOSE, Verdicts, background_error, both_found, mean, perceptual_distance, psnr, share, small
from evaluation.program import Program
from evaluation.questions import SEED, Question, Questions
from evaluation.report import Line, page, sheet, table
from training.dataset import Pictures
from training.judge import Judge, load_judge
from training.latent_networks import load_autoencoder, moments
from training.loop import write_atomically
from training.scenes import SceneSampler

ROOT = Path(__file__).resolve().parents[1]
PAIRS_SHOWN, PAIR_COLUMNS = 32, 4


def on_white(pictures: Pictures, rows: list[int] | np.ndarray) -> torch.Tensor:
    """-> [len(rows), 3, 128, 128] in [-1, 1]"""
    rgba = torch.from_numpy(pictures.pixels[rows]).permute(0, 3, 1, 2).float() / 255
    return (rgba[:, :3] * rgba[:, 3:] + 1 - rgba[:, 3:]) * 2 - 1


@torch.no_grad()
def through_autoencoder(bundle: Path, pixels: torch.Tensor) -> torch.Tensor:
    autoencoder = load_autoencoder(bundle).eval()
    return torch.cat([autoencoder.decode(moments(autoencoder, part)[0]).sample for part in pixels.split(32)]).clamp(-1, 1)


def measure_real_pictures(pictures: Pictures, judge: Judge, bundle: Path) -> list[Line]:
    rows = [row for row in pictures.held_out_rows() if not pictures.rows[row].skin_tone]
    pixels = on_white(pictures, rows)
    decoded = through_autoencoder(bundle, pixels)
    wanted = [(pictures.rows[row].subject,) for row in rows]
    verdicts = Verdicts(judge, decoded)
    return [
        Line("autoencoder: PSNR, held-out pairs", "28 dB", mean(psnr(decoded, pixels)), "dB"),
        Line("autoencoder: perceptual distance, held-out pairs", "", mean(perceptual_distance(judge, decoded, pixels)), ""),
        Line("the judge on those real pictures: top 1", "", share(verdicts.subject_in(wanted, 1))),
        Line("the judge on those real pictures: top 5", "", share(verdicts.subject_in(wanted, 5))),
        Line("the judge on those real pictures: style", "", share(verdicts.style_is([pictures.rows[row].style for row in rows]))),
    ]


def measure_real_pairs(pictures: Pictures, judge: Judge, asked: list[Question]) -> list[Line]:
    things = np.array([question.rows for question in asked])
    relations = [question.relation for question in asked]
    scenes = SceneSampler(pictures, "cpu", SEED).pairs_of(things, relations, np.zeros(len(asked), int))
    return [Line("the judge on real pairs: both found", "", share(both_found(judge, asked, scenes)))]


def measure_drawn(questions: Questions, drawn: dict[str, torch.Tensor], judge: Judge) -> list[Line]:
    verdicts = {name: Verdicts(judge, drawn[name]) for name in ("seen", "held_out", "tags", "synonyms")}

    def found(name: str, among: int) -> torch.Tensor:
        return verdicts[name].subject_in([question.subjects for question in questions.of[name]], among)

    styles = [verdicts[name].style_is([question.style for question in questions.of[name]]) for name in ("seen", "held_out")]
    backgrounds = [background_error(picture, question.colour) <= CLOSE
                   for question, picture in zip(questions.of["background"], drawn["background"])]
    return [
        Line("seen pairs: top 1", "80 %", share(found("seen", 1))),
        Line("seen pairs: top 5", "92 %", share(found("seen", 5))),
        Line("held-out pairs: top 1", "50 %", share(found("held_out", 1))),
        Line("held-out pairs: top 5", "70 %", share(found("held_out", 5))),
        Line("tags only: top 5", "50 %", share(found("tags", 5))),
        Line("unseen synonyms: top 5", "40 %", share(found("synonyms", 5))),
        Line("style right (seen and held-out pairs)", "97 %", share(torch.cat(styles))),
        Line("background colour right", "95 %", share(torch.tensor(backgrounds))),
        Line("both of two things found", "50 %", share(both_found(judge, questions.of["pair"], drawn["pair"]))),
    ]


def beside_nearest(pictures: Pictures, drawn: dict[str, torch.Tensor]) -> torch.Tensor:
    """[64, 3, 128, 128]: random results of all measures, each followed by the nearest training picture."""
    results = torch.cat([drawn[name] for name in ("seen", "held_out", "tags", "synonyms")])
    chosen = results[Random(SEED).sample(range(len(results)), min(PAIRS_SHOWN, len(results)))]
    rows = np.array(pictures.train_rows())
    gallery = torch.cat([small(on_white(pictures, part)) for part in np.array_split(rows, 20)])
    found = rows[torch.cdist(small(chosen), gallery).argmin(dim=1).numpy()]
    return torch.stack([chosen, on_white(pictures, found)], dim=1).flatten(0, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (prepare_data.py)")
    parser.add_argument("--judge", type=Path, required=True, help="folder of train_judge.py")
    parser.add_argument("--bundle", type=Path, default=ROOT / "models" / "default")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "sfumato")
    parser.add_argument("--out", type=Path, required=True, help="page to write, such as models/evaluation.md")
    parser.add_argument("--work", type=Path, default=Path("runs/evaluation"), help="where drawn pictures are kept")
    parser.add_argument("--samples", type=int, default=120, help="seen and held-out pairs; half as many of other measures")
    parser.add_argument("--trust", action="store_true", help="run the graphs of a bundle that the program does not know")
    options = parser.parse_args()

    pictures, judge = Pictures(options.data), load_judge(options.judge)
    program = Program(options.program, options.bundle, options.work, options.trust)
    questions = Questions(pictures, options.samples)
    drawn: dict[str, torch.Tensor] = {}
    for name, asked in questions.of.items():
        print(f"{name}: {len(asked)} pictures", flush=True)
        drawn[name] = program.draw(asked)

    lines = (measure_real_pictures(pictures, judge, options.bundle) + measure_real_pairs(pictures, judge, questions.of["pair"])
             + measure_drawn(questions, drawn, judge))
    print(table(lines))
    folder = options.out.parent / "pictures"
    sheet(drawn["montage"], 8, folder / "montage.jpg")
    sheet(beside_nearest(pictures, drawn), 2 * PAIR_COLUMNS, folder / "nearest.jpg", gap_every=2)
    command = f"scripts/evaluate.py --samples {options.samples}"
    text = page(lines, questions.of["montage"], options.bundle.name, program.digest, command)
    write_atomically(options.out, lambda path: path.write_text(text, encoding="utf-8"))


if __name__ == "__main__":
    main()
