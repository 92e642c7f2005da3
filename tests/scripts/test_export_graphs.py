"""Graphs of Stable Diffusion's families, on networks of the same structure and a few channels."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from export import graphs as export_graphs
from stable_diffusion.families import FAMILIES, TINY_FAMILIES, family_of_folder, text_encoder, text_encoder_2, unet, without_memory
from stable_diffusion.graphs import example, networks, wrap
from training.graphs import weights

ROOT = Path(__file__).resolve().parents[2]


def count(build, config):
    with torch.device("meta"):
        return sum(parameter.numel() for parameter in build(config).parameters())


@pytest.mark.parametrize("family, millions", [("sd1", 859.5), ("sd2", 865.9), ("sdxl", 2567.5), ("sdxl-refiner", 2259.5)])
def test_unet_has_the_published_number_of_parameters(family, millions):
    assert round(count(unet, FAMILIES[family].unet) / 1e6, 1) == millions


@pytest.mark.parametrize("build, config, millions", [
    (text_encoder, FAMILIES["sd1"].text_encoder, 123.1), (text_encoder, FAMILIES["sd2"].text_encoder, 340.4),
    (text_encoder_2, FAMILIES["sdxl"].text_encoder_2, 694.7)])
def test_text_encoder_has_the_published_number_of_parameters(build, config, millions):
    assert round(count(build, config) / 1e6, 1) == millions


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A folder with the graphs of the small sd1, each compared with its module."""
    folder = tmp_path_factory.mktemp("graphs")
    export_graphs.export(TINY_FAMILIES["sd1"], folder / "sd1", verify=True)
    return folder


def test_graphs_with_random_weights_are_their_modules(exported):
    export_graphs.list_digests(exported)
    lines = (exported / "known.sha256").read_text().splitlines()
    digest = hashlib.sha256((exported / "sd1" / "unet.ts").read_bytes()).hexdigest()
    assert f"{digest}  sd1/unet.ts" in lines and len(lines) == 4


def test_a_graph_has_the_same_bytes_whatever_was_exported_before_it(exported, tmp_path):
    family = TINY_FAMILIES["sd1"]
    export_graphs.export(replace(family, unet={**family.unet, "layers_per_block": 1}), tmp_path, verify=False)
    assert (tmp_path / "unet.ts").read_bytes() != (exported / "sd1" / "unet.ts").read_bytes()
    for name in ("vae_decoder.ts", "text_encoder.ts"):
        assert (tmp_path / name).read_bytes() == (exported / "sd1" / name).read_bytes()


def test_digests_of_other_files_stay(tmp_path):
    (tmp_path / "known.sha256").write_text("0" * 64 + "  sd1/unet.ts\n" + "1" * 64 + "  other/tokenizer.model\n")
    (tmp_path / "sd1").mkdir()
    (tmp_path / "sd1" / "unet.ts").write_bytes(b"program")
    export_graphs.list_digests(tmp_path)
    assert (tmp_path / "known.sha256").read_text() == (
        hashlib.sha256(b"program").hexdigest() + "  sd1/unet.ts\n" + "1" * 64 + "  other/tokenizer.model\n")


@torch.no_grad()
@pytest.mark.parametrize("name", ["sd1", "sd2"])
def test_last_hidden_state_is_transformers(name):
    torch.manual_seed(0)
    family = TINY_FAMILIES[name]
    build, config, wrapper = networks(family)["text_encoder"]
    module = build(config).eval()
    (tokens,) = example("text_encoder", family, 3, 0, 0)
    wanted = module(tokens, output_hidden_states=True)
    found = wrap(module, wrapper)(tokens)
    assert found.shape == (config["num_hidden_layers"], 3, 77, config["hidden_size"])
    torch.testing.assert_close(found[-1], wanted.last_hidden_state, atol=1e-5, rtol=0)
    # two layers earlier, as diffusers' clip_skip=2 gives it
    torch.testing.assert_close(found[-3], module.final_layer_norm(wanted.hidden_states[-3]), atol=1e-5, rtol=0)


@torch.no_grad()
def test_sdxl_takes_the_last_layer_but_one_and_pools_the_second_encoder():
    torch.manual_seed(0)
    family = TINY_FAMILIES["sdxl"]
    for kind in ("text_encoder", "text_encoder_2"):
        build, config, wrapper = networks(family)[kind]
        module = build(config).eval()
        (tokens,) = example(kind, family, 3, 0, 0)
        wanted = module(tokens, output_hidden_states=True)
        found = wrap(module, wrapper)(tokens)
        if kind == "text_encoder_2":
            found, pooled = found
            torch.testing.assert_close(pooled, wanted.text_embeds, atol=1e-5, rtol=0)
        assert len(found) == config["num_hidden_layers"] - 1
        torch.testing.assert_close(found[-1], wanted.hidden_states[-2], atol=1e-5, rtol=0)
        torch.testing.assert_close(found[-2], wanted.hidden_states[-3], atol=1e-5, rtol=0)


@torch.no_grad()
def test_sdxl_unet_is_diffusers():
    torch.manual_seed(0)
    family = TINY_FAMILIES["sdxl"]
    module = unet(family.unet).eval()
    latents, timestep, conditioning, pooled, size_ids = inputs = example("unet", family, 3, 16, 12)
    wanted = module(latents, timestep, conditioning, added_cond_kwargs={"text_embeds": pooled, "time_ids": size_ids}).sample
    found = wrap(module, networks(family)["unet"][2])(*inputs)
    torch.testing.assert_close(found, wanted, atol=1e-6, rtol=0)


def test_networks_without_memory_have_all_tensors():
    build, config, wrapper = networks(FAMILIES["sd1"])["unet"]
    tensors = weights(wrap(without_memory(build, config), wrapper))
    assert tensors["down_blocks.0.resnets.0.conv1.weight"].shape == (320, 320, 3, 3)
    assert all(tensor.untyped_storage().nbytes() == 4 for tensor in tensors.values())


def test_configurations_are_read_from_a_folder_of_diffusers(tmp_path):
    family = TINY_FAMILIES["sd1"]
    for name, network in (("unet", unet(family.unet)), ("text_encoder", text_encoder(family.text_encoder)),
                          ("vae", networks(family)["vae_decoder"][0](family.autoencoder))):
        network.save_pretrained(tmp_path / name)
    found = family_of_folder(tmp_path)
    assert not found.is_xl
    assert count(unet, found.unet) == count(unet, family.unet)
    assert count(text_encoder, found.text_encoder) == count(text_encoder, family.text_encoder)


def test_a_folder_without_configurations_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="text_encoder/config.json: no such file"):
        family_of_folder(tmp_path)


def test_every_published_graph_is_known():
    graphs = ROOT / "models" / "graphs"
    known = dict(reversed(line.split("  ", 1)) for line in (graphs / "known.sha256").read_text().splitlines())
    published = sorted(path.relative_to(graphs).as_posix() for path in graphs.glob("*/*.ts"))
    assert {name.split("/")[0] for name in published} >= {"sd1", "sd2", "sdxl"}
    for name in published:
        assert known[name] == hashlib.sha256((graphs / name).read_bytes()).hexdigest()
