"""One command for all: which scripts it calls with what."""

from argparse import Namespace
from pathlib import Path

import pytest

from train import all as train_all


def stages(**changes):
    options = {"data": Path("data/emoji"), "runs": Path("runs"), "out": Path("models/new"), "device": None, "minutes": 9.0, "samples": None,
               "packages": Path("npm"), "folder": None} | changes
    return {stage.name: stage for stage in train_all.stages(Namespace(**options))}


def test_every_script_is_there():
    assert all((train_all.SCRIPTS / stage.script).is_file() for stage in stages().values())


def test_the_unet_has_samples_and_the_others_minutes():
    unet = stages(samples=20_000)["unet"].arguments
    assert unet[unet.index("--phases") + 1] == "128=20000" and "--minutes" not in unet
    assert "--phases" not in stages()["unet"].arguments
    text = stages()["text"].arguments
    assert float(text[text.index("--minutes") + 1]) == pytest.approx(9 * 2.5 / sum(train_all.SHARES.values()), abs=1e-3)


def test_own_pictures_have_neither_teacher_nor_judge():
    assert list(stages(packages=None, folder=Path("mine"))) == ["data", "tokenizer", "text", "autoencoder", "unet", "bundle"]
    assert "--words" not in stages(packages=None, folder=Path("mine"))["unet"].arguments and "--words" in stages()["unet"].arguments
