"""Measures how a bundle follows semantic maps, drawn by the program itself, and writes a page with a picture.

    scripts/check/evaluate_map.py --data data/emoji --judge runs/map-judge --out models/map_evaluation.md

Maps are composed from the pictures with a fixed seed: one to three things of different classes apart from each other on
white, of pictures that training saw and, apart from these, of pairs (subject, style) that it never saw. Each map is drawn
with its things' names, with their classes' names, with no words at all, and with names but without map guidance. Drawn
pictures are kept in --work, so that the same command again continues. OUT's folder gets pictures/map_montage.jpg.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from check.evaluation.answers import at_side
from check.evaluation.copies import through
from check.evaluation.estimates import Estimate, mean, share
from check.evaluation.program import Program
from check.evaluation.question import Question
from check.evaluation.report import sheet
from training.captions import spoken_labels
from training.compose import Scene
from training.dataset import STYLES, Pictures
from training.judge import Judge, load_judge
from training.latent_networks import load_autoencoder
from training.loop import write_atomically
from training.map_classes import BACKGROUND, CLASSES, coloured
from training.map_judge import crops_of_regions
from training.map_scenes import MapSceneSampler

ROOT = Path(__file__).resolve().parents[2]
SEED = 20
MOST = 3  # things
DIFFERENT = 0.1  # of a channel's range: from here on a pixel is not the background's
SHOWN = 8  # maps in the montage
WAYS = {
    "things named": ("names", ()),
    "classes named": ("classes", ()),
    "no words": ("none", ()),
    "no words, `--map-scale 2`": ("none", ("--map-scale", "2")),
    "things named, without the map (`--map-scale 0`)": ("names", ("--map-scale", "0")),
}


@dataclass
class Asked:
    """Maps and what belongs into them; regions: for each map a list of (class, box)."""

    maps: np.ndarray  # uint8 [n, 128, 128]
    pixels: torch.Tensor  # the real scenes
    names: list[str]
    class_names: list[str]
    regions: list[list[tuple[int, tuple[int, int, int, int]]]]


def suitable(classes: list[int], boxes: list[tuple[int, int, int, int]]) -> bool:
    """All of different classes, large enough to be judged, and apart."""
    large = all(min(right - left, bottom - top) >= 24 for left, top, right, bottom in boxes)
    apart = all(a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
                for place, a in enumerate(boxes) for b in boxes[:place])
    return len(set(classes)) == len(classes) and large and apart


def box_of(inside: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
    return (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if len(rows) else (0, 0, 0, 0)


def asked_of(pictures: Pictures, rows: list[int], n: int) -> Asked:
    rows = [row for row in rows if pictures.rows[row].style in STYLES and not pictures.rows[row].skin_tone and not pictures.rows[row].captions]
    sampler = MapSceneSampler(pictures, "cpu", SEED, rows)
    asked = Asked(np.zeros((0, 128, 128), np.uint8), torch.zeros(0, 3, 128, 128), [], [], [])
    maps, pixels = [], []
    while len(maps) < n:
        things = sampler.layout()
        if len(things) > MOST:
            continue
        scene, drawn = sampler.composer.compose([Scene("", things, mapped=True)])
        kinds = [thing.kind for thing in things]
        boxes = [box_of(drawn[0].numpy() == kind) for kind in kinds]
        if not suitable(kinds, boxes):
            continue
        style = pictures.rows[things[0].row].style
        asked.names.append(", ".join(spoken_labels(pictures.rows[thing.row].label)[0] for thing in things) + f", {style} style")
        asked.class_names.append(", ".join(CLASSES[kind].name for kind in kinds) + f", {style} style")
        asked.regions.append(list(zip(kinds, boxes)))
        maps.append(drawn[0].numpy())
        pixels.append(scene[0])
    asked.maps, asked.pixels = np.stack(maps), torch.stack(pixels)
    return asked


def questions(asked: Asked, words: str, flags: tuple[str, ...], folder: Path) -> list[Question]:
    texts = {"names": asked.names, "classes": asked.class_names, "none": [""] * len(asked.names)}[words]
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for place, (text, classes) in enumerate(zip(texts, asked.maps)):
        path = folder / f"{place:03}.png"
        image = Image.fromarray(coloured(classes))
        write_atomically(path, lambda temporary, image=image: image.save(temporary, "PNG"))
        made.append(Question(text, seed=place, flags=("--segmap", str(path), *flags)))
    return made


@torch.no_grad()
def classes_right(judge: Judge, pixels: torch.Tensor, asked: Asked, among: int) -> torch.Tensor:
    """-> bool [regions]: is the region's class among the judge's first so many?"""
    hits = []
    for picture, regions in zip(pixels, asked.regions):
        seen = judge(crops_of_regions(picture, [box for _, box in regions]))[0].topk(among).indices
        hits += [index in row for (index, _), row in zip(regions, seen.tolist())]
    return torch.tensor(hits)


def overlaps(pixels: torch.Tensor, maps: np.ndarray) -> torch.Tensor:
    """[n]: intersection over union of what was drawn and what the map has; drawn is what differs from the background."""
    found = []
    for picture, classes in zip(pixels, maps):
        wanted = torch.from_numpy(classes != BACKGROUND)
        background = picture[:, ~wanted].median(dim=1).values if (~wanted).any() else torch.ones(3)
        drawn = ((picture - background[:, None, None]).abs() > 2 * DIFFERENT).any(dim=0)
        found.append(((drawn & wanted).sum() / (drawn | wanted).sum()).item())
    return torch.tensor(found)


def said(estimate: Estimate, percent: bool = True) -> str:
    if percent:
        return f"{estimate.value:.0%} [{estimate.low:.0%}, {estimate.high:.0%}]".replace("%", " %")
    return f"{estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]"


def row_of(name: str, judge: Judge, pixels: torch.Tensor, asked: Asked) -> str:
    cells = [said(share(classes_right(judge, pixels, asked, 1))), said(share(classes_right(judge, pixels, asked, 3))),
             said(mean(overlaps(pixels, asked.maps)), percent=False), f"{sum(map(len, asked.regions))} in {len(asked.maps)}"]
    return "| " + " | ".join([name, *cells]) + " |"


HOW = """\
How to read it:
- Class: the judge's verdict on each region's crop, of 36 classes: chance is 3 %. The judge is a small classifier trained for
  this page only (`scripts/train/map_judge.py`). Its verdict on the real scenes, sent through the autoencoder, is what a
  perfect drawing can be expected to reach.
