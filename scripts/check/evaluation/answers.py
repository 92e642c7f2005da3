"""How many of the questions are answered right, of drawn pictures and of real scenes alike.

    answers({"seen": [...]}, {"seen": pixels}, judge)  -> {"seen pairs: top 1": Estimate(...), ...}
"""

import torch
import torch.nn.functional as F

from check.evaluation.asking import GRID
from check.evaluation.colour_of_thing import colour_seen
from check.evaluation.counting import count
from check.evaluation.estimates import Estimate, ratio, share
from check.evaluation.grounds_seen import grounds_seen
from check.evaluation.letters_seen import letter_seen
from check.evaluation.measures import CLOSE, background_error
from check.evaluation.question import Question
from check.evaluation.verdicts import Verdicts, both_found, diversity, found_in_scene
from training.judge import Judge

SIDE = 128  # pixels on a side at which everything is judged
# kind of question -> what its pictures are called, and among how many of the judge's subjects the right one is looked for
NAMED = {"seen": ("seen pairs", (1, 5)), "held_out": ("held-out pairs", (1, 5)), "tags": ("tags only", (5,)), "synonyms": ("unseen synonyms", (5,))}


def at_side(pixels: torch.Tensor, side: int = SIDE) -> torch.Tensor:
    """[N, 3, H, W] -> [N, 3, side, side], averaged"""
    return pixels if pixels.shape[-1] == side else F.interpolate(pixels, side, mode="bilinear", antialias=True)


def answers(of: dict[str, list[Question]], drawn: dict[str, torch.Tensor], judge: Judge) -> dict[str, Estimate]:
    """Of every kind that is drawn."""
    found: dict[str, Estimate] = {}
    drawn = {kind: at_side(pixels) for kind, pixels in drawn.items()}
    styles = {}
    for kind in [kind for kind in (*NAMED, "hands") if kind in drawn]:
        verdicts = Verdicts(judge, drawn[kind])
        if kind != "synonyms" and kind != "tags":
            styles[kind] = verdicts.style_is([question.style for question in of[kind]])
        name, among = NAMED.get(kind, ("", ()))
        found |= {f"{name}: top {k}": share(verdicts.subject_in([question.subjects for question in of[kind]], k)) for k in among}
    if "hands" in styles:
        found["style right, each as often as any other"] = share(styles.pop("hands"))
    if styles:
        found["style right (seen and held-out pairs)"] = share(torch.cat(list(styles.values())))
    for kind, answer in ANSWERS.items():
        if kind in drawn:
            found |= answer(of[kind], drawn[kind], judge)
    return found


def _background(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    errors = [background_error(picture, question.background) for question, picture in zip(asked, pixels)]
    return {"background colour right": share(torch.tensor(errors) <= CLOSE)}


def _pair(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    return {"both of two things found": share(both_found(judge, asked, pixels))}


def _order(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    return {"both found, the first to the left": share(both_found(judge, asked, pixels))}


def _colour(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    right = torch.tensor([colour_seen(picture) == question.colour for question, picture in zip(asked, pixels)])
    seen = Verdicts(judge, pixels).subject_in([question.subjects for question in asked], 5)
    return {"named colour of a thing right": share(right), "named colour right, and the thing among five": share(right & seen)}


def _count(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    return {"count of 2 to 4 right": share(torch.tensor([count(picture) == question.count for question, picture in zip(asked, pixels)]))}


def _scene(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    seen = grounds_seen(pixels)
    place = torch.tensor([place == question.ground[0] for question, (place, _) in zip(asked, seen)])
    both = torch.tensor([ground == question.ground for question, ground in zip(asked, seen)])
    thing = found_in_scene(judge, asked, pixels)
    return {"scene: thing among five": share(thing), "scene: place right": share(place), "scene: place and time right": share(both),
            "scene: thing, place and time": share(thing & both)}


def _letter(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    return {"letter right": share(torch.tensor([letter_seen(picture) == question.letter for question, picture in zip(asked, pixels)]))}


def _diversity(asked: list[Question], pixels: torch.Tensor, judge: Judge) -> dict[str, Estimate]:
    return {"diversity of 8 seeds over that of 8 subjects": ratio(*diversity(judge, pixels, GRID))}


ANSWERS = {"background": _background, "pair": _pair, "order": _order, "colour": _colour, "count": _count, "scene": _scene, "letter": _letter,
           "diversity": _diversity}
