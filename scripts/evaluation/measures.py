"""What evaluation measures on drawn pictures; pixels are [N, 3, H, W] in [-1, 1].

Shares come with Wilson's 95 % interval [Wilson 1927], means with the normal one.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F

from evaluation.questions import BORDER, Question, crops
from training.dataset import STYLES
from training.judge import Judge
from training.scenes import COLOURS

CLOSE = 0.1  # of a channel's range: how far a background may be from what was asked
Z = 1.96  # 95 %


@dataclass(frozen=True)
class Estimate:
    value: float
    low: float
    high: float
    n: int


def share(hits: torch.Tensor) -> Estimate:
    """hits: bool [N]"""
    n, p = len(hits), hits.float().mean().item()
    centre, spread = p + Z**2 / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    return Estimate(p, max(0.0, (centre - spread) / (1 + Z**2 / n)), min(1.0, (centre + spread) / (1 + Z**2 / n)), n)


def mean(values: torch.Tensor) -> Estimate:
    spread = Z * values.std().item() / math.sqrt(len(values))
    return Estimate(values.mean().item(), values.mean().item() - spread, values.mean().item() + spread, len(values))


class Verdicts:
    """What the judge sees in pictures: its five likeliest subjects [N, 5], its style [N]."""

    @torch.no_grad()
    def __init__(self, judge: Judge, pixels: torch.Tensor):
        parts = [judge(part) for part in pixels.split(64)]
        self.subjects = torch.cat([subjects for subjects, _ in parts]).topk(5).indices
        self.styles = torch.cat([styles for _, styles in parts]).argmax(dim=1)

    def subject_in(self, wanted: list[tuple[int, ...]], among: int) -> torch.Tensor:
        """-> bool [N]: is one of the wanted subjects among the first so many?"""
        return torch.tensor([bool(set(seen[:among]) & set(right)) for seen, right in zip(self.subjects.tolist(), wanted)])

    def style_is(self, wanted: list[str]) -> torch.Tensor:
        return self.styles == torch.tensor([STYLES.index(style) for style in wanted])


def both_found(judge: Judge, questions: list[Question], pixels: torch.Tensor) -> torch.Tensor:
    """-> bool [N]: each thing among the judge's five likeliest for its half of the picture, in the asked order, or in
    either where the prompt names none."""
    halves = [torch.stack([half(picture, crops(question.relation)[thing]) for question, picture in zip(questions, pixels)])
              for thing in (0, 1)]
    seen = [Verdicts(judge, part) for part in halves]
    wanted = [[(question.subjects[thing],) for question in questions] for thing in (0, 1)]
    in_order = seen[0].subject_in(wanted[0], 5) & seen[1].subject_in(wanted[1], 5)
    swapped = seen[0].subject_in(wanted[1], 5) & seen[1].subject_in(wanted[0], 5)
    free = torch.tensor([question.relation == "beside" for question in questions])
    return in_order | (free & swapped)


def half(picture: torch.Tensor, centre: tuple[float, float]) -> torch.Tensor:
    """[3, H, W] -> the square of half its width around the centre, at full size."""
    side = picture.shape[-1] // 2
    left, top = (round(place * picture.shape[-1]) - side // 2 for place in centre)
    part = picture[:, top : top + side, left : left + side]
    return F.interpolate(part[None], picture.shape[-1], mode="bilinear")[0]


def background_error(picture: torch.Tensor, colour: str) -> float:
    """The largest difference of a channel (0..1) between the named colour and the border's median."""
    inside = torch.zeros(picture.shape[1:], dtype=torch.bool)
    inside[BORDER:-BORDER, BORDER:-BORDER] = True
    drawn = (picture[:, ~inside].median(dim=1).values + 1) / 2
    return (drawn - torch.tensor(COLOURS[colour]) / 255).abs().max().item()


def psnr(drawn: torch.Tensor, pixels: torch.Tensor) -> torch.Tensor:
    """-> dB [N]; values span 2"""
    return 10 * torch.log10(4.0 / (drawn - pixels).square().mean(dim=(1, 2, 3)).clamp(min=1e-10))


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
    features, stages = judge.stem(pixels), []
    for place, layer in enumerate(judge.layers, 1):
        features = layer(features)
        if place % judge.shape["blocks"] == 0:
            stages.append(F.normalize(features, dim=1))
    return stages


def small(pixels: torch.Tensor) -> torch.Tensor:
    """-> [N, values]: the pictures at a quarter of their size, in which the nearest of them are looked for."""
    return F.avg_pool2d(pixels, 4).flatten(1)
