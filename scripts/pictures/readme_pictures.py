"""Generates the README's figures in docs/ with build/sfumato and its defaults (seed 42): text to image, img2img, inpainting.

scripts/pictures/example_maps.py generates those from maps. Takes no arguments.
"""

import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

ROOT = Path(__file__).parents[2]
COLUMNS = 6
PROMPTS = [
    "a smiling cat, 3D style", "a rocket, 3D style", "red apple, 3D style", "penguin, 3D style", "cactus, 3D style",
    "smiling face with sunglasses, 3D style", "flat icon of a guitar", "flat icon of a rocket", "a red apple, flat style",
    "flat icon of a penguin", "noto style penguin", "noto style cat face", "an owl on a purple background, noto style",
    "a dog on a blue background, 3D style", "a heart on a green background", "a tulip on a yellow background",
    "a car on a pink background, 3D", "a fish on an orange background",
]
SOURCE, FROM_IT, STRENGTHS = "a cat, 3D style", "a dog, noto style", (0.2, 0.3, 0.4, 0.5, 0.7)
INTO = [("a smiling cat, 3D style", "smiling face with sunglasses, 3D style", (0, 0, 128, 60)),
        ("a red apple on a blue background, 3D style", "a frog on a blue background, 3D style", (10, 12, 118, 122))]


def draw(path: Path, prompt: str, *flags: str | Path) -> Path:
    subprocess.run([ROOT / "build" / "sfumato", prompt, *flags, "-o", path, "-q", "--overwrite"], check=True,
                   stdout=subprocess.DEVNULL)
    return path


def sheet(name: str, paths: list[Path]) -> None:
    cells = [Image.open(path).convert("RGB") for path in paths]
    side = cells[0].width
    picture = Image.new("RGB", (COLUMNS * side, -(-len(cells) // COLUMNS) * side), "white")
    for number, cell in enumerate(cells):
        picture.paste(cell, (number % COLUMNS * side, number // COLUMNS * side))
    picture.save(ROOT / "docs" / name, optimize=True)


def mask(path: Path, side: int, box: tuple[int, int, int, int]) -> Path:
    picture = Image.new("L", (side, side), 0)
    ImageDraw.Draw(picture).rounded_rectangle(box, 16, fill=255)
    picture.save(path)
    return path


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        sheet("pictures.png", [draw(folder / f"{number}.png", prompt) for number, prompt in enumerate(PROMPTS)])

        source = draw(folder / "source.png", SOURCE)
        sheet("from_picture.png", [source] + [draw(folder / f"from-{strength}.png", FROM_IT, "-i", source, "--strength", str(strength), "--exact-steps")
                                              for strength in STRENGTHS])
        cells = []
        for number, (before, after, box) in enumerate(INTO):
            source = draw(folder / f"before-{number}.png", before)
            masked = mask(folder / f"mask-{number}.png", Image.open(source).width, box)
            cells += [source, masked, draw(folder / f"into-{number}.png", after, "-i", source, "--mask", masked, "--mask-blur", "3",
                                           "--strength", "1")]
        sheet("into_picture.png", cells)


if __name__ == "__main__":
    main()
