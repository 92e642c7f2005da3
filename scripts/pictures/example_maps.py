"""Draws the example maps of models/maps: a few shapes each, in the class colours, as palette PNGs.

    scripts/pictures/example_maps.py                      # the maps
    scripts/pictures/example_maps.py --draw build/sfumato # also docs/maps.png: each map next to the image generated from it
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from training.map_classes import CLASSES

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "models" / "maps"
SIDE = 128
# name -> shapes (class, kind, coordinates), and prompt and flags for docs/maps.png
EXAMPLES = {
    "table": ([("fruit", "ellipse", (10, 44, 60, 94)), ("drink", "polygon", (76, 34, 114, 34, 108, 100, 82, 100))],
              "red apple and glass of milk, flat style", ("--seed", "5")),
    "zoo": ([("mammal", "ellipse", (8, 52, 66, 112)), ("mammal", "polygon", (12, 66, 16, 42, 34, 56)),
             ("mammal", "polygon", (40, 56, 58, 42, 62, 66)), ("bird", "ellipse", (78, 60, 118, 108)),
             ("bird", "ellipse", (86, 40, 112, 68))], "a penguin and a cat", ("--seed", "2", "--cfg-scale", "2", "--map-scale", "1.5")),
    "greetings": ([("face", "ellipse", (6, 8, 66, 68)), ("heart", "ellipse", (66, 66, 94, 94)), ("heart", "ellipse", (90, 66, 118, 94)),
                   ("heart", "polygon", (67, 84, 117, 84, 92, 118))], "smiling face and red heart", ("--seed", "1")),
}


def draw_map(shapes: list[tuple[str, str, tuple[int, ...]]]) -> Image.Image:
    """Later shapes cover earlier ones; edges are not antialiased."""
    index = {entry.name: place for place, entry in enumerate(CLASSES)}
    picture = Image.new("P", (SIDE, SIDE), 0)
    picture.putpalette([value for entry in CLASSES for value in entry.rgb])
    pen = ImageDraw.Draw(picture)
    for name, kind, coordinates in shapes:
        getattr(pen, kind)(coordinates, fill=index[name])
    return picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draw", type=Path, metavar="PROGRAM", help="also draw docs/maps.png with this program")
    parser.add_argument("--model", type=Path, default=ROOT / "models" / "emoji-map")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    cells = []
    for name, (shapes, prompt, flags) in EXAMPLES.items():
        path = FOLDER / f"{name}.png"
        draw_map(shapes).save(path, optimize=True)
        if options.draw:
            with tempfile.TemporaryDirectory() as folder:
                drawn = Path(folder) / "drawn.png"
                subprocess.run([options.draw, prompt, "-m", options.model, "--segmap", path, *flags, "-o", drawn, "-q"],
                               check=True, stdout=subprocess.DEVNULL)
                cells += [Image.open(path).convert("RGB"), Image.open(drawn).convert("RGB").resize((SIDE, SIDE))]
    if cells:
        sheet = Image.new("RGB", (len(cells) * SIDE, SIDE), "white")
        for place, cell in enumerate(cells):
            sheet.paste(cell, (place * SIDE, 0))
        sheet.save(ROOT / "docs" / "maps.png", optimize=True)


if __name__ == "__main__":
    main()
