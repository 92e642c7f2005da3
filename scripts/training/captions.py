"""The caption grammar: what a picture shows, in whose hand, in many word orders.

    "a red apple, 3d style"   "flat icon of a rocket"   "noto style penguin on a blue background"
    "a cat to the left of a dog, cartoon"   "three green frogs on the grass at sunset"   "smile, happy, face"

Names come from emojibase's labels and tags, CLDR's keywords and WordNet's synonyms (licences: emoji.py, words.py).
Captions are lower case, as the tokenizer makes all text. A caption may leave the style out; the picture then has any.
"with" is said of what a thing has or wears, never of a thing beside it. Words of unseen_synonyms.json never occur: they
are in no label, tag, keyword or synonym of subjects.json.
"""

import re
from dataclasses import dataclass
from random import Random

from training.dataset import SKIN_TONES, Picture, Subject
from training.plurals import NUMBERS, article, is_countable, plural

STYLE_OMITTED = 0.3  # share of captions that do not name the style
DICTIONARY = 0.3  # share of names that are other words of a dictionary, where there is one
TAGS_SHARE = 0.15  # share of the captions of one thing that list tags
STYLE_AFTER = {
    "3d": (", 3d style", ", 3d render", ", 3d", " in 3d style", " in 3d", " 3d render", ", 3d emoji"),
    "flat": (", flat style", ", flat icon", ", flat", " in flat style", " in flat design", " flat icon", ", flat emoji"),
    "fluent": (", fluent style", ", fluent emoji", ", fluent", " in fluent style", " fluent icon", ", gradient style"),
    "noto": (", noto style", ", noto emoji", ", noto", " in noto style", " in noto", " noto emoji", ", noto icon"),
    "blob": (", blob style", ", blob emoji", ", blob", " in blob style", ", old noto style"),
    "twemoji": (", twemoji style", ", twemoji", ", twitter emoji", " in twemoji style", " in twitter style"),
    "emojitwo": (", emojitwo style", ", emojitwo", ", emojione style", " in emojione style"),
    "firefox": (", firefox style", ", firefox emoji", " in firefox style", ", fxemoji style"),
    "cartoon": (", cartoon style", ", cartoon", " in cartoon style", " as a cartoon", ", comic style"),
    "outline": (", outline style", ", outlined icon", ", outline icon", " in outline style", " with thick outlines"),
    "sketch": (", sketch", ", line drawing", ", sketch style", " as a sketch", " as a line drawing", ", pen drawing"),
    "black and white": (", black and white drawing", ", black and white", " in black and white", " as a black and white drawing"),
    "pixel": (", pixel art", ", pixel art style", " in pixel art", " as pixel art", ", 8-bit"),
    "clip art": (", clip art", ", clipart", " clip art", ", clip art style"),
}
# Before the thing with its article; STYLE_ADJECTIVE: before the thing without.
STYLE_BEFORE = {
    "3d": ("3d render of ", "3d emoji of ", "a 3d render of ", "3d style: "),
    "flat": ("flat icon of ", "flat emoji of ", "a flat icon of ", "flat style: "),
    "fluent": ("fluent emoji of ", "fluent icon of ", "fluent style: "),
    "noto": ("noto emoji of ", "noto icon of ", "a noto emoji of ", "noto style: "),
    "blob": ("blob emoji of ", "a blob emoji of ", "blob style: "),
    "twemoji": ("twemoji of ", "twitter emoji of ", "twemoji style: "),
    "emojitwo": ("emojitwo emoji of ", "emojione emoji of ", "emojitwo style: "),
    "firefox": ("firefox emoji of ", "firefox style: "),
    "cartoon": ("cartoon of ", "a cartoon of ", "cartoon drawing of ", "a cartoon drawing of "),
    "outline": ("outlined icon of ", "an outlined icon of ", "outline icon of ", "outline style: "),
    "sketch": ("sketch of ", "a sketch of ", "line drawing of ", "a line drawing of ", "pencil drawing of "),
    "black and white": ("black and white drawing of ", "a black and white drawing of ", "a drawing in black and white of "),
    "pixel": ("pixel art of ", "pixel art ", "8-bit picture of ", "pixel art: "),
    "clip art": ("clip art of ", "a clip art of ", "clipart of "),
}
STYLE_ADJECTIVE = {
    "3d": ("3d style ", "3d ", "a 3d "),
    "flat": ("flat style ", "flat ", "a flat "),
    "fluent": ("fluent style ", "fluent ", "a fluent "),
    "noto": ("noto style ", "noto ", "a noto "),
    "blob": ("blob style ", "blob ", "a blob style "),
    "twemoji": ("twemoji style ", "twemoji ", "a twemoji "),
    "emojitwo": ("emojitwo style ", "emojione style ", "an emojitwo "),
    "firefox": ("firefox style ", "a firefox style ", "firefox emoji "),
    "cartoon": ("cartoon ", "a cartoon ", "cartoon style "),
    "outline": ("outlined ", "outline style ", "an outlined "),
    "sketch": ("hand-drawn ", "a hand-drawn ", "sketched "),
    "black and white": ("black and white ", "a black and white "),
    "pixel": ("pixel art ", "a pixel art ", "pixelated "),
    "clip art": ("clip art ", "clipart ", "a clip art "),
}
BACKGROUND_AFTER = (" on {a} {} background", " on {}", " with {a} {} background", ", {} background", " on {a} {} background")
SIZE_WORDS = {
    "tiny": ("tiny", "very small"),
    "small": ("small", "little"),
    "large": ("large", "big"),
    "huge": ("huge", "close-up of", "giant"),
}
SIZED_CAPTION = SIZE_WORDS | {"huge": ("huge", "close-up")}  # behind a ready caption: "my red boat, close-up"
RELATIONS = {
    "beside": (" and ", " next to ", " beside ", " and ", " and "),
    "left": (" to the left of ", " left of ", " on the left of "),
    "right": (" to the right of ", " right of ", " on the right of "),
    "above": (" above ",),
    "below": (" below ", " underneath "),
    "on top": (" on top of ", " sitting on ", " standing on ", " on "),
    "in front": (" in front of ",),
    "behind": (" behind ",),
}
# What a caption says of a thing on another's head. "wearing" comes with most of them.
WORN = (" wearing {}", " with {}", " wearing {}")
TONE_NAMES = ("light", "medium-light", "medium", "medium-dark", "dark")


