#!/usr/bin/env python3
"""Kills runs, and checks that every picture survives: none lost, doubled, torn or wrong, and no job set aside.

  scripts/check/kills.py                      1,000 kills in 200 folders; exit code 1 if anything was lost
  scripts/check/kills.py --kills 100 --kinds time calls

Each folder sees five kills of one kind, then one run that ends, without --retry. Kinds:

  time     one process, at random times
  two      two processes on one folder, at random times
  calls    one process, at a random call of those by which files become what they are: before it, and so after the one before it
  bundle   one process, at random times, while its bundle is replaced by another one and back, or overwritten in place
"""

import argparse
import hashlib
import json
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from survival.bench import BUNDLE, ROOT, Bench, Skip, Wrong, need, need_tool

CALLS = "openat,write,fsync,rename,renameat2,link,linkat,fchmod,ftruncate,unlink,unlinkat,mkdir"
KILLS_OF_A_FOLDER = 5


def kill(process, seconds):
    """Returns whether the process was killed before it ended."""
    time.sleep(seconds)
    if process.poll() is None:
        process.kill()
    return process.wait() == -signal.SIGKILL


def at_a_time(bench, chance, out):
    return kill(bench.start(out), chance.uniform(0.02, 1) * bench.seconds)


def of_two(bench, chance, out):
    other = bench.start(out)
    killed = kill(bench.start(out), chance.uniform(0.02, 1) * bench.seconds)
    if chance.random() < 0.5:
        return kill(other, chance.uniform(0, 0.5) * bench.seconds) or killed
    need(other.wait() == 0, f"the process that was not killed ended with {other.returncode}")
    return killed


def at_a_call(bench, chance, out):
    n = bench.calls_before_main + chance.randrange(1, bench.calls - bench.calls_before_main)
    wrap = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=SIGKILL:when={n}"]
    return bench.run(out, wrap=wrap).returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)


def under_a_bundle(bench, chance, out):
    """Whatever the bundle is, a picture is that of the digest it names."""
    bundle, other, away = (bench.folder / name for name in ("bundle", "other", "away"))
    process = bench.start(out, "--new-model", bundle=bundle)
    time.sleep(chance.uniform(0.1, 0.7) * bench.seconds)
    if chance.random() < 0.5:
        bundle.rename(away)
        other.rename(bundle)
    else:
        for path in other.iterdir():
            shutil.copyfile(path, bundle / path.name)
    killed = kill(process, chance.uniform(0, 1) * bench.seconds)
    need(killed or process.returncode in (0, 78), f"a run whose bundle changed ended with {process.returncode}")
    for name, source in (("bundle", bench.folder / "A"), ("other", bench.folder / "B")):
        shutil.rmtree(bench.folder / name, ignore_errors=True)
        shutil.copytree(source, bench.folder / name)
    shutil.rmtree(away, ignore_errors=True)
    return killed


KINDS = {"time": at_a_time, "two": of_two, "calls": at_a_call, "bundle": under_a_bundle}


def count_calls(bench):
    """How many of CALLS an undisturbed run makes, and how many of them before it reads its prompts."""
    log = bench.folder / "calls"
    bench.run("counted", wrap=["strace", "-f", "-qq", "-o", str(log), "-e", f"trace={CALLS}"])
    lines = [line for line in log.read_text().splitlines() if "resumed>" not in line and "+++" not in line and "---" not in line]
    bench.calls = len(lines)
    bench.calls_before_main = next(i for i, line in enumerate(lines) if str(bench.file) in line)


def make_bundles(bench):
    """A: the default model. B: the same with other weights, whole in itself."""
    shutil.copytree(BUNDLE, bench.folder / "A")
    shutil.copytree(BUNDLE, bench.folder / "B")
    description = json.loads((bench.folder / "B" / "model.json").read_text())
    name = sorted(name for name in description["files"] if name.startswith("vae_decoder") and name.endswith(".safetensors"))[0]
    data = bytearray((bench.folder / "B" / name).read_bytes())
    begin = 8 + int.from_bytes(data[:8], "little")
    data[begin + 4000 : begin + 8000] = data[begin : begin + 4000]
    (bench.folder / "B" / name).write_bytes(data)
    description["files"][name]["sha256"] = hashlib.sha256(data).hexdigest()
    (bench.folder / "B" / "model.json").write_text(json.dumps(description))
    bench.golden("golden-B", bench.folder / "B")
    shutil.copytree(bench.folder / "A", bench.folder / "bundle")
    shutil.copytree(bench.folder / "B", bench.folder / "other")


def survive(bench, chance, kind):
    """One folder and its kills. Returns how many there were."""
    out, kills = bench.fresh(), 0
    for _ in range(KILLS_OF_A_FOLDER):
        kills += KINDS[kind](bench, chance, out)
        bench.check_partial(out)
    bench.resume(out, *(["--new-model"] if kind == "bundle" else []))
    set_aside = bench.status(out)["set_aside"]
    need(not set_aside, f"set aside: {set_aside} jobs")
    return kills


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "build" / "sfumato")
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--jobs", type=int, default=8, help="pictures of a folder")
    parser.add_argument("--seed", type=int, default=1, help="of the random times")
    options = parser.parse_args()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.binary.resolve(), Path(folder), options.jobs)
        begin = time.monotonic()
        bench.run("timed")
        bench.seconds = time.monotonic() - begin
        for kind in options.kinds:
            begin, kills, folders, chance, wrong = time.monotonic(), 0, 0, random.Random(f"{options.seed} {kind}"), []
            try:
                if kind == "calls":
                    need_tool("strace", "strace")
                    count_calls(bench)
                if kind == "bundle":
                    make_bundles(bench)
                while kills < options.kills / len(options.kinds):
                    folders += 1
                    try:
                        kills += survive(bench, chance, kind)
                    except Wrong as reason:
                        wrong.append(str(reason))
                        kills += KILLS_OF_A_FOLDER
            except Skip as reason:
                wrong.append(f"skipped: {reason}")
            failed += len(wrong)
            print(f"{kind:7} {folders} folders, {kills} kills, {time.monotonic() - begin:.0f} s: "
                  f"{'; '.join(wrong) or 'nothing lost, doubled, torn, wrong or set aside'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
