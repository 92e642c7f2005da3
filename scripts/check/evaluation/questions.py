"""What evaluation asks the program to draw: fixed prompts and seeds, a list for each measure.

    questions = Questions(pictures, samples=96)
    questions.of["held_out"]  -> [Question(prompt="cat face, flat style", seed=0, subjects=(531,), style="flat"), ...]

    seen        label and style of a pair (subject, style) of the training pictures
    held_out    the same of held-out pairs, which no network was trained on
    hands       the same of seen pairs, each style as often as any other
    tags        up to four tags of a subject, without its label
    synonyms    a word of unseen_synonyms.json, which no caption contains
    background  a subject on a named colour
    pair        two subjects: side by side, or above and below
    order       two subjects, the first to the left of the second
    colour, count, scene, letter, diversity   in asking.py
    montage     captions of every kind as training makes them, to look at

No prompt is chosen by hand: all are drawn from the data folder with one seed. Skin tones and pictures with ready captions are
left out.
"""

from collections import Counter
from collections.abc import Collection
from functools import cached_property
from random import Random

import numpy as np

from check.evaluation import asking
from check.evaluation.measures import BORDER
from check.evaluation.question import Question
from training.captions import fixed_caption, spoken_labels, with_article
from training.colours import COLOURS
from training.dataset import FLAG_GROUP, STYLES, Pictures, is_held_out_alone, read_unseen_synonyms
from training.placing import RELATION_CENTRES
from training.plurals import article
from training.scenes import SYMBOL_GROUP, SceneSampler
from training.texts import caption_texts

SEED = 20
TAGS = 4
MONTAGE = 64
FIRST_STYLES = ("3d", "flat", "noto")  # that the first models know
# In a pair each thing is half as wide as the picture. Where the relation names no order, either is right.
RELATION_WORDS = {"beside": "and", "left": "to the left of", "above": "above"}


