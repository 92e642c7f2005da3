"""sfumato verify: pictures made again; and --from-image."""

import json
import os
import zlib

import pytest
from conftest import BUNDLE, QUICK, TRUST, error_of, read_png
from png_files import A1111, chunk, png, text

AGAIN = ["-m", str(BUNDLE), *TRUST, "--device", "cpu", "-t", "1"]


def with_other_pixels(data, change):
    """The PNG with `change` added to the last value of its last row, whose filter stays."""
    start = data.index(b"IDAT") - 4
    length = int.from_bytes(data[start : start + 4], "big")
    raw = bytearray(zlib.decompress(data[start + 8 : start + 8 + length]))
    raw[-1] = (raw[-1] + change) % 256
    return data[:start] + chunk(b"IDAT", zlib.compress(bytes(raw))) + chunk(b"IEND", b"")


def test_pictures_are_made_again_and_found_identical(sfumato, tmp_path):
    assert sfumato("a {cat|dog}", *QUICK, "-o", "out/").returncode == 0
    assert sfumato("a hat", *QUICK, "--sampler", "euler_a", "--seed", "9", "-o", "out/hat.png").returncode == 0
    result = sfumato("verify", *AGAIN, "--tolerance", "0", "out")
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert len(lines) == 3 and all(line.endswith(": identical") for line in lines)
    assert result.stderr == "sfumato: 3 identical, 0 within the tolerance, 0 different, 0 not verified\n"


