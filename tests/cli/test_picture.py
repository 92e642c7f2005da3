"""From words to pictures."""

import json
import os
import shutil
import subprocess

import pytest
from conftest import BINARY, BUNDLE, MODEL, QUICK, ROOT, SMALL, TRUST, error_of, pictures_in, read_png


def test_a_prompt_becomes_a_picture_and_its_path_is_printed(sfumato, tmp_path):
    result = sfumato("A smiling cat, 3D style", *QUICK)
    assert (result.returncode, result.stdout) == (0, "a-smiling-cat-3d-style-42.png\n")
    assert pictures_in(tmp_path) == ["a-smiling-cat-3d-style-42.png"]
    width, height, texts = read_png((tmp_path / "a-smiling-cat-3d-style-42.png").read_bytes())
    assert (width, height) == (64, 64)
    assert texts["parameters"].startswith("A smiling cat, 3D style\nSteps: 2, Sampler: ")
    assert json.loads(texts["sfumato"])["seed"] == 42


def test_the_same_command_gives_the_same_bytes_and_another_seed_others(sfumato, tmp_path):
    for name, seed in ("a.png", "7"), ("b.png", "7"), ("c.png", "8"):
        assert sfumato("a cat", *QUICK, "-s", seed, "--no-metadata", "-o", name).returncode == 0
    a, b, c = ((tmp_path / name).read_bytes() for name in ("a.png", "b.png", "c.png"))
    assert a == b
    assert a != c


def test_a_picture_is_the_same_alone_and_among_others(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-s", "7", "-b", "2", "-o", "out/").returncode == 0
    assert sfumato("a cat", *QUICK, "-s", "8", "-o", "alone.png").returncode == 0
    assert pictures_in(tmp_path / "out") == [".sfumato", "00001-7.png", "00002-8.png", "index.jsonl"]
    assert (tmp_path / "out" / "00002-8.png").read_bytes() == (tmp_path / "alone.png").read_bytes()


def test_every_word_that_is_said_counts(sfumato, tmp_path):
    changes = ([], ["-n", "a dog"], ["--cfg-scale", "1"], ["--sampler", "euler_a"], ["--sampler", "ddim"])
    for index, change in enumerate(changes):
        assert sfumato("a cat", *QUICK, "--no-metadata", *change, "-o", f"{index}.png").returncode == 0
    assert len({(tmp_path / name).read_bytes() for name in pictures_in(tmp_path)}) == len(changes)


def test_width_and_height_are_not_mixed_up(sfumato, tmp_path):
    assert sfumato("a cat", *MODEL, "--device", "cpu", "--steps", "1", "-t", "1", "-W", "96", "-H", "32", "-o", "a.png").returncode == 0
    assert read_png((tmp_path / "a.png").read_bytes())[:2] == (96, 32)


def test_several_pictures_get_their_seeds_as_names(sfumato, tmp_path):
    result = sfumato("a cat", *QUICK, "-b", "2", "-o", "cat.png")
    assert result.stdout == "cat-42.png\ncat-43.png\n"
    assert pictures_in(tmp_path) == [".sfumato", "cat-42.png", "cat-43.png", "index.jsonl"]


def test_the_picture_goes_to_standard_output_when_asked(sfumato, tmp_path):
    result = sfumato("a cat", *QUICK, "-o", "-", text=False)
    assert result.returncode == 0
    assert read_png(result.stdout)[:2] == (64, 64)
    assert pictures_in(tmp_path) == []


def test_events_are_lines_of_json(sfumato):
    result = sfumato("a cat", *QUICK, "--json", "-o", "a.png")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events] == ["plan", "start", "step", "step", "image", "done"]
    assert events[2] == {"event": "step", "index": 1, "step": 1, "steps": 2}
    assert events[4]["path"] == "a.png" and events[4]["seed"] == 42 and len(events[4]["key"]) == 64
    assert (events[5]["made"], events[5]["failed"]) == (1, 0)


def test_quiet_says_nothing_and_verbose_names_the_device(sfumato):
    assert sfumato("a cat", *QUICK, "-q", "-o", "a.png").stderr == ""
    assert " on cpu, float32, 1 thread, loaded in " in sfumato("a cat", *QUICK, "--dtype", "float32", "-v", "-o", "b.png").stderr


