"""Emoji packages (npm .tgz files) -> picture sources and subjects.

    lobehub-fluent-emoji-3d      Fluent 3D renders, WebP named by code points     MIT (Microsoft)
    iconify-json-fluent-emoji-flat  Fluent flat, SVG bodies                       MIT (Microsoft)
    iconify-json-noto            Noto Emoji, SVG bodies                           Apache-2.0 (Google)
    emojibase-data               labels, tags, groups, skin tones                 MIT (Miles Johnson)
"""

import json
import tarfile
from dataclasses import dataclass
from pathlib import Path

from training.dataset import SKIN_TONES, Picture, Subject, is_held_out, plain_hexcode

WEBP_PACKAGE = "lobehub-fluent-emoji-3d"
SVG_PACKAGES = {"flat": "iconify-json-fluent-emoji-flat", "noto": "iconify-json-noto"}
LABEL_PACKAGE = "emojibase-data"


@dataclass
class Source:
    """An encoded picture: a WebP file or an SVG document."""

    encoded: bytes
    picture: Picture


def read_emoji(packages: Path) -> tuple[list[Source], list[Subject], int]:
    """All pictures that emojibase has a label for, the subjects, and how many pictures had no label."""
    subjects, descriptions = _read_labels(packages)
    encoded = {("3d", hexcode): webp for hexcode, webp in _read_webp(packages).items()}
    for style in SVG_PACKAGES:
        encoded |= {(style, hexcode): svg for hexcode, svg in _read_svg(packages, style).items()}
    sources, skipped = [], 0
    for (style, hexcode), content in sorted(encoded.items()):
        if hexcode not in descriptions:
            skipped += 1
            continue
        picture = Picture(**descriptions[hexcode], style=style)
        picture.held_out = is_held_out(subjects[picture.subject].hexcode, style)
        sources.append(Source(content, picture))
    return sources, subjects, skipped


def _open_package(packages: Path, name: str) -> tarfile.TarFile:
    found = sorted(packages.glob(f"{name}-*.tgz"))
    if not found:
        raise SystemExit(f"{packages}: no {name}-*.tgz. Get it with: npm pack (names are in models/README.md).")
    return tarfile.open(found[-1])


def _read_labels(packages: Path) -> tuple[list[Subject], dict[str, dict]]:
    """Subjects in emojibase's order; hexcode with skin tones -> fields of a Picture."""
    with _open_package(packages, LABEL_PACKAGE) as package:
        entries = json.load(package.extractfile("package/en/data.json"))
    subjects, descriptions = [], {}
    for index, entry in enumerate(entries):
        group, tags = entry.get("group", -1), entry.get("tags", [])
        subjects.append(Subject(plain_hexcode(entry["hexcode"]), entry["label"], tags, group=group))
        for variant in (entry, *entry.get("skins", [])):
            hexcode = plain_hexcode(variant["hexcode"], keep_skin_tones=True)
            descriptions[hexcode] = dict(
                hexcode=hexcode, label=variant["label"], tags=tags, group=group, subgroup=entry.get("subgroup", -1),
                skin_tone=len(hexcode) > 5 and bool(SKIN_TONES & set(hexcode.split("-"))), subject=index)
    return subjects, descriptions


def _read_webp(packages: Path) -> dict[str, bytes]:
    with _open_package(packages, WEBP_PACKAGE) as package:
        return {plain_hexcode(Path(member.name).stem, keep_skin_tones=True): package.extractfile(member).read()
                for member in package if member.name.endswith(".webp")}


def _read_svg(packages: Path, style: str) -> dict[str, bytes]:
    with _open_package(packages, SVG_PACKAGES[style]) as package:
        icons = json.load(package.extractfile("package/icons.json"))
        names = json.load(package.extractfile("package/chars.json"))
    return {plain_hexcode(hexcode, keep_skin_tones=True): _svg_document(icons, name).encode()
            for hexcode, name in sorted(names.items())}


def _svg_document(icons: dict, name: str) -> str:
    """An icon's body, or its parent's, flipped where the alias says so, in an <svg> element."""
    flip = False
    while name not in icons["icons"]:
        alias = icons["aliases"][name]
        flip ^= alias.get("hFlip", False)
        name = alias["parent"]
    icon = icons["icons"][name]
    width, height = (icon.get(side, icons[side]) for side in ("width", "height"))
    body = f'<g transform="translate({width} 0) scale(-1 1)">{icon["body"]}</g>' if flip else icon["body"]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{body}</svg>')
