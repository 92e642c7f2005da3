"""Lets the tests import scripts and the package `training` as the scripts themselves do."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))
