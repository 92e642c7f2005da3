"""Flags, help and usage errors: nothing is loaded, nothing is written."""

import re

import pytest
from conftest import BUNDLE, MODEL, QUICK, TRUST, error_of, pictures_in


def test_help_fits_a_wide_terminal_and_names_every_exit_code(sfumato):
    text = sfumato("-h").stdout
    assert max(map(len, text.splitlines())) <= 140
    for code in 0, 1, 64, 65, 66, 69, 70, 73, 74, 75, 78, 130, 143:
        assert re.search(rf"\b{code}\b", text[text.index("Exit codes") :]), code


def test_version_is_one_line(sfumato):
    result = sfumato("--version")
    assert result.returncode == 0
    assert re.fullmatch(r"sfumato \d+\.\d+\.\d+ \(LibTorch \d+\.\d+\.\d+\)\n", result.stdout)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--step", "3"], "--step: no such flag. Did you mean --steps? --help lists them all."),
        (["--steps"], "--steps: a value is missing."),
        (["--steps", "abc"], '--steps: "abc": a whole number from 1 to 1000 is expected.'),
        (["--steps", "-1"], '--steps: "-1": a whole number from 1 to 1000 is expected.'),
        (["--steps", "0"], '--steps: "0": a whole number from 1 to 1000 is expected.'),
        (["--seed", "1.5"], '--seed: "1.5": a whole number from 0 to 18446744073709551615, or random, is expected.'),
        (["--seed", str(2**64)], f'--seed: "{2**64}": a whole number from 0 to 18446744073709551615, or random, is expected.'),
        (["-W", "1000000"], '--width: "1000000": a whole number from 1 to 4096 is expected.'),
        (["-W", "513"], "--width: 513 is out of range; a multiple of 8 from 8 to 4096 is expected, such as 512 or 520."),
        (["--cfg-scale", "nan"], '--cfg-scale: "nan": a number from 0 to 100 is expected.'),
        (["--sampler", "x"], '--sampling-method: "x" is not known; one of ddim, pndm, ddpm, euler, euler_a, heun, lms, '),
        (["--scheduler", "x"], '--scheduler: "x" is not known; one of discrete, karras, exponential, sgm_uniform, simple, normal, '),
        (["--dtype", "float16"], "--dtype: float16 is for GPUs; on a CPU take float32 or bfloat16."),
        (["--device", "tpu"], '--device: "tpu" is not known; auto, cpu, cuda or cuda:N is expected.'),
        (["-o", "a.jpg"], "--output: a.jpg: pictures are PNG files: end the name in .png, or in / to name a folder."),
        (["-o", "{nosuch}.png"], "--output: {nosuch}.png: {nosuch} is not known; "),
        (["-o", "a.png", "another prompt"], '"another prompt": one prompt is taken, and there is one already.'),
        (["-o", "-", "--json"], "--json: standard output takes the picture (--output -), so it cannot take events too."),
        (["-o", "-", "-b", "2"], "--output: -: standard output takes one picture, not several."),
    ],
)
def test_wrong_words_are_named_with_what_is_legal(sfumato, tmp_path, words, sentence):
    device = [] if "--device" in words else ["--device", "cpu"]
    result = sfumato("a cat", *MODEL, *device, *words)
    assert (result.returncode, result.stdout) == (64, "")
    assert error_of(result).startswith(sentence)
    assert pictures_in(tmp_path) == []


def test_no_prompt_is_no_picture(sfumato):
    result = sfumato()
    assert result.returncode == 64
    assert error_of(result).startswith("no prompt. ")


def test_a_prompt_that_is_not_utf8_is_refused_by_its_offset(sfumato):
    result = sfumato(b"a \xff cat", *QUICK)
    assert result.returncode == 64
    assert error_of(result) == "--prompt: not UTF-8 at byte 2."


def test_wrong_words_are_shown_without_control_characters(sfumato):
    for words in (["--\x1b[2J"], ["-m", "\x1b[2J"], ["--sampler", "\u202e"], ["-o", "\x1b[2J.jpg", *MODEL], ["--device", "\x9b", *MODEL]):
        result = sfumato("a cat", *words)
        assert result.returncode in (64, 66)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", result.stderr), result.stderr


def test_a_model_that_is_not_there_is_named_with_the_places_that_were_searched(sfumato):
    result = sfumato("a cat", "-m", "no-such-model")
    assert result.returncode == 66
    assert error_of(result).startswith('--model: there is no model "no-such-model" (looked in ')


def test_a_device_that_is_not_there_is_no_silent_fall_back(sfumato, tmp_path):
    result = sfumato("a cat", *MODEL, "--device", "cuda:127", "-o", "a.png")
    assert result.returncode == 69
    assert error_of(result).startswith("--device cuda:127: ")
    assert pictures_in(tmp_path) == []


@pytest.mark.skipif(not TRUST, reason="the graphs of models/default are known")
def test_graphs_that_are_not_known_do_not_run(sfumato):
    result = sfumato("a cat", "-m", str(BUNDLE))
    assert result.returncode == 78
    assert error_of(result).endswith("add --trust.")
