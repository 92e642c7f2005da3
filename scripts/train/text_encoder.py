"""Trains the text encoder: distillation of a sentence encoder first, then contrastive learning on pictures as well.

    scripts/train/text_encoder.py --data data/emoji --teacher data/teacher.npz \\
        --tokenizer runs/tokenizer/tokenizer.model --out runs/text --minutes 2.5

Phase A, the first part of the time, distils the teacher's sentence embeddings (train/teach.py); it is left out without --teacher.
Phase B continues the distillation, which keeps words without pictures near their synonyms, and adds a contrastive loss against an
image tower on scenes (training/scenes.py). Half of the sentences are read at eos, the others at a padding after it, because the
U-Net attends to paddings as well and they should represent the whole sentence.

Writes OUT/text_encoder.safetensors/.json and OUT/image_tower.safetensors/.json (EMA weights), metrics.json, log.jsonl and
checkpoint.pt. Repeating the command resumes until --minutes are spent.
"""

import argparse
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.contrast import Retrieval, Towers, contrastive_loss, distillation_loss, jitter
from training.dataset import Pictures
from training.loop import Ema, Loop, write_atomically
from training.networks import CONTEXT_LENGTH, Tokenizer, eos_positions, save_network
from training.scenes import SceneSampler


@dataclass
class Defaults:
    batch: int = 1024
    lr: float = 1e-3
    weight_decay: float = 0.05
    betas: tuple[float, float] = (0.9, 0.98)
    ema_decay: float = 0.995
    phase_a: float = 0.3  # share of the time
    image_warmup: float = 0.05  # share of the time for the warm-up of the image tower's learning rate
    left_out: int = 1000  # held-out texts of the teacher


LOSS_WEIGHTS = {"cosine": 2.0, "similarity": 0.5, "contrastive": 1.0}


class Lessons:
    """The teacher's texts and embeddings in a fixed random order; the first are held out for validation."""

    def __init__(self, path: Path, tokenizer: Tokenizer, device: torch.device):
        if not path.is_file():
            raise SystemExit(f"{path}: no such file. Make it with scripts/train/teach.py, or leave --teacher out.")
        with np.load(path) as file:
            texts = file["texts"].tobytes().decode().split("\n")
            vectors = torch.from_numpy(file["vectors"].astype(np.float32))
        order = torch.randperm(len(texts), generator=torch.Generator().manual_seed(0))
        ids, vectors = tokenizer(texts)[order], torch.nn.functional.normalize(vectors, dim=-1)[order]
        self.ids, self.vectors = ids.to(device), vectors.to(device)  # [N, 48]; [N, 256] float32 of unit length
        self.first = min(Defaults.left_out, len(texts) // 10)
        self.left_out = self.ids[: self.first], self.vectors[: self.first]

    def draw(self, n: int) -> tuple[torch.Tensor, torch.Tensor]:
        chosen = torch.randint(self.first, len(self.ids), (n,), device=self.ids.device)
        return self.ids[chosen], self.vectors[chosen]


def reading_positions(ids: torch.Tensor) -> torch.Tensor:
    """-> [B], position to read each sentence at: eos, or any position after it"""
    eos = eos_positions(ids)
    behind = eos + (torch.rand(len(ids), device=ids.device) * (CONTEXT_LENGTH - eos)).long()
    return torch.where(torch.rand(len(ids), device=ids.device) < 0.5, eos, behind)


@torch.no_grad()
def cosine_to_teacher(towers: Towers, ids: torch.Tensor, vectors: torch.Tensor) -> float:
    embeddings, _ = towers.text(ids, eos_positions(ids))
    return torch.nn.functional.cosine_similarity(embeddings.float(), vectors).mean().item()


def main() -> None:
    defaults = Defaults()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--teacher", type=Path, help="teacher.npz (train/teach.py); left out: no distillation")
    parser.add_argument("--tokenizer", type=Path, required=True, help="tokenizer.model (train/tokenizer.py)")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time in all")
    parser.add_argument("--batch", type=int, default=defaults.batch, help="scenes a step; twice as many texts")
    parser.add_argument("--lr", type=float, default=defaults.lr)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    device = torch.device(options.device)
    torch.manual_seed(options.seed)
    torch.set_float32_matmul_precision("high")
    towers = Towers().to(device)
    ema = Ema(towers, defaults.ema_decay)
    groups = [{"params": [*towers.text.parameters(), towers.log_logit_scale]}, {"params": [*towers.image.parameters()]}]
    optimizer = torch.optim.AdamW(groups, lr=options.lr, betas=defaults.betas, weight_decay=defaults.weight_decay,
                                  fused=device.type == "cuda")
    loop = Loop(options.out, options.minutes, optimizer, {"towers": towers, "ema": ema})

    tokenizer = Tokenizer(options.tokenizer)
    pictures = Pictures(options.data)
    sampler = SceneSampler(pictures, device, options.seed + loop.step)
    lessons = Lessons(options.teacher, tokenizer, device) if options.teacher else None
    phase_a = defaults.phase_a if lessons else 0.0
    if not lessons:
        print("no --teacher: phase A is left out, and words that no caption contains stay meaningless", flush=True)

    def train_step() -> dict[str, torch.Tensor]:
        losses = {}
        if lessons:
            ids, vectors = lessons.draw(2 * options.batch)
            with torch.autocast(device.type, torch.bfloat16):
                student, _ = towers.text(ids, reading_positions(ids))
            losses["cosine"], losses["similarity"] = distillation_loss(student, vectors)
        if loop.fraction >= phase_a:
            pixels, captions = sampler.sample(options.batch)
            words = tokenizer(captions).to(device)
            with torch.autocast(device.type, torch.bfloat16):
                _, meanings = towers.text(words, reading_positions(words))
                seen = towers.image(pixel_values=jitter(pixels)).image_embeds
            losses["contrastive"] = contrastive_loss(meanings, seen, towers.log_logit_scale)
            optimizer.param_groups[1]["lr"] *= min(1.0, (loop.fraction - phase_a) / defaults.image_warmup)
        optimizer.zero_grad(set_to_none=True)
        sum(LOSS_WEIGHTS[name] * loss for name, loss in losses.items()).backward()
        torch.nn.utils.clip_grad_norm_(towers.parameters(), 1.0)
        optimizer.step()
        ema.update()
        return losses

    for _ in loop.steps():
        loop.record(train_step(), samples=options.batch)

    ema.copy_to(towers).eval()
    metrics = Retrieval(pictures, sampler, tokenizer).measure(towers, device)
    if lessons:
        metrics["cosine_left_out"] = cosine_to_teacher(towers, *lessons.left_out)
    loop.log(**metrics)
    write_atomically(options.out / "metrics.json", lambda path: path.write_text(json.dumps(metrics, indent=2) + "\n"))
    save_network(towers.text.encoder, towers.text.encoder.state_dict(), options.out, "text_encoder")
    save_network(towers.image, towers.image.state_dict(), options.out, "image_tower")


if __name__ == "__main__":
    main()
