"""A folder to work in, the program, and what an undisturbed run makes: pictures are compared by their keys, byte by byte."""

import collections
import hashlib
import json
import os
import shutil
import subprocess
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BUNDLE = ROOT / "models" / "default"
PROMPTS = ["a cat", "a dog", "a red apple", "a rocket", "a blue house", "a cat", "a green tree", "the moon"]
SMALL = ["--device", "cpu", "--steps", "1", "-W", "64", "-H", "64", "-t", "1"]


class Skip(Exception):
    """What is missing for a check."""


class Wrong(Exception):
    """What a check found."""


def need(condition, what):
    if not condition:
        raise Wrong(what)


def need_tool(name, package):
    if shutil.which(name) is None:
        raise Skip(f"{name} is not installed (apt-get install {package})")


def key_of(data, name):
    """The key in a PNG. Wrong: it is not whole: a checksum is wrong, or it has no end, or something behind it."""
    need(data[:8] == b"\x89PNG\r\n\x1a\n", f"torn: {name} is not a PNG")
    at, key, kind = 8, None, b""
    while at < len(data):
        need(kind != b"IEND" and at + 12 <= len(data), f"torn: {name} ends wrong")
        length, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body, checksum = data[at + 8 : at + 8 + length], data[at + 8 + length : at + 12 + length]
        need(checksum == zlib.crc32(kind + body).to_bytes(4, "big"), f"torn: {name} has a wrong checksum")
        if kind == b"tEXt" and body.startswith(b"sfumato\0"):
            key = json.loads(body[8:])["key"]
        at += 12 + length
    need(kind == b"IEND", f"torn: {name} has no end")
    return key


class Bench:
    """Runs of one prompt file of `jobs` lines; some jobs appear twice, as they may."""

    def __init__(self, binary, folder, jobs):
        self.binary, self.folder, self.runs = binary, folder, 0
        self.file = folder / "jobs.txt"
        self.file.write_text("".join(f"{PROMPTS[i % len(PROMPTS)]} --seed {i % 5}\n" for i in range(jobs)))
        self.allowed = collections.defaultdict(set)  # digests of files, by key
        self.wanted = self.golden("golden", BUNDLE)

    def golden(self, out, bundle):
        """Makes an undisturbed run; its files are right from now on. Returns how many pictures each key has."""
        result = self.run(out, bundle=bundle)
        need(result.returncode == 0, f"the undisturbed run failed: {result.stderr}")
        files = self.files(out)
        for key, path in files:
            self.allowed[key].add(hashlib.sha256(path.read_bytes()).hexdigest())
        return collections.Counter(key for key, _ in files)

    def command(self, out, *words, file=None, bundle=BUNDLE):
        return [str(self.binary), "-f", str(file or self.file), "-m", str(bundle), *SMALL, "-o", f"{out}/", *words]

    def run(self, out, *words, wrap=(), file=None, bundle=BUNDLE, env=None, **options):
        self.runs += 1
        options = {"capture_output": True, "text": True, "timeout": 600, "cwd": self.folder, "env": dict(os.environ, **(env or {}))} | options
        return subprocess.run([*wrap, *self.command(out, *words, file=file, bundle=bundle)], **options)

    def start(self, out, *words, wrap=(), bundle=BUNDLE):
        self.runs += 1
        return subprocess.Popen([*wrap, *self.command(out, *words, bundle=bundle)], cwd=self.folder, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)

    def files(self, out):
        """Key and path of each picture. Wrong: one is torn."""
        paths = sorted((self.folder / out).rglob("*.png"))
        return [(key_of(path.read_bytes(), path.name), path) for path in paths]

    def check_partial(self, out):
        """Whatever has a final name is a right picture, whole, and there is none too many."""
        count = collections.Counter()
        for key, path in self.files(out):
            need(hashlib.sha256(path.read_bytes()).hexdigest() in self.allowed[key], f"wrong: {out}/{path.name}")
            count[key] += 1
        for key, n in self.wanted.items():
            need(count[key] <= n, f"doubled: {count[key]} pictures of {key} in {out}, {n} are right")
        return count

    def check(self, out):
        count = self.check_partial(out)
        lost = [key for key, n in self.wanted.items() if count[key] < n]
        need(not lost, f"lost: {len(lost)} pictures in {out}")
        left = [path.name for path in (self.folder / out).rglob("*.part")]
        need(not left, f"left behind in {out}: {left}")

    def status(self, out):
        result = subprocess.run([self.binary, "status", self.folder / out, "--json"], capture_output=True, text=True)
        return json.loads(result.stdout)

    def resume(self, out, *words, **options):
        result = self.run(out, *words, **options)
        need(result.returncode == 0, f"the run that goes on ended with {result.returncode}: {result.stderr[-300:]}")
        self.check(out)

    def fresh(self, out="D"):
        shutil.rmtree(self.folder / out, ignore_errors=True)
        return out
