"""Writes a data folder (training/dataset.py) from emoji packages or from a folder of captioned pictures.

    scripts/train/prepare_data.py --packages NPM_FOLDER --out data/emoji
    scripts/train/prepare_data.py --folder PICTURES --out data/mine

The packages are the .tgz files of `npm pack` (names and licences in training/emoji.py). A picture folder
has captions.jsonl (lines {"file": "a.png", "caption": "a red boat"}) or captions.txt (file name, tab, caption).

If OUT already has a subjects.json with the same subjects, its keywords and synonyms are kept, so that the pictures can be made
on a machine without WordNet and CLDR.
"""

import argparse
import io
import json
import os
from collections import Counter
from collections.abc import Callable
from multiprocessing import Pool
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from training.avatars import read_avatars
from training.clipart import read_clipart
from training.colours import main_colour
from training.dataset import SIZES, Picture, Subject, read_subjects, read_unseen_synonyms, write_descriptions
from training.emoji import Source, read_emoji
from training.icons import read_icons
from training.svg import is_svg, rasterise
from training.wordnet import WordNet
from training.words import add_words, containing, read_cldr_keywords

AVATARS = 2500


def decode(encoded: bytes, size: int) -> Image.Image:
    """WebP, PNG, JPEG or SVG -> RGBA image of size x size, fitted and centred on transparency"""
    if is_svg(encoded):
        encoded = rasterise(encoded, size)
    picture = Image.open(io.BytesIO(encoded)).convert("RGBA")
    if picture.size == (size, size):
        return picture
    scale = size / max(picture.size)
    fitted = tuple(max(1, round(side * scale)) for side in picture.size)
    square = Image.new("RGBA", (size, size))
    # "RGBa" is premultiplied: transparent pixels do not bleed into the edges.
    resized = picture.convert("RGBa").resize(fitted, Image.Resampling.LANCZOS).convert("RGBA")
    square.paste(resized, tuple((size - side) // 2 for side in fitted))
    return square


def solid_box(rgba: np.ndarray) -> tuple[float, float, float, float]:
    """uint8 [H, W, 4] -> bounding box of visible pixels: left, top, right, bottom as shares of the side"""
    solid = rgba[..., 3] > 127
    if not solid.any():
        return 0.0, 0.0, 1.0, 1.0
    columns, rows = np.flatnonzero(solid.any(axis=0)), np.flatnonzero(solid.any(axis=1))
    side = len(solid)
    return columns[0] / side, rows[0] / side, (columns[-1] + 1) / side, (rows[-1] + 1) / side


def write_picture(job: tuple[int, bytes, list[Path]]) -> None:
    """Decodes one picture at the largest size, halves it for smaller sizes, and writes its rows."""
    row, encoded, arrays = job
    picture = decode(encoded, SIZES[0])
    *arrays, boxes, colours = arrays
    small = np.asarray(picture.convert("RGBa").resize((64, 64), Image.Resampling.BOX).convert("RGBA"))
    np.load(boxes, mmap_mode="r+")[row] = solid_box(np.asarray(picture))
    np.load(colours, mmap_mode="r+")[row] = main_colour(small)
    for size, path in zip(SIZES, arrays):
        if picture.width != size:
            picture = picture.convert("RGBa").resize((size, size), Image.Resampling.BOX).convert("RGBA")
        np.load(path, mmap_mode="r+")[row] = np.asarray(picture)


def write_arrays(folder: Path, encoded: list[bytes], processes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    finals = [*(folder / f"pictures-{size}.npy" for size in SIZES), folder / "boxes.npy", folder / "main_colours.npy"]
    drafts = [path.with_suffix(".tmp.npy") for path in finals]
    for size, draft in zip(SIZES, drafts):
        np.lib.format.open_memmap(draft, mode="w+", dtype=np.uint8, shape=(len(encoded), size, size, 4))
    for draft in drafts[len(SIZES) :]:
        np.lib.format.open_memmap(draft, mode="w+", dtype=np.float32, shape=(len(encoded), 4))
    with Pool(processes, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        jobs = ((row, content, drafts) for row, content in enumerate(encoded))
        for done, _ in enumerate(pool.imap_unordered(write_picture, jobs, chunksize=16), 1):
            if done % 2000 == 0:
                print(f"{done} of {len(encoded)} pictures", flush=True)
    for draft, final in zip(drafts, finals):
        os.replace(draft, final)


def read_captioned_folder(folder: Path) -> tuple[list[Source], list[Subject]]:
    """Reads captioned pictures; each becomes its own subject, with a fixed caption and no style."""
    jsonl, text = folder / "captions.jsonl", folder / "captions.txt"
    if jsonl.is_file():
        entries = [json.loads(line) for line in jsonl.read_text(encoding="utf-8").splitlines() if line.strip()]
        pairs = [(entry["file"], entry["caption"]) for entry in entries]
    elif text.is_file():
        pairs = [tuple(line.split("\t", 1)) for line in text.read_text(encoding="utf-8").splitlines() if "\t" in line]
    else:
        raise SystemExit(f"{folder}: neither captions.jsonl nor captions.txt. Write one line for each picture.")
    sources, subjects = [], []
    for index, (name, caption) in enumerate(pairs):
        path = folder / name
        if not path.is_file():
            raise SystemExit(f"{path}: named in the captions of {folder}, but no such file. Remove the line.")
        subjects.append(Subject(hexcode=name, label=caption))
        encoded = path.read_bytes()
        try:
            opaque = decode(encoded, SIZES[-1]).getextrema()[3][0] == 255
        except OSError as error:
            raise SystemExit(f"{path}: not a picture that Pillow can read ({error}). Remove its line, or convert it to PNG.") from error
        sources.append(Source(encoded, Picture(name, "", caption, subject=index, captions=[caption], opaque=opaque)))
    return sources, subjects


def with_subjects(sources: list[Source], subjects: list[Subject], unseen: Callable[[str], bool]) -> list[Source]:
    """Assigns subjects to pictures with fixed captions (one for each style of avatars) and removes unseen words from captions."""
    places: dict[str, int] = {}
    kept = []
    for source in sources:
        picture = source.picture
        picture.captions = [caption for caption in picture.captions if not unseen(caption)]
        if picture.captions:
            name = picture.hexcode.rpartition("-")[0] if picture.hexcode.startswith("avatar-") else picture.hexcode
            if name not in places:
                places[name] = len(subjects)
                subjects.append(Subject(name, picture.captions[0]))
            picture.subject = places[name]
            kept.append(source)
    return kept


def take_words(folder: Path, subjects: list[Subject]) -> dict[str, list[int]]:
    """Takes keywords and synonyms from an earlier run with the same subjects, else from CLDR and WordNet."""
    if (folder / "subjects.json").is_file():
        earlier = read_subjects(folder)
        if [s.hexcode for s in earlier][: len(subjects)] == [s.hexcode for s in subjects]:
            subjects[:] = earlier[: len(subjects)]
            return read_unseen_synonyms(folder)
    return add_words(subjects, WordNet(), read_cldr_keywords())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--packages", type=Path, help="folder of npm .tgz files")
    group.add_argument("--folder", type=Path, help="folder of pictures with captions.jsonl or captions.txt")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    options = parser.parse_args()

    unseen: dict[str, list[int]] = {}
    if options.packages:
        sources, subjects, skipped = read_emoji(options.packages)
        unseen = take_words(options.out, subjects)
        icons, left_out = read_icons(options.packages, subjects, WordNet(), containing(unseen))
        sources += icons + with_subjects(read_avatars(AVATARS) + read_clipart(), subjects, containing(unseen))
        print(f"{skipped} emoji without a label and {left_out} icons without a thing left out")
    else:
        sources, subjects = read_captioned_folder(options.folder)
    rows = [source.picture for source in sources]
    write_descriptions(options.out, rows, subjects, unseen)
    write_arrays(options.out, [source.encoded for source in sources], options.processes)
    styles = Counter(row.style for row in rows)
    held_out = {(row.subject, row.style) for row in rows if row.held_out}
    print(f"{len(rows)} pictures {dict(styles)}, {len({row.subject for row in rows})} of {len(subjects)} subjects shown, "
          f"{sum(row.skin_tone for row in rows)} with skin tones, {len(held_out)} held-out pairs, "
          f"{len(unseen)} unseen synonyms")


if __name__ == "__main__":
    main()
