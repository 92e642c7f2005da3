#!/usr/bin/env python3
"""Kills, starves and damages runs, and checks that every picture survives: none lost, doubled, torn or mixed up.

  cmake --preset faults && cmake --build build-faults --target sfumato
  scripts/check/torture.py                    all rows, with counts; exit code 1 if anything was lost
  scripts/check/torture.py --rows F3 F12      some of them

Pictures are tiny (64 x 64, one step, one thread). Rows that need what this machine does not have are skipped, and counted.
Kills at random times and at system calls (F1, F2) are in kills.py, failing calls in faults.py.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from survival import bench
from survival.bench import ROOT, Skip, Wrong, need, need_tool

POINTS = ["tmp_open", "tmp_write", "tmp_fsync", "rename", "dir_fsync", "journal_open", "journal_write", "journal_fsync",
          "step", "after_denoise", "vae_decode"]
class Bench(bench.Bench):
    """With the counts of a report, and with the faults of a build that has them (src/base/fault.h)."""

    def __init__(self, binary, folder, jobs):
        super().__init__(binary, folder, jobs)
        self.kills = self.aborts = 0
        self.jobs = jobs

    def run(self, out, *words, fault=None, env=None, **options):
        return super().run(out, *words, env=(env or {}) | ({"SFUMATO_FAULT": fault} if fault else {}), **options)

    def resume(self, out, *words, **options):
        super().resume(out, "--retry", *words, **options)

    def wait_for_picture(self, out, process):
        while process.poll() is None and not list((self.folder / out).glob("*.png")):
            time.sleep(0.005)


def f3(b, options):
    """kill -9 at each built-in point"""
    for point in POINTS:
        for n in options.times:
            out = b.fresh()
            b.kills += b.run(out, fault=f"{point}:{n}:kill").returncode == -signal.SIGKILL
            b.check_partial(out)
            b.resume(out)


def in_a_file_system(b, mount, script):
    """Runs a script where D is a small file system of its own."""
    (b.folder / b.fresh()).mkdir()
    words = " ".join(f"'{word}'" for word in b.command("D"))
    command = ["unshare", "-Urm", "sh", "-c", f"mount -t tmpfs -o {mount} t D || exit 99; R() {{ {words}; }}; {script}"]
    result = subprocess.run(command, cwd=b.folder, capture_output=True, text=True)
    if result.returncode == 99 or "unshare:" in result.stderr:
        raise Skip("mounting in a namespace of one's own is not allowed here")
    return result


def f4(b, _):
    """disk full"""
    result = in_a_file_system(b, "size=40k", "R >&2; test $? = 74 || exit 1; ls -A D | grep -q part && exit 2; mount -o remount,size=200m D; R; "
                              "test $? = 0 || exit 3; mkdir E; cp D/*.png E/")
    need(result.returncode == 0, f"step {result.returncode}: {result.stderr[-300:]}")
    need("To go on:" in result.stderr and " left" in result.stderr, "no counts, or no command that goes on")
    b.check("E")
    shutil.rmtree(b.folder / "E")


def f5(b, _):
    """no inodes"""
    result = in_a_file_system(b, "nr_inodes=9", "R >&2; test $? = 74 || exit 1; mount -o remount,nr_inodes=500 D; R; test $? = 0 || exit 3; "
                              "mkdir E; cp D/*.png E/")
    need(result.returncode == 0, f"step {result.returncode}: {result.stderr[-300:]}")
    b.check("E")
    shutil.rmtree(b.folder / "E")


def f6(b, _):
    """journal full, picture fits: imported"""
    out = b.fresh()
    need(b.run(out, fault="journal_write:4:enospc").returncode == 74, "not 74")
    events = [json.loads(line) for line in b.run(out, "--json").stdout.splitlines()]
    need(events[-1]["imported"] == 1 and events[-1]["existing"] == 1, f"not imported: {events[-1]}")
    b.check(out)


def f7(b, _):
    """file size limit"""
    out = b.fresh()
    need(b.run(out, wrap=["sh", "-c", 'ulimit -f 4; exec "$@"', "sh"]).returncode == 74, "not 74")
    b.check_partial(out)
    b.resume(out)


def f8(b, _):
    """every file call fails once, and for good"""
    for point in POINTS[:8]:
        for mode in ("eio", "eio!", "enospc"):
            out = b.fresh()
            result = b.run(out, fault=f"{point}:2:{mode}")
            # A run has one journal, so a second opening never comes.
            need(result.returncode in ((0,) if point == "journal_open" else (73, 74)), f"{point}:{mode} gave {result.returncode}")
            b.check_partial(out)
            b.resume(out)


def f9(b, _):
    """read-only folder: 73 before the model is loaded"""
    result = in_a_file_system(b, "ro", "R")
    need(result.returncode == 73, f"ended with {result.returncode}")


def f10(b, _):
    """folder removed during the run"""
    out = b.fresh()
    process = b.start(out)
    b.wait_for_picture(out, process)
    shutil.rmtree(b.folder / out, ignore_errors=True)
    need(process.wait() in (73, 74), f"ended with {process.returncode}")
    b.resume(b.fresh())


def f11(b, _):
    """no memory while decoding: that picture fails, the others go on"""
    out = b.fresh()
    need(b.run(out, fault="vae_decode:1:oom").returncode == 1, "not 1")
    need(len(b.files(out)) == b.jobs - 1, "others did not go on")
    b.resume(out)


def f12(b, _):
    """a picture that crashes the process is set aside: twice is enough, or five kills that say nothing"""
    bad = sum(" --seed 3" in line for line in b.file.read_text().splitlines())
    for action, signals, enough in (("segv", signal.SIGSEGV, 2), ("terminate", signal.SIGABRT, 2), ("kill", signal.SIGKILL, 5)):
        out = b.fresh()
        codes = []
        while len(codes) < 30 and codes[-1:] != [1]:
            codes.append(b.run(out, fault=f"after_denoise:seed=3:{action}").returncode)
        need(codes == [-signals] * bad * enough + [1], f"{action}: ended with {codes}")
        status = b.status(out)
        need(status["set_aside"] == bad and status["done"] == b.jobs - bad, f"{action}: status says {status}")
        b.resume(out)


def f13(b, options):
    """memory fails at the Nth allocation"""
    for n in sorted(random.Random(1).sample(range(1, 60_000), options.allocations)):
        out = b.fresh()
        code = b.run(out, fault=f"malloc:{n}:oom").returncode
        need(code in (0, 1, 70, 75, 78, -signal.SIGABRT), f"allocation {n}: ended with {code}")
        b.aborts += code == -signal.SIGABRT
        b.check_partial(out)
    b.resume(out)


def f17(b, _):
    """numbers that are none: no picture of them"""
    for point in ("after_denoise", "vae_decode"):
        out = b.fresh()
        need(b.run(out, fault=f"{point}:1:nan").returncode == 1, f"{point}: not 1")
        need(len(b.files(out)) == b.jobs - 1, "others did not go on")
        b.resume(out)
        need(b.run(b.fresh(), fault=f"{point}:1:nan!").returncode == 1 and not b.files("D"), "a picture of nothing")


def stopped(b, number, code, before=(), wrap=()):
    out = b.fresh()
    process = b.start(out, wrap=wrap)
    b.wait_for_picture(out, process)
    for first in before:
        process.send_signal(first)
    process.send_signal(number)
    need(process.wait(timeout=30) == code, f"ended with {process.returncode}, not {code}")
    b.check_partial(out)
    b.resume(out)


def f18(b, _):
    """SIGINT, once and twice"""
    stopped(b, signal.SIGINT, 130)
    stopped(b, signal.SIGINT, 130, before=[signal.SIGINT])


def f19(b, _):
    """SIGTERM and SIGUSR1 as Slurm and Kubernetes send them"""
    stopped(b, signal.SIGTERM, 143, before=[signal.SIGCONT])
    stopped(b, signal.SIGUSR1, 143)


def f20(b, _):
    """SIGHUP, and nohup"""
    stopped(b, signal.SIGHUP, 129)
    stopped(b, signal.SIGHUP, 0, wrap=["sh", "-c", "trap '' HUP; exec \"$@\"", "sh"])


def f21(b, _):
    """broken pipe"""
    out = b.fresh()
    words = " ".join(f"'{word}'" for word in b.command(out, "--json"))
    subprocess.run(["sh", "-c", f"{words} | head -1"], cwd=b.folder, capture_output=True)
    b.check_partial(out)
    b.resume(out)


def f22(b, _):
    """standard output full, standard error closed"""
    with open("/dev/full", "w") as full:
        need(b.run(b.fresh(), "--json", capture_output=False, stdout=full, stderr=subprocess.PIPE).returncode == 74, "not 74")
    out = b.fresh()
    need(b.run(out, wrap=["sh", "-c", 'exec "$@" 2>&-', "sh"]).returncode == 0, "not 0")
    b.check(out)


def f23(b, _):
    """two runs in one folder"""
    out = b.fresh()
    both = [b.start(out) for _ in range(2)]
    need([process.wait() for process in both] == [0, 0], "not both ended well")
    b.check(out)


def f24(b, _):
    """eight shards, two of them twice"""
    out = b.fresh()
    shards = [b.start(out, "--shard", f"{i}/8") for i in (0, 1, 2, 3, 4, 5, 6, 7, 3, 5)]
    need({process.wait() for process in shards} == {0}, "not all ended well")
    b.check(out)


def f25(b, options):
    """journal torn at every offset, or garbled"""
    out = b.fresh()
    b.run(out)
    (journal,) = (b.folder / out / ".sfumato").glob("journal.*")
    whole = journal.read_bytes()
    cuts = [whole[:n] for n in range(0, len(whole), max(1, len(whole) // options.cuts))]
    for content in [*cuts, os.urandom(4000), b"\0" * 4000, whole[:700] + b"\0" * 100 + whole[700:], None]:
        for path in (b.folder / out / ".sfumato").iterdir():
            path.unlink()
        if content is not None:
            journal.write_bytes(content)
        events = b.run(out, "--json").stdout.splitlines()
        need(json.loads(events[-1])["made"] == 0, "a picture was made again")
        b.check(out)


def f26(b, _):
    """finished pictures damaged, emptied, missing"""
    out = b.fresh()
    b.run(out)
    names = sorted(path.name for _, path in b.files(out))
    with open(b.folder / out / names[0], "r+b") as file:
        file.seek(1500)
        file.write(b"x")
    (b.folder / out / names[1]).write_bytes(b"")
    (b.folder / out / names[2]).unlink()
    b.resume(out)


def f27(b, _):
    """prompt file edited between runs"""
    out = b.fresh()
    b.run(out)
    lines = b.file.read_text().splitlines()
    edited = b.folder / "edited.txt"
    edited.write_text("\n".join(["a new line --seed 9", *lines[:4], *lines[5:]]) + "\n")
    result = b.run(out, "--json", file=edited)
    end = json.loads(result.stdout.splitlines()[-1])
    need((end["made"], end["existing"], end["unclaimed"]) == (1, len(lines) - 1, 1), f"counts are {end}")
    right = {path.name: path.read_bytes() for _, path in b.files("golden")}
    there = {path.name: path.read_bytes() for path in (b.folder / out).glob("*.png")}
    need(right.items() <= there.items() and len(there) == len(lines) + 1, "mixed up")


def f29(b, _):
    """another clock and time zone"""
    need_tool("faketime", "faketime")
    out = b.fresh()
    need(b.run(out, wrap=["faketime", "2038-01-19 03:14:08"], env={"TZ": "Asia/Kathmandu"}).returncode == 0, "failed")
    b.resume(out)


def f30(b, _):
    """another locale"""
    out = b.fresh()
    need(b.run(out, env={"LC_ALL": "de_DE.UTF-8"}).returncode == 0, "failed")
    b.check(out)


def f31(b, _):
    """another number of threads changes no value by more than 1/255"""
    out = b.fresh()
    need(b.run(out).returncode == 0, "failed")
    b.check(out)
    verify = [b.command(out)[0], "verify", out, "--device", "cpu", "-t", "2", "--tolerance", "1"]
    result = subprocess.run(verify, cwd=b.folder, capture_output=True, text=True)
    need(result.returncode == 0, f"verify ended with {result.returncode}: {result.stderr}")


def f33(b, _):
    """a picture that hangs"""
    out = b.fresh()
    need(b.run(out, "--job-timeout", "1", fault="step:3:hang").returncode == 75, "the watchdog did not bark")
    b.resume(out)


def f34(b, _):
    """process 1, no environment"""
    out = b.fresh()
    probe = subprocess.run(["unshare", "-Urpfm", "--mount-proc", "true"], capture_output=True)
    if probe.returncode != 0:
        raise Skip("namespaces are not allowed here")
    need(b.run(out, wrap=["unshare", "-Urpfm", "--mount-proc", "env", "-i"]).returncode == 0, "failed")
    b.check(out)


ROWS = {name.upper(): function for name, function in list(globals().items()) if name[0] == "f" and name[1:].isdigit()}


def main():
    # Where SIGHUP is ignored, as under nohup, the runs would ignore it too; a handler of ours is not theirs.
    signal.signal(signal.SIGHUP, lambda *_: None)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", type=Path, default=ROOT / "build-faults" / "sfumato")
    parser.add_argument("--rows", nargs="*", default=list(ROWS), help="of the fault matrix")
    parser.add_argument("--jobs", type=int, default=8, help="pictures of a run")
    parser.add_argument("--times", type=int, nargs="*", default=[1, 2, 3], help="at which time a point kills, in F3")
    parser.add_argument("--allocations", type=int, default=20, help="that fail, in F13")
    parser.add_argument("--cuts", type=int, default=20, help="of the journal, in F25")
    options = parser.parse_args()
    failed = skipped = 0
    with tempfile.TemporaryDirectory() as folder:
        work = Bench(options.binary.resolve(), Path(folder), options.jobs)
        for name in options.rows:
            kills, runs, begin = work.kills, work.runs, time.monotonic()
            try:
                ROWS[name](work, options)
                verdict = "ok"
            except Skip as reason:
                verdict, skipped = f"skipped: {reason}", skipped + 1
            except (Wrong, subprocess.TimeoutExpired) as reason:
                verdict, failed = f"FAILED: {reason}", failed + 1
            print(f"{name:4} {ROWS[name].__doc__}: {verdict} ({work.runs - runs} runs, {work.kills - kills} kills, "
                  f"{time.monotonic() - begin:.0f} s)", flush=True)
        print(f"{len(options.rows)} rows, {failed} failed, {skipped} skipped; {work.runs} runs, {work.kills} kills, "
              f"{work.aborts} ended by abort()")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
