"""Draws the picture at the top of the README: one prompt a cell, by build/sfumato with its defaults (seed 42)."""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[1]
COLUMNS = 6
PROMPTS = [
    "a smiling cat, 3D style", "a rocket, 3D style", "red apple, 3D style", "penguin, 3D style", "cactus, 3D style",
    "smiling face with sunglasses, 3D style", "flat icon of a guitar", "flat icon of a rocket", "a red apple, flat style",
    "flat icon of a penguin", "noto style penguin", "noto style cat face", "an owl on a purple background, noto style",
    "a dog on a blue background, 3D style", "a heart on a green background", "a tulip on a yellow background",
    "a car on a pink background, 3D", "a fish on an orange background",
]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        cells = []
        for number, prompt in enumerate(PROMPTS):
            path = Path(folder) / f"{number}.png"
            subprocess.run([ROOT / "build" / "sfumato", prompt, "-o", path, "-q"], check=True, stdout=subprocess.DEVNULL)
            cells.append(Image.open(path).convert("RGB"))
    side = cells[0].width
    sheet = Image.new("RGB", (COLUMNS * side, -(-len(cells) // COLUMNS) * side), "white")
    for number, cell in enumerate(cells):
        sheet.paste(cell, (number % COLUMNS * side, number // COLUMNS * side))
    sheet.save(ROOT / "docs" / "pictures.png", optimize=True)


if __name__ == "__main__":
    main()
