"""SDXL's refiner: a model of its own, and behind a base model. tests/cli/test_parity.py compares its pictures with diffusers'."""

import json
import subprocess

import pytest
from conftest import BINARY, MODEL, error_of, read_png, weights_in

torch = pytest.importorskip("torch")
pytest.importorskip("diffusers")
from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint, write_folder  # noqa: E402

SMALL = ["--trust", "--steps", "8", "-W", "64", "-H", "64", "-t", "1", "--device", "cpu", "--allow-flat", "-q"]


@pytest.fixture(scope="module")
def models(tmp_path_factory, graphs, modules):
    """A folder with the bundles `base` and `fine`."""
    folder = tmp_path_factory.mktemp("models")
    for family, name in (("sdxl", "base"), ("sdxl-refiner", "fine")):
        save_file(checkpoint(family, modules(family), torch.float32), folder / f"{name}.safetensors")
        subprocess.run([BINARY, "import", folder / f"{name}.safetensors", "-o", folder / name, "--graphs", graphs(family), "--trust",
                        "--dtype", "float32", "-q"], check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture
def draw(sfumato, models):
    return lambda *arguments: sfumato("a fox", "-m", models / "base", *SMALL, *arguments)


def record_of(path):
    texts = read_png(path.read_bytes())[2]
    return json.loads(texts["sfumato"]), texts["parameters"]


def test_a_folder_of_diffusers_is_the_same_model(importer, modules, models, tmp_path):
    write_folder("sdxl-refiner", modules("sdxl-refiner"), torch.float32, tmp_path / "folder", None, None)
    result = importer("sdxl-refiner", tmp_path / "folder", layout="channels_last")
    assert result.returncode == 0, result.stderr
    for path in (tmp_path / "bundle", models / "fine"):
        model = json.loads((path / "model.json").read_text())
        assert model["requires_aesthetics_score"] is True and "text_encoder" not in model["networks"]
    of_folder, of_file = weights_in(tmp_path / "bundle"), weights_in(models / "fine")
    assert of_folder.keys() == of_file.keys() == {"text_encoder_2", "unet", "vae_decoder", "vae_encoder"}
    for kind, tensors in of_file.items():
        assert tensors.keys() == of_folder[kind].keys() and all(torch.equal(tensor, of_folder[kind][name]) for name, tensor in tensors.items())


def test_a_text_encoder_is_replaced_by_its_own_name(importer, models):
    result = importer("sdxl-refiner", models / "fine.safetensors", "--text-encoder", models / "base.safetensors")
    assert result.returncode == 64 and "which has one text encoder. Give --text-encoder-2." in error_of(result)
    assert importer("sdxl-refiner", models / "fine.safetensors", "--text-encoder-2", models / "base.safetensors").returncode == 0


def test_alone_it_goes_over_a_picture(sfumato, draw, models, tmp_path):
    result = sfumato("a fox", "-m", models / "fine", *SMALL)
    assert result.returncode == 64
    assert "--init-img: this model is a refiner, which goes over a picture. Give --init-img with --strength 0.3 or so" in error_of(result)
    assert draw("-o", "base.png").returncode == 0
    result = sfumato("a fox", "-m", models / "fine", *SMALL, "-i", "base.png", "--strength", "0.3", "-o", "fine.png")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "fine.png").read_bytes() != (tmp_path / "base.png").read_bytes()


def test_a_picture_says_who_drew_its_last_steps(sfumato, draw, models, tmp_path):
    assert draw("--refiner", f"{models / 'fine'}:0.7", "-o", "x.png").returncode == 0
    record, parameters = record_of(tmp_path / "x.png")
    assert record["refiner"] == "fine" and record["refiner_switch"] == 0.7
    assert f", Refiner: fine [{record['refiner_digest'][:10]}], Refiner switch at: 0.7, " in parameters
    assert draw("-o", "base.png").returncode == 0
    base, parameters = record_of(tmp_path / "base.png")
    assert not any("refiner" in key for key in base) and "Refiner" not in parameters and base["key"] != record["key"]

    result = sfumato("verify", "x.png", "-m", models / "base", "--trust")
    assert result.returncode == 1 and 'the refiner "fine" (SHA-256 ' in result.stdout and "Name its folder with --refiner." in result.stdout
    result = sfumato("verify", "x.png", "-m", models / "base", "--refiner", models / "base", "--trust")
    assert result.returncode == 1 and "it was made with another refiner" in result.stdout
    result = sfumato("verify", "x.png", "base.png", "-m", models / "base", "--refiner", models / "fine", "--trust")
    assert result.returncode == 0 and sorted(result.stdout.splitlines()) == ["base.png: identical", "x.png: identical"]


