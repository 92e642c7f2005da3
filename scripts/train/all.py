"""Makes a bundle from raw packages or a user's pictures: prepares data, trains every network, exports.

    scripts/train/all.py --packages NPM_FOLDER --minutes 10
    scripts/train/all.py --folder PICTURES --minutes 10 --samples 20000 --data data/mine --runs runs/mine --out models/mine

With --folder the stages of teacher and judge are left out (train/teach.py, train/teach_words.py, train/judge.py), and the text
encoder knows the captions' words only.

On a CPU choose small batches: --options autoencoder="--batch 8" --options unet="--batch 16".
--minutes is divided among the trainings by SHARES; the U-Net's budget is samples. A stage whose product exists is skipped. After
SIGTERM or Ctrl-C the exit code is 75, and repeating the command resumes the stopped stage. A failed training is repeated once from
its last checkpoint without compilation.
"""

import argparse
import shlex
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from training.loop import STOPPED_EARLY

SCRIPTS = Path(__file__).parents[1]
SHARES = {"text": 2.5, "tune": 1.5, "autoencoder": 5.0, "judge": 1.0}
COMPILED = ("autoencoder", "unet", "judge")


@dataclass
class Stage:
    name: str
    script: str
    arguments: list[str | Path]
    product: Path  # the last file that the stage writes


def stages(options: argparse.Namespace) -> list[Stage]:
    data, runs = options.data, options.runs
    teacher, tokenizer = data.parent / "teacher.npz", runs / "tokenizer" / "tokenizer.model"
    words, text = data.parent / "words.jsonl", runs / ("tuned-text" if options.packages else "text")  # the text encoder of the U-Net
    autoencoder = runs / "autoencoder" / "final"
    common = ["--data", data, *(["--device", options.device] if options.device else [])]

    def minutes(name: str) -> list[str]:
        return ["--minutes", f"{options.minutes * SHARES[name] / sum(SHARES.values()):.3f}"]

    source = ["--packages", options.packages] if options.packages else ["--folder", options.folder]
    everything = [
        Stage("data", "train/prepare_data.py", [*source, "--out", data], data / "pictures-128.npy"),
        Stage("teacher", "train/teach.py", ["--data", data, "--out", teacher], teacher),
        Stage("tokenizer", "train/tokenizer.py", ["--data", data, "--out", tokenizer], tokenizer),
        Stage("text", "train/text_encoder.py",
              [*common, *(["--teacher", teacher] if options.packages else []), "--tokenizer", tokenizer,
               "--out", runs / "text", *minutes("text")],
              runs / "text" / "image_tower.json"),
        Stage("words", "train/teach_words.py", ["--data", data, "--out", words], words),
        Stage("tune", "train/tune_text_encoder.py",
              [*common, "--words", words, "--text", runs / "text", "--tokenizer", tokenizer, "--out", runs / "tuned-text", *minutes("tune")],
              text / "text_encoder.json"),
        Stage("autoencoder", "train/autoencoder.py",
              [*common, "--image-tower", runs / "text", "--out", runs / "autoencoder", *minutes("autoencoder")],
              autoencoder / "config.json"),
        Stage("unet", "train/unet.py",
              [*common, "--tokenizer", tokenizer, "--text", text, "--autoencoder", autoencoder,
               "--out", runs / "unet", *(["--words", words] if options.packages else []),
               *(["--phases", f"128={options.samples}"] if options.samples else [])],
              runs / "unet" / "final" / "config.json"),
        Stage("judge", "train/judge.py",
              [*common, "--autoencoder", autoencoder, "--out", runs / "judge", *minutes("judge")],
              runs / "judge" / "judge.json"),
        Stage("bundle", "export/bundle.py", ["--runs", runs, "--text", text, "--out", options.out, *(["--name", options.out.name] if options.folder else [])],
              options.out / "model.json"),
    ]
    return [stage for stage in everything if options.packages or stage.name not in ("teacher", "words", "tune", "judge")]


class Runner:
    """Runs one script at a time and forwards SIGTERM and SIGINT to it as SIGTERM."""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)

    def run(self, stage: Stage, *extra: str) -> int:
        self.process = subprocess.Popen([sys.executable, SCRIPTS / stage.script, *stage.arguments, *extra])
        return self.process.wait()

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--packages", type=Path, help="folder with the .tgz files of npm pack")
    source.add_argument("--folder", type=Path, help="folder of pictures with captions.jsonl or captions.txt")
    parser.add_argument("--minutes", type=float, required=True, help="wall time of all trainings together, except the U-Net's")
    parser.add_argument("--samples", type=int, help="samples of the U-Net's training at 128 px; default: PHASES of train/unet.py")
    parser.add_argument("--data", type=Path, default=Path("data/emoji"))
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--out", type=Path, default=Path("models/default"))
    parser.add_argument("--device", help="default: CUDA if available")
    parser.add_argument("--until", metavar="STAGE", help="the last stage to run, such as judge")
    parser.add_argument("--options", action="append", default=[], metavar="STAGE=OPTIONS",
                        help='more options for one stage, such as unet="--batch 16"; may be repeated')
    options = parser.parse_args()

    runner = Runner()
    todo = stages(options)
    names = [stage.name for stage in todo]
    for more in options.options:
        name, _, words = more.partition("=")
        if name not in names:
            parser.error(f"--options {more}: no stage {name!r}. Stages: {', '.join(names)}.")
        todo[names.index(name)].arguments += shlex.split(words)
    if options.until and options.until not in names:
        parser.error(f"--until {options.until}: no such stage. Stages: {', '.join(names)}.")
    for stage in todo:
        if stage.product.exists():
            print(f"{stage.name}: {stage.product} is there, skipped", flush=True)
        else:
            started = time.monotonic()
            print(f"{stage.name}: starts", flush=True)
            status = runner.run(stage)
            if status not in (0, STOPPED_EARLY) and stage.name in COMPILED and not runner.stopping:
                print(f"{stage.name}: failed with status {status}; once more without compilation", flush=True)
                status = runner.run(stage, "--no-compile")
            if runner.stopping or status == STOPPED_EARLY:
                raise SystemExit(STOPPED_EARLY)
            if status != 0:
                raise SystemExit(f"{stage.name}: {stage.script} failed with status {status}.")
            print(f"{stage.name}: done in {time.monotonic() - started:.0f} s", flush=True)
        if stage.name == options.until:
            break


if __name__ == "__main__":
    main()
