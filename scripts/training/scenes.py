"""Scenes: endless pairs of a picture and a caption that is true of it, put together from the pictures of a data folder.

    sampler = SceneSampler(pictures, device, seed)
    pixels, captions = sampler.sample(n, size=128)   # [n, 3, size, size] float32 in [-1, 1] on the device; n strings
    scenes = sampler.scenes(n)                       # what they hold, without pixels (compose.Scene)

Held-out rows never occur. What a scene holds is drawn on the host, so that a seed gives the same scenes on every device.
Subjects are drawn about equally often, whatever the number of their pictures (`row_weights`).
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection
from random import Random

import numpy as np
import torch

from training.captions import Captions, Words
from training.colours import COLOURS, THING_COLOURS, colour_name
from training.compose import Composer, Scene, Thing
from training.dataset import FLAG_GROUP, Pictures
from training.facts import facts_of, ground_facts, style_said
from training.glyphs import DIGITS, LETTERS, SHAPES, WORDS, shape, writing
from training.grounds import ALONE, PLACES, TIME_WORDS, TIMES, WITHOUT_TIME, Ground, draw_ground
from training.map_classes import SUBGROUPS, class_of
from training.placing import COUNT_LAYOUTS, HATS, RELATION_CENTRES, SIZED, covers, on_ground, related, worn_on
from training.plurals import NUMBERS, article, plural

# Shares of the kinds of scene, if nothing else is asked for.
KINDS = {"white": 0.32, "colour": 0.09, "plain": 0.04, "recoloured": 0.11, "ground": 0.13, "pair": 0.13, "counted": 0.06, "sized": 0.05,
         "worn": 0.03, "glyph": 0.04}
COLOUR_IN_OTHERS = 0.3  # share of the pairs, counts and sized things that stand on a named colour
WHITE_NAMED = 0.05  # share of the white backgrounds that the caption names
AS_IT_IS = 0.3  # share of single pictures without jitter
TRUE_COLOUR_NAMED = 0.15  # share of the single pictures of a plain colour whose caption names it
FINISHED = {"sketch": 0.05, "pixel": 0.04}  # shares of single pictures on white that become a line drawing, or squares
FINISH_WORDS = {"sketch": ("sketch", "black and white"), "pixel": ("pixel",)}  # keys of captions.STYLE_AFTER
MAPPED = 0.12  # share of all scenes whose map the U-Net sees
ROUNDED = 0.25
PAIR_ON_GROUND, THIRD_THING, COLOURED_IN_PAIR = 0.25, 0.15, 0.45
SKIN_TONE_WEIGHT, FLAG_WEIGHT, SYMBOL_WEIGHT = 0.15, 0.3, 0.5
MANY_HANDS = 0.3  # a subject in n pictures is drawn n ** 0.3 times as often as one in a single picture
AVATAR_SHARE, CLIP_ART_SHARE = 0.10, 0.06  # of single pictures, where there are such
SYMBOL_GROUP = 8
SKIN_GROUPS = frozenset({1})  # emojibase's group of people and body parts: never recoloured
TURN, SHIFT, WIDTHS, LIGHTNESS = 10.0, 0.08, (0.75, 1.05), (0.92, 1.08)
FACE_SUBGROUPS = frozenset(range(13)) | {SUBGROUPS.index("monkey-face")}


class SceneSampler:
    """Draws scenes from the rows that training may see. Two samplers of one seed draw the same scenes."""

    def __init__(self, pictures: Pictures, device: torch.device | str, seed: int, kinds: dict[str, float] = KINDS,
                 dictionary: dict[str, list[str]] | None = None, rows: list[int] | None = None):
        """rows: those that scenes are made of; by default the ones that training may see."""
        self.pictures, self.rows = pictures, pictures.rows
        self.composer = Composer(pictures, device)
        self.captions = Captions(pictures.rows, pictures.subjects, dictionary)
        self.rng = Random(seed)
        self.boxes = pictures.boxes()
        self.kind_of = [class_of(row) for row in pictures.rows]
        self.colour_of = [colour_name(tuple(main)) for main in pictures.main_colours().tolist()]

        allowed = pictures.train_rows() if rows is None else rows
        weights = row_weights(pictures, allowed)
        self.any_row = WeightedRows(allowed, weights)
        things = [row for row in allowed if self.rows[row].group not in (FLAG_GROUP, SYMBOL_GROUP) and not self.rows[row].opaque]
        self.things = WeightedRows(things, [weights[row] for row in things])
        by_style = defaultdict(list)
        for row in things:
            by_style[self.rows[row].style].append(row)
        self.of_style = {style: WeightedRows(some, [weights[row] for row in some]) for style, some in by_style.items()}
        plain = [row for row in things if not self.rows[row].captions and self.rows[row].group not in SKIN_GROUPS and self.colour_of[row]
                 and not self._names_colour(row)]
        self.plain_coloured = WeightedRows(plain, [weights[row] for row in plain])
        self.plain_set = set(plain)
        countable = [row for row in things if self.captions.can_be_counted(row)]
        self.countable = WeightedRows(countable, [weights[row] for row in countable])
        self.hats = defaultdict(list)  # of each style
        for row in things:
            if self.rows[row].hexcode in HATS and not self.rows[row].captions:
                self.hats[self.rows[row].style].append(row)
        heads = [row for row in things if (self.rows[row].subgroup in FACE_SUBGROUPS or self.rows[row].label.endswith(" face"))
                 and self.rows[row].style in self.hats and not self.rows[row].captions]
        self.heads = WeightedRows(heads, [weights[row] for row in heads])

        empty = {"recoloured": not plain, "counted": not countable, "worn": not heads, "pair": not things,
                 "ground": not things, "glyph": pictures.is_users}
        possible = {kind: share for kind, share in kinds.items() if not empty.get(kind)}
        self.kinds = {kind: share / sum(possible.values()) for kind, share in possible.items()}

    def sample(self, n: int, size: int = 128) -> tuple[torch.Tensor, list[str]]:
        scenes = self.scenes(n)
        return self.composer.compose(scenes, size)[0], [scene.caption for scene in scenes]

    def scenes(self, n: int) -> list[Scene]:
        kinds = self.rng.choices(list(self.kinds), list(self.kinds.values()), k=n)
        return [self.scene(kind) for kind in kinds]

    def scene(self, kind: str) -> Scene:
        scene = getattr(self, f"_{kind}")()
        known = all(thing.row >= 0 and self.rows[thing.row].subgroup >= 0 for thing in scene.things)  # else the map would call it a sign
        scene.mapped |= not scene.finish and known and self.rng.random() < MAPPED
        scene.rounded = self.rng.random() < ROUNDED
        said, styles = style_said(scene.caption), {self.rows[thing.row].style for thing in scene.things if thing.row >= 0}
        # "a flat shoe" tells no style; a ready caption may tell one.
        scene.facts["style"] = said if said in {*styles, *FINISH_WORDS.get(scene.finish, ())} or "" in styles else ""
        return scene

    def single_pictures(self, rows: list[int], size: int = 128) -> torch.Tensor:
        """The plain pictures of these rows on white, whether held out or not; captions.fixed_caption names them.

        -> [len(rows), 3, size, size] float32 in [-1, 1]
        """
        return self.composer.compose([Scene("", [Thing(int(row))]) for row in rows], size)[0]

    def pairs_of(self, things: list[tuple[int, int]], relations: list[str], size: int = 128) -> torch.Tensor:
        """Scenes of two things at half the width on white: rows, keys of RELATION_CENTRES -> [n, 3, size, size]"""
        scenes = [Scene("", [Thing(row, 0.5, centre) for row, centre in zip(rows, RELATION_CENTRES[relation])])
                  for rows, relation in zip(things, relations)]
        return self.composer.compose(scenes, size)[0]

    def _white(self) -> Scene:
        row = self.any_row.draw(self.rng)
        chance, finish = self.rng.random(), ""
        for name, share in FINISHED.items():
            if 0 <= chance < share and self._can_become(name, row):
                finish = name
            chance -= share
        said = Words(background="white" if not finish and self.rng.random() < WHITE_NAMED else "", colour=self._true_colour(row) if not finish else "")
        style = self.rng.choice(FINISH_WORDS[finish]) if finish else None
        return Scene(self.captions.single(row, self.rng, said, style), [self._jittered(row)], finish=finish, facts=facts_of(said))

    def _colour(self) -> Scene:
        row, background = self.any_row.draw(self.rng), self._colour_name()
        said = Words(background="" if self.rows[row].opaque else background, colour=self._true_colour(row))
        return Scene(self.captions.single(row, self.rng, said), [self._jittered(row)], background, facts=facts_of(said))

    def _plain(self) -> Scene:
        row = self.any_row.draw(self.rng)
        return Scene(self.captions.plain(row, self.rng), [self._jittered(row)])

    def _recoloured(self) -> Scene:
        row, background = self.plain_coloured.draw(self.rng), self._sometimes_coloured()
        thing = self._jittered(row)
        said = Words(background=background, colour=self._recolour(thing, background))
        return Scene(self.captions.single(row, self.rng, said), [thing], background or "white", facts=facts_of(said))

    def _ground(self) -> Scene:
        ground, where = self._drawn_ground()
        if self.rng.random() < 0.04:
            caption = ALONE[ground.place] + self._time_words(ground)
            return Scene(caption, ground=ground, facts=ground_facts(ground))
        row = self.things.draw(self.rng)
        thing = self._jittered(row)
        colour = self._recolour(thing, "") if row in self.plain_set and self.rng.random() < COLOURED_IN_PAIR else ""
        on_ground([thing], [self.boxes[row]], ground, self.rng)
        said = Words(place=where, colour=colour)
        return Scene(self.captions.single(row, self.rng, said), [thing], ground=ground, facts=facts_of(said, ground))

    def _pair(self) -> Scene:
        style = self.rng.choices(list(self.of_style), [part.total for part in self.of_style.values()])[0]
        rows = [self.of_style[style].draw(self.rng) for _ in range(2)]
        grounded = self.rng.random() < PAIR_ON_GROUND
        relation = self.rng.choice(("beside", "beside", "left", "right") if grounded else (
            "beside", "beside", "beside", "left", "right", "above", "below", "on top", "on top", "in front", "behind"))
        background = "" if grounded else self._sometimes_coloured()
        things = [self._thing(row, turned=False) for row in rows]
        if relation == "beside" and not grounded and self.rng.random() < THIRD_THING:
            rows.append(self.of_style[style].draw(self.rng))
            things.append(self._thing(rows[-1], turned=False))
        colours = [self._recolour(thing, background) if row in self.plain_set and self.rng.random() < COLOURED_IN_PAIR else ""
                   for row, thing in zip(rows, things)]
        names = [self.captions.thing(row, self.rng, Words(colour=colour))[0] for row, colour in zip(rows, colours)]
        boxes = [self.boxes[row] for row in rows]
        if grounded:
            ground, where = self._drawn_ground()
            on_ground(things if relation != "right" else things[::-1], boxes if relation != "right" else boxes[::-1], ground, self.rng)
            said = Words(place=where, colour=colours[0])
            facts = facts_of(said, ground) | {"relation": relation, "second colour": colours[1]}
            return Scene(self.captions.of_several(names, style, relation, self.rng, said), things, ground=ground, facts=facts)
        layers, said = related(things, boxes, relation, self.rng), Words(background=background, colour=colours[0])
        facts = facts_of(said) | ({"relation": relation, "second colour": colours[1]} if len(things) == 2 else {"count": "several"})
        return Scene(self.captions.of_several(names, style, relation, self.rng, said), layers, background or "white", facts=facts)

    def _counted(self) -> Scene:
        row, count, background = self.countable.draw(self.rng), self.rng.choice((2, 2, 3, 3, 4, 5)), self._sometimes_coloured()
        colour = ""
        things = [self._thing(row) for _ in range(count)]
        if row in self.plain_set and self.rng.random() < COLOURED_IN_PAIR:
            colour = self._recolour(things[0], background)
            for thing in things:
                thing.colour = things[0].colour
        layout = self.rng.choice(COUNT_LAYOUTS[count])
        for thing, (x, y, width) in zip(things, layout):
            thing.centre = (x + width * self.rng.uniform(-0.06, 0.06), y + width * self.rng.uniform(-0.06, 0.06))
            thing.width = width * self.rng.uniform(0.85, 1.0)
        said = Words(background=background, colour=colour, count=count)
        return Scene(self.captions.single(row, self.rng, said), things, background or "white", facts=facts_of(said))

    def _sized(self) -> Scene:
        row, background = self.any_row.draw(self.rng), self._sometimes_coloured()
        size, place, width, centre = self.rng.choice(SIZED)
        thing = self._thing(row, turned=False)
        thing.width, thing.centre = width * self.rng.uniform(0.93, 1.07), centre
        if covers(thing, self.boxes[row]):
            background = ""
        said = Words(background=background, size=size, place=place)
        return Scene(self.captions.single(row, self.rng, said), [thing], background or "white", facts=facts_of(said))

    def _worn(self) -> Scene:
        row, background = self.heads.draw(self.rng), self._sometimes_coloured()
        hat = self.rng.choice(self.hats[self.rows[row].style])
        head, worn = self._thing(row, turned=False), self._thing(hat, turned=False)
        things = worn_on(head, worn, self.boxes[row], self.boxes[hat], self.rows[hat].hexcode)
        said = Words(background=background, worn=HATS[self.rows[hat].hexcode])
        return Scene(self.captions.single(row, self.rng, said), things, background or "white", facts=facts_of(said))

    def _glyph(self) -> Scene:
        """Shapes, letters, digits, short words, in a named colour."""
        colour, background = self.rng.choice(THING_COLOURS), self._sometimes_coloured(0.5)
        while colour == (background or "white"):
            colour = self.rng.choice(THING_COLOURS)
        kind = self.rng.choice(("shape", "shape", "letter", "digit", "word"))
        if kind == "shape":
            name, count = self.rng.choice(SHAPES), self.rng.choice((1, 1, 1, 2, 3, 4))
            drawn = np.asarray(shape(name, COLOURS[colour]))
            layout = self.rng.choice(COUNT_LAYOUTS[count]) if count > 1 else ((0.5, 0.5, self.rng.uniform(0.6, 1.0)),)
            things = [Thing(drawn=drawn, width=width if count == 1 else 0.85 * width, centre=(x, y)) for x, y, width in layout]
            named = f"{self.rng.choice(NUMBERS[count])} {colour} {plural(name)}" if count > 1 else f"{article(colour)} {colour} {name}"
        else:
            text = self.rng.choice({"letter": LETTERS, "digit": DIGITS, "word": WORDS}[kind])
            things = [Thing(drawn=np.asarray(writing(text, COLOURS[colour], self.rng.randrange(8))), width=self.rng.uniform(0.7, 1.0))]
            what = self.rng.choice({"letter": ("the letter {}", "letter {}", "a letter {}"), "digit": ("the number {}", "number {}", "the digit {}"),
                                    "word": ('the word "{}"', "the word {}", 'text that says "{}"')}[kind]).format(text.lower())
            named = self.rng.choice((f"{what} in {colour}", f"{what}, {colour}", f"{colour} {what.removeprefix('the ').removeprefix('a ')}"))
        facts = facts_of(Words(background=background, colour=colour, count=len(things)))
        return Scene(named + self.captions.background(background, self.rng), things, background or "white", facts=facts)

    def _thing(self, row: int, turned: bool = True) -> Thing:
        """As the jitter of single pictures, without a place."""
        turn = self.rng.uniform(-TURN, TURN) if turned and not self.rows[row].opaque else 0.0
        return Thing(row, mirrored=self.mirrors(row) and self.rng.random() < 0.5, turn=turn,
                     lightness=self.rng.uniform(*LIGHTNESS), kind=self.kind_of[row])

    def _jittered(self, row: int) -> Thing:
        if self.rng.random() < AS_IT_IS or self.rows[row].opaque or self.rows[row].group == FLAG_GROUP:
            return Thing(row, mirrored=self.mirrors(row) and self.rng.random() < 0.5, kind=self.kind_of[row])
        thing = self._thing(row)
        thing.width = self.rng.uniform(*WIDTHS)
        thing.centre = (0.5 + self.rng.uniform(-SHIFT, SHIFT), 0.5 + self.rng.uniform(-SHIFT, SHIFT))
        return thing

    def _can_become(self, finish: str, row: int) -> bool:
        """A line drawing has no colours that a caption could name."""
        picture = self.rows[row]
        coloured = picture.captions or picture.skin_tone or self._names_colour(row)
        return not (picture.opaque or finish == "sketch" and coloured)

    def _names_colour(self, row: int) -> bool:
        """Whether one of its names or tags has a colour in it: 'green salad'."""
        subject = self.rows[row].subject
        names = (*self.captions.names[subject], *self.captions.dictionary[subject], *self.captions.words[subject])
        return any(word in COLOURS for name in names for word in re.findall("[a-z]+", name))

    def mirrors(self, row: int) -> bool:
        picture = self.rows[row]
        if picture.group in (FLAG_GROUP, SYMBOL_GROUP) or picture.captions and picture.style != "clip art" and not picture.hexcode.startswith("avatar"):
            return False
        words = set(picture.label.lower().replace("-", " ").split())
        return not (words & {"left", "right", "facing", "clock", "clockwise", "o'clock", "oclock", "thirty", "keycap",
                              "calendar", "abc", "books", "indicator", "zzz", "points", "sign", "newspaper", "medal"}
                    or picture.subgroup == SUBGROUPS.index("time"))

    def _recolour(self, thing: Thing, background: str) -> str:
        """Gives the thing another colour, or leaves it its own, and says which it has."""
        if self.rng.random() < 0.2 and self.colour_of[thing.row] != (background or "white"):
            return self.colour_of[thing.row]
        colour = self.rng.choice([name for name in THING_COLOURS if name != (background or "white")])
        thing.colour = "" if colour == self.colour_of[thing.row] else colour
        return colour

    def _true_colour(self, row: int) -> str:
        return self.colour_of[row] if row in self.plain_set and self.rng.random() < TRUE_COLOUR_NAMED else ""

    def _drawn_ground(self) -> tuple[Ground, str]:
        """-> a ground and how a caption says it: ' on a beach at night'"""
        place = self.rng.choice(list(PLACES))
        time = "day" if place in WITHOUT_TIME else self.rng.choice(TIMES)
        ground = draw_ground(place, time, self.rng)
        return ground, f" {self.rng.choice(PLACES[place])}{self._time_words(ground)}"

    def _time_words(self, ground: Ground) -> str:
        return "" if ground.place in WITHOUT_TIME else self.rng.choice(TIME_WORDS[ground.time])

    def _colour_name(self) -> str:
        return self.rng.choice([name for name in COLOURS if name != "white"])

    def _sometimes_coloured(self, share: float = COLOUR_IN_OTHERS) -> str:
        """A background's colour, or '' for white."""
        return self._colour_name() if self.rng.random() < share else ""


