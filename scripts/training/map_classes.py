"""The classes of semantic maps: emojibase's subgroups merged to 35 kinds of thing and the background.

map_classes.json lists them; a class's place in the list is its value in a map and its channel in the U-Net's input.
`classes_json` is what a bundle has of them (docs/bundle-format.md). Subgroup "" stands for pictures without one.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.dataset import Picture

TABLE = Path(__file__).with_name("map_classes.json")
BACKGROUND = 0

# emojibase-data 17.0.0, package/meta/groups.json: a picture's `subgroup` is the place in this list.
SUBGROUPS = (
    "face-smiling face-affection face-tongue face-hand face-neutral-skeptical face-sleepy face-unwell face-hat face-glasses "
    "face-concerned face-negative face-costume cat-face monkey-face heart emotion hand-fingers-open hand-fingers-partial "
    "hand-single-finger hand-fingers-closed hands hand-prop body-parts person person-gesture person-role person-fantasy "
    "person-activity person-sport person-resting family person-symbol skin-tone hair-style animal-mammal animal-bird "
    "animal-amphibian animal-reptile animal-marine animal-bug plant-flower plant-other food-fruit food-vegetable "
    "food-prepared food-asian food-sweet drink dishware place-map place-geographic place-building place-religious "
    "place-other transport-ground transport-water transport-air hotel time sky-weather event award-medal sport game "
    "arts-crafts clothing sound music musical-instrument phone computer light-video book-paper money mail writing office "
    "lock tool science medical household other-object transport-sign warning arrow religion zodiac av-symbol gender math "
    "punctuation currency other-symbol keycap alphanum geometric flag country-flag subdivision-flag").split()


@dataclass(frozen=True)
class MapClass:
    name: str
    colour: str  # "#rrggbb"
    subgroups: tuple[str, ...]

    @property
    def rgb(self) -> tuple[int, int, int]:
        return tuple(bytes.fromhex(self.colour[1:]))


CLASSES = [MapClass(entry["name"], entry["colour"], tuple(entry["subgroups"]))
           for entry in json.loads(TABLE.read_text(encoding="utf-8"))]
_CLASS_OF_SUBGROUP = {subgroup: index for index, entry in enumerate(CLASSES) for subgroup in entry.subgroups}


def class_of(picture: Picture) -> int:
    return _CLASS_OF_SUBGROUP[SUBGROUPS[picture.subgroup] if picture.subgroup >= 0 else ""]


def classes_json() -> str:
    """The bundle's classes.json, a line for each class."""
    lines = [json.dumps({"name": entry.name, "colour": entry.colour}) for entry in CLASSES]
    return '{"classes": [\n  ' + ",\n  ".join(lines) + "\n]}\n"


def coloured(map_of_classes: np.ndarray) -> np.ndarray:
    """uint8 [..., H, W] of class indices -> RGB uint8 [..., H, W, 3] in the legend's colours."""
    return np.array([entry.rgb for entry in CLASSES], np.uint8)[map_of_classes]
