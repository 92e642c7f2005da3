"""Runs of prompt files: names, shards, edited files, seeds that nobody chose."""

import json

import pytest
from conftest import QUICK, error_of, pictures_in, read_png

PROMPTS = "a cat\na dog --seed 7\na cat\na fish\n"


@pytest.fixture
def prompts(tmp_path):
    file = tmp_path / "prompts.txt"
    file.write_text(PROMPTS)
    return file


def names_in(folder):
    return [name for name in pictures_in(folder) if name.endswith(".png")]


def prompt_of(path):
    return json.loads(read_png(path.read_bytes())[2]["sfumato"])["prompt"]


def end_of(result):
    return json.loads(result.stdout.splitlines()[-1])


def test_every_line_gets_its_picture(sfumato, tmp_path, prompts):
    assert sfumato("-f", "prompts.txt", *QUICK, "-o", "out/").returncode == 0
    assert names_in(tmp_path / "out") == ["00001-42.png", "00002-7.png", "00003-42.png", "00004-42.png"]
    assert [prompt_of(tmp_path / "out" / name) for name in names_in(tmp_path / "out")] == ["a cat", "a dog", "a cat", "a fish"]


def test_an_edited_file_mixes_nothing_up(sfumato, tmp_path, prompts):
    assert sfumato("-f", "prompts.txt", *QUICK, "-o", "out/").returncode == 0
    prompts.write_text("a new line\na cat\na cat\na fish\n")
    result = sfumato("-f", "prompts.txt", *QUICK, "-o", "out/", "--json")
    end = end_of(result)
    assert (end["made"], end["existing"], end["unclaimed"]) == (1, 3, 1)
    assert names_in(tmp_path / "out") == ["00001-42-2.png", "00001-42.png", "00002-7.png", "00003-42.png", "00004-42.png"]
    assert prompt_of(tmp_path / "out" / "00001-42-2.png") == "a new line"


def test_shards_share_a_run_out(sfumato, tmp_path, prompts):
    assert sfumato("-f", "prompts.txt", *QUICK, "-o", "whole/").returncode == 0
    for environment in ({"SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_MIN": "1"}, {"SLURM_ARRAY_TASK_ID": "2", "SLURM_ARRAY_TASK_MIN": "1"}):
        result = sfumato("-f", "prompts.txt", *QUICK, "--shard", "env", "-o", "out/", "--json", env=environment | {"SLURM_ARRAY_TASK_COUNT": "2"})
        assert (result.returncode, end_of(result)["made"]) == (0, 2)
    for name in names_in(tmp_path / "whole"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


@pytest.mark.parametrize("shard", ["3/0", "8/8", "x", "env"])
def test_a_shard_that_is_none_is_refused(sfumato, prompts, shard):
    result = sfumato("-f", "prompts.txt", *QUICK, "--shard", shard, "-o", "out/", env={})
    assert result.returncode == 64 and error_of(result).startswith(f'--shard: "{shard}": ')


def test_two_lines_never_write_one_file(sfumato, tmp_path, prompts):
    result = sfumato("-f", "prompts.txt", *QUICK, "-o", "out/{prompt}.png")
    assert result.returncode == 64
    assert error_of(result) == ("--output: two jobs would write out/a-cat.png (prompts.txt:1 and prompts.txt:3). "
                                "Put {index} or {seed} into the name.")
    assert sorted(pictures_in(tmp_path)) == ["prompts.txt"]


def test_a_run_that_was_stopped_goes_on_with_its_random_seeds(sfumato, tmp_path):
    command = ["a cat", *QUICK, "-s", "random", "-b", "4", "-o", "out/"]
    assert sfumato(*command, "--time-limit", "0").returncode == 75
    assert sfumato(*command, "--shard", "0/2").returncode == 0
    first = names_in(tmp_path / "out")
    assert len(first) == 2
    assert sfumato(*command).returncode == 0
    assert len(names_in(tmp_path / "out")) == 4 and set(first) < set(names_in(tmp_path / "out"))
    assert sfumato(*command).returncode == 0
    assert len(names_in(tmp_path / "out")) == 8, "when all were there, new ones are drawn"


def test_a_bad_line_stops_the_others_only_when_asked(sfumato, tmp_path, prompts):
    prompts.write_text("a cat\na dog --steps no\na fish\n")
    result = sfumato("-f", "prompts.txt", *QUICK, "-o", "out/")
    assert result.returncode == 1 and "2 made, 1 failed" in result.stderr
    assert "sfumato: to try what failed again: sfumato -f prompts.txt" in result.stderr
    strict = sfumato("-f", "prompts.txt", *QUICK, "-o", "strict/", "--fail-fast")
    assert strict.returncode == 1 and "stopped by --fail-fast: 1 made, 1 failed, 1 left." in strict.stderr
    assert names_in(tmp_path / "strict") == ["00001-42.png"]


def test_a_contact_sheet_is_complete_though_the_run_was_resumed(sfumato, tmp_path):
    command = ["a cat", *QUICK, "-s", "1..3", "-o", "out/", "--grid", "sheet.png"]
    assert sfumato(*command).returncode == 0
    first = (tmp_path / "sheet.png").read_bytes()
    (tmp_path / "out" / "00002-2.png").unlink()
    result = sfumato(*command)
    assert result.returncode == 0 and "1 made, 2 already there" in result.stderr
    assert (tmp_path / "sheet.png").read_bytes() == first
