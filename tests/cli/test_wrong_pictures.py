"""Files that are to be started from and are no pictures, or unusual ones: each is one sentence, or a picture."""

import io
import subprocess

import pytest
from conftest import BINARY, MODEL, error_of, pictures_in, read_png
from PIL import Image

FEW = [*MODEL, "--steps", "2", "--strength", "0.5", "-t", "1", "--device", "cpu"]
ORIENTATION = 0x0112


def saved(picture, kind, **options):
    data = io.BytesIO()
    picture.save(data, kind, **options)
    return data.getvalue()


def noise(width=64, height=64):
    return Image.effect_noise((width, height), 60).convert("RGB")


FOREIGN = {
    "a GIF picture": saved(noise(), "GIF"),
    "a WebP picture": saved(noise(), "WEBP"),
    "an AVIF picture": saved(noise(), "AVIF"),
    "a BMP picture": saved(noise(), "BMP"),
    "a TIFF picture or a camera's raw file": saved(noise(), "TIFF"),
    "an icon (ICO)": saved(noise(), "ICO"),
    "a JPEG 2000 picture": saved(noise(), "JPEG2000"),
    "a PDF": saved(noise(), "PDF"),
    "a portable anymap (PNM)": saved(noise(), "PPM"),
    "a HEIC picture": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
}


@pytest.mark.parametrize("name", FOREIGN)
def test_foreign_formats_are_named_whatever_their_files_are_called(sfumato, tmp_path, name):
    (tmp_path / "fox.png").write_bytes(FOREIGN[name])
    result = sfumato("a", "-i", "fox.png", *FEW, "-o", "a.png")
    assert result.returncode == 65
    assert error_of(result) == f"fox.png: {name}, which is not read. Convert it to PNG or JPEG."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the file is empty. Give a PNG or a JPEG."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing, which is not read. Render it to PNG first."),
        (b"<!DOCTYPE html><html>", "a web page, not a picture. Download the picture itself."),
        (saved(noise(), "PNG")[:100], "the PNG is cut off: it ends at byte 100, before its last chunk."),
        (saved(noise(), "JPEG")[:100], "the JPEG is cut off: it ends at byte 100, before its end marker."),
    ],
)
def test_what_is_no_whole_picture_is_one_sentence(sfumato, tmp_path, data, said):
    (tmp_path / "fox").write_bytes(data)
    result = sfumato("a", "-i", "fox", *FEW, "-o", "a.png")
    assert (result.returncode, error_of(result)) == (65, f"fox: {said}")
    assert pictures_in(tmp_path) == ["fox"]


def test_a_bomb_is_refused_before_anything_is_allocated(sfumato, tmp_path):
    Image.new("1", (20000, 20000)).save(tmp_path / "bomb.png")
    limited = ["bash", "-c", 'ulimit -v 1000000; exec "$@"', "-", BINARY]
    run = subprocess.run(
        [*limited, "a", "-i", "bomb.png", *FEW], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 65
    assert error_of(run) == (
        "bomb.png: a PNG of 20000 x 20000 pixels; at most 16384 a side and 67108864 in all are read."
    )


@pytest.mark.parametrize(
    ("picture", "kind", "options"),
    [
        (noise(), "JPEG", {"progressive": True}),
        (noise().convert("L"), "JPEG", {}),
        (noise().convert("CMYK"), "JPEG", {}),
        (noise().convert("I;16"), "PNG", {}),
        (noise().quantize(5), "PNG", {"transparency": 2}),
        (noise().convert("LA"), "PNG", {}),
        (noise().convert("1"), "PNG", {}),
        (noise(1, 1), "PNG", {}),
    ],
    ids=lambda value: getattr(value, "mode", None) or str(value),
)
def test_unusual_pictures_are_read(sfumato, tmp_path, picture, kind, options):
    (tmp_path / "fox.png").write_bytes(saved(picture, kind, **options))
    result = sfumato("a", "-i", "fox.png", *FEW, "-W", "64", "-H", "64", "-o", "a.png")
    assert result.returncode == 0, result.stderr
    assert read_png((tmp_path / "a.png").read_bytes())[:2] == (64, 64)
    assert ("CMYK made RGB without its colour profile" in result.stderr) == (picture.mode == "CMYK")


def test_a_photo_is_as_wide_and_high_as_it_is_seen(sfumato, tmp_path):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    (tmp_path / "fox.jpg").write_bytes(saved(noise(96, 64), "JPEG", exif=exif))
    result = sfumato("a", "-i", "fox.jpg", *FEW, "-o", "a.png")
    assert "fox.jpg: turned as its EXIF data say" in result.stderr
    assert read_png((tmp_path / "a.png").read_bytes())[:2] == (64, 96)


def test_a_shells_process_can_be_a_picture(tmp_path):
    (tmp_path / "fox.jpg").write_bytes(saved(noise(), "JPEG"))
    command = ["bash", "-c", '"$0" a -i <(cat fox.jpg) "$@" -s 1,2 -o {seed}.png', BINARY, *FEW]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "1.png").read_bytes() != (tmp_path / "2.png").read_bytes()


