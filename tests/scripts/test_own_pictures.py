"""Ten pictures of a user, from a folder to a picture drawn by the program, with the commands of models/training.md."""

import runpy
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[2]
COLOURS = ("red", "green", "blue", "orange", "purple")
DATA = ["--data", "data"]
QUICK = ["--device", "cpu", "--minutes", "0.03"]


@pytest.fixture
def folder(tmp_path):
    """in/: five circles and five squares with captions; two of them cover the whole picture."""
    (tmp_path / "in").mkdir()
    lines = []
    for shape in ("circle", "square"):
        for colour in COLOURS:
            picture = Image.new("RGBA", (96, 96), (255, 255, 255, 255 if colour == "purple" else 0))
            draw = getattr(ImageDraw.Draw(picture), "ellipse" if shape == "circle" else "rectangle")
            draw((16, 16, 80, 80), fill=colour)
            picture.save(tmp_path / "in" / f"{colour}-{shape}.png")
            lines.append(f"{colour}-{shape}.png\ta {colour} {shape}\n")
    (tmp_path / "in" / "captions.txt").write_text("".join(lines))
    return tmp_path


def test_from_ten_pictures_to_a_drawn_one(folder, monkeypatch, capsys):
    monkeypatch.chdir(folder)

    def script(name, *options):
        """Runs the file as the main module, in this process: importing Torch and diffusers takes longer than the work here."""
        path = str(ROOT / "scripts" / name)
        monkeypatch.setattr("sys.argv", [path, *options])
        runpy.run_path(path, run_name="__main__")
        return capsys.readouterr().out

    tokenizer, text, autoencoder = "runs/tokenizer/tokenizer.model", "runs/text", "runs/autoencoder"
    assert "10 pictures" in script("train/prepare_data.py", "--folder", "in", "--out", "data", "--processes", "1")
    assert "4096 pieces" in script("train/tokenizer.py", *DATA, "--out", tokenizer)
    said = script("train/text_encoder.py", *DATA, *QUICK, "--tokenizer", tokenizer, "--out", text, "--batch", "8")
    assert "no --teacher: phase A is left out" in said and "seen_top1=" in said
    said = script("train/autoencoder.py", *DATA, *QUICK, "--image-tower", text, "--out", autoencoder, "--batch", "2",
                  "--statistics", "8")
    assert "seen_psnr=" in said and "held_out" not in said
    script("train/unet.py", *DATA, "--device", "cpu", "--tokenizer", tokenizer, "--text", text, "--autoencoder", f"{autoencoder}/final",
           "--out", "runs/unet", "--phases", "128=8", "--batch", "4", "--workers", "1", "--scenes", "8", "--montage", "2",
           "--tiny")
    script("export/bundle.py", "--out", "bundle", "--name", "shapes", "--license", "CC0-1.0")
    program = ROOT / "build" / "sfumato"
    subprocess.run([program, "a red circle", "-m", "bundle", "--trust", "-o", "circle.png", "--steps", "4", "-t", "1", "--device", "cpu"],
                   check=True, timeout=600)
    assert Image.open(folder / "circle.png").size == (128, 128)
