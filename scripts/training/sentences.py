"""What tune_text_encoder.py learns from: sentences, and which known sentences tell how to read them.

    new words  "a fireman, 3d style"           is read as "a firefighter, 3d style"
    pairs      "a cat and a dog, flat style"   its paddings are read as "cat, flat style" and "dog, flat style" in turn
    anchors    captions as training makes them are read as before
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.captions import RELATIONS, Captions, with_article
from training.dataset import FLAG_GROUP, STYLES, Pictures
from training.scenes import COLOURS, SYMBOL_GROUP
from training.texts import caption_texts
from training.words import read_words

COLOURED = 0.15  # share of the sentences with a background
NEW_IN_PAIRS = 0.15  # share of a pair's names that are new words
ANCHORS_AT_ONCE = 4096
FAR = 0.5  # a word of this similarity would never be drawn: the nearer to its name, the more often it is
# relation -> where the first and the second thing stand
PLACES = {"beside": ("left", "right"), "left": ("left", "right"), "right": ("right", "left"),
          "above": ("top", "bottom"), "below": ("bottom", "top")}


@dataclass(frozen=True)
class Pair:
    caption: str
    parts: tuple[str, str]  # captions of the two things by themselves
    places: tuple[str, str]  # of PLACES
    known: bool  # no new word in it


class Sentences:
    """words: words.jsonl of teach_words.py. Everything is drawn with one seed."""

    def __init__(self, pictures: Pictures, words: Path, seed: int):
        self.pictures, self.rng = pictures, Random(seed)
        self.captions = Captions([], pictures.subjects)
        entries = read_words(words)
        self.words = [(entry["word"], entry["name"]) for entry in entries]
        self.closeness = [entry["similarity"] - FAR for entry in entries]
        self.things = [i for i, subject in enumerate(pictures.subjects) if subject.group not in (FLAG_GROUP, SYMBOL_GROUP)]
        self.anchors: list[str] = []

    def new_words(self, n: int) -> list[tuple[str, str]]:
        """-> sentences with a new word, each with the same sentence about the known name"""
        sentences = []
        for names in self.rng.choices(self.words, self.closeness, k=n):
            style, background, seed = self.rng.choice(STYLES), self._background(), self.rng.random()
            new, known = (self.captions.of_name(name, style, Random(seed), background) for name in names)
            sentences.append((new, known))
        return sentences

    def pairs(self, n: int) -> list[Pair]:
        return [self.pair(self._names(), self._names(), self.rng.choice(list(RELATIONS))) for _ in range(n)]

    def pair(self, first: tuple[str, str], second: tuple[str, str], relation: str) -> Pair:
        """Of names: as the caption says them, and as they are known."""
        style, background = self.rng.choice(STYLES), self._background()
        things = [with_article(name, self.rng) for name, _ in (first, second)]
        caption = self.captions.of_two(things, style, relation, self.rng, background)
        named = f", {style} style" if style in caption.replace(",", " ").replace(":", " ").split() else ""
        behind = f" on a {background} background" if background else ""
        parts = tuple(f"{known}{named}{behind}" for _, known in (first, second))
        return Pair(caption, parts, PLACES[relation], all(said == known for said, known in (first, second)))

    def known(self, n: int) -> list[str]:
        while len(self.anchors) < n:
            self.anchors += caption_texts(self.pictures.rows, self.pictures.subjects, ANCHORS_AT_ONCE, self.rng)
        taken, self.anchors = self.anchors[:n], self.anchors[n:]
        return taken

    def _names(self) -> tuple[str, str]:
        if self.words and self.rng.random() < NEW_IN_PAIRS:
            return self.rng.choice(self.words)
        names = self.captions.names[self.rng.choice(self.things)]
        name = self.rng.choice(names)
        return name, name

    def _background(self) -> str:
        return self.rng.choice(list(COLOURS)) if self.rng.random() < COLOURED else ""
