"""Packages come with the digests of their files: pip takes no others."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LISTS = sorted((ROOT / "scripts" / "requirements").glob("*.txt"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==([^\s;]+)", re.MULTILINE)


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(text):
    return {normal(name): version for name, version in PIN.findall(text)}


def test_there_is_a_list_for_everything_that_is_installed():
    assert [path.stem for path in LISTS] == ["cuda", "data", "golden", "libtorch", "peers-compile", "peers", "python", "teacher"]


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_every_package_of_a_list_has_digests_and_comes_from_pypi(path):
    entries = re.split(r"\n(?=[^ #])", path.read_text())
    assert all(re.fullmatch(r"[a-z0-9._-]+==[^ ]+( ; [^\\]*)?( \\\n    --hash=sha256:[0-9a-f]{64})+(\n +#.*)*\n?", entry) for entry in entries)


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_list_has_what_is_asked_for(path):
    source = path.with_name({"cuda": "libtorch"}.get(path.stem, path.stem) + ".in")
    listed, asked = pins(path.read_text()), pins(source.read_text())
    assert asked and {name: listed.get(name) for name in asked} == asked


def test_lists_agree_on_versions():
    main = pins((ROOT / "scripts/requirements/python.txt").read_text())
    for stem in ("libtorch", "cuda"):
        listed = pins((ROOT / f"scripts/requirements/{stem}.txt").read_text())
        assert {name: main.get(name) for name in listed} == listed


def test_pip_is_never_called_without_digests():
    calls = subprocess.run(["git", "grep", "-nE", r"""pip"?,? "?install""", "--", "scripts", "models/*.md", "docs", "README.md", "CONTRIBUTING.md"],
                           cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    calls = [call for call in calls if "lock.sh" not in call]
    assert len(calls) >= 4
    assert [call for call in calls if "--require-hashes" not in call] == []
