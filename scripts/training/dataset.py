"""The data folder that every training script reads.

    pictures-256.npy      uint8 [N, 256, 256, 4], straight (not premultiplied) RGBA, memory-mapped
    pictures-128.npy      uint8 [N, 128, 128, 4], the same pictures at half the size
    pictures.jsonl        line i describes row i of both arrays (Picture)
    subjects.json         list of what the pictures show (Subject)
    boxes.npy             float32 [N, 4]: left, top, right, bottom of what is solid, as shares of the side
    main_colours.npy      float32 [N, 4]: L, a, b of the main colour and its share (colours.main_colour)
    unseen_synonyms.json  word -> subject indices; words that no caption may contain

scripts/train/prepare_data.py writes it, from emoji packages or from a folder of captioned pictures.

Held-out rule: a pair (subject, style) with int(sha256("HEXCODE-STYLE")[:8], 16) % 20 == 0 is shown to no network
in training, and neither are the subject's other finishes of the same drawing (HELD_OUT_WITH). HEXCODE is the subject's:
lower case, without fe0f and without skin tones, so that all skin tones of a held-out pair are held out with it.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

# Hands: who drew a picture, and how. Those of emoji.py, then those of icons.py.
STYLES = ("3d", "flat", "fluent", "noto", "blob", "twemoji", "emojitwo", "firefox", "cartoon", "outline", "sketch")
# Styles that show one drawing in several finishes, or follow it closely, are held out together.
HELD_OUT_WITH = {"3d": ("3d", "flat"), "flat": ("3d", "flat"), "fluent": ("3d", "flat"), "blob": ("noto",)}
SIZES = (256, 128)
HELD_OUT_EVERY = 20
SKIN_TONES = frozenset({"1f3fb", "1f3fc", "1f3fd", "1f3fe", "1f3ff"})
VARIATION_SELECTOR = "fe0f"
FLAG_GROUP = 9  # emojibase's number of the group "flags"


@dataclass
class Picture:
    """One row of the picture arrays."""

    hexcode: str  # lower case, without fe0f, with skin tones
    style: str  # one of STYLES, or "clip art"; "" where captions name none
    label: str
    tags: list[str] = field(default_factory=list)
    group: int = -1
    subgroup: int = -1
    skin_tone: bool = False
    held_out: bool = False
    subject: int = 0
    captions: list[str] = field(default_factory=list)  # ready ones, of which each is true; the grammar adds style and ground only
    opaque: bool = False  # it covers any background: a photograph, a landscape


@dataclass
class Subject:
    """What a picture shows, whatever its style and skin tone."""

    hexcode: str
    label: str
    tags: list[str] = field(default_factory=list)  # emojibase
    keywords: list[str] = field(default_factory=list)  # CLDR, without the tags
    synonyms: list[str] = field(default_factory=list)  # WordNet, without those in unseen_synonyms.json
    group: int = -1


def plain_hexcode(hexcode: str, *, keep_skin_tones: bool = False) -> str:
    """'1F44B-1F3FB' -> '1f44b': lower case, without fe0f and, unless kept, without skin tones."""
    parts = [part for part in hexcode.lower().split("-") if part != VARIATION_SELECTOR]
    if not keep_skin_tones:
        parts = [part for part in parts if part not in SKIN_TONES] or parts
    return "-".join(parts)


def is_held_out(hexcode: str, style: str) -> bool:
    """The held-out rule; hexcode is the subject's."""
    return any(is_held_out_alone(hexcode, finish) for finish in HELD_OUT_WITH.get(style, (style,)))


def is_held_out_alone(hexcode: str, style: str) -> bool:
    """Whether the pair's own digest holds it out, whatever its other finishes: the rule of the first models."""
    return int(hashlib.sha256(f"{hexcode}-{style}".encode()).hexdigest()[:8], 16) % HELD_OUT_EVERY == 0


class Pictures:
    """A data folder: pictures at one size, their descriptions and subjects.

    pixels: uint8 [N, size, size, 4], straight RGBA, read-only memory map.
    """

    def __init__(self, folder: Path, size: int = 128):
        self.folder = folder
        self.size = size
        self.pixels = self.open_pixels(folder, size)
        with open(folder / "pictures.jsonl", encoding="utf-8") as lines:
            self.rows = [Picture(**json.loads(line)) for line in lines]
        self.subjects = read_subjects(folder)
        if self.pixels.shape != (len(self.rows), size, size, 4):
            expected = (len(self.rows), size, size, 4)
            raise SystemExit(f"{folder}: pictures-{size}.npy has shape {self.pixels.shape}, expected {expected}. Run train/prepare_data.py again.")

    @staticmethod
    def open_pixels(folder: Path, size: int) -> np.ndarray:
        """uint8 [N, size, size, 4], a read-only memory map"""
        array = folder / f"pictures-{size}.npy"
        if not array.is_file():
            raise SystemExit(f"{array}: no such file. Make it with scripts/train/prepare_data.py --out {folder}.")
        return np.load(array, mmap_mode="r")

    @property
    def is_users(self) -> bool:
        """Whether all are a user's own, with captions and without styles."""
        return all(row.captions and not row.style for row in self.rows)

    def boxes(self) -> np.ndarray:
        return np.load(self.folder / "boxes.npy")

    def main_colours(self) -> np.ndarray:
        return np.load(self.folder / "main_colours.npy")

    def __len__(self) -> int:
        return len(self.rows)

    def train_rows(self) -> list[int]:
        """Rows that training may see."""
        return [i for i, row in enumerate(self.rows) if not row.held_out]

    def held_out_rows(self) -> list[int]:
        """Rows that only evaluation may see."""
        return [i for i, row in enumerate(self.rows) if row.held_out]


def read_subjects(folder: Path) -> list[Subject]:
    with open(folder / "subjects.json", encoding="utf-8") as file:
        return [Subject(**entry) for entry in json.load(file)]


def read_unseen_synonyms(folder: Path) -> dict[str, list[int]]:
    """Words that evaluation asks for and that no caption contains; empty for a user's folder."""
    path = folder / "unseen_synonyms.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def write_descriptions(folder: Path, rows: list[Picture], subjects: list[Subject], unseen: dict[str, list[int]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "pictures.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    for name, content in (("subjects.json", [asdict(s) for s in subjects]), ("unseen_synonyms.json", unseen)):
        (folder / name).write_text(json.dumps(content, ensure_ascii=False, indent=0), encoding="utf-8")
