"""`sfumato explain`: what a model makes of a prompt, and the flags that change it."""

import json
import re

import pytest
from conftest import MODEL, QUICK, pictures_in, read_png


def explained(sfumato, *words):
    result = sfumato("explain", *words, *MODEL, "--json")
    assert (result.returncode, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def weights_of(prompt):
    """Of each chunk the tokens that weigh something else than 1."""
    return [[(token["text"], round(token["weight"], 4)) for token in chunk["tokens"] if token["weight"] != 1] for chunk in prompt["chunks"]]


def test_tokens_chunks_and_weights_are_told(sfumato, tmp_path):
    (line,) = explained(sfumato, "a (cat:1.3) BREAK [dog]", "-n", "blue")
    assert weights_of(line["prompt"]) == [[("▁cat", 1.3)], [("▁dog", 0.9091)]]
    assert len(line["negative_prompt"]["chunks"]) == 1
    assert (line["weighting"], line["clip_skip"], line["prompt"]["truncated"]) == ("a1111", 1, "")
    for chunk in line["prompt"]["chunks"]:
        assert len(chunk["tokens"]) + chunk["padding"] == line["max_tokens"]
    assert pictures_in(tmp_path) == []


def test_brackets_are_text_if_that_is_wanted(sfumato):
    (line,) = explained(sfumato, "a (cat:1.3) BREAK dog", "--weighting", "none")
    assert weights_of(line["prompt"]) == [[]]
    assert "(" in "".join(token["text"] for token in line["prompt"]["chunks"][0]["tokens"])


def test_a_sweep_is_explained_prompt_by_prompt(sfumato):
    lines = explained(sfumato, "a {cat|dog}", "--seed", "1..3")
    assert [line["prompt"]["text"] for line in lines] == ["a cat", "a dog"]


def test_people_get_a_table_without_control_characters(sfumato):
    result = sfumato("explain", "a (cat:1.3) \x1b[2J", *MODEL)
    assert result.returncode == 0
    assert re.search(r"^ +\d+  ▁cat  x 1.3$", result.stdout, re.MULTILINE)
    assert "\\x1b" in result.stdout and "\x1b" not in result.stdout


def test_words_beyond_the_last_chunk_are_told(sfumato):
    (line,) = explained(sfumato, "cat " * 4000 + "the end")
    assert len(line["prompt"]["chunks"]) == 64
    assert line["prompt"]["truncated"].endswith("cat the end")


def test_help_tells_every_rule(sfumato):
    text = sfumato("explain", "--help").stdout
    assert max(map(len, text.splitlines())) <= 140
    for rule in "a1111", "no_norm", "comfy", "ignore", "none":
        assert f"--weighting {rule}" in text


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--clip-skip", "0"], '--clip-skip: "0": a whole number from 1 to 12 is expected.'),
        (["--clip-skip", "2"], "takes 1 only."),
        (["--weighting", "x"], '--weighting: "x" is not known; one of a1111, no_norm, comfy, ignore, none is expected.'),
        (["-n", "(a:101)"], '--negative-prompt: "a" weighs 101 with its brackets; from -100 to 100 is expected. '),
    ],
)
def test_what_no_picture_can_be_made_with_is_refused(sfumato, tmp_path, words, sentence):
    result = sfumato("a cat", *QUICK, *words, "-o", "a.png")
    assert result.returncode != 0
    assert sentence in result.stderr
    assert pictures_in(tmp_path) == []


def test_a_weight_changes_the_picture_unless_it_is_ignored(sfumato, tmp_path):
    pictures = []
    for words in ["a cat"], ["a (cat:1.5)"], ["a (cat:1.5)", "--weighting", "ignore"]:
        assert sfumato(*words, *QUICK, "--no-metadata", "--overwrite", "-o", "a.png").returncode == 0
        pictures.append((tmp_path / "a.png").read_bytes())
    plain, heavy, ignored = pictures
    assert plain == ignored != heavy


def test_only_a_weighting_that_is_not_the_default_is_written_down(sfumato, tmp_path):
    texts = []
    for words in [], ["--weighting", "ignore"]:
        assert sfumato("a cat", *words, *QUICK, "--overwrite", "-o", "a.png").returncode == 0
        texts.append(read_png((tmp_path / "a.png").read_bytes())[2])
    assert "weighting" not in json.loads(texts[0]["sfumato"])
    assert json.loads(texts[1]["sfumato"])["weighting"] == "ignore"
    assert "Emphasis: Ignore" in texts[1]["parameters"]
