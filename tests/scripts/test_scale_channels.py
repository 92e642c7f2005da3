"""train/scale_channels.py: unit deviations of training's scenes, in float16."""

from pathlib import Path

import small_folder
import torch
from safetensors.torch import load_file

from train import scale_channels
from training.latent_networks import load_autoencoder, moments
from training.scenes import SceneSampler

BUNDLE = Path(__file__).resolve().parents[2] / "models" / "default"


def test_a_bundles_autoencoder_gets_unit_channels(tmp_path, monkeypatch, capsys):
    pictures = small_folder.make(tmp_path / "data")
    monkeypatch.setattr("sys.argv", ["scale_channels.py", "--data", str(tmp_path / "data"), "--autoencoder", str(BUNDLE),
                                     "--out", str(tmp_path / "out"), "--scenes", "4"])
    scale_channels.main()
    network, pixels = load_autoencoder(tmp_path / "out"), SceneSampler(pictures, "cpu", 0).sample(4)[0]
    assert network.config.scaling_factor == 1.0
    assert {tensor.dtype for tensor in load_file(tmp_path / "out" / "diffusion_pytorch_model.safetensors").values()} == {torch.float16}
    with torch.no_grad():
        before, after = load_autoencoder(BUNDLE).eval(), network.float().eval()
        latents = moments(after, pixels)[0]
        drawn, wanted = after.decode(latents).sample, before.decode(moments(before, pixels)[0]).sample
    torch.testing.assert_close(latents.std(dim=(0, 2, 3)), torch.ones(8), atol=0.02, rtol=0)
    assert (drawn - wanted).abs().mean() < 0.01
    assert "standard deviations with the scaling factor so far" in capsys.readouterr().out