class Questions:
    """samples: how many of seen and held-out pairs; of the other measures half as many. styles: that prompts name."""

    def __init__(self, pictures: Pictures, samples: int, styles: Collection[str] = STYLES, kinds: Collection[str] = ()):
        """kinds: of those that the head of this file names; by default all."""
        self.pictures, self.styles = pictures, [style for style in STYLES if style in styles]
        self.rows = [i for i, row in enumerate(pictures.rows) if row.style in self.styles and not row.skin_tone and not row.captions]
        if not self.rows:
            raise SystemExit(f"{pictures.folder}: no picture has one of the styles {', '.join(styles)}. Evaluation needs some.")
        half = max(1, samples // 2)
        counts = {"seen": samples, "held_out": samples} | dict.fromkeys(
            ("hands", "tags", "synonyms", "background", "pair", "order", "colour", "count", "scene", "letter", "diversity", "montage"), half)
        ask = {name.strip("_"): method for name, method in vars(Questions).items() if name[1:] in counts} | asking.ASKED
        self.of = {kind: ask[kind](self, count) for kind, count in counts.items() if kind in kinds or not kinds}

    @cached_property
    def sampler(self) -> SceneSampler:
        """Knows colours and boxes of things, and composes what a perfect drawing would be."""
        return SceneSampler(self.pictures, "cpu", SEED)

    @cached_property
    def sole(self) -> set[int]:
        """Rows whose label and style name no other picture, with whatever skin."""
        pairs = Counter((row.subject, row.style) for row in self.pictures.rows)
        return {i for i in self.rows if pairs[self.pictures.rows[i].subject, self.pictures.rows[i].style] == 1}

    def shuffled(self, rows: list[int], name: str) -> list[int]:
        return Random(f"{SEED} {name}").sample(rows, len(rows))

    def label(self, row: int) -> str:
        return spoken_labels(self.pictures.rows[row].label)[0]

    def things(self, name: str) -> list[int]:
        """Training pictures that stand for themselves on a background: neither flags nor symbols."""
        return [row for row in self.shuffled(self.rows, name) if not self.pictures.rows[row].held_out
                and self.pictures.rows[row].group not in (FLAG_GROUP, SYMBOL_GROUP)]

    def question(self, row: int, prompt: str, seed: int, **asked) -> Question:
        picture = self.pictures.rows[row]
        return Question(prompt, seed, (picture.subject,), picture.style, rows=(row,), **asked)

    def _fixed(self, rows: list[int]) -> list[Question]:
        return [self.question(row, fixed_caption(self.pictures.rows[row], self.pictures.subjects[self.pictures.rows[row].subject]), seed)
                for seed, row in enumerate(rows)]

    def _seen(self, count: int) -> list[Question]:
        return self._fixed(self.shuffled([i for i in self.rows if not self.pictures.rows[i].held_out], "held out False")[:count])

    def _held_out(self, count: int) -> list[Question]:
        """Of FIRST_STYLES only pairs that the first models did not see either, which held out by another rule."""
        rows = [i for i in self.rows if self.pictures.rows[i].held_out and (
            self.pictures.rows[i].style not in FIRST_STYLES or is_held_out_alone(self._subject(i).hexcode, self.pictures.rows[i].style))]
        return self._fixed(self.shuffled(rows, "held out True")[:count])

    def _hands(self, count: int) -> list[Question]:
        of_style = [[row for row in self.things("hands") if self.pictures.rows[row].style == style] for style in self.styles]
        turns = [rows[turn] for turn in range(count) for rows in of_style if turn < len(rows)]
        return self._fixed(turns[:count])

    def _tags(self, count: int) -> list[Question]:
        rng = Random(f"{SEED} which tags")
        asked = []
        for row in self.shuffled(self.rows, "tags"):
            words = [tag.lower() for tag in self.pictures.rows[row].tags if tag.lower() != self.label(row)]
            if len(words) > 1 and len(asked) < count:
                prompt = f"{', '.join(rng.sample(words, min(TAGS, len(words))))}, {self.pictures.rows[row].style} style"
                asked.append(self.question(row, prompt, len(asked)))
        return asked

    def _synonyms(self, count: int) -> list[Question]:
        words = sorted(read_unseen_synonyms(self.pictures.folder).items())
        rng = Random(f"{SEED} synonyms")
        chosen = rng.sample(words, min(count, len(words)))
        return [Question(f"{word}, 3d style", seed, tuple(subjects), "3d") for seed, (word, subjects) in enumerate(chosen)]

    def _background(self, count: int) -> list[Question]:
        rng, colours = Random(f"{SEED} colours"), [name for name in COLOURS if name != "white"]
        asked = []
        for row in self.things("background"):
            if len(asked) < count and self._border_is_clear(row):
                colour = rng.choice(colours)
                prompt = f"{self.label(row)} on {article(colour)} {colour} background, {self.pictures.rows[row].style} style"
                asked.append(self.question(row, prompt, len(asked), background=colour))
        return asked

    def _pair(self, count: int) -> list[Question]:
        return self._two_things("pair", count, tuple(RELATION_WORDS))

    def _order(self, count: int) -> list[Question]:
        return self._two_things("order", count, ("left",))

    def _two_things(self, name: str, count: int, relations: tuple[str, ...]) -> list[Question]:
        rng, things = Random(f"{SEED} {name}s"), self.things(name)
        couples = []
        for style in self.styles:  # a pair has one style
            rows = [row for row in things if self.pictures.rows[row].style == style]
            couples += zip(rows[::2], rows[1::2])
        asked = []
        for seed, couple in enumerate(rng.sample(couples, min(count, len(couples)))):
            relation = relations[seed % len(relations)]
            first, second = (with_article(self.label(row), rng) for row in couple)
            style = self.pictures.rows[couple[0]].style
            subjects = tuple(self.pictures.rows[row].subject for row in couple)
            prompt = f"{first} {RELATION_WORDS[relation]} {second}, {style} style"
            asked.append(Question(prompt, seed, subjects, style, relation=relation, rows=couple))
        return asked

    def _montage(self, count: int) -> list[Question]:
        """More are drawn than are needed, since equal captions occur once only."""
        texts = caption_texts(self.pictures.rows, self.pictures.subjects, 2 * MONTAGE, Random(f"{SEED} montage"))
        return [Question(prompt, seed) for seed, prompt in enumerate(texts[:MONTAGE])]

    def _border_is_clear(self, row: int) -> bool:
        """Whether the background shows in most of the border, so that its colour can be measured there."""
        alpha = self.pictures.pixels[row, ..., 3]
        border = np.concatenate([alpha[:BORDER].ravel(), alpha[-BORDER:].ravel(), alpha[:, :BORDER].ravel(), alpha[:, -BORDER:].ravel()])
        return float((border == 0).mean()) > 0.75

    def _subject(self, row: int):
        return self.pictures.subjects[self.pictures.rows[row].subject]


def crops(relation: str) -> list[tuple[float, float]]:
    """Centres (x, y) of the two things, in widths of the picture; the training scenes' places."""
    return list(RELATION_CENTRES[relation])
