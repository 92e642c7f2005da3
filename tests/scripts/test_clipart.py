"""Clip art: plain SVG documents and the choice of files."""

import pytest

from training.clipart import CHOICE, is_public_domain, read_choice
from training.svg import is_svg, page, parse, plain_document, rasterise

OLD = b"""<?xml version="1.0"?>
<!DOCTYPE svg [<!ENTITY red "fill:#ff0000"> <!ENTITY vector "http://www.w3.org/2000/svg">]>
<!-- drawn by hand --><svg xmlns="&vector;" xmlns:odd="http://odd.example/" width="3in" height="100pt" odd:zoom="2">
<metadata><odd:Work/></metadata><odd:view/><image href="/home/me/a.png"/><rect style="&red;" width="288" height="134"/></svg>"""
LICENCE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    xmlns:cc="http://web.resource.org/cc/"><metadata><cc:license rdf:resource="{}"/></metadata></svg>"""


def test_page_in_pixels():
    assert page(parse(OLD)) == pytest.approx((0, 0, 288, 133.3333), abs=1e-3)
    assert page(parse(b'<svg viewBox="1,2 30 40" width="9"/>')) == (1, 2, 30, 40)
    with pytest.raises(ValueError, match="no page"):
        page(parse(b'<svg width="100%" height="100%"/>'))


def test_plain_document_is_what_can_be_drawn():
    assert plain_document(OLD, (0, 0, 144, 67)).split(b">")[0] == (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="144" height="67" viewBox="0 0 144 67"')
    text = plain_document(OLD).decode()
    assert 'style="fill:#ff0000"' in text
    assert not any(word in text for word in ("odd", "metadata", "image", "ENTITY", "by hand"))


def test_what_is_no_svg_is_told():
    with pytest.raises(ValueError, match="no XML"):
        plain_document(b"GIF89a")
    with pytest.raises(ValueError, match="no SVG"):
        plain_document(b"<html/>")
    assert is_svg(OLD) and is_svg(b" <svg/>") and not is_svg(b"\x89PNG") and not is_svg(b"<?xml version='1.0'?><html/>")


def test_old_files_are_drawn():
    pytest.importorskip("resvg_py")
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(rasterise(OLD, 64))).convert("RGBA")
    assert max(picture.size) == 64 and picture.getpixel((32, 16)) == (255, 0, 0, 255)


@pytest.mark.parametrize("licence, free", [
    ("http://web.resource.org/cc/PublicDomain", True), ("http://creativecommons.org/licenses/publicdomain/", True),
    ("Public Domain", True), ("http://creativecommons.org/licenses/GPL/2.0/", False), ("", False)])
def test_licences(licence, free):
    assert is_public_domain(parse(LICENCE.format(licence).encode())) is free


def test_no_licence_is_none():
    assert not is_public_domain(parse(b"<svg/>"))


def test_choice():
    choice = read_choice(CHOICE.read_text(encoding="utf-8"))
    assert len(choice) == len({path for path, _, _ in choice}) == 1079
    assert all(path.endswith(".svg") and box[2] > 0 and box[3] > 0 and captions for path, box, captions in choice)
    words = [caption for _, _, captions in choice for caption in captions]
    assert all(word == word.lower().strip() and "_" not in word and "clip art" not in word for word in words)
    assert read_choice("a/b.svg\t0 1 20 30.5\ta cat\ta grey cat\n") == [("a/b.svg", (0, 1, 20, 30.5), ["a cat", "a grey cat"])]
