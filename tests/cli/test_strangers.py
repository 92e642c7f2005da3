"""What strangers write (names of files, models and hosts, prompts, metadata) never reaches a terminal raw."""

import json
import os
import pty
import re
import shutil
import subprocess

import pytest
from conftest import BINARY, BUNDLE, MODEL, SMALL, TRUST
from png_files import png, text

# ESC, CR, a C1 control, marks and controls that turn the direction of writing around.
TEXT = "\x1b]0;x\x07\x1b[2J\r\x9b\u202e\u200e\u200f\u061c\u2066"
BYTES = TEXT.encode() + b"\xff"  # and no UTF-8
# What the program itself writes to a terminal: it erases a line, and shows a colour.
OWN = re.compile(rb"\r\x1b\[K|\x1b\[K|\x1b\[48;2;[0-9;]*m  \x1b\[0m|\r(?=\[[#.]{30}\] |step |verifying |\n)")
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def on_terminal(folder, *arguments):
    """Everything that the program writes to a terminal, without what it writes of its own."""
    outer, inner = pty.openpty()
    program = subprocess.Popen([os.fsencode(part) for part in (BINARY, *arguments)], cwd=folder, stdin=subprocess.DEVNULL, stdout=inner, stderr=inner)
    os.close(inner)
    written = b""
    while True:
        try:
            data = os.read(outer, 65536)
        except OSError:  # the program has ended
            data = b""
        if not data:
            break
        written += data
    os.close(outer)
    program.wait(timeout=60)
    return OWN.sub(b"", written)


