"""The caption grammar: what a picture shows, in which style, in many word orders.

    "a red apple, 3d style"   "flat icon of a rocket"   "noto style penguin on a blue background"
    "a cat to the left of a dog, 3d"   "a small cat in the top left corner"   "smile, happy, face"

Names come from emojibase's labels and tags, CLDR's keywords and WordNet's synonyms (licences: emoji.py, words.py).
Captions are lower case, as the tokenizer makes all text. A caption may leave the style out; the picture then has any.
Words of unseen_synonyms.json never occur: they are in no label, tag, keyword or synonym of subjects.json.
"""

from random import Random

from training.dataset import SKIN_TONES, Picture, Subject

STYLE_OMITTED = 0.15  # share of captions that do not name the style
DICTIONARY = 0.3  # share of names that are other words of a dictionary, where there is one
STYLE_AFTER = {
    "3d": (", 3d style", ", 3d render", ", 3d", " in 3d style", " in 3d", " 3d render", ", 3d emoji"),
    "flat": (", flat style", ", flat icon", ", flat", " in flat style", " in flat design", " flat icon", ", flat emoji"),
    "clip art": (", clip art", ", clipart", ", clip art style", ", clip art picture", " in clip art style"),
    "noto": (", noto style", ", noto emoji", ", noto", " in noto style", " in noto", " noto emoji", ", noto icon"),
}
# {} is the thing with its article, {0} without.
STYLE_BEFORE = {
    "3d": ("3d render of ", "3d emoji of ", "a 3d render of ", "3d style: "),
    "flat": ("flat icon of ", "flat emoji of ", "a flat icon of ", "flat style: "),
    "clip art": ("clip art of ", "clipart of ", "a clip art picture of ", "clip art: "),
    "noto": ("noto emoji of ", "noto icon of ", "a noto emoji of ", "noto style: "),
}
STYLE_ADJECTIVE = {
    "3d": ("3d style ", "3d ", "a 3d "),
    "flat": ("flat style ", "flat ", "a flat "),
    "clip art": ("clip art ", "clipart ", "clip art style "),
    "noto": ("noto style ", "noto ", "a noto "),
}
BACKGROUND_AFTER = (" on {a} {} background", " on {}", " with {a} {} background", ", {} background", " on {a} {} background")
SIZE_WORDS = {
    "tiny": ("tiny", "very small"),
    "small": ("small", "little"),
    "large": ("large", "big"),
    "huge": ("huge", "close-up of a", "giant"),
}
SIZED_CAPTION = SIZE_WORDS | {"huge": ("huge", "close-up")}  # behind a fixed caption: "my red boat, close-up"
RELATIONS = {
    "beside": (" and ", " next to ", " beside ", " and ", " with "),
    "left": (" to the left of ", " left of "),
    "right": (" to the right of ", " right of "),
    "above": (" above ", " over "),
    "below": (" below ", " under "),
}
TONE_NAMES = ("light", "medium-light", "medium", "medium-dark", "dark")


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
    if chance < 0.3 or not name[:1].isalpha() or name.endswith("s"):
        return name
    if chance < 0.37:
        return "the " + name
    return f"{_article(name)} {name}"


def without_article(caption: str) -> str:
    """'a red boat' -> 'red boat'."""
    return caption.removeprefix("a ").removeprefix("an ").removeprefix("the ")


