"""Tunes a trained text encoder for new words and for scenes with several facts, and keeps its other outputs.

    scripts/train/tune_text_encoder.py --data data/emoji --words data/words.jsonl --text models/default --out runs/tuned-text --minutes 40

The U-Net attends to the words and to the paddings after them. After train/text_encoder.py all paddings hold the same vector, the
whole sentence. That suffices for one object; with two, the objects blend, and counts, colours and places are lost. Targets
(training/sentences.py):

    new words  a sentence with a word that no caption contains: the hidden states of the same sentence with the nearest known name,
               at the word's last piece and everywhere after it
    scenes     paddings at even positions: the first object's own sentence; at odd positions: the second's; each with a vector added
               for its place (left, right, top, bottom). A linear probe of both must predict every fact of the caption
               (training/facts.py)
    anchors    other captions: unchanged hidden states

Every loss except the probe's is the squared difference of hidden states divided by their variance. TEXT is the encoder to start
from. Writes OUT/text_encoder.safetensors/.json (EMA weights), OUT/tokenizer.model, OUT/log.jsonl, OUT/metrics.json; resumes from
OUT/checkpoint.pt. Intended for a CPU.
"""

import argparse
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import CLIPTextModel

from training.captions import spoken_labels
from training.dataset import Pictures, read_unseen_synonyms
from training.device import autocast, pick_device
from training.loop import Ema, Loop, write_atomically
from training.networks import CONTEXT_LENGTH, Tokenizer, eos_positions, load_text_encoder, save_network
from training.probe import Probe, accuracies, fitted, padding_means, values_of
from training.probe import loss as probe_loss
from training.sentences import Lesson, Sentences


@dataclass
class Defaults:
    new_words: int = 32  # sentences in a batch
    anchors: int = 32
    scenes: int = 64
    parts: float = 0.5  # weight of the paddings of scenes
    facts: float = 0.2  # weight of the probe
    lr: float = 5e-4
    weight_decay: float = 0.01
    ema_decay: float = 0.98
    mark: float = 4.0  # norm of a place's vector; a hidden state has 15.5
    paddings: int = 3  # paddings that are read after the longest sentence of a batch
    paddings_of_scenes: int = 8
    full_every: int = 4  # batches between those that read all paddings
    measure_every: float = 0.1  # of the budget
    fitted_scenes: int = 12_000  # captions that the validation probe is fitted to
    measured_scenes: int = 3000


DEFAULTS = Defaults()
SIDES = ("left", "right", "top", "bottom")
CODE_AT = 2  # a sentence's code is its second padding


def marks(width: int) -> torch.Tensor:
    """-> [4, width]: fixed random vectors of the four places"""
    return F.normalize(torch.randn(len(SIDES), width, generator=torch.Generator().manual_seed(0)), dim=-1) * DEFAULTS.mark


class Reader:
    """Encodes sentences with one text encoder."""

    def __init__(self, encoder: CLIPTextModel, tokenizer: Tokenizer, device: torch.device):
        self.encoder, self.tokenizer, self.device = encoder, tokenizer, device

    def states(self, ids: torch.Tensor, length: int) -> torch.Tensor:
        """-> [B, length, 256] float32, on the host"""
        with autocast(self.device):
            return self.encoder(input_ids=ids[:, :length].to(self.device)).last_hidden_state.float().cpu()

    @torch.no_grad()
    def codes(self, texts: list[str], at_once: int = 256) -> torch.Tensor:
        """-> [B, 256], the padding state of each sentence"""
        return torch.cat([self._codes(texts[start : start + at_once]) for start in range(0, len(texts), at_once)])

    def _codes(self, texts: list[str]) -> torch.Tensor:
        ids = self.tokenizer(texts)
        places = (eos_positions(ids) + CODE_AT).clamp(max=CONTEXT_LENGTH - 1)
        return self.states(ids, int(places.max()) + 1)[torch.arange(len(ids)), places]