class WeightedRows:
    """Draws rows with given weights."""

    def __init__(self, rows: list[int], weights: Collection[float] | dict[int, float]):
        self.rows = list(rows)
        values = [weights[row] for row in rows] if isinstance(weights, dict) else list(weights)
        self.ends = np.cumsum(values) if values else np.zeros(0)
        self.total = float(self.ends[-1]) if values else 0.0

    def draw(self, rng: Random) -> int:
        place = int(np.searchsorted(self.ends, rng.random() * self.total, side="right"))
        return self.rows[min(place, len(self.rows) - 1)]


def weight_of(row) -> float:
    """Of a picture among those of its subject."""
    group = FLAG_WEIGHT if row.group in (FLAG_GROUP, -1) and not row.captions and row.hexcode[:5] != "word-" else 1.0
    return (SKIN_TONE_WEIGHT if row.skin_tone else 1.0) * group * (SYMBOL_WEIGHT if row.group == SYMBOL_GROUP else 1.0)


def row_weights(pictures: Pictures, rows: list[int]) -> dict[int, float]:
    """Subjects are drawn about equally often; avatars and clip art have a share of their own."""
    totals: Counter[int] = Counter()
    for row in rows:
        totals[pictures.rows[row].subject] += weight_of(pictures.rows[row])
    weights = {row: weight_of(pictures.rows[row]) * totals[pictures.rows[row].subject] ** (MANY_HANDS - 1) for row in rows}
    sources = {row: _source(pictures.rows[row]) for row in rows}
    for source, share in (("avatar", AVATAR_SHARE), ("clip art", CLIP_ART_SHARE)):
        mine = [row for row in rows if sources[row] == source]
        others = sum(weights[row] for row in rows if not sources[row])
        if mine and others:
            factor = share / (1 - AVATAR_SHARE - CLIP_ART_SHARE) * others / sum(weights[row] for row in mine)
            weights |= {row: weights[row] * factor for row in mine}
    return weights


def _source(picture) -> str:
    return "avatar" if picture.hexcode.startswith("avatar-") else "clip art" if picture.style == "clip art" else ""