def test_a_changed_picture_is_told_with_its_difference(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", "a.png").returncode == 0
    data = (tmp_path / "a.png").read_bytes()
    (tmp_path / "b.png").write_bytes(with_other_pixels(data, 1))
    (tmp_path / "c.png").write_bytes(with_other_pixels(data, 7))
    result = sfumato("verify", *AGAIN, "--json", "a.png", "b.png", "c.png")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
    assert [event.get("status") for event in events] == ["identical", "close", "different", None]
    assert events[1]["max_difference"] in (1, 255) and events[2]["max_difference"] in (7, 249)
    assert events[3] == {"event": "done", "identical": 1, "close": 1, "different": 1, "unverified": 0}
    assert sfumato("verify", *AGAIN, "--tolerance", "0", "b.png").returncode == 1
    assert sfumato("verify", *AGAIN, "--tolerance", "7", "c.png").returncode == 0


def test_why_a_picture_cannot_be_verified_is_said(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "--no-metadata", "-o", "plain.png").returncode == 0
    (tmp_path / "theirs.png").write_bytes(png(text("parameters", A1111)))
    (tmp_path / "torn.png").write_bytes(png()[:-20])
    result = sfumato("verify", *AGAIN, "plain.png", "theirs.png", "torn.png")
    assert result.returncode == 1
    assert result.stdout.splitlines() == [
        "plain.png: not verified: it does not say how it was made.",
        "theirs.png: not verified: it was made by AUTOMATIC1111, not by sfumato.",
        "torn.png: not verified: the PNG is cut off: it ends at byte 51, before its last chunk.",
    ]


def test_another_model_is_named(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", "a.png").returncode == 0
    other = tmp_path / "other"
    other.mkdir()
    (other / "model.json").write_text("{}")
    result = sfumato("verify", "-m", "other", "a.png")
    assert result.returncode == 1
    assert ": not verified: it was made with another model, " in result.stdout


def test_the_model_is_found_among_those_installed(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-o", "a.png").returncode == 0
    models = tmp_path / "models"
    models.mkdir()
    (models / "mine").symlink_to(BUNDLE)
    environment = {**os.environ, "SFUMATO_MODELS": str(models)}
    result = sfumato("verify", *TRUST, "--device", "cpu", "-t", "1", "-q", "a.png", env=environment)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_picture_of_another_job_is_told_by_the_journal(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-b", "2", "-o", "out/").returncode == 0
    first, second = sorted((tmp_path / "out").glob("*.png"))
    assert sfumato("verify", "out").returncode == 0
    first.rename(tmp_path / "out" / "kept.png")
    second.rename(first)
    (tmp_path / "out" / "kept.png").rename(second)
    result = sfumato("verify", "out")
    assert result.returncode == 1
    keys = [json.loads(read_png(path.read_bytes())[2]["sfumato"])["key"][:10] for path in (first, second)]
    assert result.stdout.splitlines() == [
        f"out/{first.name}: different: of another job: the journal has key {keys[1]}... for this name, the picture has {keys[0]}....",
        f"out/{second.name}: different: of another job: the journal has key {keys[0]}... for this name, the picture has {keys[1]}...."]
    second.rename(tmp_path / "elsewhere.png")
    assert sfumato("verify", "elsewhere.png").returncode == 0


def test_the_words_are_checked(sfumato, tmp_path):
    assert error_of(sfumato("verify")) == "verify: no picture. Name a PNG or a folder: sfumato verify out/"
    assert sfumato("verify", "absent.png").returncode == 66
    assert sfumato("verify", "--tolerance", "300", "a.png").returncode == 64
    assert sfumato("verify", "--help").stdout.startswith("usage: sfumato verify ")


def test_from_image_makes_the_same_picture_and_flags_win(sfumato, tmp_path):
    assert sfumato("a cat", *QUICK, "-n", "blurry", "--sampler", "euler_a", "-s", "7", "-o", "a.png").returncode == 0
    again = ["--from-image", "a.png", *AGAIN]
    assert sfumato(*again, "-o", "b.png").returncode == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    result = sfumato(*again, "--seed", "8", "--steps", "1", "-o", "c.png")
    assert result.returncode == 0
    values = json.loads(read_png((tmp_path / "c.png").read_bytes())[2]["sfumato"])
    assert (values["prompt"], values["negative_prompt"], values["seed"], values["steps"]) == ("a cat", "blurry", 8, 1)
    assert sfumato("a dog", *again, "-o", "d.png").returncode == 0
    assert json.loads(read_png((tmp_path / "d.png").read_bytes())[2]["sfumato"])["prompt"] == "a dog"


@pytest.mark.parametrize("dtype, other", [("float32", "bfloat16"), ("bfloat16", "float32")])
def test_from_image_draws_in_the_dtype_of_the_picture(sfumato, tmp_path, dtype, other):
    assert sfumato("a cat", *QUICK, "--dtype", dtype, "-o", "a.png").returncode == 0
    assert sfumato("--from-image", "a.png", *AGAIN, "-o", "b.png").returncode == 0
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert sfumato("--from-image", "a.png", *AGAIN, "--dtype", other, "-o", "c.png").returncode == 0
    assert json.loads(read_png((tmp_path / "c.png").read_bytes())[2]["sfumato"])["dtype"] == other


def test_from_image_takes_pictures_of_other_programs_and_says_what_it_leaves(sfumato, tmp_path):
    (tmp_path / "theirs.png").write_bytes(png(text("parameters", A1111)))
    result = sfumato("--from-image", "theirs.png", *AGAIN, "-o", "a.png")
    assert result.returncode == 0, result.stderr
    values = json.loads(read_png((tmp_path / "a.png").read_bytes())[2]["sfumato"])
    assert (values["prompt"], values["seed"], values["steps"]) == ("a photo of a fox, snow", 965400086, 2)
    assert (values["sampling_method"], values["scheduler"], values["eta"]) == ("euler_a", "karras", 1)
    assert "theirs.png: strength 0.7 is not used: the init image is not recorded. Give it with --init-img" in result.stderr
    assert 'theirs.png: was made with "v1-5", which is not used' in result.stderr
    (tmp_path / "none.png").write_bytes(png())
    assert sfumato("--from-image", "none.png", *AGAIN, "-o", "b.png").returncode == 65
