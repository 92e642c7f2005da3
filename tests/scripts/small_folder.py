"""A data folder of solid coloured discs and squares, whose scenes tests compare with their captions."""

import io
import re
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from train.prepare_data import write_arrays
from training.colours import COLOURS, THING_COLOURS
from training.dataset import Picture, Pictures, Subject, write_descriptions
from training.map_classes import SUBGROUPS

DISC, SQUARE = 0.8, 0.6  # of the side of a picture
STYLES = ("3d", "flat", "noto")
# label, hexcode, colour, shape, emojibase's group and subgroup; those with two colours have the second on the right.
THINGS = (
    ("apple", "1f34e", "red", "disc", 4, "food-fruit"), ("brick", "1f9f1", "brown", "square", 5, "place-building"),
    ("leaf", "1f343", "green", "disc", 3, "plant-other"), ("mouse", "1f401", "grey", "disc", 3, "animal-mammal"),
    ("monkey", "1f435", "orange", "disc", 3, "monkey-face"), ("robot", "1f916", "yellow", "disc", 0, "face-costume"),
    ("top hat", "1f3a9", "black", "square", 7, "clothing"), ("glasses", "1f453", "purple", "square", 7, "clothing"),
    ("owl", "1f989", "teal", "disc", 3, "animal-bird"), ("flag: France", "1f1eb-1f1f7", "blue red", "square", 9, "country-flag"),
    ("three o’clock", "1f552", "white black", "disc", 5, "time"), ("regional indicator A", "1f1e6", "blue white", "square", -1, ""),
    ("person running: facing right", "1f3c3", "pink blue", "square", 1, "person-activity"),
)
HELD_OUT = "owl"
UNSEEN = {"pome": [0], "rodent": [3]}
LABELS = tuple(label for label, *_ in THINGS)
PLAIN = LABELS[:8]  # of one colour each
NAMED = re.compile(rf"(?:({'|'.join(sorted(THING_COLOURS, key=len, reverse=True))}) )?({'|'.join(PLAIN)})")


def drawing(colours: str, shape: str) -> bytes:
    """-> a PNG file of 256 x 256"""
    share = DISC if shape == "disc" else SQUARE
    low, high = (1 - share) / 2 * 256, (1 + share) / 2 * 256 - 1
    first, second = (colours.split() * 2)[:2]
    inside = Image.new("L", (256, 256))
    getattr(ImageDraw.Draw(inside), "ellipse" if shape == "disc" else "rectangle")((low, low, high, high), fill=255)
    picture = Image.new("RGB", (256, 256), COLOURS[first])
    picture.paste(COLOURS[second], (128, 0, 256, 256))
    picture.putalpha(inside)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def make(folder: Path) -> Pictures:
    rows, encoded, subjects = [], [], []
    for index, (label, hexcode, colours, shape, group, subgroup) in enumerate(THINGS):
        subjects.append(Subject(hexcode, label, group=group))
        for style in STYLES:
            place = SUBGROUPS.index(subgroup) if subgroup else -1
            rows.append(Picture(hexcode, style, label, group=group, subgroup=place, held_out=label == HELD_OUT, subject=index))
            encoded.append(drawing(colours, shape))
    write_descriptions(folder, rows, subjects, UNSEEN)
    write_arrays(folder, encoded, 1)
    return Pictures(folder)


def named(caption: str) -> list[tuple[str, str]]:
    """The plain things of a caption in its order: 'a blue apple and a brick' -> [('apple', 'blue'), ('brick', '')]"""
    return [(label, colour) for colour, label in NAMED.findall(caption)]


def own_colour(label: str) -> str:
    return THINGS[LABELS.index(label)][2]


def box_of(mask: np.ndarray) -> tuple[float, float, float, float]:
    """bool [H, W] -> left, top, right, bottom as shares of the side"""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return columns[0] / mask.shape[1], rows[0] / len(mask), (columns[-1] + 1) / mask.shape[1], (rows[-1] + 1) / len(mask)
