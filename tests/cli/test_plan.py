"""--plan: what it accepts the run accepts, what it refuses the run refuses with the same words; it writes nothing."""

import json
import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from conftest import BINARY, BUNDLE, MODEL, QUICK, error_of, pictures_in
from png_files import png


def plan_of(sfumato, *arguments, **options):
    """The exit code, the jobs and the last event of --plan --json."""
    result = sfumato(*arguments, *MODEL, "--plan", "--json", **options)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return result.returncode, [event for event in events if event["event"] == "job"], events[-1]


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["--grid", "x.jpg"], 64, "--grid: x.jpg: contact sheets are PNG files: end the name in .png."),
        (["--grid", "mine.png"], 73, "mine.png: is there already. "),
        (["-o", f"{BUNDLE}/a.png"], 73, f"{BUNDLE}: is inside the model's folder, which takes no other files. "),
        (["-o", "mine/"], 73, "mine: is not a folder and cannot be made one: Not a directory."),
        (["-o", "mine/a/b/"], 73, "mine/a/b: is not a folder and cannot be made one: Not a directory."),
        (["-o", "mine.png"], 73, "mine.png: is there already. "),
        (["-i", "in/", "-o", "in/"], 64, "--output: in is the folder of --init-img: "),
        (["--dtype", "float16"], 64, "--dtype: float16 is for GPUs; "),
        (["--device", "cuda:127"], 69, "--device cuda:127: "),
        (["--shard", "2/2"], 64, '--shard: "2/2": '),
        (["-b", "3", "--steps", "1,2", "-o", "{key:1}-{prompt}.png", "-s", "1..9"], 64, "--output: two jobs would write "),
    ],
)
def test_a_plan_refuses_what_the_run_refuses(sfumato, tmp_path, words, code, sentence):
    (tmp_path / "mine").write_text("mine")
    (tmp_path / "mine.png").write_text("mine")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(png())
    device = [] if "--device" in words else ["--device", "cpu"]
    plan = sfumato("a cat", *MODEL, *device, *words, "--plan")
    assert plan.returncode == code, plan.stderr
    assert error_of(plan).startswith(sentence)
    run = sfumato("a cat", *MODEL, *device, *words)
    assert (run.returncode, run.stderr) == (code, plan.stderr)
    assert pictures_in(tmp_path) == ["in", "mine", "mine.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every folder")
def test_a_plan_refuses_a_folder_that_cannot_be_written_to(sfumato, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o555)
    assert error_of(sfumato("a", *MODEL, "--plan", "-o", "locked/")) == "locked: cannot be written to: Permission denied."
    result = sfumato("a", *MODEL, "--plan", "-o", "locked/a/")
    assert (result.returncode, error_of(result)) == (73, "locked/a: is not a folder and cannot be made one: Permission denied.")


def test_a_plan_writes_nothing(sfumato, tmp_path):
    code, jobs, _ = plan_of(sfumato, "a", "-s", "random,random", "-o", "a/b/", "--grid", "sheets/s.png")
    assert (code, len(jobs)) == (0, 2)
    assert pictures_in(tmp_path) == []


def test_the_folder_of_a_sheet_is_made(sfumato, tmp_path):
    assert sfumato("a", "-b", "2", *QUICK, "-o", "out/", "--grid", "new/folder/s.png").returncode == 0
    assert pictures_in(tmp_path / "new" / "folder") == ["s.png"]


