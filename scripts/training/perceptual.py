"""Perceptual distance: features of the frozen image tower instead of VGG's (after LPIPS, Zhang et al. 2018).

The hidden states of every layer are brought to zero mean and unit variance per patch, and compared by squared
difference. Both pictures are first shifted by one random offset below the patch size, so that the grid of patches
leaves no trace in what a decoder learns.
"""

import torch
import torch.nn.functional as F
from torch import nn


class PerceptualDistance(nn.Module):
    """pixels, target: [B, 3, 128, 128] in [-1, 1] -> scalar; differentiable in `pixels`."""

    def __init__(self, image_tower: nn.Module):
        super().__init__()
        self.vision = image_tower.vision_model.requires_grad_(False).eval()
        self.patch = image_tower.config.patch_size

    def forward(self, pixels: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        offsets = torch.randint(0, self.patch, (2,), device=pixels.device)
        with torch.no_grad():
            wanted = self._features(_rolled(target, offsets))
        drawn = self._features(_rolled(pixels, offsets))
        return torch.stack([F.mse_loss(a, b) for a, b in zip(drawn, wanted)]).mean()

    def _features(self, pixels: torch.Tensor) -> list[torch.Tensor]:
        """One [B, patches, width] float32 for each layer."""
        hidden = self.vision.pre_layrnorm(self.vision.embeddings(pixels))
        features = []
        for layer in self.vision.encoder.layers:
            hidden = layer(hidden, attention_mask=None)
            features.append(F.layer_norm(hidden[:, 1:].float(), hidden.shape[-1:]))
        return features


def _rolled(pixels: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """torch.roll by offsets that stay on the device."""
    size = pixels.shape[-1]
    places = (torch.arange(size, device=pixels.device)[None] + offsets[:, None]) % size
    return pixels.index_select(2, places[0]).index_select(3, places[1])
