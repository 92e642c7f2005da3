"""Prompts from a stream that is quiet for a while, and a stop in the middle of a step."""

import signal

from conftest import MODEL, QUICK, pictures_in, started, wait_for


def write(process, text):
    process.stdin.write(text)
    process.stdin.flush()


def test_a_picture_is_finished_while_the_next_prompt_is_not_written_yet(tmp_path):
    """With room for two pictures at once."""
    with started(tmp_path, "-f", "-", *QUICK, "--batch-size", "2", "--job-timeout", "50", "-o", "out/", "--json") as process:
        write(process, "a cat\n# nothing more for now\na d")
        assert wait_for(process, "image")["path"] == "out/00001-42.png"
        write(process, "og\n")
        assert wait_for(process, "image")["path"] == "out/00002-42.png"
        process.stdin.close()
        assert wait_for(process, "done")["made"] == 2
    assert process.returncode == 0


def test_a_signal_ends_the_wait_for_a_prompt(tmp_path):
    with started(tmp_path, "-f", "-", *QUICK, "-o", "out/", "--json") as process:
        write(process, "a cat\n")
        wait_for(process, "image")
        process.send_signal(signal.SIGTERM)
        assert "stopped by SIGTERM: 1 made. To go on: " in process.stderr.read()
    assert process.returncode == 143


def test_a_time_limit_ends_the_wait_for_a_prompt(tmp_path):
    with started(tmp_path, "-f", "-", *QUICK, "-o", "out/", "--json", "--time-limit", "0.5") as process:
        assert "stopped by --time-limit: 0 made. To go on: " in process.stderr.read()
    assert process.returncode == 75


def test_a_stop_in_the_first_half_step_finishes_a_picture_that_fits_the_grace_time(tmp_path):
    heun = ["--sampling-method", "heun", "--steps", "2", "-W", "192", "-H", "192", "-t", "1", "--device", "cpu"]
    with started(tmp_path, "a cat", *MODEL, *heun, "-b", "2", "-o", "out/", "--json", "--grace", "100") as process:
        wait_for(process, "start")
        while not any('"started"' in path.read_text() for path in (tmp_path / "out" / ".sfumato").glob("*.jsonl")):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert wait_for(process, "step")["step"] == 1
        assert wait_for(process, "done")["made"] == 1
    assert process.returncode == 130
    assert "00001-42.png" in pictures_in(tmp_path / "out")