def test_without_a_terminal_there_is_no_escape_sequence(sfumato):
    assert "\x1b" not in sfumato("a cat", *QUICK, "-v", "-o", "a.png").stderr


def test_any_text_is_a_prompt(sfumato, tmp_path):
    shown = {"\u202eabc": "\\u202eabc", "\x1b]0;owned\x07": "\\x1b]0;owned\\x07"}  # in the text for people; the JSON has it all
    prompts = ["", " ", "((((::", "\U0001f600", *shown, "<pad>", "{}", "[a]"]
    for index, prompt in enumerate(prompts):
        result = sfumato("-p", prompt, *QUICK, "-o", f"{index}.png")
        assert result.returncode == 0, result.stderr
        assert "\x1b" not in result.stderr + result.stdout
        texts = read_png((tmp_path / f"{index}.png").read_bytes())[2]
        assert json.loads(texts["sfumato"])["prompt"] == prompt
        assert texts["parameters"].startswith(shown.get(prompt, prompt) + "\n")


def test_a_prompt_that_is_too_long_is_told_with_the_words_that_are_lost(sfumato, tmp_path):
    prompt = "cat " * 4000 + "\x1b[2J the end"  # more than 64 chunks
    result = sfumato(prompt, *QUICK, "-q", "-o", "a.png")
    assert result.returncode == 0
    assert result.stderr.startswith('sfumato: warning: the prompt is longer than this model reads; lost: "cat cat ')
    strict = sfumato(prompt, *QUICK, "--strict-prompt", "-o", "b.png")
    assert strict.returncode == 1
    assert "Shorten it" in strict.stderr and "\x1b" not in strict.stderr
    assert pictures_in(tmp_path) == ["a.png"]


def test_a_random_seed_is_written_down(sfumato, tmp_path):
    first, second = (sfumato("a cat", *QUICK, "-s", "random", "--json", "-o", name) for name in ("a.png", "b.png"))
    seeds = [json.loads(result.stdout.splitlines()[-2])["seed"] for result in (first, second)]
    assert seeds[0] != seeds[1]
    again = sfumato("a cat", *QUICK, "-s", str(seeds[0]), "-o", "c.png")
    assert again.returncode == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "c.png").read_bytes()


def test_metadata_can_be_left_out(sfumato, tmp_path):
    assert sfumato("a secret", *QUICK, "--no-metadata", "-o", "a.png").returncode == 0
    assert read_png((tmp_path / "a.png").read_bytes())[2] == {}


def test_no_path_of_this_machine_is_in_a_picture(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", str(tmp_path / "a.png")).returncode == 0
    data = (tmp_path / "a.png").read_bytes()
    assert str(tmp_path).encode() not in data and str(BUNDLE).encode() not in data


def test_a_model_is_found_by_its_name(sfumato, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "mine").symlink_to(BUNDLE)
    environment = os.environ | {"SFUMATO_MODELS": f"/nowhere:{tmp_path / 'models'}"}
    assert sfumato("a cat", "-m", "mine", *TRUST, *SMALL, "-o", "a.png", env=environment).returncode == 0


def test_the_program_finds_its_model_through_a_link_from_anywhere(tmp_path, sfumato):
    """The layout of the repository, build/sfumato, models/default and LibTorch in .venv, somewhere else."""
    (tmp_path / "here" / "build").mkdir(parents=True)
    (tmp_path / "here" / "models").mkdir()
    (tmp_path / "here" / "models" / "default").symlink_to(BUNDLE)
    (tmp_path / "here" / ".venv").symlink_to(ROOT / ".venv")
    program = tmp_path / "here" / "build" / "sfumato"
    try:
        os.link(BINARY, program)
    except OSError:  # another file system
        shutil.copy(BINARY, program)
    link = tmp_path / "linked"
    link.symlink_to(program)
    result = sfumato("a cat", *TRUST, *SMALL, "-o", "a.png", executable=link, cwd=tmp_path)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("kilobytes", [400_000, 700_000, 740_000])
def test_an_address_space_that_is_too_small_is_one_error(tmp_path, kilobytes):
    command = f'ulimit -v {kilobytes}; exec "$0" "$@"'
    result = subprocess.run(["bash", "-c", command, BINARY, "a cat", *QUICK, "-o", "a.png"], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 75
    assert "needs" in error_of(result) and "of address space" in error_of(result)
    assert pictures_in(tmp_path) == []
