"""Full latent consistency models: the guidance that their U-Net takes as an embedding is folded into a bias."""

import copy
import json

import pytest
from conftest import ROOT, error_of, weights_in

torch = pytest.importorskip("torch")
import numpy as np  # noqa: E402
from diffusers import LatentConsistencyModelPipeline, LCMScheduler  # noqa: E402
from PIL import Image  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint, write_folder  # noqa: E402
from golden.make_tokenizer_golden import clip_tokenizer  # noqa: E402
from stable_diffusion.families import MAX_TOKENS, TINY_FAMILIES, unet  # noqa: E402

WIDTH = 32  # of the embedding; 256 in the published models


@pytest.fixture
def lcm(modules):
    torch.manual_seed(3)
    network = unet(TINY_FAMILIES["sd1"].unet | {"time_cond_proj_dim": WIDTH}).eval()
    torch.nn.init.normal_(network.time_embedding.cond_proj.weight, std=0.3)
    return modules("sd1") | {"unet": network}


def difference(network, weights, guidance):
    """Of the plain U-Net with these weights from the one with an embedding, and from the latter at another guidance."""
    plain = unet(TINY_FAMILIES["sd1"].unet).eval()
    plain.load_state_dict(weights)
    inputs = torch.randn(1, 4, 16, 16), torch.tensor(499), torch.randn(1, 77, TINY_FAMILIES["sd1"].unet["cross_attention_dim"])
    embedding = lambda w: LatentConsistencyModelPipeline.get_guidance_scale_embedding(None, torch.tensor([w - 1]), WIDTH)  # noqa: E731
    with torch.inference_mode():
        found, wanted, other = plain(*inputs).sample, *(network(*inputs, timestep_cond=embedding(w)).sample for w in (guidance, guidance + 1))
    return (found - wanted).abs().max().item(), (other - wanted).abs().max().item()


@pytest.mark.parametrize(("source", "flags", "guidance"), [("file", [], 7.5), ("file", ["--guidance-embedding", "3"], 3.0), ("folder", [], 7.5)])
def test_the_network_is_that_of_diffusers_at_one_guidance(source, flags, guidance, importer, lcm, tmp_path):
    if source == "file":
        save_file(checkpoint("sd1", lcm, torch.float32), tmp_path / "x.safetensors")
    else:
        write_folder("sd1", lcm, torch.float32, tmp_path / "x", variant=None, shard=None)
    result = importer("sd1", "x.safetensors" if source == "file" else "x", *flags)
    assert result.returncode == 0, result.stderr
    assert f"a guidance scale of {guidance:g} is a part of it now" in result.stderr
    found, other = difference(lcm["unet"], weights_in(tmp_path / "bundle")["unet"], guidance)
    assert found < 1e-5 < 1e-3 < other
    defaults = json.loads((tmp_path / "bundle" / "model.json").read_text())["defaults"]
    assert defaults["sampling_method"] == "lcm" and defaults["cfg_scale"] == 1


def test_a_model_without_an_embedding_takes_no_guidance(importer, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    result = importer("sd1", "x.safetensors", "--guidance-embedding", "3")
    assert result.returncode == 64 and "--guidance-embedding: x.safetensors has no guidance embedding" in error_of(result)
    result = importer("sd1", "x.safetensors", "--guidance-embedding", "0")
    assert result.returncode == 64 and "a number from 1 to 50 is expected" in error_of(result)


def test_a_picture_is_that_of_diffusers(importer, lcm, sfumato, tmp_path):
    parts = {kind: copy.deepcopy(network) for kind, network in lcm.items()}
    with torch.no_grad():
        parts["vae"].decoder.conv_out.weight *= 30  # of random weights it has little contrast
    write_folder("sd1", parts, torch.float32, tmp_path / "x", variant=None, shard=None)
    assert importer("sd1", "x").returncode == 0
    result = sfumato("a red fox", "-m", "bundle", "--trust", "--device", "cpu", "-s", "7", "--steps", "4", "--size", "96x64", "-o", "ours.png")
    assert result.returncode == 0, result.stderr
    ours = np.asarray(Image.open(tmp_path / "ours.png").convert("RGB"), int)
    scheduler = LCMScheduler.from_config(json.loads((tmp_path / "x/scheduler/scheduler_config.json").read_text()))
    tokenizer = clip_tokenizer(ROOT / "models" / "graphs" / "clip" / "merges.txt")
    tokenizer.model_max_length = MAX_TOKENS
    pipeline = LatentConsistencyModelPipeline(parts["vae"], parts["text_encoder"], tokenizer, parts["unet"], scheduler, None, None,
                                              requires_safety_checker=False)
    pipeline.set_progress_bar_config(disable=True)
    theirs = pipeline("a red fox", num_inference_steps=4, guidance_scale=7.5, width=96, height=64,
                      generator=torch.Generator("cpu").manual_seed(7), output_type="np").images[0]
    theirs = (theirs * 255).round().astype(int)
    assert np.abs(ours - theirs).max() <= 1 and theirs.std() > 20
