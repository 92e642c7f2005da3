"""What evaluation asks the program to draw: fixed prompts and seeds, a list for each measure.

    questions = Questions(pictures, samples=96)
    questions.of["held_out"]  -> [Question(prompt="cat face, flat style", seed=0, subjects=(531,), style="flat"), ...]

    seen        label and style of a pair (subject, style) of the training pictures
    held_out    the same of held-out pairs, which no network was trained on
    tags        up to four tags of a subject, without its label
    synonyms    a word of unseen_synonyms.json, which no caption contains
    background  a subject on a named colour
    pair        two subjects: side by side, or above and below
    montage     captions of every kind as training makes them, to look at

No prompt is chosen by hand: all are drawn from the data folder with one seed, skin tones left out.
"""

from dataclasses import dataclass
from random import Random

import numpy as np

from training.captions import fixed_caption, spoken_labels, with_article
from training.dataset import FLAG_GROUP, STYLES, Pictures, read_unseen_synonyms
from training.scenes import COLOURS, RELATION_CENTRES, SYMBOL_GROUP
from training.texts import caption_texts

SEED = 20
TAGS = 4
MONTAGE = 64
# In a pair each thing is half as wide as the picture. Where the relation names no order, either is right.
RELATION_WORDS = {"beside": "and", "left": "to the left of", "above": "above"}
BORDER = 4  # pixels


@dataclass(frozen=True)
class Question:
    prompt: str
    seed: int
    subjects: tuple[int, ...] = ()  # any of these is right; of a pair: the first and the second thing
    style: str = ""
    colour: str = ""  # of COLOURS
    relation: str = ""  # of RELATION_WORDS
    rows: tuple[int, ...] = ()  # of a pair: what a perfect drawing would be made of
    flags: tuple[str, ...] = ()  # more for the command line


class Questions:
    """samples: how many of seen and held-out pairs; of the other measures half as many."""

    def __init__(self, pictures: Pictures, samples: int):
        self.pictures = pictures
        self.rows = [i for i, row in enumerate(pictures.rows) if not row.skin_tone]
        half = max(1, samples // 2)
        self.of = {
            "seen": self._pairs(False, samples), "held_out": self._pairs(True, samples), "tags": self._tags(half),
            "synonyms": self._synonyms(half), "background": self._backgrounds(half), "pair": self._two_things(half),
            "montage": self._montage(),
        }

    def _shuffled(self, rows: list[int], name: str) -> list[int]:
        return Random(f"{SEED} {name}").sample(rows, len(rows))

    def _label(self, row: int) -> str:
        return spoken_labels(self.pictures.rows[row].label)[0]

    def _pairs(self, held_out: bool, count: int) -> list[Question]:
        rows = [i for i in self.rows if self.pictures.rows[i].held_out == held_out]
        chosen = self._shuffled(rows, f"held out {held_out}")[:count]
        return [self._question(row, fixed_caption(self.pictures.rows[row], self._subject(row)), seed)
                for seed, row in enumerate(chosen)]

    def _tags(self, count: int) -> list[Question]:
        rng = Random(f"{SEED} which tags")
        asked = []
        for row in self._shuffled(self.rows, "tags"):
            words = [tag.lower() for tag in self.pictures.rows[row].tags if tag.lower() != self._label(row)]
            if len(words) > 1 and len(asked) < count:
                prompt = f"{', '.join(rng.sample(words, min(TAGS, len(words))))}, {self.pictures.rows[row].style} style"
                asked.append(self._question(row, prompt, len(asked)))
        return asked

    def _synonyms(self, count: int) -> list[Question]:
        words = sorted(read_unseen_synonyms(self.pictures.folder).items())
        rng = Random(f"{SEED} synonyms")
        chosen = rng.sample(words, min(count, len(words)))
        return [Question(f"{word}, 3d style", seed, tuple(subjects), "3d") for seed, (word, subjects) in enumerate(chosen)]

    def _backgrounds(self, count: int) -> list[Question]:
        rng, colours = Random(f"{SEED} colours"), [name for name in COLOURS if name != "white"]
        rows = [row for row in self._things("background") if self._border_is_clear(row)][:count]
        asked = []
        for seed, row in enumerate(rows):
            colour = rng.choice(colours)
            article = "an" if colour[0] in "aeiou" else "a"
            prompt = f"{self._label(row)} on {article} {colour} background, {self.pictures.rows[row].style} style"
            asked.append(self._question(row, prompt, seed, colour=colour))
        return asked

    def _two_things(self, count: int) -> list[Question]:
        rng, things = Random(f"{SEED} pairs"), self._things("pair")
        couples = []
        for style in STYLES:  # a pair has one style
            rows = [row for row in things if self.pictures.rows[row].style == style]
            couples += zip(rows[::2], rows[1::2])
        asked = []
        for seed, couple in enumerate(rng.sample(couples, min(count, len(couples)))):
            relation = list(RELATION_WORDS)[seed % len(RELATION_WORDS)]
            first, second = (with_article(self._label(row), rng) for row in couple)
            style = self.pictures.rows[couple[0]].style
            subjects = tuple(self.pictures.rows[row].subject for row in couple)
            prompt = f"{first} {RELATION_WORDS[relation]} {second}, {style} style"
            asked.append(Question(prompt, seed, subjects, style, relation=relation, rows=couple))
        return asked

    def _montage(self) -> list[Question]:
        """More are drawn than are needed, since equal captions occur once only."""
        texts = caption_texts(self.pictures.rows, self.pictures.subjects, 2 * MONTAGE, Random(f"{SEED} montage"))
        return [Question(prompt, seed) for seed, prompt in enumerate(texts[:MONTAGE])]

    def _things(self, name: str) -> list[int]:
        """Training pictures that stand for themselves on a background: neither flags nor symbols."""
        return [row for row in self._shuffled(self.rows, name) if not self.pictures.rows[row].held_out
                and self.pictures.rows[row].group not in (FLAG_GROUP, SYMBOL_GROUP, -1)]

    def _border_is_clear(self, row: int) -> bool:
        """Whether the background shows in most of the border, so that its colour can be measured there."""
        alpha = self.pictures.pixels[row, ..., 3]
        border = np.concatenate([alpha[:BORDER].ravel(), alpha[-BORDER:].ravel(), alpha[:, :BORDER].ravel(), alpha[:, -BORDER:].ravel()])
        return float((border == 0).mean()) > 0.75

    def _subject(self, row: int):
        return self.pictures.subjects[self.pictures.rows[row].subject]

    def _question(self, row: int, prompt: str, seed: int, colour: str = "") -> Question:
        picture = self.pictures.rows[row]
        return Question(prompt, seed, (picture.subject,), picture.style, colour)


def crops(relation: str) -> list[tuple[float, float]]:
    """Centres (x, y) of the two things, in widths of the picture; the training scenes' places."""
    return list(RELATION_CENTRES[relation])
