"""sfumato status FOLDER: counts of what has become of the pictures."""

import json

from conftest import QUICK, error_of

FOUR = ["a cat", *QUICK, "-b", "4", "-o", "out/"]


def test_everything_is_counted(sfumato, tmp_path):
    assert sfumato(*FOUR).returncode == 0
    assert sfumato("status", "out").stdout == "done: 4\nfailed: 0\nset aside: 0\ndamaged: 0\nmissing: 0\n"
    (tmp_path / "out" / "00001-42.png").write_bytes(b"no picture")
    (tmp_path / "out" / "00002-43.png").unlink()
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    result = sfumato("status", "out", "--json")
    assert result.returncode == 1
    assert json.loads(result.stdout) == {
        "done": 2, "failed": 0, "set_aside": 0, "damaged": 1, "missing": 1, "in_progress": [], "failures": [],
        "damaged_files": ["00001-42.png"], "rewritten_files": []}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == names, "it only looks"
    assert sfumato(*FOUR).returncode == 0
    assert json.loads(sfumato("status", "out", "--json").stdout)["done"] == 4


def test_what_failed_is_told_with_its_reason(sfumato, tmp_path):
    (tmp_path / "prompts.txt").write_text("a cat\na cat --steps 1000\n")
    small = [word for word in QUICK if word not in ("--steps", "2")]
    assert sfumato("-f", "prompts.txt", *small, "--steps", "1", "--job-timeout", "3", "-o", "out/").returncode == 1
    status = json.loads(sfumato("status", "out", "--json").stdout)
    assert (status["done"], status["failed"]) == (1, 1)
    assert status["failures"][0]["reason"] == "took longer than --job-timeout. Give it more time, or fewer steps."


def test_a_folder_of_no_run_is_named(sfumato, tmp_path):
    assert sfumato("status", "nowhere").returncode == 66
    assert error_of(sfumato("status", ".")) == ".: is not a folder that a run of several pictures was made into."
    assert sfumato("status").returncode == 64
    assert sfumato("status", "--nosuch", ".").returncode == 64
    assert "usage: sfumato status" in sfumato("status", "--help").stdout
