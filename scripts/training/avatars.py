"""dicebear's avatar styles -> pictures with captions that are true of them, as many as are wanted.

    dicebear-core 10.7.0     the library                                      MIT (Florian Koerner)
    dicebear-styles 10.6.0   a style's parts and colours, one JSON file each  each style's own: STYLES

A seeded Random chooses the parts and the colours that the captions name; the library draws the others from its own seed.
People and things stand on transparency; landscapes, planets in space and faces that fill the square are opaque.
"""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from random import Random

from training import avatar_creatures, avatar_people, avatar_things
from training.avatar_words import Drawing, captions_of
from training.dataset import Picture
from training.emoji import Source

LICENCES = ("CC0 1.0", "CC BY 4.0")

# style -> (share of the pictures, what draws it)
STYLES: dict[str, tuple[int, Callable[[Random], Drawing]]] = {
    "open-peeps": (300, avatar_people.draw_peep), "adventurer": (240, avatar_people.draw_adventurer),
    "lorelei": (120, avatar_people.draw_lorelei),
    "notionists": (160, avatar_people.draw_notionist), "micah": (150, avatar_people.draw_micah),
    "personas": (220, avatar_people.draw_persona),
    "big-smile": (120, avatar_people.draw_big_smile), "toon-head": (180, avatar_people.draw_toon),
    "voxel-art": (180, avatar_people.draw_voxel),
    "miniavs": (70, avatar_people.draw_miniature), "critters": (240, avatar_creatures.draw_critter),
    "clay": (180, avatar_creatures.draw_clay),
    "moods": (80, avatar_creatures.draw_mood), "fun-emoji": (50, avatar_creatures.draw_fun_emoji),
    "cutouts": (40, avatar_creatures.draw_cutout),
    "sprouts": (240, avatar_things.draw_plant), "planets": (180, avatar_things.draw_planet),
    "landscape": (180, avatar_things.draw_landscape),
}


def read_avatars(count: int, seed: int = 1) -> list[Source]:
    """`count` SVG documents, shared among STYLES. The same seed draws the same."""
    sources = []
    for style, number in shares(count).items():
        definition = _read_style(style)
        rng = Random(f"{style} {seed}")
        for index in range(number):
            drawing = STYLES[style][1](rng)
            svg = _draw(definition, drawing, rng)
            captions = captions_of(drawing, rng)
            picture = Picture(f"avatar-{style}-{index:05}", "", captions[-1], captions=captions, opaque=drawing.opaque)
            sources.append(Source(svg.encode(), picture))
    return sources


def shares(count: int) -> dict[str, int]:
    """Style -> number of pictures; the numbers add up to count."""
    total = sum(share for share, _ in STYLES.values())
    numbers, given, passed = {}, 0, 0
    for style, (share, _) in STYLES.items():
        passed += share
        numbers[style] = count * passed // total - given
        given += numbers[style]
    return numbers


def check_licence(style: str, meta: dict) -> None:
    """meta: what a style's file says of itself. Ends the program for any licence but LICENCES."""
    licence = meta.get("license", {}).get("name", "none")
    if licence not in LICENCES:
        raise SystemExit(f"dicebear style {style}: licence {licence}, not one of {LICENCES}. Take it out of STYLES.")


@cache  # a Style checks its definition when it is made, which takes longer than a hundred drawings
def _read_style(style: str):
    try:
        from dicebear import Style  # only data preparation needs it
    except ModuleNotFoundError as error:
        raise SystemExit("dicebear is not installed, which draws the avatars. Run scripts/setup.sh --training.") from error
    definition = json.loads(files("dicebear_styles").joinpath(f"{style}.json").read_text("utf-8"))
    check_licence(style, definition["meta"])
    return Style(definition)


def _draw(style, drawing: Drawing, rng: Random) -> str:
    from dicebear import Avatar

    options = {"seed": f"{rng.getrandbits(32):08x}", "backgroundColor": [], **drawing.options}
    if style.components().get("animation") is not None:
        options["animationVariant"] = "none"
    return Avatar(style, options).to_string()
