#!/usr/bin/env python3
"""Checks the order of the rooms, the folders of src/: a file includes only files of its own room and of rooms below it.

    scripts/check/rooms.py              the tree of this script; exit code 1 if anything is wrong
    scripts/check/rooms.py --root DIR   another tree

Six rules; the sources of each target are read in src/CMakeLists.txt:
    order   no #include of a higher room (ROOMS, lowest first; include/sfumato and src/api are the room api)
    torch   no source outside the target libsfumato includes a header of Torch, neither itself nor through other headers
    targets every .cpp file of src/ belongs to a target, and every listed file exists
    cycles  folders do not include each other, at any distance
    opens   only the files of OPENERS open a path; the others use base/open_file.h or base/folder.h, which never wait for a pipe or a device
    streams only src/base/console.cpp names the standard streams of output: it escapes what a stranger wrote
Needs Python's standard library only and takes a fraction of a second.
"""

import argparse
import re
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOMS = ("api", "base", "image", "bundle", "numbers", "names", "nn", "text", "diffusion", "pipeline", "jobs", "output", "metadata", "sheet", "run",
         "import", "cli")
PROGRAM = "program"  # files directly in src/: above all rooms
TORCH_TARGETS = {"libsfumato"}
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"([^"]+)"|<((?:torch|ATen|c10)/[^>]+)>)', re.MULTILINE)
CONSOLE = "src/base/console.cpp"
STREAM = re.compile(r"\b(?:cout|cerr|clog|wcout|wcerr|wclog|stdout|stderr|STDOUT_FILENO|STDERR_FILENO|v?f?printf|v?dprintf|f?puts|f?putc|putchar|perror)\b")
NO_CODE = re.compile(r'R"\((?:.|\n)*?\)"|"(?:\\.|[^"\\\n])*"|//[^\n]*')  # literals and comments
TARGET = re.compile(r"\b(?:add_library|add_executable|target_sources)\s*\(\s*(\S+)([^)]*)\)")

OPEN = re.compile(r"(?<![\w.>:])(?:(?:std)?::)?((?:f?open|open(?:at2?|64)|creat|freopen)\s*\(|[io]?fstream\b)")
OPENERS = {
    "src/base/open_file.cpp": "opens for reading",
    "src/base/folder.cpp": "opens names inside a folder",
    "src/base/temporary_file.cpp": "creates",
    "src/base/temporary_name.cpp": "opens what a killed process left, folders too",
    "src/base/durable_file.cpp": "opens folders, to sync them",
    "src/base/process.cpp": "reads /proc",
    "src/base/memory.cpp": "reads /proc and control groups",
    "src/import/write/output_file.cpp": "creates",
    "src/import/write/staging_folder.cpp": "opens the folder that it has created",
    "src/output/journal_reader.cpp": "opens a journal for writing, to cut its torn line",
    "src/base/console.cpp": "opens /dev/null for closed standard streams",
    "src/base/name_claim.cpp": "creates",
    "src/base/oom_kills.cpp": "reads /proc and control groups",
}


@dataclass(frozen=True)
class Include:
    line: int
    header: str  # as written, without quotes or brackets
    path: str | None  # the header's path from the root; None for a header of Torch


@dataclass(frozen=True)
class Tree:
    root: Path

    @cached_property
    def files(self) -> dict[str, list[Include]]:
        """Every C++ file of src/ and include/, by its path from the root, with its includes that the rules are about."""
        paths = sorted(path.relative_to(self.root).as_posix() for folder in ("src", "include") for path in (self.root / folder).rglob("*")
                       if path.suffix in (".cpp", ".h", ".inc"))
        known = set(paths)
        return {path: self._includes(path, known) for path in paths}

    def _includes(self, path: str, known: set[str]) -> list[Include]:
        text = (self.root / path).read_text(encoding="utf-8")
        found = []
        for match in INCLUDE.finditer(text):
            quoted, torch = match.groups()
            line = text.count("\n", 0, match.start()) + 1
            if torch:
                found.append(Include(line, torch, None))
                continue
            sibling = (Path(path).parent / quoted).as_posix()
            target = next((name for name in (f"src/{quoted}", f"include/{quoted}", sibling) if name in known), None)
            if target:  # generated headers (sfumato/version.h) have no room
                found.append(Include(line, quoted, target))
        return found

    @cached_property
    def targets(self) -> dict[str, str]:
        """Source listed in src/CMakeLists.txt -> its target."""
        text = re.sub(r"#[^\n]*", "", (self.root / "src" / "CMakeLists.txt").read_text(encoding="utf-8"))
        return {f"src/{word}": name for name, words in TARGET.findall(text) for word in words.split()
                if word.endswith(".cpp") and not word.startswith("$")}


