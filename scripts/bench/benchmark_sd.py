"""Compares sfumato with diffusers, OpenVINO and stable-diffusion.cpp on a CPU: Stable Diffusion 1.5 with the same random weights.

    scripts/bench/benchmark_sd.py                                  # everything: installs the others, writes the weights, measures
    scripts/bench/benchmark_sd.py --only sfumato-bfloat16 openvino-default --rounds 3
    scripts/bench/benchmark_sd.py --sfumato before=../old/build/sfumato --only sfumato-bfloat16 before-bfloat16

One image of 512x512, cfg scale 7.5, Euler sampler; one process per program, run in turn, in another order each round, with all
files in the page cache. The table has medians over the rounds:

    load           from process start until all networks are loaded
    a step         all steps but the first of each process, which includes text encoding and warm-up
    decode         from the last step until the PNG is written
    peak memory    of the process, with mapped files (the kernel's maximum) and without (anonymous pages, sampled 20 times a second)

Every step computes both guidance branches: stable-diffusion.cpp in two runs of batch 1, the others in one of batch 2.
sfumato runs a bundle imported in bfloat16. diffusers loads its float16 pipeline folder, channels last. OpenVINO runs networks
converted from diffusers ahead of time and compiled at load for these shapes and for latency. stable-diffusion.cpp is compiled for
this CPU with ggml's faster matrix products (GGML_LLAMAFILE) and loads the float16 checkpoint; sdcpp-NAME are other settings of it.
All use one thread per core.

The other programs are installed into --peers (scripts/requirements/peers.txt), never into the Python that runs this script. Weights,
converted networks, images and logs stay in --work (9 GB).
"""

import argparse
import os
import statistics
import subprocess
import sys
import sysconfig
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bench.peers.task import CFG_SCALE, NEGATIVE_PROMPT, PROMPT, SEED, Task

ROOT = Path(__file__).resolve().parents[2]
SECONDS_BETWEEN_LOOKS = 0.05

CONTESTANTS = {
    "sfumato-bfloat16": "sfumato, bfloat16 (its default here)",
    "sfumato-float32": "sfumato, float32",
    "diffusers-bfloat16": "diffusers, bfloat16",
    "diffusers-float32": "diffusers, float32",
    "openvino-default": "OpenVINO, its default precision",
    "openvino-float32": "OpenVINO, float32",
    "sdcpp-f16": "stable-diffusion.cpp, float16",
}
SD_CPP_SETTINGS = {
    "f16": "{}",
    "f16-flash": '{"diffusion_flash_attn": true}',
    "f16-direct": '{"vae_conv_direct": true}',
    "bf16": '{"wtype": "bf16"}',
}


@dataclass
class Run:
    """Measurements of one process; times in seconds, memory in MB."""

    load: float
    steps: list[float]
    decode: float
    whole: float
    peak: float
    anonymous: float


@dataclass
class Watch:
    """Samples the peak anonymous memory of a process, in MB."""

    pid: int
    anonymous: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)

    def look(self) -> None:
        while not self.ended.wait(SECONDS_BETWEEN_LOOKS):
            try:
                lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
            except OSError:
                return
            kilobytes = sum(int(line.split()[1]) for line in lines if line.startswith(("RssAnon:", "RssShmem:")))
            self.anonymous = max(self.anonymous, kilobytes / 1024)


def command_of(name: str, options: argparse.Namespace, out: Path) -> list:
    program, _, kind = name.partition("-")
    peer = {"diffusers": (sys.executable, "run_diffusers", "diffusers"),
            "openvino": (python_of(options.peers), "run_openvino", "openvino"),
            "sdcpp": (python_of(options.peers), "run_sd_cpp", "checkpoint.safetensors")}.get(program)
    if peer:
        python, module, weights = peer
        settings = SD_CPP_SETTINGS[kind] if program == "sdcpp" else kind
        task = Task(str(options.work / weights), settings, options.size, options.threads, options.steps, str(out))
        return [python, "-m", f"bench.peers.{module}", *task.words()]
    return [options.sfumato[program], "-m", options.work / "bundle", PROMPT, "-n", NEGATIVE_PROMPT, "-s", str(SEED), "--cfg-scale",
            str(CFG_SCALE), "-W", str(options.size), "-H", str(options.size), "--sampling-method", "euler", "--scheduler", "discrete", "--steps",
            str(options.steps), "--dtype", kind, "-t", str(options.threads), "--device", "cpu", "-o", out, "--overwrite", "--json"]


def event_of(line: str) -> tuple[float, str] | None:
    """Parses a line of bench.peers.task.say or an event of sfumato --json. sfumato's events are timed on arrival."""
    if line.startswith("{"):
        names = {"start": "ready", "step": "step", "image": "picture"}
        kind = next((name for event, name in names.items() if line.startswith(f'{{"event":"{event}"')), None)
        return (time.monotonic(), kind) if kind else None
    words = line.split()
    return (float(words[0]), words[1]) if len(words) == 2 and words[1] in ("ready", "step", "picture") else None


