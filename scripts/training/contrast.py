"""The text encoder's training objectives and how its quality is measured.

    distillation_loss  a student's sentence embeddings against the teacher's
    contrastive_loss   texts against pictures [Radford et al. 2021]
    Retrieval          finds pictures by texts: training pairs, held-out pairs, unseen synonyms
"""

import torch
import torch.nn.functional as F
from torch import nn

from training.captions import fixed_caption
from training.dataset import Pictures, read_unseen_synonyms
from training.networks import TextTower, Tokenizer, eos_positions, image_tower
from training.scenes import SceneSampler

SIMILARITY_TEMPERATURE = 0.05
FIRST_LOGIT_SCALE, LAST_LOGIT_SCALE = 14.0, 100.0
ZOOM, SHIFT = 0.12, 0.08  # how far `jitter` goes
QUERIES = 1000
BATCH = 512


class Towers(nn.Module):
    """Everything that is trained: text tower, image tower, temperature."""

    def __init__(self):
        super().__init__()
        self.text = TextTower()
        self.image = image_tower()
        self.log_logit_scale = nn.Parameter(torch.tensor(FIRST_LOGIT_SCALE).log())


def distillation_loss(student: torch.Tensor, teacher: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """student [B, 256], teacher [B, 256] of unit length -> mean cosine distance, and how much the student's
    similarities within the batch differ from the teacher's (KL divergence of their softmax)."""
    student, teacher = F.normalize(student.float(), dim=-1), teacher.float()
    cosine = 1 - (student * teacher).sum(-1).mean()
    itself = torch.eye(len(student), dtype=torch.bool, device=student.device)
    wanted, found = ((x @ x.T / SIMILARITY_TEMPERATURE).masked_fill(itself, -1e4) for x in (teacher, student))
    similarity = F.kl_div(found.log_softmax(-1), wanted.log_softmax(-1), log_target=True, reduction="batchmean")
    return cosine, similarity


def contrastive_loss(texts: torch.Tensor, pictures: torch.Tensor, log_scale: torch.Tensor) -> torch.Tensor:
    """[B, 256] each; row i of one belongs to row i of the other."""
    scale = log_scale.exp().clamp(max=LAST_LOGIT_SCALE)
    logits = scale * F.normalize(texts.float(), dim=-1) @ F.normalize(pictures.float(), dim=-1).T
    own = torch.arange(len(logits), device=logits.device)
    return (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2


def jitter(pixels: torch.Tensor) -> torch.Tensor:
    """Moves and zooms each picture a little, so that the image tower learns things and not pixels."""
    n = len(pixels)
    theta = torch.zeros(n, 2, 3, device=pixels.device)
    theta[:, 0, 0] = theta[:, 1, 1] = 1 + ZOOM * (2 * torch.rand(n, device=pixels.device) - 1)
    theta[:, :, 2] = SHIFT * (2 * torch.rand(n, 2, device=pixels.device) - 1)
    grid = F.affine_grid(theta, pixels.shape, align_corners=False)
    return F.grid_sample(pixels, grid, padding_mode="border", align_corners=False)


class Retrieval:
    """The gallery is every picture without a skin tone, held-out ones included, on white."""

    def __init__(self, pictures: Pictures, sampler: SceneSampler, tokenizer: Tokenizer):
        self.sampler, self.tokenizer = sampler, tokenizer
        rows = [i for i, row in enumerate(pictures.rows) if not row.skin_tone]
        self.rows = rows
        self.subjects = torch.tensor([pictures.rows[i].subject for i in rows])
        captions = [fixed_caption(pictures.rows[i], pictures.subjects[pictures.rows[i].subject]) for i in rows]
        generator = torch.Generator().manual_seed(0)
        order = torch.randperm(len(rows), generator=generator).tolist()
        seen = [i for i in order if not pictures.rows[rows[i]].held_out][:QUERIES]
        held_out = [i for i in order if pictures.rows[rows[i]].held_out]
        self.pairs = {"seen": seen, "held_out": held_out}
        self.captions = captions
        self.synonyms = read_unseen_synonyms(pictures.folder)

    @torch.no_grad()
    def measure(self, towers: Towers, device: torch.device) -> dict[str, float]:
        """Shares of texts whose picture (subject and style) is the first, or among the first five."""
        gallery = torch.cat([
            towers.image(pixel_values=self.sampler.single_pictures(self.rows[start : start + BATCH])).image_embeds
            for start in range(0, len(self.rows), BATCH)])
        gallery = F.normalize(gallery.float(), dim=-1)
        results = {}
        for name, places in self.pairs.items():
            if places:
                found = self._search(towers, gallery, [self.captions[i] for i in places], device)
                right = found == torch.tensor(places)[:, None]
                results |= {f"{name}_top1": right[:, 0].float().mean().item(),
                            f"{name}_top5": right.any(1).float().mean().item()}
        if self.synonyms:
            found = self.subjects[self._search(towers, gallery, list(self.synonyms), device)]
            right = [bool(set(row) & set(subjects)) for row, subjects in zip(found.tolist(), self.synonyms.values())]
            results["synonym_top5"] = sum(right) / len(right)
        return results

    def _search(self, towers: Towers, gallery: torch.Tensor, texts: list[str], device: torch.device) -> torch.Tensor:
        ids = self.tokenizer(texts).to(device)
        _, embeddings = towers.text(ids, eos_positions(ids))
        similarity = F.normalize(embeddings.float(), dim=-1) @ gallery.T
        return similarity.topk(min(5, len(self.rows)), dim=-1).indices.cpu()
