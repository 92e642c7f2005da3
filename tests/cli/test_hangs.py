"""Nothing waits for ever: named pipes where a file is expected, streams without an end, and the first Ctrl-C."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time

import pytest
from conftest import BINARY, BUNDLE, MODEL, QUICK, error_of, pictures_in

BLANK = ["sh", "-c", "while :; do printf '\\n\\n\\n\\n\\n\\n\\n\\n'; done"]
COMMENTS = ["yes", "# nothing"]


def has_read(process, name):
    """Whether the process has the file open, and has worked since."""
    with contextlib.suppress(FileNotFoundError):
        return any(os.path.realpath(link) == name for link in os.scandir(f"/proc/{process.pid}/fd"))
    return False


def written_by(process):
    """Bytes that the process has written (proc_pid_io(5))."""
    with open(f"/proc/{process.pid}/io") as file:
        return int(next(line.split()[1] for line in file if line.startswith("wchar")))


def wait_until(process, condition):
    end = time.monotonic() + 50
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.fail("the process did not get as far as the signal")
        time.sleep(0.05)


def seconds_to_end(process, number=signal.SIGINT):
    begin = time.monotonic()
    process.send_signal(number)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail("the signal was not heard")
    return time.monotonic() - begin


@contextlib.contextmanager
def running(tmp_path, *arguments, **options):
    with subprocess.Popen([BINARY, *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
@pytest.mark.parametrize("words", [["-o", "out/"], ["--plan"]])
def test_a_file_without_an_end_hears_the_first_signal(tmp_path, device, words):
    with running(tmp_path, "-f", device, *QUICK, *words, "-q") as process:
        # The messages about bad lines are read, so that the program does not wait for us.
        threading.Thread(target=process.stderr.read, daemon=True).start()
        wait_until(process, lambda: has_read(process, device))
        assert seconds_to_end(process) < 5
        assert process.returncode == 130


@pytest.mark.parametrize("writer", [BLANK, COMMENTS], ids=["blank", "comments"])
@pytest.mark.parametrize("words", [["-o", "out/"], ["--plan"]])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_lines_without_an_end_hear_the_first_signal(tmp_path, writer, words, number, code):
    with subprocess.Popen(writer, stdout=subprocess.PIPE) as source, running(tmp_path, "-f", "-", *QUICK, *words, stdin=source.stdout) as process:
        source.stdout.close()
        # What the source has written is more than the pipe holds, so the program reads.
        state = tmp_path / "out" / ".sfumato"
        wait_until(process, lambda: written_by(source) > 1 << 20 if words == ["--plan"] else state.exists())
        assert seconds_to_end(process, number) < 5
        assert process.returncode == code
        source.kill()


def test_comments_without_an_end_after_a_picture_keep_the_picture(tmp_path):
    """Here the first signal is remembered, and the run ends in order."""
    writer = ["sh", "-c", "echo a cat; yes '# nothing'"]
    with subprocess.Popen(writer, stdout=subprocess.PIPE) as source, running(tmp_path, "-f", "-", *QUICK, "-o", "out/", stdin=source.stdout) as process:
        source.stdout.close()
        wait_until(process, lambda: (tmp_path / "out" / "00001-42.png").exists())
        assert seconds_to_end(process) < 5
        assert process.returncode == 130
        assert "stopped by Ctrl-C: 1 made. To go on: " in process.stderr.read()
        source.kill()
    assert pictures_in(tmp_path / "out") == [".sfumato", "00001-42.png", "index.jsonl"]


def test_a_time_limit_ends_lines_without_an_end(tmp_path):
    with subprocess.Popen(COMMENTS, stdout=subprocess.PIPE) as source:
        result = subprocess.run([BINARY, "-f", "-", *QUICK, "-o", "out/", "--time-limit", "0.5"], cwd=tmp_path, stdin=source.stdout,
                                capture_output=True, text=True, timeout=50)
        source.kill()
    assert result.returncode == 75
    assert "stopped by --time-limit: 0 made." in result.stderr


def test_waiting_for_a_picture_to_start_from_hears_the_first_signal(tmp_path):
    """It is the third line's, so that the run reads it when two pictures are made."""
    fifo = (tmp_path / "fifo").resolve()
    os.mkfifo(fifo)
    (tmp_path / "p.txt").write_text("a cat\na dog\na fox --init-img fifo\n")
    with running(tmp_path, "-f", "p.txt", *QUICK, "-o", "out/") as process:
        wait_until(process, lambda: has_read(process, str(fifo)))
        assert seconds_to_end(process) < 5
        assert process.returncode == 130
        err = process.stderr.read()
    assert "stopped by Ctrl-C: 2 made" in err and "p.txt:3" not in err


