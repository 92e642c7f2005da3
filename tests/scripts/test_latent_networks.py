"""The networks of latent_networks.py and what trainers measure on them."""

import torch
from transformers import CLIPVisionConfig, CLIPVisionModelWithProjection

from train.autoencoder import edge_loss, psnr
from training.dataset import STYLES
from training.judge import Judge, load_judge, save_judge
from training.latent_networks import UNET, autoencoder, load_unet, moments, parameter_count, save_network, unet, with_unit_channels
from training.map_classes import CLASSES
from training.networks import text_encoder
from training.perceptual import PerceptualDistance


def test_parameter_counts_leave_room_in_the_bundle():
    counts = {"autoencoder": parameter_count(autoencoder()), "unet": parameter_count(unet())}
    assert counts == {"autoencoder": 3_511_579, "unet": 49_648_136}
    megabytes = 2 * (sum(counts.values()) + parameter_count(text_encoder())) / 1e6
    assert megabytes < 120


def test_shapes():
    network = autoencoder().eval()
    with torch.no_grad():
        mean, log_variance = moments(network, torch.zeros(2, 3, 64, 32))
        prediction = unet(tiny=True)(torch.zeros(2, 8 + len(CLASSES), 16, 16), torch.tensor([0, 999]), torch.zeros(2, 48, 256)).sample
    assert mean.shape == log_variance.shape == (2, 8, 8, 4)
    assert prediction.shape == (2, 8, 16, 16)


def test_a_saved_network_comes_back(tmp_path):
    network = unet(tiny=True).to(memory_format=torch.channels_last)
    save_network(network, tmp_path / "final")
    torch.testing.assert_close(load_unet(tmp_path / "final").conv_out.weight, network.conv_out.weight)
    assert [path.name for path in tmp_path.iterdir()] == ["final"]


def test_a_dry_runs_unet_has_the_same_inputs_and_outputs():
    tiny = unet(tiny=True).config
    assert parameter_count(unet(tiny=True)) == 1_466_824
    assert all(tiny[name] == UNET[name] for name in ("in_channels", "out_channels", "cross_attention_dim", "down_block_types"))


def test_unit_channels_decode_to_the_same_picture():
    torch.manual_seed(0)
    network = autoencoder().eval()
    pixels = torch.rand(4, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        mean, log_variance = moments(network, pixels)
        before, deviations = network.decode(mean).sample, mean.std(dim=(0, 2, 3))
        with_unit_channels(network, deviations)
        scaled, scaled_variance = moments(network, pixels)
        after = network.decode(scaled).sample
    torch.testing.assert_close(after, before, atol=1e-4, rtol=0)
    torch.testing.assert_close(scaled.std(dim=(0, 2, 3)), torch.ones(8), atol=1e-4, rtol=0)
    # the noise of a latent is scaled as the latent is
    torch.testing.assert_close(scaled_variance, log_variance - 2 * deviations.log()[:, None, None], atol=1e-4, rtol=0)
    assert network.config.scaling_factor == 1.0


def test_psnr():
    pixels = torch.zeros(2, 3, 4, 4)
    drawn = torch.stack([pixels[0] + 0.2, pixels[1] + 0.02])  # 20 log10(2 / 0.2) = 20 dB and 40 dB
    assert abs(psnr(drawn, pixels) - 30.0) < 1e-4


def test_edge_loss_ignores_a_constant():
    pixels = torch.rand(1, 3, 8, 8)
    torch.testing.assert_close(edge_loss(pixels + 0.5, pixels), torch.tensor(0.0), atol=1e-6, rtol=0)


def test_perceptual_distance():
    tower = CLIPVisionModelWithProjection(CLIPVisionConfig(hidden_size=16, intermediate_size=32, num_hidden_layers=2,
                                                           num_attention_heads=2, image_size=32, patch_size=8))
    distance = PerceptualDistance(tower)
    pixels = torch.rand(2, 3, 32, 32, requires_grad=True)
    assert distance(pixels, pixels.detach()).item() < 1e-9
    distance(pixels, -pixels.detach()).backward()
    assert pixels.grad.abs().sum() > 0 and all(p.grad is None for p in tower.parameters())


def test_a_saved_judge_comes_back(tmp_path):
    judge = Judge(subjects=5, widths=(8, 8), blocks=1).eval()
    save_judge(judge, tmp_path)
    subjects, styles = load_judge(tmp_path)(torch.zeros(2, 3, 32, 32))
    assert subjects.shape == (2, 5) and styles.shape == (2, len(STYLES))
    torch.testing.assert_close(subjects, judge(torch.zeros(2, 3, 32, 32))[0], atol=1e-2, rtol=0)
