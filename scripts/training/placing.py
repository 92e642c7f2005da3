"""Where things stand in a scene. Lengths: scene = 1; boxes are those of Pictures.boxes.

Every function sets `width` and `centre` of the things it is given, so that a relation is true of what one sees: of the
solid parts, not of the square pictures around them.
"""

from random import Random

import numpy as np

from training.compose import Thing
from training.grounds import Ground

# relation -> centres (x, y) of the first and the second thing; each is half as wide as the scene.
RELATION_CENTRES = {
    "beside": ((0.25, 0.5), (0.75, 0.5)), "left": ((0.25, 0.5), (0.75, 0.5)), "right": ((0.75, 0.5), (0.25, 0.5)),
    "above": ((0.5, 0.25), (0.5, 0.75)), "below": ((0.5, 0.75), (0.5, 0.25)),
}
# (word of captions.SIZE_WORDS or "", place in the caption, width of the thing, centre)
SIZED = (
    ("tiny", "", 0.3, (0.5, 0.5)), ("small", "", 0.5, (0.5, 0.5)), ("small", "", 0.5, (0.5, 0.5)),
    ("large", "", 1.15, (0.5, 0.5)), ("huge", "", 1.6, (0.5, 0.5)),
    ("", " in the top left corner", 0.5, (0.25, 0.25)), ("", " in the top right corner", 0.5, (0.75, 0.25)),
    ("", " in the bottom left corner", 0.5, (0.25, 0.75)), ("", " in the bottom right corner", 0.5, (0.75, 0.75)),
    ("", " on the left", 0.5, (0.25, 0.5)), ("", " on the right", 0.5, (0.75, 0.5)),
    ("", " at the top", 0.5, (0.5, 0.25)), ("", " at the bottom", 0.5, (0.5, 0.75)),
)
# count -> layouts of (x, y, width)
COUNT_LAYOUTS = {
    2: (((0.26, 0.5, 0.48), (0.74, 0.5, 0.48)), ((0.3, 0.35, 0.46), (0.7, 0.65, 0.46)), ((0.7, 0.33, 0.46), (0.3, 0.67, 0.46))),
    3: (((0.18, 0.5, 0.34), (0.5, 0.5, 0.34), (0.82, 0.5, 0.34)), ((0.5, 0.27, 0.45), (0.27, 0.72, 0.45), (0.73, 0.72, 0.45)),
        ((0.27, 0.28, 0.45), (0.73, 0.28, 0.45), (0.5, 0.73, 0.45))),
    4: (((0.27, 0.27, 0.45), (0.73, 0.27, 0.45), (0.27, 0.73, 0.45), (0.73, 0.73, 0.45)),
        ((0.14, 0.5, 0.26), (0.38, 0.5, 0.26), (0.62, 0.5, 0.26), (0.86, 0.5, 0.26))),
    5: (((0.2, 0.28, 0.32), (0.5, 0.28, 0.32), (0.8, 0.28, 0.32), (0.34, 0.72, 0.32), (0.66, 0.72, 0.32)),
        ((0.22, 0.22, 0.34), (0.78, 0.22, 0.34), (0.5, 0.5, 0.34), (0.22, 0.78, 0.34), (0.78, 0.78, 0.34))),
}
# hexcode -> what a caption calls it on a head
HATS = {"1f3a9": "top hat", "1f451": "crown", "1f9e2": "cap", "1f393": "graduation cap", "1f452": "straw hat", "26d1": "helmet",
        "1f576": "sunglasses", "1f453": "glasses", "1f380": "ribbon"}
MARGIN = 0.02  # a strip of the background that nobody sees
EYES = frozenset({"1f576", "1f453"})
Box = np.ndarray  # left, top, right, bottom


def edges(thing: Thing, box: Box) -> tuple[float, float, float, float]:
    """left, top, right, bottom of the solid part in the scene; turns are left out."""
    left, right = (1 - box[2], 1 - box[0]) if thing.mirrored else (box[0], box[2])
    x, y = thing.centre
    return (x + (left - 0.5) * thing.width, y + (box[1] - 0.5) * thing.width,
            x + (right - 0.5) * thing.width, y + (box[3] - 0.5) * thing.width)