class Captions:
    """Makes captions for rows of a data folder. rng: the caller's random.Random, so that a seed fixes the words."""

    def __init__(self, rows: list[Picture], subjects: list[Subject], dictionary: dict[str, list[str]] | None = None):
        """dictionary: other words for some labels, as spoken_labels gives them first."""
        self.rows = rows
        self.dictionary = [(dictionary or {}).get(spoken_labels(subject.label)[0], []) for subject in subjects]
        self.names = [_names(subject) for subject in subjects]  # short names, as often as they shall be used
        self.words = [[tag.lower() for tag in (*s.tags, *s.keywords)] for s in subjects]
        self.tones = [_tone(row.hexcode) if row.skin_tone else "" for row in rows]

    def single(self, row: int, rng: Random, background: str = "", size: str = "", place: str = "") -> str:
        """One thing. background: a colour's name; size: key of SIZE_WORDS; place: ' in the top left corner'."""
        picture = self.rows[row]
        if picture.captions:
            covered = picture.opaque and not (size or place)
            sized = f", {rng.choice(SIZED_CAPTION[size])}" if size else ""
            caption, after = self._ready(row, rng) + sized, place + self._background("" if covered else background, rng)
            return self._in_style(picture.style, without_article(caption), caption, after, rng)
        if not (size or place) and rng.random() < 0.22:
            name = thing = self._by_tags(picture.subject, rng)
        else:
            name = self._name(row, rng, size)
            thing = name if name.startswith("close-up") else with_article(name, rng)
        return self._in_style(picture.style, name, thing, place + self._background(background, rng), rng)

    def of_name(self, name: str, style: str, rng: Random, background: str = "") -> str:
        """One thing by a name that no picture needs to have. The same rng gives two names the same sentence."""
        return self._in_style(style, name, with_article(name, rng), self._background(background, rng), rng)

    def pair(self, first: int, second: int, relation: str, rng: Random, background: str = "") -> str:
        """Two things of one style. relation: key of RELATIONS, how the first stands to the second."""
        things = [self._ready(row, rng) or with_article(self._name(row, rng, ""), rng) for row in (first, second)]
        return self.of_two(things, self.rows[first].style, relation, rng, background)

    def of_two(self, things: list[str], style: str, relation: str, rng: Random, background: str = "") -> str:
        """As `pair`, of things with their articles."""
        joined = rng.choice(RELATIONS[relation]).join(things)
        return self._in_style(style, joined, joined, self._background(background, rng), rng)

    def several(self, rows: list[int], rng: Random, background: str = "", names: list[str] | None = None, style: str = "") -> str:
        """Any number of things in any order: 'a cat, a dog and a tree, flat style'. names: what they are called instead."""
        names = [self._ready(row, rng) or self._name(row, rng, "") for row in rows] if names is None else list(names)
        things = [name if without_article(name) != name else with_article(name, rng) for name in rng.sample(names, len(names))]
        listed = ", ".join(things[:-1]) + rng.choice((" and ", ", ", " with ")) + things[-1] if len(things) > 1 else "".join(things)
        if not listed:
            return self._background(background, rng).removeprefix(",").strip() if background and rng.random() < 0.5 else ""
        return self._in_style(style, listed, listed, self._background(background, rng), rng)

    def plain(self, row: int, rng: Random) -> str:
        """A bare name, without style: 'rocket'."""
        return self._ready(row, rng) or rng.choice(self.names[self.rows[row].subject])

    def _ready(self, row: int, rng: Random) -> str:
        """One of the picture's own captions; "" where it has none. One caption takes no chance from rng."""
        captions = self.rows[row].captions
        return captions[0] if len(captions) == 1 else rng.choice(captions) if captions else ""

    def _name(self, row: int, rng: Random, size: str) -> str:
        others = self.dictionary[self.rows[row].subject]
        name = rng.choice(others if others and rng.random() < DICTIONARY else self.names[self.rows[row].subject])
        if self.tones[row] and rng.random() < 0.6:
            name += rng.choice((" with ", ", ", ": ")) + self.tones[row] + " skin tone"
        return f"{rng.choice(SIZE_WORDS[size])} {name}" if size else name

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

    def _background(self, colour: str, rng: Random) -> str:
        return rng.choice(BACKGROUND_AFTER).format(colour, a=_article(colour)) if colour else ""

    def _in_style(self, style: str, name: str, thing: str, after: str, rng: Random) -> str:
        """Puts the style's words before or after; after: what follows the thing (place, background)."""
        chance = rng.random()
        if not style or chance < STYLE_OMITTED:
            return thing + after
        if chance < 0.45:
            return thing + rng.choice(STYLE_AFTER[style]) + after
        if chance < 0.6:
            return thing + after + STYLE_AFTER[style][int(rng.random() * 4)]
        if chance < 0.8:
            return rng.choice(STYLE_BEFORE[style]) + thing + after
        return rng.choice(STYLE_ADJECTIVE[style]) + name + after


def _article(name: str) -> str:
    return "an" if name[0] in "aeiou" else "a"


def _names(subject: Subject) -> list[str]:
    labels = spoken_labels(subject.label)
    others = [word.lower() for word in (*subject.synonyms[:4], *subject.keywords[:6])]
    short = [labels[0].removesuffix(ending) for ending in (" face", " symbol", " sign") if labels[0].endswith(ending)]
    return labels[:1] * 6 + labels * 2 + short + others[:6]


def _tone(hexcode: str) -> str:
    """'1f44b-1f3fb' -> 'light'; two tones -> 'light and dark'."""
    tones = [TONE_NAMES[sorted(SKIN_TONES).index(part)] for part in hexcode.split("-") if part in SKIN_TONES]
    return " and ".join(dict.fromkeys(tones))