def run(name: str, options: argparse.Namespace) -> Run | None:
    """-> None if the program failed; the failure is printed."""
    out, errors = options.work / f"{name}.png", options.work / f"{name}.log"
    started = time.monotonic()
    with errors.open("w") as log:
        process = subprocess.Popen(command_of(name, options, out), stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT / "scripts")
    watch = Watch(process.pid)
    watcher = threading.Thread(target=watch.look)
    watcher.start()
    events = [event for event in map(event_of, process.stdout) if event]
    _, status, usage = os.wait4(process.pid, 0)
    whole = time.monotonic() - started
    watch.ended.set()
    watcher.join()
    times = {kind: [moment for moment, other in events if other == kind] for kind in ("ready", "step", "picture")}
    steps = times["step"]
    if status != 0 or len(steps) != options.steps:
        print(f"{name} failed: status {os.waitstatus_to_exitcode(status)}, {len(steps)} of {options.steps} steps, {errors}", file=sys.stderr)
        return None
    return Run(load=times["ready"][0] - started, steps=[after - before for before, after in zip(steps, steps[1:])],
               decode=times["picture"][0] - steps[-1], whole=whole, peak=usage.ru_maxrss / 1024, anonymous=watch.anonymous)


def python_of(peers: Path) -> Path:
    return peers / "bin" / "python"


def install(peers: Path) -> None:
    if (peers / "complete").exists():
        return
    print(f"Installing the other programs into {peers}; compiling takes some minutes.", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", peers], check=True)
    environment = os.environ | {"CMAKE_ARGS": "-DGGML_NATIVE=ON -DGGML_LLAMAFILE=ON"}
    for file, how in (("peers-compile.txt", "--only-binary=:all:"), ("peers.txt", "--no-build-isolation")):
        subprocess.run([python_of(peers), "-m", "pip", "install", "-q", "--require-hashes", how, "-r",
                        ROOT / "scripts" / "requirements" / file], env=environment, check=True)
    # Torch, diffusers and Pillow come from this script's Python; the packages installed above take precedence.
    packages = subprocess.run([python_of(peers), "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"], check=True,
                              capture_output=True, text=True).stdout.strip()
    (Path(packages) / "neighbour.pth").write_text(sysconfig.get_paths()["purelib"] + "\n")
    (peers / "complete").touch()


def prepare(options: argparse.Namespace, programs: set[str]) -> None:
    """Runs in child processes: until exec, a child's peak memory includes its parent's, so this process must stay small."""
    work, scripts = options.work, ROOT / "scripts"
    work.mkdir(parents=True, exist_ok=True)
    if programs & {"openvino", "sdcpp"}:
        install(options.peers)
    if not (work / "diffusers" / "tokenizer").exists():
        subprocess.run([sys.executable, "-m", "bench.peers.prepare", "checkpoint", work], cwd=scripts, check=True)
    if not (work / "bundle").exists():
        subprocess.run([options.sfumato["sfumato"], "import", work / "checkpoint.safetensors", "-o", work / "bundle", "--dtype", "bfloat16"], check=True)
    if "openvino" in programs:
        subprocess.run([python_of(options.peers), "-m", "bench.peers.prepare", "openvino", work, str(options.steps)], cwd=scripts, check=True)


def warm(work: Path) -> None:
    for path in work.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


def table(results: dict[str, list[Run]]) -> str:
    def median(runs: list[Run], column: str) -> float:
        values = [getattr(run, column) for run in runs]
        return statistics.median([step for steps in values for step in steps] if column == "steps" else values)

    first = next(iter(results.values()))
    lines = ["| program | load, s | a step, s | ratio | decode, s | ratio | peak memory, MB | without mapped files |", "|---" * 8 + "|"]
    for name, runs in results.items():
        cells = [f"{median(runs, 'load'):.1f}"]
        for column in ("steps", "decode"):
            cells += [f"{median(runs, column):.2f}", f"{median(runs, column) / median(first, column):.2f}"]
        cells += [f"{median(runs, column):.0f}" for column in ("peak", "anonymous")]
        lines.append(f"| {CONTESTANTS.get(name, name)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measure(names: list[str], options: argparse.Namespace) -> dict[str, list[Run]]:
    """Runs each program once per round, in rotated order."""
    results: dict[str, list[Run]] = {name: [] for name in names}
    end = time.monotonic() + options.minutes * 60
    for number in range(options.rounds):
        for name in names[number % len(names):] + names[:number % len(names)]:
            if results[name] and time.monotonic() + results[name][-1].whole > end:
                continue
            result = run(name, options)
            if result:
                results[name].append(result)
                print(f"round {number + 1}, {name}: {result}", file=sys.stderr)
    return {name: runs for name, runs in results.items() if runs}


def warn_of_empty_pictures(work: Path, names: list[str]) -> None:
    from PIL import Image

    for name in names:
        if all(low == high for low, high in Image.open(work / f"{name}.png").convert("RGB").getextrema()):
            print(f"{name}: its picture is of one colour; were its numbers finite?", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="NAME",
                        help=f"of {', '.join(CONTESTANTS)}, sdcpp-{', sdcpp-'.join(SD_CPP_SETTINGS)}; ratios are to the first")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=60, help="after the first round, start only runs that are expected to end within this time")
    parser.add_argument("--steps", type=int, default=5)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "benchmark_sd")
    parser.add_argument("--peers", type=Path, default=ROOT / "build" / "peers")
    parser.add_argument("--sfumato", action="append", default=[], metavar="NAME=BINARY", help="another build of sfumato to compare with; repeatable")
    options = parser.parse_args()
    options.work, options.peers = options.work.resolve(), options.peers.resolve()
    options.sfumato = {"sfumato": ROOT / "build" / "sfumato"} | dict(text.split("=", 1) for text in options.sfumato)
    names = options.only or list(CONTESTANTS)
    prepare(options, {name.partition("-")[0] for name in names})
    warm(options.work)
    results = measure(names, options)
    warn_of_empty_pictures(options.work, list(results))
    print(table(results))


if __name__ == "__main__":
    main()
