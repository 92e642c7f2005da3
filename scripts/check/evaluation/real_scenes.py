"""What a perfect drawing of a question would be: a scene of real pictures. It says how good the measuring instruments are."""

from random import Random

import numpy as np
import torch

from check.evaluation.question import Question
from training.colours import COLOURS
from training.compose import Scene, Thing
from training.glyphs import writing
from training.grounds import draw_ground
from training.placing import COUNT_LAYOUTS, RELATION_CENTRES, on_ground
from training.scenes import SceneSampler


def real_pixels(questions: list[Question], sampler: SceneSampler, size: int = 128) -> torch.Tensor:
    """-> [N, 3, size, size] in [-1, 1]"""
    return sampler.composer.compose([real_scene(question, sampler.boxes) for question in questions], size)[0]


def real_scene(question: Question, boxes: np.ndarray) -> Scene:
    """Without rows only letters can be composed; boxes: Pictures.boxes."""
    rng = Random(f"{question.prompt} {question.seed}")
    if question.letter:
        return Scene("", [Thing(drawn=np.asarray(writing(question.letter, COLOURS[question.colour], question.seed)), width=rng.uniform(0.7, 1))])
    if question.relation:
        return Scene("", [Thing(row, 0.5, centre) for row, centre in zip(question.rows, RELATION_CENTRES[question.relation])])
    row, background = question.rows[0], question.background or "white"
    if question.count > 1:
        places = rng.choice(COUNT_LAYOUTS[question.count])
        return Scene("", [Thing(row, width * rng.uniform(0.9, 1.05), (x + rng.uniform(-0.03, 0.03), y + rng.uniform(-0.03, 0.03)), turn=rng.uniform(-10, 10))
                          for x, y, width in places], background)
    thing = Thing(row, colour=question.colour)
    if question.ground[0]:
        ground = draw_ground(*question.ground, rng)
        on_ground([thing], [boxes[row]], ground, rng)
        return Scene("", [thing], ground=ground)
    return Scene("", [thing], background)