def test_every_pixel_outside_a_mask_is_the_pictures_own(sfumato, tmp_path):
    picture, mask = noise(), Image.new("L", (64, 64))
    mask.paste(255, (16, 16, 40, 48))
    picture.save(tmp_path / "fox.png")
    mask.save(tmp_path / "mask.png")
    result = sfumato("a", "-i", "fox.png", "--mask", "mask.png", *FEW, "-o", "a.png")
    assert result.returncode == 0, result.stderr
    made = Image.open(tmp_path / "a.png")
    outside = Image.composite(Image.new("RGB", (64, 64)), made, mask)
    assert outside.tobytes() == Image.composite(Image.new("RGB", (64, 64)), picture, mask).tobytes()
    assert made.tobytes() != picture.tobytes()


def test_a_part_is_worked_on_larger_and_put_back(sfumato, tmp_path):
    picture, mask = noise(300, 200), Image.new("L", (300, 200))
    mask.paste(255, (100, 90, 120, 100))
    picture.save(tmp_path / "fox.png")
    mask.save(tmp_path / "mask.png")
    area = ["--mask", "mask.png", "--inpaint-area", "mask"]
    result = sfumato("a", "-i", "fox.png", *area, *FEW, "-W", "64", "-H", "64", "-o", "a.png")
    assert result.returncode == 0, result.stderr
    assert "fox.png: 300x200, of which 84x84 around the mask are worked on at 64x64" in result.stderr
    made = Image.open(tmp_path / "a.png")
    assert made.size == (300, 200)
    changed = [x for x in range(300 * 200) if made.getpixel((x % 300, x // 300)) != picture.getpixel((x % 300, x // 300))]
    assert changed and all(100 <= x % 300 < 120 and 90 <= x // 300 < 100 for x in changed)


@pytest.mark.parametrize(("value", "said"), [(0, "nothing is to be painted"), (255, "everything is to be painted anew")])
def test_a_plain_mask_is_told(sfumato, tmp_path, value, said):
    noise().save(tmp_path / "fox.png")
    Image.new("L", (64, 64), value).save(tmp_path / "mask.png")
    result = sfumato("a", "-i", "fox.png", "--mask", "mask.png", *FEW, "-o", "a.png")
    assert result.returncode == 0, result.stderr
    assert f"mask.png: {said}" in result.stderr


def test_a_mask_of_another_size_names_both(sfumato, tmp_path):
    noise().save(tmp_path / "fox.png")
    Image.new("L", (32, 64)).save(tmp_path / "mask.png")
    result = sfumato("a", "-i", "fox.png", "--mask", "mask.png", *FEW, "-o", "a.png")
    assert result.returncode == 65
    assert "mask.png: 32x64 pixels, but fox.png has 64x64. Make the mask as large as the picture." in result.stderr
    assert pictures_in(tmp_path) == ["fox.png", "mask.png"]