- Overlap: intersection over union of what was drawn (pixels that differ from the background by more than a tenth) and what
  the map has. White things on white count as not drawn, so real scenes do not reach 1.
- *Held-out* scenes are made of pairs (subject, style) that no network was trained on.
- Maps, prompts and seeds are drawn from the data with a fixed seed; none was chosen by hand. Brackets: 95 % interval."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--judge", type=Path, required=True, help="folder of train/map_judge.py")
    parser.add_argument("--bundle", type=Path, default=ROOT / "models" / "emoji-map")
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "sfumato")
    parser.add_argument("--out", type=Path, required=True, help="page to write, .md")
    parser.add_argument("--work", type=Path, default=ROOT / "runs" / "map-evaluation")
    parser.add_argument("--maps", type=int, default=24, help="of seen pictures; of held-out ones half as many")
    parser.add_argument("--trust", action="store_true")
    options = parser.parse_args()

    pictures, judge = Pictures(options.data), load_judge(options.judge)
    program = Program(options.program, options.bundle, options.work, options.trust)
    autoencoder = load_autoencoder(options.bundle).eval()
    head = "| drawn with | right class | among three | overlap | regions |\n|---|---|---|---|---|"
    tables, columns = [], []
    for title, rows, n in (("Pictures that training saw", pictures.train_rows(), options.maps),
                           ("Held-out pairs", pictures.held_out_rows(), options.maps // 2)):
        asked = asked_of(pictures, rows, n)
        lines = [row_of("*real scenes, through the autoencoder*", judge, through(autoencoder, asked.pixels), asked)]
        if not columns:
            columns = [torch.from_numpy(coloured(asked.maps)).permute(0, 3, 1, 2) / 127.5 - 1, asked.pixels]
        for name, (words, flags) in WAYS.items():
            drawn = at_side(program.draw(questions(asked, words, flags, options.work / "maps" / title.split()[0].lower())))
            lines.append(row_of(name, judge, drawn, asked))
            print(title, lines[-1], flush=True)
            if title.startswith("Pictures") and len(columns) < 2 + len(WAYS):
                columns.append(drawn)
        tables.append("\n".join([f"## {title}", "", head, *lines]))
    shown = torch.cat([column[:SHOWN] for column in columns])
    (options.out.parent / "pictures").mkdir(exist_ok=True)
    sheet(shown, SHOWN, options.out.parent / "pictures" / "map_montage.jpg")
    sections = "\n\n".join(tables)
    names = "; ".join(["map", "real scene", *(name.replace("`", "") for name in WAYS)])
    text = f"""# How the model `{options.bundle.name}` follows maps

Written by `scripts/check/evaluate_map.py --data {options.data} --judge {options.judge} --out {options.out} --maps {options.maps}`, of the bundle whose
`model.json` has the SHA-256 `{program.digest[:16]}...`. Maps are 128 px; everything else is the bundle's default.

{sections}

{HOW}

![maps and what was drawn from them](pictures/map_montage.jpg)

Rows, from the top: {names}.
"""
    write_atomically(options.out, lambda path: path.write_text(text, encoding="utf-8"))


if __name__ == "__main__":
    main()
