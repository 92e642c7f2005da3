"""Writes small images of every supported kind and PIL's decoding of them to tests/image/golden.

FILE.rgba has the decoding of FILE: width and height as little-endian uint16, then the RGBA pixels after exif_transpose. diffusers
reads images with the same two calls. Takes no arguments.

    scripts/golden/make_picture_golden.py
"""

import struct
from pathlib import Path

import numpy
from PIL import Image, ImageOps

GOLDEN = Path(__file__).resolve().parents[2] / "tests" / "image" / "golden"
ORIENTATION = 0x0112


def picture():
    """37 x 23 pixels with gradients and edges; neither side is a multiple of a JPEG block."""
    y, x = numpy.mgrid[0:23, 0:37]
    red = 6 * x + 20
    green = 255 - 9 * y
    blue = numpy.where((x // 8 + y // 8) % 2 == 0, 230, 40)
    return Image.fromarray(numpy.stack([red, green, blue], axis=-1).astype(numpy.uint8))


def files():
    """-> file name, image, options of PIL's save"""
    image = picture()
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        yield f"{name}.jpg", image, {"quality": 85, "subsampling": subsampling}
    yield "progressive.jpg", image, {"quality": 85, "progressive": True}
    yield "restarts.jpg", image, {"quality": 85, "restart_marker_rows": 1}
    yield "rgb.jpg", image, {"quality": 85, "keep_rgb": True}
    yield "grey.jpg", image.convert("L"), {"quality": 85}
    yield "cmyk.jpg", image.convert("CMYK"), {"quality": 85}
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        yield f"orientation{orientation}.jpg", image, {"quality": 85, "exif": exif}
    exif = Image.Exif()
    exif[ORIENTATION] = 8
    yield "orientation8.png", image, {"exif": exif}
    faded = image.copy()
    faded.putalpha(Image.fromarray(numpy.tile(numpy.arange(37, dtype=numpy.uint8) * 7, (23, 1))))
    yield "alpha.png", faded, {}
    yield "grey_alpha.png", faded.convert("LA"), {}
    yield "palette.png", image.quantize(13), {"transparency": 3}
    yield "two_colours.png", image.convert("1"), {}


def main():
    GOLDEN.mkdir(exist_ok=True)
    for name, image, how in files():
        image.save(GOLDEN / name, **how)
        seen = ImageOps.exif_transpose(Image.open(GOLDEN / name)).convert("RGBA")
        size = struct.pack("<HH", *seen.size)
        (GOLDEN / name).with_suffix(Path(name).suffix + ".rgba").write_bytes(size + seen.tobytes())


if __name__ == "__main__":
    main()
