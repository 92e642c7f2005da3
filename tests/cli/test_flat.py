"""A picture of one colour is an error of that picture: mostly half precision overflowed."""

import hashlib
import json
import shutil

import pytest
from conftest import BUNDLE, MODEL, SMALL, TRUST, pictures_in
from PIL import Image
from safetensors.torch import load_file, save_file


@pytest.fixture(scope="module")
def flat_model(tmp_path_factory):
    """A copy of the model whose decoder makes every pixel black."""
    folder = tmp_path_factory.mktemp("model") / "flat"
    shutil.copytree(BUNDLE, folder)
    description = json.loads((folder / "model.json").read_text())
    for name in description["files"]:
        if not name.endswith(".safetensors"):
            continue
        tensors = load_file(folder / name)
        if "decoder.conv_out.bias" in tensors:
            tensors["decoder.conv_out.weight"].zero_()
            tensors["decoder.conv_out.bias"].fill_(-1)
            save_file(tensors, folder / name)
            data = (folder / name).read_bytes()
            description["files"][name] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    (folder / "model.json").write_text(json.dumps(description))
    return ["-m", folder, *TRUST]


def test_a_black_picture_is_an_error_that_says_what_to_do(sfumato, tmp_path, flat_model):
    result = sfumato("a fox", *flat_model, *SMALL, "--dtype", "bfloat16", "-o", "a.png")
    assert (result.returncode, result.stdout) == (1, "")
    assert (
        "the picture is of one colour (#000000), so it is not saved. Mostly bfloat16 did not suffice: take --dtype float32; "
        "if it must be so, --allow-flat.\n"
    ) in result.stderr
    assert pictures_in(tmp_path) == []


def test_the_other_pictures_are_made(sfumato, tmp_path, flat_model):
    result = sfumato("a fox", *flat_model, *SMALL, "--dtype", "float32", "-s", "1,2", "-o", "out/", "--json")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    reasons = [event["reason"] for event in events if event["event"] == "failed"]
    assert reasons == [
        "the picture is of one colour (#000000), so it is not saved. Mostly latents grew too large: take a smaller "
        "--cfg-scale; if it must be so, --allow-flat."
    ] * 2
    assert result.returncode == 1 and not list((tmp_path / "out").glob("*.png"))


def test_allow_flat_saves_it_and_verify_finds_it_right(sfumato, tmp_path, flat_model):
    result = sfumato("a fox", *flat_model, *SMALL, "--allow-flat", "-o", "a.png")
    assert result.returncode == 0, result.stderr
    assert Image.open(tmp_path / "a.png").getextrema() == ((0, 0), (0, 0), (0, 0))
    checked = sfumato("verify", "a.png", *flat_model, "--device", "cpu", "-t", "1")
    assert (checked.returncode, checked.stdout) == (0, "a.png: identical\n"), checked.stderr


def test_allow_flat_changes_neither_key_nor_record(sfumato, tmp_path):
    for name, flags in (("plain.png", []), ("allowed.png", ["--allow-flat"])):
        assert sfumato("a fox", *MODEL, *SMALL, "-s", "3", *flags, "-o", name).returncode == 0
    assert (tmp_path / "plain.png").read_bytes() == (tmp_path / "allowed.png").read_bytes()


def test_a_prompt_line_cannot_allow_it(sfumato, tmp_path):
    (tmp_path / "p.txt").write_text("a fox --allow-flat\n")
    result = sfumato("-f", "p.txt", *MODEL, *SMALL, "-o", "out/", "--plan")
    assert result.returncode == 65
    assert "--allow-flat" in result.stderr
