"""What a drawn figure shows -> captions that are true of it.

    a green monster
    a green monster with three eyes
    a little green monster with yellow horns and three eyes
    a clay figure of a smiling green monster with three eyes

A phrase is article, adjectives, noun, features after "with", scene. COLOURS are chosen so that their names fit.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

COLOURS = {
    "red": "#dc3c3c", "orange": "#f28c2e", "yellow": "#f5d03a", "green": "#4caf50", "blue": "#3c78dc", "purple": "#8e4fbf",
    "pink": "#f58fbc", "brown": "#855433", "grey": "#9c9c9c", "white": "#f6f6f6", "black": "#2a2a2a", "teal": "#2a9d97",
    "light blue": "#9fd0f5", "navy": "#24356b",
}
HAIR_COLOURS = {
    "black": "#1d1818", "brown": "#6b4226", "blond": "#e8c65a", "red": "#c2461f", "grey": "#a9a9a9", "white": "#eeeeee",
    "pink": "#f08cb8", "blue": "#3f78d0", "green": "#3fa34d", "purple": "#7e4fb0",
}
NATURAL_HAIR = ("black", "brown", "blond", "red")
ODD_HAIR = 0.3  # share of hair in a colour that nobody is born with, or grey


@dataclass
class Drawing:
    """The library's options for one figure, and the words for what they show."""

    options: dict[str, object]
    nouns: list[str]  # names of the same thing
    adjectives: list[str] = field(default_factory=list)  # mood, shape
    colour: str = ""  # an adjective that every caption has
    features: list[str] = field(default_factory=list)  # what follows "with", with articles; the most telling first
    scene: str = ""  # what follows all: " in a red shirt"
    looks: Sequence[str] = ()  # what may stand before the article: "a line drawing of "
    article: str = "a"
    opaque: bool = False
    telling: bool = False  # the noun alone says enough for a short caption


def captions_of(drawing: Drawing, rng: Random) -> list[str]:
    """Three to five captions, the shortest first and the fullest last; fewer where little can be said."""
    essential, features = [drawing.colour] * bool(drawing.colour), drawing.features
    every = [*drawing.adjectives, *essential]
    first = [] if essential or drawing.telling else features[:1]
    one = [rng.choice(features)] if features else []
    two = [features[i] for i in sorted(rng.sample(range(len(features)), min(2, len(features))))]
    captions = [
        phrase(drawing, drawing.nouns[0], essential, first),
        phrase(drawing, rng.choice(drawing.nouns), essential, one),
        phrase(drawing, rng.choice(drawing.nouns), every if rng.random() < 0.5 else essential, two, drawing.scene),
    ]
    if drawing.looks:
        captions.append(rng.choice(drawing.looks) + phrase(drawing, drawing.nouns[0], essential, one or first))
    full = phrase(drawing, drawing.nouns[0], every, features, drawing.scene)
    return [*dict.fromkeys(caption for caption in captions if caption != full), full]


def phrase(drawing: Drawing, noun: str, adjectives: list[str], features: list[str], scene: str = "") -> str:
    described = " ".join((drawing.article, *adjectives, noun))
    return tidy(described + (" with " + joined(features) if features else "") + scene)


def joined(names: list[str]) -> str:
    """['a', 'b', 'c'] -> 'a, b and c'."""
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def tidy(text: str) -> str:
    """One space between words, and 'an' before vowels."""
    return re.sub(r"\ba (?=[aeiou])", "an ", " ".join(text.split()))


def pick_hair_colour(rng: Random) -> str:
    return rng.choice(NATURAL_HAIR if rng.random() > ODD_HAIR else tuple(HAIR_COLOURS)[4:])


def with_parts(**parts: str | None) -> dict[str, object]:
    """Options that show these variants and no other: part -> variant; None leaves the part out."""
    options: dict[str, object] = {}
    for part, variant in parts.items():
        options[f"{part}Probability"] = 0 if variant is None else 100
        if variant is not None:
            options[f"{part}Variant"] = variant
    return options


def with_colours(**colours: str) -> dict[str, object]:
    return {f"{name}Color": [value] for name, value in colours.items()}
