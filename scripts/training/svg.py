"""SVG files of any program -> plain SVG documents that resvg draws.

A plain document is UTF-8, starts with <svg and has a width, a height and a viewBox. It has no prologue, no entities, no
metadata, no pictures out of other files and nothing of drawing programs' namespaces. Files without xmlns, and widths and
heights in pt, pc, mm, cm or in, are read.
"""

import re
from xml.etree import ElementTree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
PIXELS = {"": 1.0, "px": 1.0, "pt": 4 / 3, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
LENGTH = re.compile(r"\s*([+-]?[0-9.]+(?:e[+-]?[0-9]+)?)\s*([a-z]*)\s*$", re.IGNORECASE)

Box = tuple[float, float, float, float]  # x, y, width, height in user units

ElementTree.register_namespace("", SVG)
ElementTree.register_namespace("xlink", XLINK)


def is_svg(encoded: bytes) -> bool:
    """Whether it begins as an SVG file does: with <svg, or with an XML prologue, comments or a document type before it."""
    start = encoded[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<svg") or (start.startswith((b"<?xml", b"<!")) and b"<svg" in encoded)


def rasterise(encoded: bytes, size: int) -> bytes:
    """SVG -> PNG whose longer side is about `size`, without text in the machine's fonts."""
    import resvg_py  # only SVG needs it

    document = encoded.lstrip()
    start = document.find(b'viewBox="', 0, document.find(b">"))
    if not document.startswith(b"<svg") or start < 0:
        document = plain_document(encoded)
        start = document.index(b'viewBox="')
    start += len(b'viewBox="')
    width, height = (float(side) for side in document[start : document.index(b'"', start)].split()[2:])
    return bytes(resvg_py.svg_to_bytes(svg_string=document.decode(), zoom=size / max(width, height), skip_system_fonts=True))


def plain_document(encoded: bytes, box: Box | None = None) -> bytes:
    """The drawing within `box`, or within its page. Raises ValueError where the file is no SVG or has no page."""
    root = parse(encoded)
    x, y, width, height = box or page(root)
    _clean(root)
    for name in [name for name in root.attrib if name in ("x", "y", "preserveAspectRatio", "style", "enable-background")]:
        del root.attrib[name]
    root.set("width", f"{width:g}")
    root.set("height", f"{height:g}")
    root.set("viewBox", f"{x:g} {y:g} {width:g} {height:g}")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=False)


def parse(encoded: bytes) -> ElementTree.Element:
    try:
        root = ElementTree.fromstring(encoded)
    except ElementTree.ParseError as error:
        raise ValueError(f"no XML: {error}") from error
    if root.tag == "svg":  # old files have no xmlns
        for element in root.iter():
            if isinstance(element.tag, str) and not element.tag.startswith("{"):
                element.tag = f"{{{SVG}}}{element.tag}"
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f"no SVG: the outermost element is {root.tag}")
    return root


def page(root: ElementTree.Element) -> Box:
    """The viewBox, or width and height in pixels where there is none."""
    numbers = [float(number) for number in root.get("viewBox", "").replace(",", " ").split()]
    if len(numbers) == 4 and min(numbers[2:]) > 0:
        return tuple(numbers)
    sides = [_pixels(root.get(side, "")) for side in ("width", "height")]
    if min(sides) <= 0:
        raise ValueError("no page: neither a viewBox nor a width and a height")
    return 0.0, 0.0, *sides


def _pixels(length: str) -> float:
    """'4in' -> 384.0; 0.0 for a percentage or no length."""
    found = LENGTH.match(length)
    return float(found[1]) * PIXELS.get(found[2].lower(), 0.0) if found else 0.0


def _clean(element: ElementTree.Element) -> None:
    """Removes comments, metadata, pictures out of other files and what is in no namespace of SVG's."""
    for name in list(element.attrib):
        if name.startswith("{") and not name.startswith((f"{{{XLINK}}}", f"{{{XML}}}")):
            del element.attrib[name]
    for child in list(element):
        if _is_foreign(child):
            element.remove(child)
        else:
            _clean(child)


def _is_foreign(element: ElementTree.Element) -> bool:
    if not isinstance(element.tag, str) or not element.tag.startswith(f"{{{SVG}}}"):
        return True
    name = element.tag.removeprefix(f"{{{SVG}}}")
    picture = element.get(f"{{{XLINK}}}href", element.get("href", ""))
    return name == "metadata" or (name == "image" and not picture.startswith("data:"))
