"""Graphs and weights of a bundle, with tiny networks of the same classes."""

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from safetensors.torch import load_file
from transformers import CLIPTextConfig, CLIPTextModel

from export import bundle as export_bundle
from training import latent_networks
from training.graphs import save_graph, verify_graph, wrap
from training.map_classes import CLASSES
from training.pieces import shards_of

MAX_TOKENS = 48
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def networks():
    torch.manual_seed(0)
    text_encoder = CLIPTextModel(CLIPTextConfig(vocab_size=50, hidden_size=16, intermediate_size=32, num_hidden_layers=2,
                                                num_attention_heads=2, max_position_embeddings=MAX_TOKENS, eos_token_id=2))
    autoencoder = AutoencoderKL(latent_channels=4, block_out_channels=(8,) * 4, norm_num_groups=4, sample_size=16,
                                down_block_types=("DownEncoderBlock2D",) * 4, up_block_types=("UpDecoderBlock2D",) * 4,
                                scaling_factor=0.5)
    unet = UNet2DConditionModel(sample_size=8, in_channels=4, out_channels=4, block_out_channels=(8, 16), layers_per_block=1,
                                down_block_types=("CrossAttnDownBlock2D",) * 2, up_block_types=("CrossAttnUpBlock2D",) * 2,
                                attention_head_dim=2, norm_num_groups=4, cross_attention_dim=16)
    return export_bundle.Networks(text_encoder, autoencoder, unet)


@pytest.fixture(scope="module")
def bundle(networks, tmp_path_factory):
    folder = tmp_path_factory.mktemp("export")
    (folder / "tokenizer").write_bytes(b"pieces")
    (folder / "out").mkdir()
    (folder / "out" / "LICENSE").write_text("licence of an older bundle")
    (folder / "out" / "stale.ts").touch()
    export_bundle.write_bundle(networks, folder / "tokenizer", "tiny", torch.float32, folder / "out")
    return folder / "out"


