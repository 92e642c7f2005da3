"""Runs the program as a user does: arguments in; exit code, streams and files out."""

import contextlib
import json
import os
import shutil
import signal
import struct
import subprocess
import threading
import zlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = ROOT / "build" / "sfumato"
OTHER_BUNDLE = os.environ.get("SFUMATO_TEST_BUNDLE")
BUNDLE = Path(OTHER_BUNDLE or ROOT / "models" / "default").resolve()
FILES = sorted(json.loads((BUNDLE / "model.json").read_text())["files"])
TRUST = ["--trust"] if OTHER_BUNDLE else []
MODEL = ["-m", str(BUNDLE), *TRUST]
# Under nohup programs would inherit that this signal is ignored; a handler is not inherited.
signal.signal(signal.SIGHUP, lambda *_: None)
# As little work as makes a picture.
SMALL = ["--steps", "2", "-W", "64", "-H", "64", "-t", "1", "--device", "cpu"]
QUICK = [*MODEL, *SMALL]


@pytest.fixture
def sfumato(tmp_path):
    """A call runs the program in the test's own folder and waits for it."""

    def run(*arguments, **options):
        options = {"cwd": tmp_path, "capture_output": True, "text": True, "timeout": 60} | options
        return subprocess.run([BINARY, *arguments], **options)

    return run


@contextlib.contextmanager
def started(tmp_path, *arguments):
    """The program with pipes at its ends; it is killed if it takes minutes."""
    with subprocess.Popen([BINARY, *arguments], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        timer = threading.Timer(120, process.kill)
        timer.start()
        try:
            yield process
        finally:
            timer.cancel()


def wait_for(process, event):
    for line in process.stdout:
        if json.loads(line)["event"] == event:
            return json.loads(line)
    pytest.fail(f"no {event} came: {process.stderr.read()}")


def pictures_in(folder):
    """Names of everything in a folder, hidden files too: nothing half-made may be among them."""
    return sorted(path.name for path in Path(folder).iterdir())


def read_png(data):
    """Width, height and texts of a PNG whose every checksum is right."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    position, texts, pixels = 8, {}, b""
    while position < len(data):
        (length,) = struct.unpack_from(">I", data, position)
        kind, body = data[position + 4 : position + 8], data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, position + 8 + length)
        assert checksum == zlib.crc32(kind + body)
        position += 12 + length
        if kind == b"IHDR":
            width, height = struct.unpack_from(">II", body)
        elif kind == b"tEXt":
            keyword, _, text = body.partition(b"\0")
            texts[keyword.decode()] = text.decode("latin-1")
        elif kind == b"iTXt":
            keyword, _, rest = body.partition(b"\0")
            texts[keyword.decode()] = rest.split(b"\0", 4)[-1].decode()
        elif kind == b"IDAT":
            pixels += body
    assert kind == b"IEND" and len(zlib.decompress(pixels)) == height * (1 + 3 * width)
    return width, height, texts


def error_of(result):
    """The one line that a run that failed says."""
    assert result.stderr.startswith("sfumato: error: ") and result.stderr.count("\n") == 1, result.stderr
    return result.stderr.removeprefix("sfumato: error: ").rstrip("\n")


@pytest.fixture(scope="session")
def graphs(tmp_path_factory):
    """The folder of a family's small graphs. Families share networks of one configuration, so each is traced once."""
    from export.graphs import export_one
    from stable_diffusion.families import TINY_FAMILIES
    from stable_diffusion.graphs import networks

    made, traced = {}, {}

    def folder_of(family):
        if family not in made:
            made[family] = tmp_path_factory.mktemp(f"graphs-{family}")
            for kind, network in networks(TINY_FAMILIES[family]).items():
                path = made[family] / f"{kind}.ts"
                if (kind, repr(network)) in traced:
                    shutil.copyfile(traced[kind, repr(network)], path)
                else:
                    export_one(kind, TINY_FAMILIES[family], path, False)
                    traced[kind, repr(network)] = path
        return str(made[family])

    return folder_of


@pytest.fixture(scope="session")
def modules():
    """The networks of a small model of a family, with random weights."""
    from export.make_checkpoint import networks_of
    from stable_diffusion.families import TINY_FAMILIES

    made = {}
    return lambda family: made.setdefault(family, networks_of(TINY_FAMILIES[family], 0))


@pytest.fixture
def importer(sfumato, graphs):
    """Imports a small model of a family into `bundle`."""
    def run(family, source, *arguments, dtype="float32", layout="contiguous"):
        return sfumato("import", str(source), "-o", "bundle", "--graphs", graphs(family), "--trust", "--dtype", dtype,
                       "--weights-layout", layout, *arguments)

    return run


def weights_in(bundle):
    """{network: {name: tensor}} of a bundle."""
    from safetensors.torch import load_file

    networks = json.loads((bundle / "model.json").read_text())["networks"]
    return {kind: {name: tensor for file in network["weights"] for name, tensor in load_file(bundle / file).items()}
            for kind, network in networks.items()}