def test_a_plan_accepts_the_very_picture(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", "a.png").returncode == 0
    assert sfumato("a cat", *QUICK, "-o", "a.png", "--plan").returncode == 0
    assert sfumato("a dog", *QUICK, "-o", "a.png", "--plan").returncode == 73
    assert sfumato("a dog", *QUICK, "-o", "a.png", "--plan", "--overwrite").returncode == 0


def test_a_plan_knows_the_keys_of_pictures(sfumato, tmp_path):
    command = ["a cat", *QUICK, "-s", "1..2", "-o", "out/{key:16}.png"]
    planned = [line.split()[1] for line in sfumato(*command, "--plan").stdout.splitlines()[:-1]]
    assert planned == sfumato(*command).stdout.splitlines()


def test_a_plan_reads_a_pipe_once(tmp_path):
    command = ["bash", "-c", '"$@" -f <(printf "a\\nb\\n")', "bash", str(BINARY), *MODEL, "--plan"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout.splitlines()[-1]) == (0, "2 pictures"), result.stderr


def test_a_run_reads_a_fifo_once(sfumato, tmp_path):
    os.mkfifo(tmp_path / "fifo")
    writer = threading.Thread(target=(tmp_path / "fifo").write_text, args=("a cat\na dog\n",), daemon=True)
    writer.start()
    result = sfumato("-f", "fifo", *QUICK, "-o", "out/")
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines() == ["out/00001-42.png", "out/00002-42.png"]
    writer.join(timeout=10)
    assert not writer.is_alive()


def test_bad_lines_of_other_shards_do_not_count(sfumato, tmp_path):
    (tmp_path / "p.txt").write_text("a\nb --seed x\nc\n")
    code, jobs, end = plan_of(sfumato, "-f", "p.txt", "--shard", "0/2")
    assert (code, len(jobs), end["bad_lines"]) == (0, 2, 0)
    code, jobs, end = plan_of(sfumato, "-f", "p.txt", "--shard", "1/2")
    assert (code, len(jobs), end["bad_lines"]) == (65, 0, 1)


def test_a_plan_of_a_shard_refuses_names_that_another_shard_has(sfumato, tmp_path):
    words = ["a", "--steps", "1,2", *MODEL, "--shard", "0/2", "-o", "out/{seed}.png"]
    plan = sfumato(*words, "--plan")
    assert plan.returncode == 64 and error_of(plan).startswith("--output: two jobs would write out/42.png")
    assert sfumato(*words).stderr == plan.stderr


def end_of(process):
    """The exit code and the standard error of a process that was told to stop."""
    try:
        _, err = process.communicate(timeout=20)
        return process.returncode, err
    except subprocess.TimeoutExpired:
        process.kill()
        return None, ""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
@pytest.mark.parametrize("command", [["a", "-s", "1..100000000", "--plan", "--json"], ["explain", "a", "-s", "1..100000000"]])
def test_what_writes_nothing_ends_at_the_first_signal(tmp_path, command, number, code):
    with subprocess.Popen([BINARY, *command, *MODEL], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        if "--json" in command:
            assert process.stdout.readline()
        else:
            wait_until_busy(process)
        process.send_signal(number)
        code_found, err = end_of(process)
        assert code_found == code
        assert err.startswith("sfumato: error: stopped") and err.count("\n") == 1


def wait_until_busy(process):
    """Until the process handles signals and has used CPU time after its start: it is in its loop."""
    tick = os.sysconf("SC_CLK_TCK")

    def is_busy():
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = int(re.search(r"SigCgt:\s*(\w+)", status)[1], 16)
        fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return caught >> (signal.SIGINT - 1) & 1 and (int(fields[11]) + int(fields[12])) / tick > 0.6

    wait_until(process, is_busy)


def wait_until(process, condition):
    """Kills a process that does not get there, so that the test fails and does not hang."""
    end = time.monotonic() + 100
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            process.kill()
            pytest.fail("the process did not get as far as the signal")
        time.sleep(0.05)


def opens(process, path):
    folder = Path(f"/proc/{process.pid}/fd")
    return any(os.path.realpath(descriptor) == str(path) for descriptor in folder.iterdir())


@pytest.mark.parametrize("words", [["--plan"], ["-o", "out/"]])
def test_waiting_for_a_fifo_ends_at_the_first_signal(tmp_path, words):
    fifo = (tmp_path / "fifo").resolve()
    os.mkfifo(fifo)
    with subprocess.Popen([BINARY, "-f", "fifo", *QUICK, *words], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        wait_until(process, lambda: opens(process, fifo))
        process.send_signal(signal.SIGINT)
        assert end_of(process)[0] == 130
