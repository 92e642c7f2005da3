"""Icon sets as iconify publishes them (npm .tgz files): SVG bodies by name, and what an icon set says of itself.

    icons = IconSet(packages, "twemoji")
    icons.names      names of icons and aliases
    icons.svg(name)  an SVG document
    icons.hexcodes   code points ("1f44b-1f3fb", see plain_hexcode) -> name; empty in sets that give none
"""

import json
import tarfile
from pathlib import Path

from training.dataset import plain_hexcode


def open_package(packages: Path, name: str) -> tarfile.TarFile:
    """The newest NAME-VERSION.tgz of the folder."""
    found = sorted(path for path in packages.glob(f"{name}-*.tgz") if path.name[len(name) + 1].isdigit())
    if not found:
        raise SystemExit(f"{packages}: no {name}-*.tgz. Get it with: npm pack (names are in models/next/README.md).")
    return tarfile.open(found[-1])


class IconSet:
    def __init__(self, packages: Path, name: str):
        with open_package(packages, f"iconify-json-{name}") as package:
            self.icons = json.load(package.extractfile("package/icons.json"))
            characters = json.load(package.extractfile("package/chars.json")) if "package/chars.json" in package.getnames() else {}
        self.hexcodes = {plain_hexcode(hexcode, keep_skin_tones=True): icon for hexcode, icon in sorted(characters.items())}
        self.names = sorted({**self.icons["icons"], **self.icons.get("aliases", {})})

    def svg(self, name: str) -> bytes:
        """An icon's body, or its parent's, flipped where the alias says so, in an <svg> element."""
        flip = False
        while name not in self.icons["icons"]:
            alias = self.icons["aliases"][name]
            flip ^= alias.get("hFlip", False)
            name = alias["parent"]
        icon = self.icons["icons"][name]
        width, height = (icon.get(side, self.icons.get(side, 16)) for side in ("width", "height"))
        body = f'<g transform="translate({width} 0) scale(-1 1)">{icon["body"]}</g>' if flip else icon["body"]
        return (f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
                f'viewBox="0 0 {width} {height}" width="{width}" height="{height}">{body}</svg>').encode()
