"""What train/tune_text_encoder.py learns from: sentences, and which known sentences tell how to read them.

    new words  "a fireman, 3d style"          is read as "a firefighter, 3d style"
    scenes     "two blue cats on the moon"    its paddings are read as "cat" and "cat", and tell the facts (facts.py);
               "a cat on top of a dog, flat"  as "cat, flat style" and "dog, flat style" in turn
    anchors    plain captions in the styles that the encoder knows are read as before
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.captions import Captions, Words, spoken_labels
from training.colours import COLOURS
from training.compose import Scene
from training.dataset import Pictures, read_unseen_synonyms
from training.placing import SIZED
from training.scenes import SceneSampler, WeightedRows, row_weights
from training.words import read_dictionary, read_words

KNOWN_STYLES = ("3d", "flat", "noto")  # those of the first run's captions
COLOURED = 0.15  # share of the sentences with a background
FAR = 0.5  # a word of this similarity would never be drawn: the nearer to its name, the more often it is
# relation -> where the first and the second thing stand
SIDES = {"left": ("left", "right"), "right": ("right", "left"), "above": ("top", "bottom"), "below": ("bottom", "top"),
         "on top": ("top", "bottom"), "beside": ("left", "right")}
# Shares of scenes: more of what is hard to read than training has.
KINDS = {"white": 0.06, "colour": 0.08, "recoloured": 0.10, "ground": 0.17, "pair": 0.25, "counted": 0.10, "sized": 0.14, "worn": 0.08, "glyph": 0.02}


@dataclass(frozen=True)
class Lesson:
    caption: str
    parts: tuple[str, str]  # captions of the two things by themselves; of one thing twice the same
    sides: tuple[str, str]  # of left, right, top, bottom, or ''
    facts: dict[str, str]


class Sentences:
    """words: words.jsonl of train/teach_words.py. Everything is drawn with one seed."""

    def __init__(self, pictures: Pictures, words: Path, seed: int):
        self.pictures, self.rng = pictures, Random(seed)
        dictionary = read_dictionary(words, read_unseen_synonyms(pictures.folder))
        self.sampler = SceneSampler(pictures, "cpu", seed, KINDS, dictionary)
        self.captions = Captions(pictures.rows, pictures.subjects)
        entries = read_words(words)
        self.words = [(entry["word"], entry["name"]) for entry in entries]
        self.closeness = [entry["similarity"] - FAR for entry in entries]
        rows = [row for row in pictures.train_rows() if pictures.rows[row].style in KNOWN_STYLES and not pictures.rows[row].captions]
        self.known_rows = WeightedRows(rows, row_weights(pictures, rows))

    def new_words(self, n: int) -> list[tuple[str, str]]:
        """-> sentences with a new word, each with the same sentence about the known name"""
        sentences = []
        for names in self.rng.choices(self.words, self.closeness, k=n):
            style, background, seed = self.rng.choice(KNOWN_STYLES), self._background(), self.rng.random()
            new, known = (self.captions.of_name(name, style, Random(seed), background) for name in names)
            sentences.append((new, known))
        return sentences

    def known(self, n: int) -> list[str]:
        return [self._plain_caption() for _ in range(n)]

    def lessons(self, n: int) -> list[Lesson]:
        return [self._lesson(scene) for scene in self.sampler.scenes(n)]

    def _lesson(self, scene: Scene) -> Lesson:
        relation = scene.facts.get("relation", "")
        rows = [thing.row for thing in scene.things if thing.row >= 0]
        if relation and scene.things:
            # Things lie in the order in which they cover each other; the caption names them in its own.
            rows = rows[::-1] if relation in ("on top", "in front") else rows
        named = [self._named(row, scene.facts["style"]) for row in (rows[:2] if relation else rows[:1] * 2)]
        parts = tuple(named) if named else (scene.caption, scene.caption)
        return Lesson(scene.caption, parts, SIDES.get(relation, ("", "")), scene.facts)

    def _named(self, row: int, style: str) -> str:
        picture = self.pictures.rows[row]
        name = picture.captions[0] if picture.captions else spoken_labels(self.pictures.subjects[picture.subject].label)[0]
        return f"{name}, {style} style" if style in KNOWN_STYLES else name

    def _plain_caption(self) -> str:
        row, chance = self.known_rows.draw(self.rng), self.rng.random()
        if chance < 0.12:
            size, place, _, _ = self.rng.choice(SIZED)
            return self.captions.single(row, self.rng, Words(size=size, place=place))
        return self.captions.plain(row, self.rng) if chance < 0.2 else self.captions.single(row, self.rng, Words(background=self._background()))

    def _background(self) -> str:
        return self.rng.choice(list(COLOURS)) if self.rng.random() < COLOURED else ""