def covers(thing: Thing, box: Box) -> bool:
    """Whether next to nothing of the background is seen beside the thing."""
    left, top, right, bottom = edges(thing, box)
    return left < MARGIN and top < MARGIN and right > 1 - MARGIN and bottom > 1 - MARGIN


def stand_on(thing: Thing, box: Box, x: float, floor: float) -> None:
    """The middle of the solid part at x, its lower edge at floor."""
    left, _, right, bottom = edges(thing, box)
    thing.centre = (thing.centre[0] + x - (left + right) / 2, thing.centre[1] + floor - bottom)


def on_ground(things: list[Thing], boxes: list[Box], ground: Ground, rng: Random) -> None:
    """From left to right; they stand on the ground's floor, or float."""
    alone = len(things) == 1
    for place, (thing, box) in enumerate(zip(things, boxes)):
        thing.width = rng.uniform(0.42, 0.72) if alone else rng.uniform(0.36, 0.5)
        thing.turn = 0.0 if ground.floor is not None else thing.turn
        x = rng.uniform(0.35, 0.65) if alone else (0.27, 0.73)[place] + rng.uniform(-0.03, 0.03)
        if ground.floor is None:
            thing.centre = (x, rng.uniform(0.35, 0.65))
        else:
            stand_on(thing, box, x, ground.floor)


def related(things: list[Thing], boxes: list[Box], relation: str, rng: Random) -> list[Thing]:
    """-> the things in the order in which they are laid over each other; relation: how the first stands to the second."""
    if len(things) > 2:
        for place, thing in enumerate(things):
            thing.width, thing.centre = rng.uniform(0.32, 0.38), (0.18 + 0.32 * place, 0.5 + rng.uniform(-0.06, 0.06))
        return things
    first, second = things
    if relation == "on top":
        second.width, first.width = rng.uniform(0.5, 0.62), rng.uniform(0.36, 0.5)
        stand_on(second, boxes[1], 0.5 + rng.uniform(-0.05, 0.05), rng.uniform(0.93, 0.97))
        left, top, right, _ = edges(second, boxes[1])
        stand_on(first, boxes[0], (left + right) / 2 + rng.uniform(-0.04, 0.04), top + rng.uniform(0.02, 0.05))
        return [second, first]
    if relation in ("in front", "behind"):
        front, back = (first, second) if relation == "in front" else (second, first)
        back.width, front.width = rng.uniform(0.62, 0.75), rng.uniform(0.4, 0.5)
        back.centre = (0.5 + rng.uniform(-0.08, 0.08), 0.4 + rng.uniform(-0.03, 0.03))
        front.centre = (back.centre[0] + rng.choice((-1, 1)) * rng.uniform(0.08, 0.18), 0.7 + rng.uniform(-0.03, 0.03))
        return [back, front]
    for thing, (x, y) in zip(things, RELATION_CENTRES[relation]):
        thing.width = rng.uniform(0.44, 0.56)
        thing.centre = (x + rng.uniform(-0.03, 0.03), y + rng.uniform(-0.03, 0.03))
    return things


def worn_on(head: Thing, worn: Thing, head_box: Box, worn_box: Box, hexcode: str) -> list[Thing]:
    """A hat on the upper edge of a head, or glasses before its eyes."""
    head.width, head.centre = 0.78, (0.5, 0.58)
    left, top, right, bottom = edges(head, head_box)
    wide, high = right - left, bottom - top
    share = 0.78 if hexcode in EYES else 0.66
    worn.width = share * wide / max(0.2, worn_box[2] - worn_box[0])
    if hexcode in EYES:
        worn_high = (worn_box[3] - worn_box[1]) * worn.width
        stand_on(worn, worn_box, (left + right) / 2, top + 0.42 * high + worn_high / 2)
    else:
        stand_on(worn, worn_box, (left + right) / 2, top + 0.16 * high)
    return [head, worn]
