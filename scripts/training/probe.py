"""A linear probe of the text encoder: whether the facts of a caption (facts.py) can be told from its paddings.

The probe sees the mean of the hidden states at even and at odd paddings [B, 512], which is what the U-Net's attention can
read behind a sentence, and has a linear classifier for each fact [Alain and Bengio 2016].
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from training.facts import FACTS

Facts = list[dict[str, str]]  # of captions
STEPS, LR, WEIGHT_DECAY = 600, 1e-2, 1e-4


class Probe(nn.Module):
    def __init__(self, width: int):
        """width: of a hidden state"""
        super().__init__()
        self.heads = nn.ModuleList(nn.Linear(2 * width, len(values)) for values in FACTS.values())

    def forward(self, means: torch.Tensor) -> list[torch.Tensor]:
        """means [B, 2 width] -> logits [B, values], a tensor for each fact"""
        return [head(means) for head in self.heads]


def padding_means(states: torch.Tensor, paddings: torch.Tensor) -> torch.Tensor:
    """states: [B, L, width]; paddings: bool [B, L] -> means at even and at odd paddings [B, 2 width]"""
    even = torch.arange(states.shape[1]) % 2 == 0
    return torch.cat([(states * some[..., None]).sum(1) / some.sum(1, keepdim=True).clamp(min=1) for some in (paddings & even, paddings & ~even)], dim=-1)


def values_of(facts: Facts) -> list[torch.Tensor]:
    """-> indices of the values [B], a tensor for each fact"""
    return [torch.tensor([values.index(some.get(name, values[0])) for some in facts]) for name, values in FACTS.items()]


def loss(probe: Callable, means: torch.Tensor, wanted: list[torch.Tensor]) -> torch.Tensor:
    """Sum over the facts of the cross entropies."""
    return sum(F.cross_entropy(logits, values) for logits, values in zip(probe(means), wanted))


def fitted(means: torch.Tensor, facts: Facts) -> Probe:
    """A probe that is trained on the means of a finished encoder [B, 2 width] alone."""
    probe, wanted = Probe(means.shape[1] // 2), values_of(facts)
    optimizer = torch.optim.AdamW(probe.parameters(), lr=LR, weight_decay=WEIGHT_DECAY)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = LR * (1 - step / STEPS)
        optimizer.zero_grad()
        loss(probe, means, wanted).backward()
        optimizer.step()
    return probe


@torch.no_grad()
def accuracies(probe: Probe, means: torch.Tensor, facts: Facts) -> dict[str, float]:
    """Of the captions that say a fact, the share whose value the probe tells; for each fact that some caption says."""
    shares = {}
    for name, logits, wanted in zip(FACTS, probe(means), values_of(facts)):
        said = wanted > 0
        if said.any():
            shares[f"fact {name}"] = (logits.argmax(dim=1) == wanted)[said].float().mean().item()
    return shares
