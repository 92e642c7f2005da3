"""The data folder: held-out rule, emoji packages, a user's folder of captioned pictures."""

import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from train import prepare_data
from training import emoji
from training.dataset import STYLES, Pictures, is_held_out, plain_hexcode, write_descriptions
from training.emoji import read_emoji


def write_package(folder, name, files):
    with tarfile.open(folder / f"{name}-1.0.0.tgz", "w:gz") as package:
        for path, content in files.items():
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(content)
            package.addfile(member, io.BytesIO(content))


def encoded(colour, size, kind="PNG"):
    buffer = io.BytesIO()
    Image.new("RGBA", size, colour).save(buffer, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return buffer.getvalue()


@pytest.fixture
def packages(tmp_path, monkeypatch):
    """Three sets: flat and noto have code points, cartoon has names."""
    monkeypatch.setattr(emoji, "SETS", {"flat": "fluent-emoji-flat", "noto": "noto", "cartoon": "streamline-emojis"})
    monkeypatch.setattr(emoji, "OTHER_NAMES", {"kitty": "cat face"})
    entries = [
        {"hexcode": "1F431", "label": "cat face", "tags": ["cat"], "group": 3, "subgroup": 42},
        {"hexcode": "1F44B", "label": "waving hand", "tags": ["wave"], "group": 1, "subgroup": 16,
         "skins": [{"hexcode": "1F44B-1F3FB", "label": "waving hand: light skin tone"}]},
    ]
    square = '<path fill="#ff0000" d="M0 0h16v32H0z"/>'  # the left half
    icons = {"icons": {"cat": {"body": square}, "odd": {"body": square}}, "width": 32, "height": 32,
             "aliases": {"tac": {"parent": "cat", "hFlip": True}}}
    write_package(tmp_path, "emojibase-data", {"en/data.json": json.dumps(entries).encode()})
    write_package(tmp_path, "lobehub-fluent-emoji-3d", {
        "assets/1f44b-1f3fb.webp": encoded((0, 255, 0, 255), (256, 256), "WEBP")})
    for name, chars in (("fluent-emoji-flat", {"1f431": "tac"}), ("noto", {"1f431-fe0f": "cat", "1f999": "odd"})):
        write_package(tmp_path, f"iconify-json-{name}", {
            "icons.json": json.dumps(icons).encode(), "chars.json": json.dumps(chars).encode()})
    named = {name: {"body": square + f"<!-- {name} -->"} for name in ("kitty", "waving-hand-2", "unheard-of")}
    write_package(tmp_path, "iconify-json-streamline-emojis", {"icons.json": json.dumps({"icons": named}).encode()})
    return tmp_path


def test_held_out_rule():
    # The first eight hexadecimal digits of SHA-256 modulo 20, reckoned with sha256sum.
    assert [style for style in ("3d", "flat", "noto") if is_held_out("1f34e", style)] == []
    assert is_held_out("1f400", "flat")


def test_finishes_of_one_drawing_are_held_out_together():
    hexcodes = [f"{code:x}" for code in range(0x1F300, 0x1F700)]
    shares = {style: sum(is_held_out(hexcode, style) for hexcode in hexcodes) / len(hexcodes) for style in STYLES}
    for hexcode in hexcodes:
        assert is_held_out(hexcode, "3d") == is_held_out(hexcode, "flat") == is_held_out(hexcode, "fluent")
        assert is_held_out(hexcode, "blob") == is_held_out(hexcode, "noto")
    # 1 / 20, and 1 - (19 / 20) ** 2 of two finishes
    assert shares["noto"] == pytest.approx(0.05, abs=0.02) and shares["3d"] == pytest.approx(0.0975, abs=0.025)
    assert any(is_held_out(hexcode, "twemoji") != is_held_out(hexcode, "noto") for hexcode in hexcodes)


def test_plain_hexcode():
    assert plain_hexcode("1F44B-1F3FB") == "1f44b"
    assert plain_hexcode("1F44B-1F3FB", keep_skin_tones=True) == "1f44b-1f3fb"
    assert plain_hexcode("0023-FE0F-20E3") == "0023-20e3"
    assert plain_hexcode("1F3FB") == "1f3fb"


def test_packages_to_sources(packages):
    sources, subjects, skipped = read_emoji(packages)
    assert [subject.hexcode for subject in subjects] == ["1f431", "1f44b"]
    assert skipped == 2  # 1f999 and unheard-of
    found = [(s.picture.style, s.picture.hexcode, s.picture.subject, s.picture.skin_tone) for s in sources]
    assert found == [("3d", "1f44b-1f3fb", 1, True), ("cartoon", "1f431", 0, False), ("cartoon", "1f44b", 1, False),
                     ("flat", "1f431", 0, False), ("noto", "1f431", 0, False)]


def test_aliases_are_flipped(packages):
    flat, noto = (prepare_data.decode(source.encoded, 32) for source in read_emoji(packages)[0][3:])
    assert flat.getpixel((4, 16))[3] == 0 and flat.getpixel((28, 16)) == (255, 0, 0, 255)
    assert noto.getpixel((28, 16))[3] == 0 and noto.getpixel((4, 16)) == (255, 0, 0, 255)


def test_user_folder(tmp_path, monkeypatch):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(encoded((10, 20, 30, 255), (64, 32)))
    (tmp_path / "in" / "captions.txt").write_text("a.png\ta blue boat\n")
    monkeypatch.setattr("sys.argv", ["train/prepare_data.py", "--folder", str(tmp_path / "in"), "--out",
                                     str(tmp_path / "out"), "--processes", "1"])
    prepare_data.main()
    pictures = Pictures(tmp_path / "out", 128)
    assert len(pictures) == 1 and pictures.rows[0].captions == ["a blue boat"]
    assert pictures.pixels[0, 64, 64].tolist() == [10, 20, 30, 255]
    assert pictures.pixels[0, 4, 64, 3] == 0  # a wide picture is fitted, the rest is transparent
    assert pictures.boxes().tolist() == [[0, 0.25, 1, 0.75]] and pictures.is_users
    assert pictures.main_colours()[0, 3] == 1


def test_missing_picture_is_named(tmp_path):
    (tmp_path / "captions.jsonl").write_text('{"file": "gone.png", "caption": "x"}\n')
    with pytest.raises(SystemExit, match="gone.png: named in the captions"):
        prepare_data.read_captioned_folder(tmp_path)


def test_array_of_the_wrong_length_is_refused(tmp_path):
    write_descriptions(tmp_path, [], [], {})
    np.save(tmp_path / "pictures-128.npy", np.zeros((1, 128, 128, 4), np.uint8))
    with pytest.raises(SystemExit, match=r"shape \(1, 128, 128, 4\), expected \(0, 128, 128, 4\)"):
        Pictures(tmp_path)
