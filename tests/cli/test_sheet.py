"""--grid: contact sheets, looked at pixel by pixel."""

import pytest
from conftest import MODEL, QUICK, error_of, pictures_in
from png_files import png

Image = pytest.importorskip("PIL.Image")
numpy = pytest.importorskip("numpy")


def pixels_of(path):
    return numpy.asarray(Image.open(path).convert("RGB"))


def place_of(picture, sheet):
    """Left and upper edge of the one place of the sheet where the picture stands, as it is."""
    height, width, _ = picture.shape
    rows = numpy.lib.stride_tricks.sliding_window_view(sheet, width, axis=1)  # [H, W - width + 1, 3, width]
    candidates = numpy.argwhere((rows == picture[0].T).all(axis=(2, 3)))
    places = [(x, y) for y, x in candidates if numpy.array_equal(sheet[y : y + height, x : x + width], picture)]
    assert len(places) == 1
    return places[0]


def test_what_varies_last_goes_along_the_columns(sfumato, tmp_path):
    result = sfumato("a {cat|dog}", *QUICK, "-s", "1..3", "-o", "out/{index}.png", "--grid", "sheet.png")
    assert result.returncode == 0 and "contact sheet: sheet.png" in result.stderr
    sheet = pixels_of(tmp_path / "sheet.png")
    places = [place_of(pixels_of(tmp_path / "out" / f"{n}.png"), sheet) for n in range(1, 7)]
    columns, rows = sorted({x for x, _ in places}), sorted({y for _, y in places})
    assert (len(columns), len(rows)) == (3, 2)
    assert places == [(x, y) for y in rows for x in columns]


def test_what_pictures_start_from_stands_before_them(sfumato, tmp_path):
    for name, value in (("fox", 40), ("cat", 200)):
        (tmp_path / f"{name}.png").write_bytes(png(width=64, height=64, value=value))
    few = [*MODEL, "--steps", "4", "-t", "1", "--device", "cpu"]
    command = ["a", "-i", "fox.png,cat.png", "--strength", "0.25,1", *few, "-o", "out/{index}.png", "--grid", "sheet.png"]
    result = sfumato(*command)
    assert result.returncode == 0, result.stderr
    sheet = pixels_of(tmp_path / "sheet.png")
    fox, cat = (place_of(pixels_of(tmp_path / f"{name}.png"), sheet) for name in ("fox", "cat"))
    places = [place_of(pixels_of(tmp_path / "out" / f"{n}.png"), sheet) for n in range(1, 5)]
    assert fox[0] == cat[0] and fox[1] < cat[1]
    assert [y for _, y in places] == [fox[1], fox[1], cat[1], cat[1]]
    assert fox[0] < places[0][0] < places[1][0] and places[2:] == [(x, cat[1]) for x, _ in places[:2]]


def test_a_file_that_is_no_sheet_is_not_replaced(sfumato, tmp_path):
    (tmp_path / "sheet.png").write_bytes(png())
    command = ["a", *QUICK, "-s", "1..2", "-o", "out/", "--grid", "sheet.png"]
    result = sfumato(*command)
    assert result.returncode == 73 and "sheet.png" in error_of(result)
    assert pictures_in(tmp_path) == ["sheet.png"], "that was clear before anything was made"
    assert sfumato(*command, "--overwrite").returncode == 0
    assert sfumato(*command).returncode == 0, "a sheet is"


def test_a_sheet_is_a_png(sfumato):
    result = sfumato("a", *QUICK, "-o", "out/", "--grid", "sheet.jpg")
    assert result.returncode == 64 and "end the name in .png" in error_of(result)
