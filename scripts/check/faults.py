#!/usr/bin/env python3
"""Lets one system call after the other fail, and checks what is left: nothing wrong, and the same command makes the rest.

  scripts/check/faults.py                              all errors, all calls of a run, an import and a sheet (needs strace)
  scripts/check/faults.py --works run --errors EIO     some of them
  scripts/check/faults.py --each 40                    at most so many calls of one kind, spread evenly

The calls are those that the program makes once it has begun to work: what the loader of libraries does is not ours. A failing
call must end in a documented exit code with one message, or not matter; no crash, nothing half-made under a final name.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from PIL import Image
from survival.bench import ROOT, Bench, Wrong, need, need_tool

ERRORS = ["ENOSPC", "EIO", "EMFILE", "EDQUOT", "EROFS", "ENOMEM"]
# What can fail with what (man 2).
CALLS = {
    "write": ["ENOSPC", "EIO", "EDQUOT"],
    "pwrite64": ["ENOSPC", "EIO", "EDQUOT"],
    "fsync": ["ENOSPC", "EIO", "EDQUOT", "EROFS"],
    "openat": ERRORS,
    "openat2": ERRORS,
    "renameat2": ["ENOSPC", "EIO", "EDQUOT", "EROFS", "ENOMEM"],
    "rename": ["ENOSPC", "EIO", "EDQUOT", "EROFS", "ENOMEM"],
    "linkat": ["ENOSPC", "EIO", "EDQUOT", "EROFS", "ENOMEM"],
    "unlink": ["EIO", "EROFS", "ENOMEM"],
    "unlinkat": ["EIO", "EROFS", "ENOMEM"],
    "mkdir": ["ENOSPC", "EIO", "EDQUOT", "EROFS", "ENOMEM"],
    "fchmod": ["EIO", "EROFS"],
    "ftruncate": ["EIO", "EROFS"],
    "flock": ["ENOMEM"],
    "read": ["EIO"],
    "pread64": ["EIO"],
    "getdents64": ["EIO", "ENOMEM"],
    "newfstatat": ["EIO", "ENOMEM"],
    "mmap": ["ENOMEM"],
    "clone3": ["ENOMEM"],
}
# Of docs/usage.md; 1: some pictures failed. An injected error can show as a file that is missing (66) or damaged (65, 78).
CODES = {0, 1, 65, 66, 70, 73, 74, 75, 78}


class Work:
    """One command, what tells that it has begun, and what has to be there when it is done."""

    def __init__(self, bench, command, begins, output):
        self.bench, self.command, self.begins, self.output = bench, command, begins, output
        self.counts = self.count_calls()

    def run(self, wrap=()):
        self.bench.runs += 1
        return subprocess.run([*wrap, *self.command], cwd=self.bench.folder, capture_output=True, text=True, timeout=300)

    def count_calls(self):
        """Of each kind: how many come before the work begins, and how many there are in all."""
        self.bench.fresh(self.output)
        log = self.bench.folder / "calls"
        result = self.run(["strace", "-f", "-qq", "-o", str(log), "-e", "trace=" + ",".join(CALLS)])
        need(result.returncode == 0, f"the undisturbed command failed: {result.stderr}")
        counts, begun = {}, False
        for line in log.read_text(errors="replace").splitlines():
            begun |= self.begins in line
            name = line.split(maxsplit=1)[-1].split("(")[0]
            if name not in CALLS or "resumed>" in line:
                continue
            before, total = counts.get(name, (0, 0))
            counts[name] = (before + (not begun), total + 1)
        return counts

    def fail(self, call, n, error):
        """The nth call fails; then the command is repeated undisturbed."""
        self.bench.fresh(self.output)
        result = self.run(["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={n}"])
        need(result.returncode in CODES, f"ended with {result.returncode}: {result.stderr[-300:]}")
        # The call that fails can be the one that writes the message.
        need(result.returncode == 0 or "sfumato" in result.stderr or call == "write", f"ended with {result.returncode} without a word")
        self.check_partial(result.returncode == 0)
        again = self.run()
        need(again.returncode == 0, f"after {result.returncode} the same command ends with {again.returncode}: {again.stderr[-300:]}")
        self.check_whole()

    def check_whole(self):
        """After the undisturbed run."""
        self.check_partial(whole=True)

    def check_partial(self, whole):
        if (self.bench.folder / self.output).exists():
            self.bench.check(self.output) if whole else self.bench.check_partial(self.output)
        else:
            need(not whole, f"{self.output} is not there")


class Sheet(Work):
    """The sheet, too, is there whole, or not at all."""

    right = None

    def check_partial(self, whole):
        super().check_partial(whole)
        sheet = self.bench.folder / "sheet.png"
        need(sheet.exists() or not whole, "the sheet is not there")
        if sheet.exists():
            with Image.open(sheet) as picture:
                picture.load()  # fails if the file is not whole
            sheet.unlink()  # a run does not replace it

    def check_whole(self):
        """Before, a cell may say that its picture failed, or could not be read."""
        sheet = self.bench.folder / "sheet.png"
        need(sheet.exists(), "the sheet is not there")
        self.right = self.right or sheet.read_bytes()
        need(sheet.read_bytes() == self.right, "the sheet is not that of an undisturbed run")
        super().check_whole()


class Import(Work):
    """The bundle is there whole, or not at all."""

    def check_partial(self, whole):
        bundle = self.bench.folder / self.output
        need(bundle.exists() or not whole, "the bundle is not there")
        if bundle.exists():
            need({path.name: path.read_bytes() for path in bundle.iterdir()} == self.right(), "the bundle is not that of an undisturbed import")
            shutil.rmtree(bundle)  # an import does not replace it

    def right(self):
        return {path.name: path.read_bytes() for path in (self.bench.folder / "right").iterdir()}


def a_run(bench):
    return Work(bench, bench.command("D"), str(bench.file), "D")


def a_sheet(bench):
    sheet = Sheet(bench, bench.command("D", "--grid", "sheet.png"), str(bench.file), "D")
    sheet.check_partial(whole=True)
    return sheet


def an_import(bench):
    checkpoint, graphs = bench.folder / "x.safetensors", bench.folder / "graphs"
    python = [sys.executable, "-m"]
    make = {"cwd": ROOT / "scripts", "check": True, "capture_output": True}
    subprocess.run([*python, "export.make_checkpoint", "--family", "sd1", "--out", checkpoint], **make)
    subprocess.run([*python, "export.graphs", "--tiny", "--family", "sd1", "--out", graphs], **make)
    command = [str(bench.binary), "import", "x.safetensors", "--graphs", str(graphs / "sd1"), "--trust", "-q", "-o"]
    subprocess.run([*command, "right"], cwd=bench.folder, check=True, capture_output=True)
    return Import(bench, [*command, "imported"], "x.safetensors", "imported")


WORKS = {"run": a_run, "import": an_import, "sheet": a_sheet}


def chosen(before, total, most):
    """Of the calls before + 1 ... total at most `most`, spread evenly."""
    numbers = range(before + 1, total + 1)
    return numbers if len(numbers) <= most else [numbers[i * len(numbers) // most] for i in range(most)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "build" / "sfumato")
    parser.add_argument("--works", nargs="+", choices=WORKS, default=list(WORKS))
    parser.add_argument("--errors", nargs="+", choices=ERRORS, default=ERRORS)
    parser.add_argument("--calls", nargs="+", choices=CALLS, default=list(CALLS))
    parser.add_argument("--each", type=int, default=60, help="calls of one kind and error")
    options = parser.parse_args()
    need_tool("strace", "strace")
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.binary.resolve(), Path(folder), jobs=3)
        for name in options.works:
            work = WORKS[name](bench)
            for call in options.calls:
                before, total = work.counts.get(call, (0, 0))
                for error in [error for error in CALLS[call] if error in options.errors and total > before]:
                    begin, found, numbers = time.monotonic(), [], chosen(before, total, options.each)
                    for n in numbers:
                        try:
                            work.fail(call, n, error)
                        except (Wrong, subprocess.TimeoutExpired) as reason:
                            found.append(f"call {n}: {reason}")
                    wrong += len(found)
                    print(f"{name:6} {call:10} {error:6} {len(numbers):3} of {total - before:4} calls, {time.monotonic() - begin:4.0f} s: "
                          f"{'; '.join(found) or 'ok'}", flush=True)
    print(f"{bench.runs} runs, {wrong} findings")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