@dataclass
class Words:
    """What is said of things beside their name. Empty: nothing."""

    background: str = ""  # name of a colour
    size: str = ""  # key of SIZE_WORDS
    place: str = ""  # " in the top left corner", " on a beach at night"
    colour: str = ""  # of the thing
    count: int = 1
    worn: str = ""  # name of what is on the thing's head


def fixed_caption(picture: Picture, subject: Subject) -> str:
    """The one caption by which evaluation asks for a picture: 'cat face, 3d style'."""
    if picture.captions:
        return picture.captions[0]
    return f"{spoken_labels(subject.label)[0]}, {picture.style} style"


def spoken_labels(label: str) -> list[str]:
    """A label as one would say it, the best first: 'flag: France' -> ['flag of france', 'france flag']."""
    label = label.lower().replace("’", "'").replace("“", "").replace("”", "")
    head, colon, detail = label.partition(": ")
    if not colon:
        return [label.removesuffix(" button"), label] if label.endswith(" button") else [label]
    if head == "flag":
        return [f"flag of {detail}", f"{detail} flag", f"flag {detail}"]
    if detail.startswith("facing"):
        return [f"{head} {detail}"]
    if detail.endswith("hair") or detail == "beard":
        return [f"{head} with {detail}", f"{head}, {detail}"]
    return [f"{head} {detail}", f"{head}, {detail}"]


