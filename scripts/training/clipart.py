"""Debian's openclipart-svg 0.18 -> captioned clip art; public domain, as each file says of itself.

clipart.tsv names the files that were chosen by eye out of the package's 8,121, one line each:

    path within the package's svg folder, tab, x y width height, tab, caption, tab, further captions

The box is the part of the page that the drawing fills, in user units. Left out are stars, icons, flags, maps, signs, cards,
patterns, line drawings and whatever is political, religious, violent or nude. All captions are ours and have no style word.
"""

from pathlib import Path
from xml.etree import ElementTree

from training.dataset import Picture
from training.emoji import Source
from training.svg import Box, parse, plain_document

CLIPART_FOLDER = Path("/usr/share/openclipart/svg")
CHOICE = Path(__file__).with_name("clipart.tsv")
STYLE = "clip art"
RDF_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"


def read_clipart(folder: Path = CLIPART_FOLDER) -> list[Source]:
    """The chosen files as plain SVG documents."""
    if not folder.is_dir():
        raise SystemExit(f"{folder}: no such folder. Install Debian's openclipart-svg: scripts/setup.sh --training.")
    sources = []
    for path, box, captions in read_choice(CHOICE.read_text(encoding="utf-8")):
        encoded = (folder / path).read_bytes()
        if not is_public_domain(parse(encoded)):
            raise SystemExit(f"{folder / path}: does not say that it is in the public domain. Remove its line from {CHOICE.name}.")
        picture = Picture(f"clipart-{path.removesuffix('.svg')}", STYLE, captions[0], captions=captions)
        sources.append(Source(plain_document(encoded, box), picture))
    return sources


def read_choice(text: str) -> list[tuple[str, Box, list[str]]]:
    """Lines of clipart.tsv -> (path, box, captions)."""
    choice = []
    for line in text.splitlines():
        path, box, *captions = line.split("\t")
        x, y, width, height = (float(number) for number in box.split())
        choice.append((path, (x, y, width, height), captions))
    return choice


def is_public_domain(root: ElementTree.Element) -> bool:
    """Whether the metadata name that licence, and no other."""
    licences = [element.get(RDF_RESOURCE, "") for element in root.iter()
                if isinstance(element.tag, str) and element.tag.endswith("}license")]
    return bool(licences) and all("publicdomain" in licence.lower().replace(" ", "") for licence in licences)