def assert_clean(written, *shown):
    shown_text = written.decode("utf-8")  # fails for a byte that is not UTF-8
    assert not RAW.search(shown_text), ascii(shown_text)
    for words in shown:
        assert words in shown_text, shown_text


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A folder with files of hostile names and contents."""
    folder = tmp_path_factory.mktemp("hostile")
    model = folder / "model"
    shutil.copytree(BUNDLE, model)
    description = json.loads((model / "model.json").read_text())
    description["name"] = description["license"] = "m" + TEXT
    (model / "model.json").write_text(json.dumps(description))
    name = os.fsencode(folder) + b"/p" + BYTES
    infotext = f"a {TEXT}\nNegative prompt: {TEXT}\nSteps: 5, Sampler: {TEXT}, Seed: 1, k\u202e{TEXT.strip()}: x, Wild: {TEXT}, Model: {TEXT}, Version: {TEXT}"
    own = {"version": TEXT, "prompt": TEXT, "key": TEXT, "model": TEXT, "model_digest": TEXT, "dtype": TEXT, TEXT: TEXT, "steps": TEXT,
           "init_img": "/" + TEXT, "init_img_sha256": "a" * 64}
    graph = {TEXT: {"class_type": TEXT, "inputs": {"lora_name": TEXT, "ckpt_name": TEXT}}}
    for ending, keyword, value in ((b"a.png", "parameters", infotext), (b"b.png", "sfumato", json.dumps(own)), (b"c.png", "prompt", json.dumps(graph))):
        with open(name + ending, "wb") as file:
            file.write(png(text(keyword, value, b"iTXt")))
    with open(name + b".txt", "wb") as file:
        file.write(BYTES + b"\na fox --" + BYTES + b"\na " + TEXT.encode() + b" fox\n{\"" + TEXT.encode() + b"\": 1}\n__" + BYTES + b"__\n")
    with open(name + b".safetensors", "wb") as file:
        header = json.dumps({"__metadata__": {TEXT: TEXT}, TEXT: {"dtype": TEXT, "shape": [1], "data_offsets": [0, 4]}}).encode()
        file.write(len(header).to_bytes(8, "little") + header + b"\0\0\0\0")
    state = folder / "run" / ".sfumato"
    state.mkdir(parents=True)
    with open(os.fsencode(state) + b"/journal.h" + BYTES + b".7.1.jsonl", "w", encoding="utf-8") as file:
        for event in ({"event": "opened", "model": "a" * 64}, {"event": "started", "job": "b" * 64}, {"event": "started", "job": "e" * 64},
                      {"event": "failed", "job": "b" * 64, "reason": TEXT},
                      {"event": "done", "job": "c" * 64, "file": TEXT + ".png", "bytes": 1, "changed": 1, "sha256": "d" * 64}):
            file.write(json.dumps(event) + "\n")
    return folder


NAME = b"p" + BYTES
COMMANDS = {
    "an error of a flag": ["--x" + TEXT],
    "a topic of help": ["--help", TEXT],
    "a command's second argument": ["status", TEXT, TEXT],
    "no such model": ["a", "-m", BYTES],
    "a prompt in a plan": [TEXT, *MODEL, "--plan", "-o", BYTES + b"/"],
    "a file of prompts": ["-f", NAME + b".txt", *MODEL, "--plan", "-o", BYTES + b"/"],
    "a picture of the model": [TEXT, "-m", "model", *TRUST, *SMALL, "-v", "-o", BYTES + b".png"],
    "pictures into a folder": [TEXT, *MODEL, *SMALL, "-s", "1,2", "-v", "--grid", BYTES + b".png", "-o", BYTES + b"out/"],
    "the same again, refused": [TEXT, *MODEL, *SMALL, "-s", "3", "-o", NAME + b"a.png"],
    "events": [TEXT, *MODEL, *SMALL, "--json", "-o", BYTES + b"json.png"],
    "paths that end with NUL": [TEXT, *MODEL, *SMALL, "-0", "-o", BYTES + b"zero.png"],
    "a folder of init images": ["a", "-i", BYTES, *MODEL, "--plan"],
    "from a picture of A1111's": ["--from-image", NAME + b"a.png", *MODEL, "--plan"],
    "from a picture of ours": ["--from-image", NAME + b"b.png", *MODEL, "--plan"],
    "from a graph": ["a", "--from-image", NAME + b"c.png", *MODEL, "--plan"],
    "inspect": ["inspect", NAME + b"a.png", NAME + b"b.png", NAME + b"c.png", BYTES],
    "inspect, events": ["inspect", "--json", NAME + b"a.png", NAME + b"b.png", NAME + b"c.png"],
    "verify": ["verify", NAME + b"a.png", NAME + b"b.png", NAME + b"c.png"],
    "verify, no such file": ["verify", BYTES],
    "verify, events": ["verify", "--json", NAME + b"a.png"],
    "model": ["model", "model"],
    "a model's file": ["model", NAME + b".safetensors"],
    "import": ["import", NAME + b".safetensors", "-o", BYTES],
    "import with a wrong choice": ["import", NAME + b".safetensors", "-o", "x", "--dtype", BYTES],
    "status": ["status", "run"],
    "status, events": ["status", "--json", "run"],
    "status of nothing": ["status", BYTES],
    "explain": ["explain", "a " + TEXT, "-n", TEXT, *MODEL],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_terminal_gets_nothing_raw(hostile, name):
    written = on_terminal(hostile, *COMMANDS[name])
    assert written.strip()
    assert_clean(written)


def test_what_is_escaped_is_still_shown(hostile):
    shown = r"\x1b]0;x\x07\x1b[2J\x0d\x9b\u202e\u200e\u200f\u061c\u2066"
    assert_clean(on_terminal(hostile, *COMMANDS["status"]), rf" on h{shown}\xff", f"failed bbbbbbbb: {shown}")
    assert_clean(on_terminal(hostile, *COMMANDS["model"]), f"name: m{shown}")
    assert_clean(on_terminal(hostile, *COMMANDS["inspect"]), f"p{shown}\\xffa.png: 8 x 8 pixels, made by ")


def test_a_pipe_gets_paths_raw_and_json_that_is_valid(tmp_path):
    def run(*arguments):
        return subprocess.run([os.fsencode(part) for part in (BINARY, "a", *MODEL, *SMALL, *arguments)], cwd=tmp_path, capture_output=True, timeout=60)

    for end, flags in ((b"\n", []), (b"\0", ["-0"])):
        assert run("-o", BYTES + b"a\nb.png", "--overwrite", *flags).stdout == BYTES + b"a\nb.png" + end
    events = [json.loads(line) for line in run("-o", BYTES + b"c.png", "--json").stdout.decode("ascii").splitlines()]
    assert [event["path"] for event in events if event["event"] == "image"] == [TEXT + "\ufffdc.png"]


def test_an_import_can_end_its_path_with_nul(tmp_path):
    result = subprocess.run([BINARY, "import", "x", "-o", "y", "-0", "--json"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 64
    assert result.stderr == "sfumato: error: --print0: --json prints no path by itself. Leave one of the two out.\n"
