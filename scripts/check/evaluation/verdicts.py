"""What the judge sees in pictures; pixels are [N, 3, 128, 128] in [-1, 1]."""

import torch
import torch.nn.functional as F

from check.evaluation.question import Question
from check.evaluation.questions import crops
from training.dataset import STYLES
from training.judge import Judge

# Of a scene: the whole, and squares (x, y, width) where a thing may stand. Lengths: scene = 1.
WHOLE_AND_PARTS = ((0.5, 0.5, 1.0), (0.38, 0.52, 0.7), (0.62, 0.52, 0.7), (0.5, 0.42, 0.6), (0.5, 0.65, 0.6))


class Verdicts:
    """The judge's five likeliest subjects [N, 5] and its style [N]."""

    @torch.no_grad()
    def __init__(self, judge: Judge, pixels: torch.Tensor):
        parts = [judge(part) for part in pixels.split(64)]
        self.probabilities = torch.cat([subjects for subjects, _ in parts]).softmax(dim=1)
        self.subjects = self.probabilities.topk(5).indices
        self.styles = torch.cat([styles for _, styles in parts]).argmax(dim=1)

    def subject_in(self, wanted: list[tuple[int, ...]], among: int) -> torch.Tensor:
        """-> bool [N]: is one of the wanted subjects among the first so many?"""
        return contains(self.subjects[:, :among], wanted)

    def style_is(self, wanted: list[str]) -> torch.Tensor:
        return self.styles == torch.tensor([STYLES.index(style) for style in wanted])


def contains(subjects: torch.Tensor, wanted: list[tuple[int, ...]]) -> torch.Tensor:
    """subjects [N, k] -> bool [N]"""
    return torch.tensor([bool(set(seen) & set(right)) for seen, right in zip(subjects.tolist(), wanted)])


def both_found(judge: Judge, questions: list[Question], pixels: torch.Tensor) -> torch.Tensor:
    """-> bool [N]: each thing among the judge's five likeliest for its half of the picture, in the asked order, or in
    either where the prompt names none."""
    halves = [torch.stack([square(picture, (*crops(question.relation)[thing], 0.5)) for question, picture in zip(questions, pixels)])
              for thing in (0, 1)]
    seen = [Verdicts(judge, part) for part in halves]
    wanted = [[(question.subjects[thing],) for question in questions] for thing in (0, 1)]
    in_order = seen[0].subject_in(wanted[0], 5) & seen[1].subject_in(wanted[1], 5)
    swapped = seen[0].subject_in(wanted[1], 5) & seen[1].subject_in(wanted[0], 5)
    free = torch.tensor([question.relation == "beside" for question in questions])
    return in_order | (free & swapped)


def found_in_scene(judge: Judge, questions: list[Question], pixels: torch.Tensor) -> torch.Tensor:
    """-> bool [N]: is the thing among the five subjects that are likeliest in any one of WHOLE_AND_PARTS?"""
    parts = [Verdicts(judge, torch.stack([square(picture, part) for picture in pixels])).probabilities for part in WHOLE_AND_PARTS]
    return contains(torch.stack(parts).amax(dim=0).topk(5).indices, [question.subjects for question in questions])


def square(picture: torch.Tensor, place: tuple[float, float, float]) -> torch.Tensor:
    """[3, H, W] -> the square of this centre (x, y) and width, at full size; what is outside is left out."""
    full = picture.shape[-1]
    side = round(place[2] * full)
    left, top = (min(max(round(centre * full) - side // 2, 0), full - side) for centre in place[:2])
    return F.interpolate(picture[None, :, top : top + side, left : left + side], full, mode="bilinear")[0]


@torch.no_grad()
def features(judge: Judge, pixels: torch.Tensor) -> torch.Tensor:
    """-> [N, 320] of unit length: what the judge's last layers read."""
    return torch.cat([F.normalize(judge.layers(judge.stem(part)).mean(dim=(2, 3)), dim=1) for part in pixels.split(64)])


@torch.no_grad()
def perceptual_distance(judge: Judge, drawn: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """-> [N]: squared difference of the judge's features, as a share of that between two different pictures.

    The features are those behind each stage of its network, of unit length per place, as in LPIPS [Zhang et al. 2018].
    The judge took no part in the autoencoder's training.
    """
    distances, scales = torch.zeros(len(pixels)), 0.0
    for ours, theirs in zip(_stages(judge, drawn), _stages(judge, pixels)):
        distances += (ours - theirs).square().sum(dim=1).mean(dim=(1, 2))
        scales += (theirs - theirs.roll(1, 0)).square().sum(dim=1).mean().item()
    return distances / scales


def _stages(judge: Judge, pixels: torch.Tensor) -> list[torch.Tensor]:
    """One [N, width, h, w] for each stage."""
    seen, stages = judge.stem(pixels), []
    for place, layer in enumerate(judge.layers, 1):
        seen = layer(seen)
        if place % judge.shape["blocks"] == 0:
            stages.append(F.normalize(seen, dim=1))
    return stages


def diversity(judge: Judge, pixels: torch.Tensor, seeds: int) -> tuple[torch.Tensor, torch.Tensor]:
    """pixels [captions * seeds, 3, H, W], a caption's seeds behind each other -> two [captions]: the mean distance of a
    caption's pictures from each other, and from those that other captions have of the same seed."""
    seen = features(judge, pixels).unflatten(0, (-1, seeds))  # [captions, seeds, 320]
    captions = len(seen)
    of_caption = torch.cdist(seen, seen).sum(dim=(1, 2)) / (seeds * (seeds - 1))
    by_seed = seen.transpose(0, 1)
    of_seed = torch.cdist(by_seed, by_seed).sum(dim=(0, 2)) / (seeds * (captions - 1))
    return of_caption, of_seed