def room_of(path: str) -> str:
    top, *folders, _ = path.split("/")
    if top == "include":
        return "api"
    return folders[0] if folders else PROGRAM


def level(room: str) -> int:
    return len(ROOMS) if room == PROGRAM else ROOMS.index(room)


def order(tree: Tree) -> list[str]:
    unknown = sorted({room_of(path) for path in tree.files} - {*ROOMS, PROGRAM})
    if unknown:
        return [f"src/{room}: this room has no place in the order. Add it to ROOMS in scripts/check/rooms.py." for room in unknown]
    return [f"{path}:{include.line}: {room_of(path)} includes {include.header}, of the higher room {room_of(include.path)}"
            for path, includes in tree.files.items() for include in includes
            if include.path and level(room_of(include.path)) > level(room_of(path))]


def way_to_torch(tree: Tree, source: str) -> list[str] | None:
    """The shortest chain of headers from a source to one of Torch."""
    seen, ways = {source}, [[source]]
    for way in ways:
        for include in tree.files[way[-1]]:
            if include.path is None:
                return [*way, f"<{include.header}>"]
            if include.path not in seen:
                seen.add(include.path)
                ways.append([*way, include.path])
    return None


def torch(tree: Tree) -> list[str]:
    ways = ((target, way_to_torch(tree, source)) for source, target in tree.targets.items()
            if target not in TORCH_TARGETS and source in tree.files)
    return [f"{way[0]}: the target {target} has no Torch, but includes {', '.join(way[1:])}" for target, way in ways if way]


def targets(tree: Tree) -> list[str]:
    sources = {path for path in tree.files if path.startswith("src/") and path.endswith(".cpp")}
    return [*(f"{path}: belongs to no target of src/CMakeLists.txt" for path in sorted(sources - tree.targets.keys())),
            *(f"src/CMakeLists.txt: {path} does not exist" for path in sorted(tree.targets.keys() - sources))]


def cycles(tree: Tree) -> list[str]:
    """One message for each folder that lies on a cycle, with the shortest one; a cycle is reported once, from its first folder."""
    edges: dict[str, set[str]] = {}
    for path, includes in tree.files.items():
        folder = Path(path).parent.as_posix()
        edges.setdefault(folder, set()).update(Path(include.path).parent.as_posix() for include in includes if include.path)
    messages, reported = [], set()
    for start in sorted(edges):
        seen, ways = set(), [[start]]
        for way in ways:
            for following in sorted(edges.get(way[-1], set()) - {way[-1]}):
                if following == start and not reported & set(way):
                    messages.append(f"{start}: a cycle of includes: {' -> '.join([*way, start])}")
                    reported |= set(way)
                elif following not in seen:
                    seen.add(following)
                    ways.append([*way, following])
    return messages


def without_comments(text: str) -> str:
    """The code with its lines, without literals and comments."""
    return NO_CODE.sub(lambda match: "\n" * match.group().count("\n"), text)


def opens(tree: Tree) -> list[str]:
    messages = []
    for path in tree.files.keys() - OPENERS.keys():
        code = without_comments((tree.root / path).read_text(encoding="utf-8"))
        messages += [f"{path}:{code.count(chr(10), 0, match.start()) + 1}: {match[1].rstrip('( ')} opens a path. "
                     "Use base/open_file.h or base/folder.h." for match in OPEN.finditer(code)]
    return sorted(messages)


def streams(tree: Tree) -> list[str]:
    found = []
    for path in tree.files:
        if path == CONSOLE:
            continue
        code = without_comments((tree.root / path).read_text(encoding="utf-8"))
        found += [f"{path}:{code.count(chr(10), 0, match.start()) + 1}: {match.group()} writes past {CONSOLE}; use base/console.h"
                  for match in STREAM.finditer(code)]
    return found


def violations(root: Path) -> list[str]:
    tree = Tree(root)
    return [message for rule in (order, torch, targets, cycles, streams, opens) for message in rule(tree)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--root", type=Path, default=Path(__file__).resolve().parents[2])
    found = violations(parser.parse_args().root)
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
