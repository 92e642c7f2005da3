"""A line whose picture can get no name: an error of this line, in --plan too; the other lines are drawn."""

import os

import pytest
from conftest import QUICK, error_of, pictures_in

LONG = "n" * 252 + ".png"  # 256 bytes
DEEP = "/".join(["d" * 200] * 21) + "/a.png"


@pytest.fixture
def lines(sfumato, tmp_path):
    """Runs a file of three lines, of which the second names its picture, and the same as a plan."""
    (tmp_path / "out").mkdir()

    def run(name, *words):
        (tmp_path / "p.txt").write_text(f"a cat\na dog --output {name}\na fox\n")
        plan = sfumato("-f", "p.txt", *QUICK, "-o", "out/", "--plan", *words)
        made = sfumato("-f", "p.txt", *QUICK, "-o", "out/", *words)
        return plan, made

    return run


BAD = [
    (LONG, "the name is longer than 255 bytes."),
    (DEEP, "the path is longer than 4095 bytes."),
    ("x" * 300 + "/a.png", "the name is longer than 255 bytes."),
    ("file.png/b.png", "out/file.png is a file, not a folder."),
    ("file.png/c/b.png", "out/file.png is a file, not a folder."),
    ("null/x.png", "out/null is a file, not a folder."),
    ("/dev/null/x.png", "is outside the folder of the run."),
    ("loop/x.png", "Too many levels of symbolic links"),
    ("away/x.png", "out/away is a symbolic link that leads out of the folder, or nowhere."),
]


def test_it_is_the_error_of_its_line(sfumato, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "file.png").write_bytes(b"")
    (tmp_path / "out" / "null").symlink_to("/dev/null")
    (tmp_path / "out" / "loop").symlink_to("loop")
    (tmp_path / "out" / "away").symlink_to(tmp_path)
    lines = ["a cat", *(f"a dog --output {name}" for name, _ in BAD), "a fox"]
    (tmp_path / "p.txt").write_text("\n".join(lines) + "\n")
    for words, code in ((["--plan"], 65), ([], 1)):
        result = sfumato("-f", "p.txt", *QUICK, "-o", "out/", *words)
        assert result.returncode == code, result.stderr
        errors = [line for line in result.stderr.splitlines() if line.startswith("sfumato: error: ")]
        assert len(errors) == len(BAD), result.stderr
        for number, (error, (_, reason)) in enumerate(zip(errors, BAD, strict=True), 2):
            assert error.startswith(f"sfumato: error: p.txt:{number}") and ": --output: " in error and reason in error
    assert result.stdout == "out/00001-42.png\nout/00011-42.png\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_takes_no_files_is_the_error_of_its_line(lines, tmp_path):
    (tmp_path / "out" / "locked").mkdir(mode=0o500)
    plan, made = lines("locked/a.png")
    assert (plan.returncode, made.returncode) == (65, 1)
    assert made.stdout == "out/00001-42.png\nout/00003-42.png\n"


def test_with_overwrite_a_folder_is_the_error_of_its_line(lines, tmp_path):
    (tmp_path / "out" / "a.png").mkdir()
    plan, made = lines("a.png", "--overwrite")
    assert (plan.returncode, made.returncode) == (65, 1)
    assert "p.txt:2: --output: a.png: is a folder." in plan.stderr and "p.txt:2 (seed 42): --output: a.png: is a folder." in made.stderr
    assert made.stdout == "out/00001-42.png\nout/00003-42.png\n"


@pytest.mark.parametrize("batch", ["1", "3"])
def test_a_picture_of_the_run_is_no_folder(sfumato, tmp_path, batch):
    (tmp_path / "p.txt").write_text("a cat --output a.png\na dog --output a.png/b.png\na fox --output c.png\n")
    plan = sfumato("-f", "p.txt", *QUICK, "-o", "out/", "--plan")
    made = sfumato("-f", "p.txt", *QUICK, "-o", "out/", "--batch-size", batch)
    assert (plan.returncode, made.returncode) == (65, 1)
    assert "p.txt:2: --output: a.png/b.png: a part of it is the name of another job's picture, and no folder." in plan.stderr
    assert "out/a.png is a file, not a folder." in made.stderr
    assert sorted(made.stdout.split()) == ["out/a.png", "out/c.png"]


def test_the_longest_name_gets_a_number_if_it_is_taken(sfumato, tmp_path):
    name = "é" * 125 + "a.png"  # 255 bytes
    (tmp_path / "p.txt").write_text(f"a cat --output {name}\na dog --output {name}\n")
    result = sfumato("-f", "p.txt", *QUICK, "-o", "out/")
    assert result.returncode == 0, result.stderr
    assert pictures_in(tmp_path / "out") == [".sfumato", "index.jsonl", "é" * 124 + "-2.png", name]


@pytest.mark.parametrize("words", [["-o", "x" * 300 + "/"], ["-o", "a" * 300 + "/{seed}.png"], ["--grid", LONG, "-o", "out/"]])
@pytest.mark.parametrize("plan", [["--plan"], []])
def test_a_name_of_the_command_line_ends_it_at_once(sfumato, tmp_path, words, plan):
    result = sfumato("a cat", "-b", "2", *QUICK, *words, *plan)
    assert result.returncode in (64, 73)
    assert error_of(result).startswith(("--grid: ", words[1][:20]))
    assert pictures_in(tmp_path) == []
