"""Lists, ranges, braces and wildcards as a user meets them."""

import json

import pytest
from conftest import MODEL, QUICK, error_of, pictures_in, read_png


def plan_of(sfumato, *arguments):
    result = sfumato(*arguments, *MODEL, "--plan", "--json", "-o", "out/")
    assert result.returncode == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()][:-1]


def values(jobs, *names):
    return [tuple(job[name] for name in names) for job in jobs]


def test_lists_multiply_and_the_last_varies_fastest(sfumato):
    jobs = plan_of(sfumato, "a {red|blue} fox", "--seed", "1..2", "--cfg-scale", "5,7.5")
    assert values(jobs, "prompt", "seed", "cfg_scale") == [
        (f"a {colour} fox", seed, scale) for colour in ("red", "blue") for seed in (1, 2) for scale in (5, 7.5)
    ]


def test_ranges_have_steps_and_decimals(sfumato):
    assert values(plan_of(sfumato, "a", "-s", "1,7,100..120:10"), "seed") == [(1,), (7,), (100,), (110,), (120,)]
    assert values(plan_of(sfumato, "a", "--cfg-scale", "1..1.3:0.1"), "cfg_scale") == [(1.0,), (1.1,), (1.2,), (1.3,)]


def test_lists_of_one_length_go_side_by_side(sfumato):
    jobs = plan_of(sfumato, "{a|b}", "--seed", "1,2", "--size", "64x64,64x72", "--zip")
    assert values(jobs, "prompt", "seed", "height") == [("a", 1, 64), ("b", 2, 72)]
    result = sfumato("a", "--seed", "1..3", "--steps", "4,5", "--zip", *MODEL)
    assert result.returncode == 64
    assert error_of(result) == "--zip: --seed has 3 values and --steps has 2; lists of one length are expected."


def test_a_sweep_makes_a_picture_of_each_that_knows_what_it_is(sfumato, tmp_path):
    result = sfumato("a {cat|dog}, (round)", "--seed", "1..2", *QUICK, "-o", "out/")
    assert result.returncode == 0, result.stderr
    assert len(list((tmp_path / "out").glob("*.png"))) == 4
    texts = [json.loads(read_png((tmp_path / path).read_bytes())[2]["sfumato"]) for path in result.stdout.splitlines()]
    assert values(texts, "prompt", "seed") == [(f"a {pet}, (round)", seed) for pet in ("cat", "dog") for seed in (1, 2)]


def test_a_wildcard_is_a_line_that_the_seed_chooses(sfumato, tmp_path):
    (tmp_path / "wildcards" / "things").mkdir(parents=True)
    (tmp_path / "wildcards" / "things" / "colour.txt").write_text("red\ngreen\nblue\n")
    jobs = plan_of(sfumato, "a __things/colour__ fox", "--seed", "1..20")
    assert {job["prompt"] for job in jobs} == {"a red fox", "a green fox", "a blue fox"}
    assert values(jobs, "prompt") == values(plan_of(sfumato, "a __things/colour__ fox", "--seed", "1..20"), "prompt")
    all_of_them = plan_of(sfumato, "a __things/colour__ fox", "--combinatorial")
    assert values(all_of_them, "prompt") == [("a red fox",), ("a green fox",), ("a blue fox",)]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["a {b|c"], "--prompt: byte 3: '{' has no '}'; a literal brace is written \\{."),
        (["a __nosuch__"], "--prompt: __nosuch__: wildcards/nosuch.txt: No such file or directory."),
        (["a __x/../../y__"], "--prompt: __x/../../y__: is outside the folder of wildcards, wildcards."),
        (["a", "--seed", "5..1"], '--seed: "5..1": an ascending range is expected.'),
        (["a", "--seed", f"0..{2**64 - 1}"], "--seed: more than 1000000000 pictures."),
        (["a", "--sampler", "euler,ddim", "--scheduler", "karras"], "--scheduler: ddim steps on the training timesteps"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_made(sfumato, tmp_path, words, sentence):
    result = sfumato(*words, *MODEL)
    assert (result.returncode, result.stdout) == (64, "")
    assert error_of(result).startswith(sentence)
    assert pictures_in(tmp_path) == []


def test_a_plan_refuses_names_that_two_pictures_would_have(sfumato):
    result = sfumato("a", "--cfg-scale", "1,2", *MODEL, "--plan")
    assert result.returncode == 64
    assert error_of(result).startswith("--output: two jobs would write a-42.png")


def test_a_plan_tells_the_time_that_a_run_would_take(sfumato):
    result = sfumato("a cat", "-b", "1000", *QUICK, "--plan-time", "--json")
    assert result.returncode == 0, result.stderr
    end = json.loads(result.stdout.splitlines()[-1])
    assert end["pictures"] == 1000
    assert 1 < end["seconds"] < 100_000


def test_the_grammar_is_explained(sfumato):
    text = sfumato("--help", "prompts").stdout
    assert max(map(len, text.splitlines())) <= 140
    for word in ("{red|blue}", "__colour__", "--zip", "--combinatorial", "SplitMix64", "100..200:10", "--sampler_name"):
        assert word in text