def common_end(ids: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """-> [B], 1 + number of pieces before eos that are equal in both sentences [B, 48]: distance of the word's last piece from eos"""
    counts = []
    for one, other, end, other_end in zip(ids.tolist(), others.tolist(), eos_positions(ids).tolist(), eos_positions(others).tolist()):
        shared = 0
        while shared < min(end, other_end) - 1 and one[end - 1 - shared] == other[other_end - 1 - shared]:
            shared += 1
        counts.append(shared + 1)
    return torch.tensor(counts)


def aligned_difference(found: torch.Tensor, wanted: torch.Tensor, ids: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """Loss from the differing word's last piece on: mean of the error at words and the error at paddings.

    found, wanted: hidden states [B, L, 256] of the sentences ids and others [B, 48], aligned at eos.
    """
    length = found.shape[1]
    places = torch.arange(length)
    end, other_end = eos_positions(ids)[:, None], eos_positions(others)[:, None]
    there = places - end + other_end
    inside = (there >= 0) & (there < length)
    aligned = wanted.gather(1, there.clamp(0, length - 1)[..., None].expand(-1, -1, wanted.shape[-1]))
    error = (found - aligned).square().mean(-1)
    words = inside & (places >= end - common_end(ids, others)[:, None]) & (places <= end)
    return (mean_of(error, words) + mean_of(error, inside & (places > end))) / 2


def mean_of(error: torch.Tensor, part: torch.Tensor) -> torch.Tensor:
    """error, part: [B, L] -> scalar: mean over the positions in `part` of each row, then over the rows that have any"""
    counts = part.sum(1)
    return ((error * part).sum(1) / counts.clamp(min=1)).sum() / (counts > 0).sum().clamp(min=1)


def wanted_paddings(codes: torch.Tensor, lessons: list[Lesson], length: int) -> torch.Tensor:
    """codes: of first and second parts [B, 2, 256] -> target of each position if it is a padding: [B, length, 256]"""
    of_sides = torch.cat([marks(codes.shape[-1]), torch.zeros(1, codes.shape[-1])])
    places = [[SIDES.index(side) if side else len(SIDES) for side in lesson.sides] for lesson in lessons]
    marked = F.normalize(codes + of_sides[torch.tensor(places)], dim=-1) * codes.norm(dim=-1, keepdim=True)
    return marked[:, torch.arange(length) % 2]


class Measure:
    """Validation: accuracy of the nearest known sentence for new words and scenes, and accuracy of the probe."""

    def __init__(self, pictures: Pictures, sentences: Sentences, old: Reader):
        self.synonyms = read_unseen_synonyms(pictures.folder)
        self.labels = F.normalize(old.codes([f"{spoken_labels(s.label)[0]}, 3d style" for s in pictures.subjects]), dim=-1)
        self.fitted_to, self.lessons = sentences.lessons(DEFAULTS.fitted_scenes), sentences.lessons(DEFAULTS.measured_scenes)
        pairs = [lesson for lesson in self.lessons if lesson.parts[0] != lesson.parts[1]]
        self.pair_captions, self.parts = [pair.caption for pair in pairs], [part for pair in pairs for part in pair.parts]
        self.of_parts = F.normalize(old.codes(self.parts), dim=-1)

    @torch.no_grad()
    def __call__(self, reader: Reader) -> dict[str, float]:
        results = {}
        if self.synonyms:
            found = self._nearest(reader.codes([f"{word}, 3d style" for word in self.synonyms]), self.labels, 5)
            for among in (1, 5):
                right = [bool(set(some[:among]) & set(subjects)) for some, subjects in zip(found, self.synonyms.values())]
                results[f"synonym_top{among}"] = sum(right) / len(right)
        states = reader.states(reader.tokenizer(self.pair_captions), CONTEXT_LENGTH)[:, -2:]
        found = self._nearest(states.flatten(0, 1), self.of_parts, 1)
        results["pair_parts"] = sum(self.parts[some[0]] == part for some, part in zip(found, self.parts)) / max(1, len(found))
        return results

    def facts(self, reader: Reader) -> dict[str, float]:
        """Accuracies of a probe on captions that it was not fitted to."""
        probe = fitted(self._means(reader, self.fitted_to), [lesson.facts for lesson in self.fitted_to])
        return accuracies(probe, self._means(reader, self.lessons), [lesson.facts for lesson in self.lessons])

    @torch.no_grad()
    def _means(self, reader: Reader, lessons: list[Lesson], at_once: int = 256) -> torch.Tensor:
        means = []
        for start in range(0, len(lessons), at_once):
            ids = reader.tokenizer([lesson.caption for lesson in lessons[start : start + at_once]])
            means.append(padding_means(reader.states(ids, CONTEXT_LENGTH), torch.arange(CONTEXT_LENGTH) > eos_positions(ids)[:, None]))
        return torch.cat(means)

    def _nearest(self, codes: torch.Tensor, known: torch.Tensor, count: int) -> list[list[int]]:
        return (F.normalize(codes, dim=-1) @ known.T).topk(count).indices.tolist()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--words", type=Path, required=True, help="words.jsonl (train/teach_words.py)")
    parser.add_argument("--text", type=Path, required=True, help="folder of train/text_encoder.py, or a bundle")
    parser.add_argument("--tokenizer", type=Path, help="tokenizer.model; a bundle has its own")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, required=True, help="wall time of training, over all runs")
    parser.add_argument("--lr", type=float, default=DEFAULTS.lr)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    device = pick_device(options.device)
    torch.manual_seed(options.seed)
    tokenizer = Tokenizer(options.tokenizer or options.text / "tokenizer.model")
    old = Reader(load_text_encoder(options.text).to(device).requires_grad_(False), tokenizer, device)
    learner = Reader(load_text_encoder(options.text).to(device), tokenizer, device)
    averaged = Reader(load_text_encoder(options.text).to(device), tokenizer, device)
    probe = Probe(learner.encoder.config.hidden_size)
    ema = Ema(learner.encoder, DEFAULTS.ema_decay)
    optimizer = torch.optim.AdamW([*learner.encoder.parameters(), *probe.parameters()], lr=options.lr, betas=(0.9, 0.98),
                                  weight_decay=DEFAULTS.weight_decay, fused=True)
    loop = Loop(options.out, options.minutes, optimizer, {"learner": learner.encoder, "ema": ema, "probe": probe})
    pictures = Pictures(options.data)
    measure = Measure(pictures, Sentences(pictures, options.words, options.seed - 1), old)
    sentences = Sentences(pictures, options.words, options.seed + loop.step)
    variance = old.codes(measure.parts).var(dim=0).mean()
    print(f"{len(sentences.words)} new words; before: {measure(old)}", flush=True)

    def single_losses(full: bool) -> dict[str, torch.Tensor]:
        new = sentences.new_words(DEFAULTS.new_words)
        anchors = sentences.known(DEFAULTS.anchors)
        ids, others = tokenizer([text for text, _ in new] + anchors), tokenizer([text for _, text in new] + anchors)
        longest = int(torch.maximum(eos_positions(ids), eos_positions(others)).max()) + 1
        length = CONTEXT_LENGTH if full else min(longest + DEFAULTS.paddings, CONTEXT_LENGTH)
        with torch.no_grad():
            wanted = old.states(others, length)
        found, n = learner.states(ids, length), len(new)
        return {"new_words": aligned_difference(found[:n], wanted[:n], ids[:n], others[:n]),
                "anchors": aligned_difference(found[n:], wanted[n:], ids[n:], others[n:])}

    def scene_losses(full: bool) -> dict[str, torch.Tensor]:
        lessons = sentences.lessons(DEFAULTS.scenes)
        ids = tokenizer([lesson.caption for lesson in lessons])
        ends = eos_positions(ids)[:, None]
        length = CONTEXT_LENGTH if full else min(int(ends.max()) + 1 + DEFAULTS.paddings_of_scenes, CONTEXT_LENGTH)
        codes = old.codes([part for lesson in lessons for part in lesson.parts]).unflatten(0, (-1, 2))
        found, paddings = learner.states(ids, length), torch.arange(length) > ends
        parts = mean_of((found - wanted_paddings(codes, lessons, length)).square().mean(-1), paddings) / variance
        facts = probe_loss(probe, padding_means(found, paddings), values_of([lesson.facts for lesson in lessons]))
        return {"parts": DEFAULTS.parts * parts, "facts": DEFAULTS.facts * facts}

    for step in loop.steps():
        full = step % DEFAULTS.full_every == 0
        losses = {name: loss / variance for name, loss in single_losses(full).items()} | scene_losses(full)
        sum(losses.values()).backward()
        torch.nn.utils.clip_grad_norm_(learner.encoder.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        ema.update()
        loop.record(losses, samples=DEFAULTS.new_words + DEFAULTS.anchors + DEFAULTS.scenes)
        if loop.due("measure", DEFAULTS.measure_every):
            ema.copy_to(averaged.encoder)
            loop.log(**measure(averaged))

    ema.copy_to(averaged.encoder)
    metrics = measure(averaged) | measure.facts(averaged)
    loop.log(**metrics)
    write_atomically(options.out / "metrics.json", lambda path: path.write_text(json.dumps(metrics, indent=2) + "\n"))
    save_network(averaged.encoder, averaged.encoder.state_dict(), options.out, "text_encoder")
    write_atomically(options.out / "tokenizer.model", lambda path: shutil.copyfile(options.tokenizer or options.text / "tokenizer.model", path))


if __name__ == "__main__":
    main()
