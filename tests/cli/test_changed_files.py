"""A bundle that is changed while a run uses it: no picture of other weights, and no death without a word."""

import os
import shutil

import pytest
from conftest import BUNDLE, SMALL, TRUST, pictures_in, started, wait_for

WEIGHTS = sorted(path.name for path in BUNDLE.glob("unet*.safetensors"))[0]


@pytest.fixture
def bundle(tmp_path):
    return shutil.copytree(BUNDLE, tmp_path / "bundle")


def run_during_which(tmp_path, change):
    """Seeds 1 to 500; the bundle is changed when the first picture is there. Returns the exit code, the error, and the pictures."""
    arguments = ["a cat", "-m", "bundle", *TRUST, *SMALL, "--seed", "1..500", "-o", "out/", "--json"]
    with started(tmp_path, *arguments) as process:
        wait_for(process, "image")
        change()
        for _ in process.stdout:
            pass
        error = process.stderr.read()
    return process.returncode, error, [name for name in pictures_in(tmp_path / "out") if name.endswith(".png")]


def overwrite(path):
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(os.urandom(1 << 20))


def test_weights_that_are_overwritten_in_place_end_the_run(sfumato, tmp_path, bundle):
    code, error, pictures = run_during_which(tmp_path, lambda: overwrite(bundle / WEIGHTS))
    assert code == 78
    assert f"bundle/{WEIGHTS}: has changed while it was in use" in error
    assert 0 < len(pictures) < 500
    assert sfumato("a cat", "-m", BUNDLE, *TRUST, *SMALL, "--seed", f"1..{len(pictures)}", "-o", "right/").returncode == 0
    for name in pictures:
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "right" / name).read_bytes()


def test_weights_that_are_cut_end_the_run_with_a_message(tmp_path, bundle):
    code, error, pictures = run_during_which(tmp_path, lambda: os.truncate(bundle / WEIGHTS, 4096))
    assert code == 78
    assert f"sfumato: error: bundle/{WEIGHTS}: " in error
    assert 0 < len(pictures) < 500
    journals = list((tmp_path / "out" / ".sfumato").glob("journal.*"))
    assert journals and not [path for path in journals if path.stat().st_mode & 0o200], "they say that the run ended in order"


def test_a_file_whose_mode_changes_does_not_end_the_run(tmp_path, bundle):
    arguments = ["a cat", "-m", "bundle", *TRUST, *SMALL, "--seed", "1..9", "-o", "out/", "--json"]
    with started(tmp_path, *arguments) as process:
        wait_for(process, "image")
        (bundle / WEIGHTS).chmod(0o440)
        os.link(bundle / WEIGHTS, tmp_path / "backup")
        assert wait_for(process, "done")["made"] == 9
    assert process.returncode == 0


def test_an_encoder_that_is_changed_before_it_is_loaded_ends_the_run(sfumato, tmp_path, bundle):
    assert sfumato("a cat", "-m", BUNDLE, *TRUST, *SMALL, "-o", "a.png").returncode == 0
    with started(tmp_path, "-f", "-", "-m", "bundle", *TRUST, *SMALL, "-o", "out/", "--json") as process:
        process.stdin.write("a cat\n")
        process.stdin.flush()
        wait_for(process, "image")
        overwrite(bundle / "vae_encoder.safetensors")
        process.stdin.write("a dog --init-img a.png\n")
        process.stdin.close()
        assert "bundle/vae_encoder.safetensors: has changed while it was in use" in process.stderr.read()
    assert process.returncode == 78
