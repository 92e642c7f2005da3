"""Prompt files as a user meets them: -f FILE, -f -, --plan; bad lines are told and stop nothing."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from conftest import BINARY, MODEL, QUICK, error_of, pictures_in, read_png


def plan_of(sfumato, *arguments, **options):
    """The jobs that --plan --json tells, its last event, and the exit code."""
    result = sfumato(*arguments, *MODEL, "--plan", "--json", **options)
    events = [json.loads(line) for line in result.stdout.splitlines()]
    return [event for event in events if event["event"] == "job"], events[-1], result


def write(tmp_path, text, name="p.txt"):
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())


def test_every_line_is_a_picture(sfumato, tmp_path):
    write(tmp_path, 'a cat\n# no\n\na dog --seed 7\n{"prompt": "a fox", "seed": [1, 2]}\n')
    result = sfumato("-f", "p.txt", *QUICK, "-o", "out/")
    assert result.returncode == 0, result.stderr
    assert len(result.stdout.splitlines()) == len(list((tmp_path / "out").glob("*.png"))) == 4
    texts = [json.loads(read_png((tmp_path / path).read_bytes())[2]["sfumato"]) for path in result.stdout.splitlines()]
    assert [(text["prompt"], text["seed"]) for text in texts] == [("a cat", 42), ("a dog", 7), ("a fox", 1), ("a fox", 2)]


def test_a_bad_line_is_told_with_its_number_and_the_others_are_made(sfumato, tmp_path):
    write(tmp_path, b'a cat\na dog --step 3\n{"prompt": }\nb\xff\n')
    result = sfumato("-f", "p.txt", *QUICK, "-o", "out/")
    assert result.returncode == 1
    assert "p.txt:2: --step: is not an option of a picture. Did you mean --steps?" in result.stderr
    assert "p.txt:3: column 12: " in result.stderr
    assert "p.txt:4: not UTF-8 at byte 2." in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_a_plan_finds_all_bad_lines_and_makes_nothing(sfumato, tmp_path):
    write(tmp_path, 'a cat\nb --seed x\nc --seed 1..1000\n{"prompt": 7}\n')
    jobs, end, result = plan_of(sfumato, "-f", "p.txt")
    assert (result.returncode, len(jobs), end["pictures"], end["bad_lines"]) == (65, 1001, 1001, 2)
    assert 'p.txt:2: --seed: "x": a whole number' in result.stderr
    assert 'p.txt:4: "prompt": 7: a string is expected.' in result.stderr
    assert pictures_in(tmp_path) == ["p.txt"]


def test_a_plan_for_people_shows_the_first_and_last_jobs_and_their_number(sfumato, tmp_path):
    write(tmp_path, "".join(f"fox {i}\n" for i in range(100)))
    result = sfumato("-f", "p.txt", *MODEL, "--plan")
    lines = result.stdout.splitlines()
    assert result.returncode == 0 and len(lines) == 15 and lines[-1] == "100 pictures"
    assert '"fox 0" --seed 42' in lines[0] and '"fox 99" --seed 42' in lines[-2]


def test_lines_of_other_programs_mean_what_they_say(sfumato, tmp_path):
    write(tmp_path, '--prompt "a fox" --negative_prompt "dark, blurry" --seed 1 --steps 9 --cfg_scale 7 '
          '--width 64 --height 72 --sampler_name "Euler a Karras"\n')
    (job,), _, result = plan_of(sfumato, "-f", "p.txt")
    assert result.returncode == 0
    wanted = {"prompt": "a fox", "negative_prompt": "dark, blurry", "seed": 1, "steps": 9, "cfg_scale": 7.0}
    wanted |= {"width": 64, "height": 72, "sampling_method": "euler_a", "scheduler": "karras", "eta": 1.0}
    assert {key: job[key] for key in wanted} == wanted


@pytest.mark.parametrize("text", ["a cat\r\na dog\r\n", "\ufeffa cat\na dog", "a cat\n\n  \n# x\na dog\n"])
def test_line_ends_marks_and_blank_lines_do_not_matter(sfumato, tmp_path, text):
    write(tmp_path, text)
    jobs, _, result = plan_of(sfumato, "-f", "p.txt")
    assert (result.returncode, [job["prompt"] for job in jobs]) == (0, ["a cat", "a dog"])


@pytest.mark.parametrize("text", ["", "\n\n", "# a\n # b\n"])
def test_a_file_without_prompts_is_no_success(sfumato, tmp_path, text):
    write(tmp_path, text)
    result = sfumato("-f", "p.txt", *QUICK)
    assert result.returncode == 65
    assert error_of(result).startswith("no prompts in p.txt. ")


def test_files_that_cannot_be_read_are_named_with_the_reason(sfumato, tmp_path):
    write(tmp_path, "a cat".encode("utf-16"), "wide.txt")
    for name, code, reason in (
        ("none.txt", 66, "none.txt: No such file or directory."),
        (".", 66, ".: is a folder; a file is expected."),
        ("wide.txt", 65, "wide.txt: looks like UTF-16. Convert it: iconv "),
    ):
        result = sfumato("-f", name, *QUICK)
        assert result.returncode == code
        assert error_of(result).startswith(reason)


def test_standard_input_is_a_file_too(sfumato):
    jobs, _, result = plan_of(sfumato, "-f", "-", input="a cat\na dog --seed 3")
    assert result.returncode == 0
    assert [(job["prompt"], job["origin"]) for job in jobs] == [("a cat", "standard input:1"), ("a dog", "standard input:2")]


def test_lines_come_through_a_pipe_one_by_one(tmp_path):
    """The first job is told while the file has not ended: nothing waits for the end."""
    with subprocess.Popen(
        [BINARY, "-f", "-", *MODEL, "--plan", "--json"], cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for _ in range(2000):  # more than the streams hold back
            process.stdin.write(b"a red fox in the snow\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["prompt"] == "a red fox in the snow"
        process.stdin.close()
        process.stdout.read()
    assert process.returncode == 0


def has_open(process, name):
    """Whether the process has a file of that name open; not while it waits to open it."""
    folder = Path(f"/proc/{process.pid}/fd")
    for link in folder.iterdir():
        try:
            if os.path.basename(os.readlink(link)) == name:
                return True
        except FileNotFoundError:
            continue
    return False


@pytest.mark.parametrize("idle_writer", [False, True], ids=["no writer", "idle writer"])
def test_a_signal_ends_the_wait_for_a_fifo(tmp_path, idle_writer):
    fifo = tmp_path / "p.fifo"
    os.mkfifo(fifo)
    writer = os.open(fifo, os.O_RDWR) if idle_writer else None
    with subprocess.Popen([BINARY, "-f", "p.fifo", *QUICK, "-o", "out/"], cwd=tmp_path, stderr=subprocess.PIPE) as process:
        try:
            deadline = time.monotonic() + 20
            while not has_open(process, "p.fifo") and time.monotonic() < deadline:
                time.sleep(0.05)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=20) == 130
        finally:
            process.kill()
    if writer is not None:
        os.close(writer)


def test_a_fifo_gives_its_lines_once(sfumato, tmp_path):
    os.mkfifo(tmp_path / "p.fifo")
    with subprocess.Popen(["sh", "-c", "printf 'a cat\\na dog\\n' > p.fifo"], cwd=tmp_path) as writer:
        try:
            result = sfumato("-f", "p.fifo", *QUICK, "-o", "out/")
            assert writer.wait(timeout=20) == 0
        finally:
            writer.kill()
    assert result.returncode == 0, result.stderr
    assert [read_png((tmp_path / path).read_bytes())[2]["parameters"].splitlines()[0] for path in result.stdout.splitlines()] == ["a cat", "a dog"]


def test_the_command_line_holds_for_lines_that_do_not_say_otherwise(sfumato, tmp_path):
    write(tmp_path, "a cat\na dog --steps 9\n")
    jobs, _, _ = plan_of(sfumato, "-f", "p.txt", "--steps", "4,5")
    assert [(job["prompt"], job["steps"]) for job in jobs] == [("a cat", 4), ("a cat", 5), ("a dog", 9)]


def test_what_would_make_every_line_bad_is_a_usage_error(sfumato, tmp_path):
    write(tmp_path, "a cat\n")
    for words, sentence in (
        (["-W", "513"], "--width: 513 is out of range"),
        (["a prompt"], "--from-file: the lines of the file are the prompts"),
    ):
        result = sfumato("-f", "p.txt", *QUICK[: len(MODEL)], *words)
        assert result.returncode == 64
        assert error_of(result).startswith(sentence)


def test_fail_fast_stops_at_a_bad_line(sfumato, tmp_path):
    write(tmp_path, "a --step 3\nb\n")
    result = sfumato("-f", "p.txt", *QUICK, "--fail-fast", "-o", "out/")
    assert result.returncode == 1
    assert "p.txt:1: --step: is not an option of a picture. Did you mean --steps?" in result.stderr
    assert result.stdout == ""
