"""The U-Net that draws from a map: widened, split for training, and put together again."""

import torch
from diffusers import UNet2DConditionModel

from train_map_unet import SplitConv
from training import latent_networks
from training.latent_networks import LATENT_CHANNELS


def test_new_channels_do_nothing_at_first():
    torch.manual_seed(0)
    narrow = latent_networks.unet().eval()
    wide = latent_networks.widened(narrow, 3).eval()
    latents, timesteps, conditioning = torch.randn(1, 8, 16, 16), torch.tensor([500]), torch.randn(1, 48, 256)
    with torch.no_grad():
        expected = narrow(latents, timesteps, conditioning).sample
        found = wide(torch.cat([latents, torch.rand(1, 3, 16, 16)], dim=1), timesteps, conditioning).sample
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)


def test_a_split_convolution_is_the_whole_one():
    torch.manual_seed(0)
    whole = torch.nn.Conv2d(LATENT_CHANNELS + 5, 4, 3, padding=1)
    x = torch.randn(2, LATENT_CHANNELS + 5, 6, 7)
    torch.testing.assert_close(SplitConv(whole, LATENT_CHANNELS)(x), whole(x), atol=1e-5, rtol=0)


def test_unet_of_a_bundle_knows_its_channels(tmp_path, monkeypatch):
    torch.manual_seed(0)
    wide = latent_networks.widened(latent_networks.unet(), 2)
    (tmp_path / "model.json").write_text("{}")
    monkeypatch.setattr(latent_networks, "bundled_tensors", lambda folder, network: wide.state_dict())
    loaded = latent_networks.load_unet(tmp_path)
    assert isinstance(loaded, UNet2DConditionModel) and loaded.config.in_channels == LATENT_CHANNELS + 2
