"""Models that edit pictures (InstructPix2Pix), and models of EDM noise, on small random models."""

import json

import pytest
from conftest import error_of, pictures_in, read_png

torch = pytest.importorskip("torch")
import numpy as np  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint  # noqa: E402

FEW = ["a fox", "-m", "bundle", "--trust", "-t", "1", "--device", "cpu", "--steps", "3"]
COSXL = {"edm_vpred.sigma_max": torch.tensor(120.0), "edm_vpred.sigma_min": torch.tensor(0.002)}


@pytest.fixture
def model(importer, modules, tmp_path):
    """Imports a small model of a family, with more tensors, into `bundle` -> its model.json"""
    def run(family, more):
        save_file(checkpoint(family, modules(family), torch.float32) | more, tmp_path / "x.safetensors")
        result = importer(family, "x.safetensors")
        assert result.returncode == 0, result.stderr
        y, x = np.mgrid[:64, :64]
        Image.fromarray(np.stack([x * 4, y * 4, 255 - x * 2 - y * 2], -1).astype(np.uint8)).save(tmp_path / "p.png")
        return json.loads((tmp_path / "bundle" / "model.json").read_text())

    return run


def test_a_picture_is_edited_as_closely_as_it_is_asked_for(sfumato, model, tmp_path):
    described = model("sd1-instruct-pix2pix", {})
    assert described["family"] == "sd1-instruct-pix2pix" and described["instruct_pix2pix"] == {"scaled": False} and described["format_version"] == 2
    assert sfumato(*FEW, "-i", "p.png", "--image-cfg-scale", "1,1.5,4", "-o", "out/{image_cfg_scale}.png").returncode == 0
    made = [path for path in pictures_in(tmp_path / "out") if path.endswith(".png")]
    assert made == ["1.5.png", "1.png", "4.png"]
    assert len({(tmp_path / "out" / name).read_bytes() for name in made}) == 3
    assert read_png((tmp_path / "out" / "4.png").read_bytes())[:2] == (64, 64), "as large as its picture"
    told = json.loads(sfumato("inspect", "out/4.png", "--json").stdout)["values"]
    assert (told["image_cfg_scale"], told["strength"], told["steps_done"]) == ("4", "1", "3")
    result = sfumato("verify", "out", "-m", "bundle", "--trust", "-t", "1", "--device", "cpu")
    assert result.returncode == 0 and result.stdout.count("identical") == 3, result.stdout + result.stderr
    again = sfumato(*FEW[1:], "--from-image", "out/4.png", "-o", "again.png")
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "out" / "4.png").read_bytes()
    (tmp_path / "lines.txt").write_text("a fox --image-cfg-scale 4\n")
    assert sfumato("-f", "lines.txt", *FEW[1:], "-i", "p.png", "-o", "line.png").returncode == 0
    assert Image.open(tmp_path / "line.png").tobytes() == Image.open(tmp_path / "out" / "4.png").tobytes()


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "--init-img: this model edits a picture as the prompt says"),
    (["-i", "p.png", "--mask", "p.png"], "--mask: this model edits the whole picture"),
    (["-i", "p.png", "--strength", "0.5"], "--strength: this model begins at noise"),
    (["-i", "p.png", "--image-cfg-scale", "101"], "--image-cfg-scale: \"101\": a number from 0 to 100 is expected"),
    (["--image-cfg-scale", "2"], "--image-cfg-scale: has no effect without --init-img"),
])
def test_what_does_not_fit_an_edit_is_refused(arguments, words, sfumato, model):
    model("sd1-instruct-pix2pix", {})
    for plan in ([], ["--plan"]):
        result = sfumato(*FEW, *arguments, *plan, "-o", "x.png")
        assert result.returncode == 64 and words in error_of(result)


def test_cosxl_edit_scales_the_latents_of_its_picture(sfumato, model):
    described = model("sdxl-instruct-pix2pix", COSXL)
    assert described["instruct_pix2pix"] == {"scaled": True}
    assert described["noise_schedule"] == {"kind": "edm", "prediction_type": "v_prediction", "sigma_data": 1.0, "sigma_min": 0.002, "sigma_max": 120.0}
    assert sfumato(*FEW, "-i", "p.png", "-o", "x.png").returncode == 0


def test_edm_noise_has_no_training_timesteps(sfumato, model):
    model("sdxl", COSXL)
    size = ["--size", "64x64"]
    assert sfumato(*FEW, *size, "-o", "plain.png").returncode == 0
    assert sfumato(*FEW, *size, "--sampling-method", "dpm++3m_sde", "--scheduler", "sgm_uniform", "-o", "other.png").returncode == 0
    assert sfumato(*FEW[:-2], *size, "--sigmas", "100,10,1", "-o", "levels.png").returncode == 0
    assert sfumato(*FEW, *size, "-i", "p.png", "--mask", "p.png", "--strength", "0.7", "-o", "painted.png").returncode == 0
    for arguments, words in (
        (["--sampling-method", "ddim"], "--sampling-method: ddim steps by training timesteps"),
        (["--scheduler", "discrete"], "--scheduler: discrete has the levels of training timesteps"),
        (["--scheduler", "ays"], "Take one of karras, exponential, sgm_uniform, normal"),
        (["--timestep-spacing", "trailing"], "--timestep-spacing: this is of training timesteps"),
        (["--image-cfg-scale", "2", "-i", "p.png"], "--image-cfg-scale: this model does not edit pictures"),
    ):
        for plan in ([], ["--plan"]):
            result = sfumato(*FEW, *size, *arguments, *plan, "-o", "x.png")
            assert result.returncode == 64 and words in error_of(result), result.stderr
    result = sfumato(*FEW[:-2], *size, "--timesteps", "900,500", "-o", "x.png")
    assert result.returncode == 64 and "Give noise levels with --sigmas" in error_of(result)
    for setting in (["--zero-snr"], ["--timestep-spacing", "leading"], ["--prediction-type", "sample"], ["--sampling-method", "pndm"]):
        result = sfumato("model", "bundle", "--set", *setting)
        assert result.returncode == 64 and setting[0] + ":" in error_of(result)
