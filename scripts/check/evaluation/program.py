"""Pictures drawn by the program itself, as a user draws them; kept in a folder, so that a second run continues.

    program = Program(Path("build/sfumato"), Path("models/default"), Path("runs/evaluation"), trust=False)
    pixels = program.draw(questions)  # [N, 3, 128, 128] in [-1, 1]

A picture's file is named after the bundle, the prompt and the seed, so another bundle never reads the wrong one.
The program draws with the bundle's own defaults. It takes one prompt a process: on a CPU as many processes run side by
side as there are cores, one thread each.
"""

import hashlib
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from check.evaluation.question import Question


class Program:
    def __init__(self, binary: Path, bundle: Path, folder: Path, trust: bool):
        if not binary.is_file():
            raise SystemExit(f"{binary}: no such program. Build it with scripts/build.sh, or name it with --program.")
        if not (bundle / "model.json").is_file():
            raise SystemExit(f"{bundle}: no model.json there. Name a bundle with --bundle.")
        self.command = [binary, "--model", bundle, "--quiet", "--threads", "1", "--overwrite", *(["--trust"] if trust else [])]
        self.digest = hashlib.sha256((bundle / "model.json").read_bytes()).hexdigest()
        self.work = folder
        self.folder = folder / self.digest[:12]
        self.folder.mkdir(parents=True, exist_ok=True)

    def draw(self, questions: list[Question]) -> torch.Tensor:
        missing = [question for question in questions if not self._path(question).is_file()]
        started = time.monotonic()
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for done, _ in enumerate(pool.map(self._draw_one, missing), 1):
                if done % 50 == 0:
                    print(f"  {done} of {len(missing)} pictures, {(time.monotonic() - started) / done:.2f} s each", flush=True)
        return torch.stack([read_picture(self._path(question)) for question in questions])

    def _path(self, question: Question) -> Path:
        asked = " ".join([str(question.seed), question.prompt, *(flag.removeprefix(f"{self.work}/") for flag in question.flags)])
        name = hashlib.sha256(asked.encode()).hexdigest()[:16]
        return self.folder / f"{name}.png"

    def _draw_one(self, question: Question) -> None:
        draft = self._path(question).with_suffix(".draft.png")
        command = [*self.command, "--prompt", question.prompt, "--seed", str(question.seed), *question.flags, "--output", draft]
        drawn = subprocess.run(command, capture_output=True, text=True)
        if drawn.returncode != 0:
            raise SystemExit(f"{question.prompt!r}: the program ended with {drawn.returncode}. {drawn.stderr.strip()}")
        draft.rename(self._path(question))


def read_picture(path: Path) -> torch.Tensor:
    """-> [3, H, W] float32 in [-1, 1]"""
    return torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1).float() / 127.5 - 1
