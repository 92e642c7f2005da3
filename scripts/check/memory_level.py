#!/usr/bin/env python3
"""Checks that one process needs no more memory, descriptors or threads for its last picture than for its 200th.

  scripts/check/memory_level.py                     10,000 pictures and 1,000 jobs that fail; 15 minutes
  scripts/check/memory_level.py --pictures 2000     fewer
  scripts/check/memory_level.py --program OTHER     of another build

Pictures are small (64 x 64, two steps, one thread, default model). Memory is the anonymous memory of the process (RssAnon in
/proc/PID/status), less 150 bytes for each picture: the run's index. Exit code 1 if it is more than 2 % above what it was within the first
200 pictures, or if there are more descriptors or threads.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
SMALL = ["-m", str(ROOT / "models" / "default"), "--device", "cpu", "--steps", "2", "-W", "64", "-H", "64", "-t", "1"]
FIRST, TOLERANCE = 200, 1.02
LATE = 50
INDEX = 150  # bytes of a picture (src/output/completed_index.h)
# Jobs that fail: before they are drawn, at their input file, and with the model loaded.
FAILING = ["a fox --steps 0", "a fox --init-img none.png", "a (fox:1000)"]


class Sample(NamedTuple):
    job: int
    megabytes: float  # without the index
    descriptors: int
    threads: int


def sample_of(pid: int, jobs: int) -> Sample:
    process = Path(f"/proc/{pid}")
    status = (process / "status").read_text()
    numbers = [int(re.search(rf"^{name}:\s+(\d+)", status, re.M).group(1)) for name in ("RssAnon", "Threads")]
    return Sample(jobs, (1024 * numbers[0] - INDEX * jobs) / 2**20, len(list((process / "fd").iterdir())), numbers[1])


def samples_of_run(command: list[str], folder: Path, stream: str, expected: int) -> tuple[list[Sample], float]:
    """One sample after every ten lines of the stream, which has one line a job. Lines come late: at the last ones the run is ending."""
    begin, samples, jobs = time.monotonic(), [], 0
    with subprocess.Popen(command, cwd=folder, text=True, **{stream: subprocess.PIPE}) as process:
        for jobs, _ in enumerate(getattr(process, stream), start=1):
            if jobs % 10 == 0 and jobs <= expected - LATE:
                samples.append(sample_of(process.pid, jobs))
        process.communicate()
    return samples, (time.monotonic() - begin) / max(jobs, 1)


def report(what: str, samples: list[Sample], seconds: float) -> bool:
    """Prints a line and returns whether everything stayed level."""
    first = [sample for sample in samples if sample.job <= FIRST]
    later = [sample for sample in samples if sample.job > FIRST]
    growth = max(sample.megabytes for sample in later) / max(sample.megabytes for sample in first)
    level = growth <= TOLERANCE and all(max(getattr(sample, name) for sample in later) <= max(getattr(sample, name) for sample in first)
                                        for name in ("descriptors", "threads"))
    step = max(1, len(samples) // 10)
    print(f"{what}: {samples[-1].job} jobs, {1000 * seconds:.0f} ms each; after the first {FIRST} at most {100 * (growth - 1):+.1f} %: "
          f"{'level' if level else 'NOT LEVEL'}")
    print("  MB " + "  ".join(f"{sample.job}: {sample.megabytes:.1f}" for sample in samples[step - 1 :: step]))
    print(f"  descriptors {samples[0].descriptors} to {samples[-1].descriptors}, threads {samples[0].threads} to {samples[-1].threads}", flush=True)
    return level


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "sfumato")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--failing", type=int, default=1_000)
    parser.add_argument("--folder", type=Path, help="where pictures go for the time of the check")
    args = parser.parse_args()
    program = str(args.program.resolve())
    with tempfile.TemporaryDirectory(dir=args.folder) as name:
        folder = Path(name)
        pictures = [program, *SMALL, "a cat", "--seed", f"1..{args.pictures}", "-q", "-o", "pictures/"]
        level = report("pictures", *samples_of_run(pictures, folder, "stdout", args.pictures))
        lines = ["a cat"] + [FAILING[i % len(FAILING)] for i in range(args.failing)]
        (folder / "failing.txt").write_text("\n".join(lines) + "\n")
        failing = [program, *SMALL, "-f", "failing.txt", "-q", "-o", "failing/"]
        level &= report("failing jobs", *samples_of_run(failing, folder, "stderr", args.failing))
    return 0 if level else 1


if __name__ == "__main__":
    sys.exit(main())
