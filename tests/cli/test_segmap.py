"""Pictures drawn from semantic maps, with the model of this project that does so."""

import json

import pytest
from conftest import MODEL, ROOT, SMALL, error_of, pictures_in, read_png

Image = pytest.importorskip("PIL.Image")
numpy = pytest.importorskip("numpy")

EMOJI_MAP = ["-m", str(ROOT / "models" / "emoji-map")]
FRUIT, WHITE = (0xF9, 0x41, 0x44), (0xFF, 0xFF, 0xFF)


def save_map(path, size=(128, 128), box=(16, 32, 80, 96), colour=FRUIT):
    picture = Image.new("RGB", size, WHITE)
    picture.paste(colour, box)
    picture.save(path)


def test_what_is_drawn_stands_where_the_map_says(sfumato, tmp_path):
    save_map(tmp_path / "map.png")
    result = sfumato("red apple, 3d style", *EMOJI_MAP, "--segmap", "map.png", "-t", "1", "--device", "cpu", "-o", "a.png")
    assert result.returncode == 0, result.stderr
    drawn = numpy.abs(numpy.asarray(Image.open(tmp_path / "a.png"), float) - 255).max(axis=2) > 60
    wanted = numpy.zeros((128, 128), bool)
    wanted[32:96, 16:80] = True
    assert (drawn & wanted).sum() / (drawn | wanted).sum() > 0.5
    values = json.loads(read_png((tmp_path / "a.png").read_bytes())[2]["sfumato"])
    assert values["segmap"] == "map.png" and len(values["segmap_sha256"]) == 64


def test_a_picture_is_as_large_as_its_map_and_can_be_verified(sfumato, tmp_path):
    save_map(tmp_path / "map.png", size=(70, 61))
    few = [*EMOJI_MAP, "--steps", "2", "-t", "1", "--device", "cpu"]
    assert sfumato("apple", *few, "--segmap", "map.png", "--map-scale", "0,1,2", "-o", "out/{map_scale}.png").returncode == 0
    made = [path for path in pictures_in(tmp_path / "out") if path.endswith(".png")]
    assert made == ["0.png", "1.png", "2.png"]
    assert len({(tmp_path / "out" / name).read_bytes() for name in made}) == 3
    assert read_png((tmp_path / "out" / "1.png").read_bytes())[:2] == (72, 64)
    result = sfumato("verify", "out", *EMOJI_MAP, "-t", "1", "--device", "cpu")
    assert result.returncode == 0 and result.stdout.count("identical") == 3, result.stdout + result.stderr


def test_colours_that_are_no_class_are_counted(sfumato, tmp_path):
    save_map(tmp_path / "map.png", box=(0, 0, 3, 2), colour=(1, 2, 3))
    result = sfumato("a", *EMOJI_MAP, *SMALL, "--segmap", "map.png", "-o", "a.png")
    assert result.returncode == 65 and "#010203 (6 pixels)" in result.stderr
    assert pictures_in(tmp_path) == ["map.png"]


def test_maps_and_models_for_them_go_together(sfumato, tmp_path):
    save_map(tmp_path / "map.png")
    result = sfumato("a", *MODEL, "--segmap", "map.png")
    assert result.returncode == 64 and "does not draw from maps" in error_of(result)
    result = sfumato("a", *EMOJI_MAP)
    assert result.returncode == 64 and "give --segmap, or --map-scale 0" in error_of(result)
    assert sfumato("a", *EMOJI_MAP, *SMALL, "--map-scale", "0", "-o", "a.png").returncode == 0


def test_the_model_tells_its_legend(sfumato):
    result = sfumato("model", str(ROOT / "models" / "emoji-map"))
    assert result.returncode == 0 and "fruit: #f94144" in result.stdout