def test_nothing_is_left_by_a_signal_before_the_first_picture(tmp_path):
    """The run waits for its first prompt; its journal is open, and says nothing yet."""
    read, write = os.pipe()
    with running(tmp_path, "-f", "-", *QUICK, "-o", "out/", stdin=read) as process:
        wait_until(process, lambda: list((tmp_path / "out").glob(".sfumato/journal.*")))
        assert seconds_to_end(process) < 5
        assert process.returncode == 130
        assert process.stderr.read() == "sfumato: error: stopped by Ctrl-C.\n"
    os.close(read)
    os.close(write)
    assert [name for name in pictures_in(tmp_path / "out" / ".sfumato") if "journal" in name or "part" in name] == []


def run_until(sfumato, *arguments):
    return sfumato(*arguments, timeout=20)


def test_a_pipe_as_wildcard_is_an_error(sfumato, tmp_path):
    (tmp_path / "wildcards").mkdir()
    os.mkfifo(tmp_path / "wildcards" / "colour.txt")
    result = run_until(sfumato, "a __colour__ cat", *QUICK)
    assert result.returncode == 64
    assert error_of(result).startswith("--prompt: __colour__: ")
    assert error_of(result).endswith("/wildcards/colour.txt: is a named pipe; a regular file is expected.")


def test_a_pipe_as_index_is_a_warning(sfumato, tmp_path):
    (tmp_path / "out").mkdir()
    os.mkfifo(tmp_path / "out" / "index.jsonl")
    result = run_until(sfumato, "a cat", *QUICK, "-b", "2", "-o", "out/")
    assert result.returncode == 0
    assert "out/index.jsonl: is not an index that this program wrote, and stays as it is." in result.stderr
    assert (tmp_path / "out" / "index.jsonl").is_fifo()


@pytest.mark.parametrize(("arguments", "code"), [
    (["--from-image", "pipe", "a cat", *QUICK], 66),
    (["inspect", "pipe"], 66),
    (["verify", "pipe"], 1),
    (["import", "pipe", "-o", "new"], 66),
])
def test_a_pipe_is_no_picture_and_no_checkpoint(sfumato, tmp_path, arguments, code):
    os.mkfifo(tmp_path / "pipe")
    result = run_until(sfumato, *arguments)
    assert result.returncode == code
    assert "is a named pipe; a regular file is expected." in result.stdout + result.stderr


def test_a_pipe_in_a_folder_of_pictures_is_passed_over(sfumato, tmp_path):
    (tmp_path / "in").mkdir()
    os.mkfifo(tmp_path / "in" / "a.png")
    result = run_until(sfumato, "a cat", *QUICK, "-i", "in", "-o", "out/")
    assert result.returncode == 66
    assert "in: there is no PNG or JPEG in this folder." in result.stderr


@pytest.mark.parametrize("name", ["model.json", *sorted(json.loads((BUNDLE / "model.json").read_text())["files"])])
def test_a_pipe_in_a_bundle_is_an_error(sfumato, tmp_path, name):
    shutil.copytree(BUNDLE, tmp_path / "model")
    (tmp_path / "model" / name).unlink()
    os.mkfifo(tmp_path / "model" / name)
    result = run_until(sfumato, "a cat", "-m", "model", *QUICK[len(MODEL):])
    assert result.returncode in (66, 78)
    assert error_of(result).startswith(f"model/{name}: is a named pipe; a regular file is expected.")


def test_a_nul_in_json_is_the_error_of_its_line(sfumato, tmp_path):
    lines = ['{"prompt": "a", "output": "x\\u0000.png"}', '{"prompt": "b", "output": "x\\u0000.png"}', '{"prompt": "a\\u0000b"}', '{"prompt": "c"}']
    (tmp_path / "p.jsonl").write_text("\n".join(lines) + "\n")
    result = run_until(sfumato, "-f", "p.jsonl", *QUICK, "-o", "out/")
    assert result.returncode == 1
    assert result.stderr.count("a string with a NUL (\\u0000).") == 3
    assert [f"p.jsonl:{line}: " in result.stderr for line in (1, 2, 3, 4)] == [True, True, True, False]
    assert result.stdout == "out/00004-42.png\n"
    assert pictures_in(tmp_path / "out") == [".sfumato", "00004-42.png", "index.jsonl"]
