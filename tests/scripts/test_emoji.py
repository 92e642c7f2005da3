"""Names of icon sets that give no code points."""

import pytest

from training.emoji import OTHER_NAMES, hexcode_of, known_names, name_key

LABELS = {"1f431": "cat face", "1f408": "cat", "1f3c6": "trophy", "2649": "Taurus", "1f468-200d-1f33e": "man farmer", "1f600": "grinning face"}
KNOWN = {name_key(label): hexcode for hexcode, label in LABELS.items()}


@pytest.mark.parametrize("name, key", [
    ("man-farmer-1", "manfarmer"), ("Man Farmer", "manfarmer"), ("twelve o’clock", "twelveoclock"), ("1st-place-medal", "1stplacemedal")])
def test_keys(name, key):
    assert name_key(name) == key


@pytest.mark.parametrize("name, hexcode", [
    ("cat-face", "1f431"), ("cat", "1f408"), ("cat-2", "1f408"), ("trophy-face", "1f3c6"), ("grinning", "1f600"), ("taurus-symbol", "2649"),
    ("man-farmer", "1f468-200d-1f33e"), ("dragon", None)])
def test_names_lead_to_code_points(name, hexcode):
    assert hexcode_of(name, KNOWN) == hexcode


class Icons:
    """Of all that an icon set has: code points with names."""

    def __init__(self, hexcodes):
        self.hexcodes = hexcodes


def test_labels_win_over_the_names_of_sets():
    labels = dict.fromkeys(OTHER_NAMES.values())
    descriptions = {f"{place:x}": {"label": label} for place, label in enumerate(labels)}
    cat, dog = (next(hexcode for hexcode, entry in descriptions.items() if entry["label"] == label) for label in ("cat face", "dog face"))
    known = known_names({"noto": Icons({cat: "dog-face", dog: "hound", "ffff": "nobody"})}, descriptions)
    assert known["dogface"] == dog and known["hound"] == dog and "nobody" not in known
    assert known["dog"] == dog  # OTHER_NAMES
