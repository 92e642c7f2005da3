"""A few rows of the fault matrix, of which scripts/check/torture.py has all; they need a build with faults in it."""

import subprocess
import sys

import pytest
from conftest import ROOT

BINARY = ROOT / "build-faults" / "sfumato"


@pytest.mark.skipif(not BINARY.exists(), reason="cmake --preset faults && cmake --build build-faults --target sfumato")
@pytest.mark.parametrize("words", [
    ["--rows", "F3", "--times", "2"], ["--rows", "F6", "F17"], ["--rows", "F12"]])
def test_no_picture_is_lost(words):
    command = [sys.executable, ROOT / "scripts" / "check" / "torture.py", "--binary", BINARY, "--jobs", "4", *words]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("words", [["--kinds", "time", "two", "bundle", "--kills", "6"]])
def test_kills_leave_nothing_behind(words):
    command = [sys.executable, ROOT / "scripts" / "check" / "kills.py", "--jobs", "4", *words]
    result = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_program_for_users_has_no_faults_in_it():
    data = (ROOT / "build" / "sfumato").read_bytes()
    assert b"SFUMATO_FAULT" not in data and b"journal_fsync" not in data