def test_every_file_is_described(bundle):
    model = json.loads((bundle / "model.json").read_text())
    on_disk = {path.name for path in bundle.iterdir()} - {"model.json"}
    assert model["files"].keys() == on_disk
    assert "LICENSE" in on_disk and "stale.ts" not in on_disk
    for name, described in model["files"].items():
        content = (bundle / name).read_bytes()
        assert described == {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def test_model_json(bundle):
    model = json.loads((bundle / "model.json").read_text())
    assert model["format"] == "sfumato-bundle" and model["format_version"] == 1
    assert model["latents"] == {"channels": 4, "downscale": 8, "scaling_factor": 0.5}
    assert model["conditioning_width"] == 16
    assert model["networks"]["vae_encoder"] == {"graph": "vae_encoder.ts", "weights": ["vae_encoder.safetensors"]}
    assert model["noise_schedule"]["prediction_type"] == "v_prediction"


def test_a_unet_that_draws_from_a_map_comes_with_its_classes_and_all_else_as_it_was(networks, bundle, tmp_path):
    wide = UNet2DConditionModel(**{**networks.unet.config, "in_channels": 4 + len(CLASSES)})
    with_map = export_bundle.Networks(networks.text_encoder, networks.autoencoder, wide)
    export_bundle.write_bundle(with_map, bundle / "tokenizer.model", "map", torch.float16, tmp_path / "out", rest=bundle, new={"unet"})
    before, after = (json.loads((folder / "model.json").read_text()) for folder in (bundle, tmp_path / "out"))
    assert after["segmap"] == {"classes": "classes.json", "channels": len(CLASSES), "optional": True} and "segmap" not in before
    named = json.loads((tmp_path / "out" / "classes.json").read_text())["classes"]
    assert [entry["name"] for entry in named] == [entry.name for entry in CLASSES]
    same = {name for name in before["files"] if before["files"][name] == after["files"].get(name)}
    assert same == {name for name in before["files"] if not name.startswith("unet") and name != "LICENSE"}


def test_the_first_unet_with_maps_needs_one():
    assert not latent_networks.draws_without_map(UNet2DConditionModel(**latent_networks.FIRST_UNET))
    assert latent_networks.draws_without_map(latent_networks.unet(tiny=True))


@pytest.mark.parametrize("file, name", [
    ("text_encoder", "text_model.embeddings.token_embedding.weight"), ("unet", "conv_in.weight"),
    ("vae_decoder", "post_quant_conv.weight"), ("vae_encoder", "encoder.conv_in.weight"),
])
def test_tensors_have_their_published_names(bundle, file, name):
    assert name in load_file(bundle / f"{file}.safetensors")


def test_graph_of_the_text_encoder_is_the_whole_forward(networks, bundle):
    wrapped = wrap("text_encoder", networks.text_encoder)
    tokens = torch.randint(0, 50, (3, MAX_TOKENS))
    with torch.no_grad():
        torch.testing.assert_close(wrapped(tokens), networks.text_encoder.eval()(tokens).last_hidden_state, atol=1e-6, rtol=0)


def test_archives_depend_on_no_folder_of_this_machine(bundle):
    """Neither the folders' names nor the checksum over them: whoever exports the same network has the same bytes."""
    for path in bundle.glob("*.ts"):
        assert not any(name.endswith((".debug_pkl", "serialization_id")) for name in zipfile.ZipFile(path).namelist())


def test_a_share_of_the_old_unet_stays(tmp_path):
    """A U-Net that went on from a bundle's, mixed with it."""
    rest = ROOT / "models" / "default"
    old = latent_networks.load_unet(rest).state_dict()
    new = latent_networks.load_unet(rest)
    torch.nn.init.ones_(new.conv_in.weight)
    latent_networks.save_network(new, tmp_path / "new")
    mixed = export_bundle.in_bundle(rest, None, tmp_path / "new", 0.25).unet.state_dict()
    name = "conv_in.weight"
    torch.testing.assert_close(mixed[name], 0.25 * old[name] + 0.75 * new.state_dict()[name])


def test_wrong_weights_are_refused(networks, tmp_path):
    wrapped = wrap("vae_decoder", networks.autoencoder)
    save_graph("vae_decoder", wrapped, tmp_path / "graph.ts", MAX_TOKENS)
    assert verify_graph("vae_decoder", wrapped, tmp_path / "graph.ts", MAX_TOKENS) <= 1e-6
    del wrapped.network.decoder.conv_out.bias
    wrapped.network.decoder.conv_out.bias = None
    with pytest.raises(ValueError, match="decoder.conv_out.bias is not both"):
        verify_graph("vae_decoder", wrapped, tmp_path / "graph.ts", MAX_TOKENS)


def test_weights_are_cut_into_shards(tmp_path, monkeypatch):
    monkeypatch.setattr(export_bundle, "shards_of", lambda stored: shards_of(stored, 1000))
    tensors = {f"layer.{i}.weight": torch.full((100,), float(i)) for i in range(9)}
    files = export_bundle.write_weights("unet", tensors, torch.float16, tmp_path)
    assert files == ["unet-00001-of-00002.safetensors", "unet-00002-of-00002.safetensors"]
    merged = {name: tensor for file in files for name, tensor in load_file(tmp_path / file).items()}
    assert merged.keys() == tensors.keys() and merged["layer.8.weight"].dtype == torch.float16


def test_weights_beyond_half_precision_are_refused(tmp_path):
    with pytest.raises(ValueError, match="a is not finite"):
        export_bundle.write_weights("unet", {"a": torch.tensor([1e6])}, torch.float16, tmp_path)


def test_diffusers_reads_the_other_layout(networks, bundle, tmp_path):
    export_bundle.write_diffusers(networks, bundle / "tokenizer.model", torch.float32, tmp_path)
    unet = UNet2DConditionModel.from_pretrained(tmp_path / "unet", local_files_only=True)
    torch.testing.assert_close(unet.conv_in.weight, networks.unet.conv_in.weight.float())
    assert AutoencoderKL.from_pretrained(tmp_path / "vae", local_files_only=True).config.scaling_factor == 0.5