def with_article(name: str, rng: Random) -> str:
    """'apple' -> 'an apple', 'the apple' or 'apple'; plurals and names that begin with a sign stay as they are."""
    chance = rng.random()
    if chance < 0.2 or not name[:1].isalpha() or name.endswith("s"):
        return name
    if chance < 0.27:
        return "the " + name
    return f"{article(name)} {name}"


class Captions:
    """Makes captions for rows of a data folder. rng: the caller's random.Random, so that a seed fixes the words."""

    def __init__(self, rows: list[Picture], subjects: list[Subject], dictionary: dict[str, list[str]] | None = None):
        """dictionary: other words for some labels, as spoken_labels gives them first."""
        self.rows = rows
        self.dictionary = [(dictionary or {}).get(spoken_labels(subject.label)[0], []) for subject in subjects]
        self.names = [_names(subject) for subject in subjects]  # short names, as often as they shall be used
        self.words = [[tag.lower() for tag in (*s.tags, *s.keywords)] for s in subjects]
        self.tones = [_tone(row.hexcode) if row.skin_tone else "" for row in rows]

    def single(self, row: int, rng: Random, said: Words = Words(), style: str | None = None) -> str:
        """One thing, or said.count of it. style: of STYLE_AFTER, where it is another than the row's."""
        picture = self.rows[row]
        style = picture.style if style is None else style
        if picture.captions:
            return self._ready(picture, said, style, rng)
        if said == Words(background=said.background) and rng.random() < TAGS_SHARE:
            name = thing = self._by_tags(picture.subject, rng)
        else:
            thing, name = self.thing(row, rng, said)
        return self.in_style(style, name, thing, said.place + self.background(said.background, rng), rng)

    def thing(self, row: int, rng: Random, said: Words = Words()) -> tuple[str, str]:
        """-> with its article and without: ('a small blue apple', 'small blue apple'); with its number: ('two apples', '')"""
        if self.rows[row].captions:
            caption = rng.choice(self.rows[row].captions)
            return caption, caption
        name = self._name(row, rng, countable=said.count > 1)
        colour = f"{said.colour} " if said.colour else ""
        worn = rng.choice(WORN).format(with_article(said.worn, rng)) if said.worn else ""
        if said.count > 1:
            name = f"{colour}{plural(name)}"
            return f"{rng.choice(NUMBERS[said.count])} {name}{worn}", ""
        name, size = f"{colour}{name}{worn}", rng.choice(SIZE_WORDS[said.size]) if said.size else ""
        if size == "close-up of":
            return (f"{size} {with_article(name, rng)}",) * 2
        name = f"{size} {name}" if size else name
        return with_article(name, rng), name

    def of_name(self, name: str, style: str, rng: Random, background: str = "") -> str:
        """One thing by a name that no picture needs to have. The same rng gives two names the same sentence."""
        return self.in_style(style, name, with_article(name, rng), self.background(background, rng), rng)

    def pair(self, first: int, second: int, relation: str, rng: Random, said: Words = Words(), second_colour: str = "") -> str:
        """Two things of one style. relation: key of RELATIONS, how the first stands to the second. said.colour is the first's."""
        things = [self.thing(first, rng, Words(colour=said.colour))[0], self.thing(second, rng, Words(colour=second_colour))[0]]
        return self.of_several(things, self.rows[first].style, relation, rng, said)

    def of_several(self, things: list[str], style: str, relation: str, rng: Random, said: Words = Words()) -> str:
        """Things with their articles. Three and more are listed."""
        joined = rng.choice(RELATIONS[relation]).join(things) if len(things) == 2 else f"{', '.join(things[:-1])} and {things[-1]}"
        return self.in_style(style, "", joined, said.place + self.background(said.background, rng), rng)

    def several(self, rows: list[int], rng: Random, background: str = "", names: list[str] | None = None, style: str = "") -> str:
        """Any number of things in any order: 'a cat, a dog and a tree, flat style'. names: what they are called instead."""
        things = [self.thing(row, rng)[0] for row in rows] if names is None else [with_article(name, rng) for name in names]
        rng.shuffle(things)
        listed = ", ".join(things[:-1]) + rng.choice((" and ", ", ", " and ")) + things[-1] if len(things) > 1 else "".join(things)
        if not listed:
            return self.background(background, rng).removeprefix(",").strip() if background and rng.random() < 0.5 else ""
        return self.in_style(style, "", listed, self.background(background, rng), rng)

    def plain(self, row: int, rng: Random) -> str:
        """A bare name, without style: 'rocket'."""
        return rng.choice(self.rows[row].captions or self.names[self.rows[row].subject])

    def can_be_counted(self, row: int) -> bool:
        return not self.rows[row].captions and any(map(is_countable, self.names[self.rows[row].subject]))

    def in_style(self, style: str, name: str, thing: str, after: str, rng: Random) -> str:
        """Puts the style's words before or after. name: without article; '' where it has none or there are several things.
        after: what follows the thing (place, background)."""
        chance = rng.random()
        if not style or chance < STYLE_OMITTED:
            return thing + after
        if chance < 0.55:
            return thing + rng.choice(STYLE_AFTER[style]) + after
        if chance < 0.7:
            return thing + after + rng.choice([words for words in STYLE_AFTER[style] if words.startswith(",")])
        if chance < 0.87 or not name or thing[:1].isdigit() or not thing.endswith(name):
            return rng.choice(STYLE_BEFORE[style]) + thing + after
        return rng.choice(STYLE_ADJECTIVE[style]) + name + after

    def _ready(self, picture: Picture, said: Words, style: str, rng: Random) -> str:
        caption = rng.choice(picture.captions)
        covered = picture.opaque and not (said.size or said.place)
        sized = f", {rng.choice(SIZED_CAPTION[said.size])}" if said.size else ""
        after = sized + said.place + self.background("" if covered else said.background, rng)
        name = re.sub("^an? ", "", caption)
        return self.in_style(style, name if name != caption else "", caption, after, rng)

    def _name(self, row: int, rng: Random, countable: bool = False) -> str:
        others = self.dictionary[self.rows[row].subject]
        names = others if others and rng.random() < DICTIONARY else self.names[self.rows[row].subject]
        if countable:
            names = [name for name in names if is_countable(name)] or [n for n in self.names[self.rows[row].subject] if is_countable(n)]
        name = rng.choice(names)
        if self.tones[row] and not countable and rng.random() < 0.6:
            name += rng.choice((" with ", ", ", ": ")) + self.tones[row] + " skin tone"
        return name

    def _by_tags(self, subject: int, rng: Random) -> str:
        """Label and some tags, or tags only."""
        words = self.words[subject]
        label = rng.choice(self.names[subject])
        if not words:
            return label
        some = rng.sample(words, min(len(words), 1 + int(rng.random() * 3.5)))
        if rng.random() < 0.5:
            some.insert(0, label)
        return rng.choice((", ", " ")).join(some)

    def background(self, colour: str, rng: Random) -> str:
        return rng.choice(BACKGROUND_AFTER).format(colour, a=article(colour)) if colour else ""


def _names(subject: Subject) -> list[str]:
    labels = spoken_labels(subject.label)
    others = [word.lower() for word in (*subject.synonyms[:4], *subject.keywords[:6])]
    short = [labels[0].removesuffix(ending) for ending in (" face", " symbol", " sign") if labels[0].endswith(ending)]
    return labels[:1] * 6 + labels * 2 + short * 3 + others[:6]


def _tone(hexcode: str) -> str:
    """'1f44b-1f3fb' -> 'light'; two tones -> 'light and dark'."""
    tones = [TONE_NAMES[sorted(SKIN_TONES).index(part)] for part in hexcode.split("-") if part in SKIN_TONES]
    return " and ".join(dict.fromkeys(tones))