def test_the_values_of_a_picture_bring_the_share(sfumato, draw, models, tmp_path):
    assert draw("--refiner", f"{models / 'fine'}:0.7", "-o", "x.png").returncode == 0
    again = ["--from-image", "x.png", "-m", models / "base", "--trust", "-q", "-t", "1", "--device", "cpu", "--allow-flat"]
    assert sfumato(*again, "--refiner", models / "fine", "-o", "y.png").returncode == 0
    assert (tmp_path / "y.png").read_bytes() == (tmp_path / "x.png").read_bytes()
    result = sfumato(*again, "-o", "z.png")
    assert 'its last steps are of the refiner "fine", which is not used; the picture will differ. Give it with --refiner' in result.stderr
    assert "refiner" not in record_of(tmp_path / "z.png")[0]


def test_the_share_is_an_option_of_a_picture(draw, models, tmp_path):
    result = draw("--refiner", models / "fine", "--refiner-switch", "0.5,0.8,1", "-o", "out/", "--plan")
    assert [line.count("--refiner-switch") for line in result.stdout.splitlines()[:3]] == [1, 1, 0]
    assert draw("--refiner", models / "fine", "--refiner-switch", "0.5,0.8,1", "-o", "out/").returncode == 0
    assert draw("--refiner", models / "fine", "-o", "usual.png").returncode == 0
    assert draw("-o", "none.png").returncode == 0
    pictures = [path.read_bytes() for path in sorted((tmp_path / "out").glob("*.png"))]
    assert len(set(pictures)) == 3
    assert pictures[1] == (tmp_path / "usual.png").read_bytes() and pictures[2] == (tmp_path / "none.png").read_bytes()


@pytest.mark.parametrize(("arguments", "code", "words"), [
    (["--refiner", "fine:0"], 64, "--refiner: 0 is out of range; a share of the steps above 0 and below 1 is expected, such as 0.8."),
    (["--refiner", "fine:1"], 64, "--refiner: 1 is out of range"),
    (["--refiner", "fine:half"], 64, '--refiner: "half": a number from 0 to 1 is expected.'),
    (["--refiner", ":0.8"], 64, '--refiner: ":0.8" names no model'),
    (["--refiner", "fine:0.8", "--refiner-switch", "0.8"], 64, "--refiner-switch: the share was given twice"),
    (["--refiner-switch", "0.8"], 64, "--refiner-switch: has no effect without --refiner."),
    (["--refiner", "missing"], 66, '--refiner: there is no model "missing" (looked in '),
    (["--refiner", "base"], 64, '--refiner: "base" (sdxl) is no SDXL refiner.'),
    (["--refiner", "fine", "-m", "fine"], 64, 'the model "fine" (sdxl-refiner) is a refiner itself.'),
    (["--refiner", "fine", *MODEL], 64, '"fine" (sdxl-refiner) has other latents than the model'),
    (["--refiner", "fine", "--timesteps", "900,700,500"], 1, "--refiner-switch: 0.8 leaves no step to the refiner"),
])
def test_what_does_not_fit_is_refused(sfumato, models, arguments, code, words):
    base = [] if "-m" in arguments else ["-m", "base"]
    small = [word for word in SMALL if "--timesteps" not in arguments or word not in ("--steps", "8")]
    for more in [], ["--plan"]:
        result = sfumato("a fox", *base, *small, *arguments, *more, cwd=models)
        if code == 1 and more:
            continue  # only the noise levels tell
        assert result.returncode == code and words in error_of(result), result.stderr
