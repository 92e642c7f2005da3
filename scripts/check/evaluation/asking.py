"""Questions about what a caption says beside names: colours of things, counts, places, letters; and many seeds of one caption.

Each function takes the Questions that it draws rows from (questions.py).
"""

from random import Random
from typing import TYPE_CHECKING

from check.evaluation.counting import can_be_counted
from check.evaluation.question import Question
from training.captions import spoken_labels, with_article
from training.colours import THING_COLOURS
from training.glyphs import LETTERS
from training.grounds import PLACES, TIME_WORDS, TIMES, WITHOUT_TIME
from training.plurals import NUMBERS, article, is_countable, plural

if TYPE_CHECKING:
    from check.evaluation.questions import Questions

SEED = 20
COUNTS = (2, 3, 4)
GRID = 8  # subjects and seeds of the diversity
FEWEST_HANDS = 4  # of a subject whose seeds are compared


def colours(questions: "Questions", count: int) -> list[Question]:
    """"a blue apple, flat style": things of one plain colour, in another."""
    rng, sampler, asked = Random(f"{SEED} colours of things"), questions.sampler, []
    for row in [row for row in questions.things("colour") if row in sampler.plain_set][:count]:
        colour = rng.choice([name for name in THING_COLOURS if name not in ("white", sampler.colour_of[row])])
        prompt = f"{article(colour)} {colour} {questions.label(row)}, {questions.pictures.rows[row].style} style"
        asked.append(questions.question(row, prompt, len(asked), colour=colour))
    return asked


def counts(questions: "Questions", count: int) -> list[Question]:
    """"three apples, flat style": of things that are of one piece, so that pieces can be counted."""
    asked = []
    for row in questions.things("count"):
        if len(asked) == count:
            break
        if is_countable(questions.label(row)) and can_be_counted(questions.pictures.pixels[row]):
            number = COUNTS[len(asked) % len(COUNTS)]
            prompt = f"{NUMBERS[number][0]} {plural(questions.label(row))}, {questions.pictures.rows[row].style} style"
            asked.append(questions.question(row, prompt, len(asked), count=number))
    return asked


def scenes(questions: "Questions", count: int) -> list[Question]:
    """"a cat on a beach at night, flat style": the places in turn."""
    rng, asked = Random(f"{SEED} grounds"), []
    for row in questions.things("scene")[:count]:
        place = list(PLACES)[len(asked) % len(PLACES)]
        time = "day" if place in WITHOUT_TIME else rng.choice(TIMES)
        thing = with_article(questions.label(row), rng)
        prompt = f"{thing} {PLACES[place][0]}{TIME_WORDS[time][0]}, {questions.pictures.rows[row].style} style"
        asked.append(questions.question(row, prompt, len(asked), ground=(place, time)))
    return asked


def letters(questions: "Questions", count: int) -> list[Question]:
    """"the letter A in blue"."""
    rng, visible = Random(f"{SEED} letters"), [name for name in THING_COLOURS if name != "white"]
    asked = [(LETTERS[seed % len(LETTERS)], rng.choice(visible)) for seed in range(count)]
    return [Question(f"the letter {letter} in {colour}", seed, letter=letter, colour=colour) for seed, (letter, colour) in enumerate(asked)]


def subjects_by_seeds(questions: "Questions", count: int) -> list[Question]:
    """GRID captions without a style, each with GRID seeds; their subjects have many hands to be drawn in. rows: some of these."""
    hands: dict[int, list[int]] = {}
    for row in questions.things("diversity"):
        if questions.pictures.rows[row].style not in [questions.pictures.rows[other].style for other in hands.get(questions.pictures.rows[row].subject, [])]:
            hands.setdefault(questions.pictures.rows[row].subject, []).append(row)
    fewest = min(FEWEST_HANDS, len(questions.styles), max(map(len, hands.values()), default=1))
    chosen = [(subject, rows) for subject, rows in hands.items() if len(rows) >= fewest][:GRID]
    prompts = [(subject, rows, spoken_labels(questions.pictures.subjects[subject].label)[0]) for subject, rows in chosen]
    return [Question(f"{article(name)} {name}", seed, (subject,), rows=(rows[seed % len(rows)],)) for subject, rows, name in prompts for seed in range(GRID)]


ASKED = {"colour": colours, "count": counts, "scene": scenes, "letter": letters, "diversity": subjects_by_seeds}
