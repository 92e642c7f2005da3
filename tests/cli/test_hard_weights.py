"""scripts/check/real_model.py on small models with weights as hard as those of trained ones: heavy tails, channels of 100 times the rest,
attention scores from -1000 to 1000, activations near float16's limit."""

import math
import os
import subprocess
import sys

import pytest
from conftest import ROOT

pytest.importorskip("diffusers")

import torch
from diffusers.models.attention_processor import Attention
from diffusers.models.resnet import ResnetBlock2D
from safetensors.torch import save_file
from transformers.models.clip.modeling_clip import CLIPAttention

from export.make_checkpoint import checkpoint, networks_of
from stable_diffusion.families import TINY_FAMILIES
from stable_diffusion.graphs import example

SCORE, NEAR_LIMIT = 1000.0, 50_000.0  # float16 ends at 65504
# Every so many layers. With more of them the picture hangs on the last bit: diffusers in float32 is 5/255 from itself in float64.
SHARP = 3
# A norm is behind them or before them, so that their channels do not multiply along the network.
LARGE = ("conv1.weight", "proj_in.weight", "ff.net.0.proj.weight", "fc1.weight")


class Extremes:
    """The largest numbers that a network meets."""

    score = 0.0
    activation = 0.0


def heavy_tails(module):
    """Student's t of 3 degrees of freedom, with the standard deviation that a weight had; and one channel of each layer of LARGE 100 times the
    rest."""
    tails = torch.distributions.StudentT(torch.tensor(3.0))
    for name, parameter in module.named_parameters():
        if parameter.dim() < 2:
            continue
        parameter.copy_(tails.sample(parameter.shape) * parameter.std() / math.sqrt(3))
        if name.endswith(LARGE):
            parameter[torch.randint(parameter.shape[0], ())] *= 100


def scores(query, key, heads):
    batch, length, width = query.shape
    split = [part.view(batch, -1, heads, width // heads).transpose(1, 2) for part in (query, key)]
    return (split[0] @ split[1].transpose(-1, -2)) / math.sqrt(width // heads)


def sharpen(hidden, context, heads, query, key, extremes):
    """Scales the query's weights so that the largest score is SCORE."""
    largest = scores(query(hidden), key(context), heads).abs().max()
    for parameter in query.parameters():
        parameter.mul_(SCORE / largest)
    extremes.score = max(extremes.score, float(scores(query(hidden), key(context), heads).abs().max()))


def harden(module, inputs):
    """-> the extremes of the hardened network at these inputs"""
    extremes = Extremes()

    def sharpen_layer(layer, arguments, named):
        if isinstance(layer, CLIPAttention):
            hidden = named["hidden_states"]
            sharpen(hidden, hidden, layer.num_heads, layer.q_proj, layer.k_proj, extremes)
        else:
            context = named.get("encoder_hidden_states")
            sharpen(arguments[0], arguments[0] if context is None else context, layer.heads, layer.to_q, layer.to_k, extremes)

    def measure(layer, arguments, output):
        extremes.activation = max(extremes.activation, float(output.abs().max()))

    def run(register):
        hooks = register()
        module(*inputs[0], **inputs[1])
        for hook in hooks:
            hook.remove()

    heavy_tails(module)
    attentions = [layer for layer in module.modules() if isinstance(layer, (Attention, CLIPAttention))]
    resnets = [layer for layer in module.modules() if isinstance(layer, ResnetBlock2D)]
    if resnets:  # one channel of the stream is near the limit from here on
        resnets[len(resnets) // 2].conv2.bias[0] += NEAR_LIMIT
    run(lambda: [layer.register_forward_pre_hook(sharpen_layer, with_kwargs=True) for layer in attentions[::SHARP]])
    run(lambda: [layer.register_forward_hook(measure) for layer in resnets])
    return extremes


def hard_model(name, path):
    family = TINY_FAMILIES[name]
    torch.manual_seed(1)
    modules = networks_of(family, 1)
    with torch.no_grad():
        found = {}
        for part in ("text_encoder", "text_encoder_2"):
            if part in modules:
                found[part] = harden(modules[part], (example(part, family, 1, 0, 0), {}))
        latents, timestep, context, *added = example("unet", family, 1, 8, 8)
        named = {"added_cond_kwargs": dict(zip(("text_embeds", "time_ids"), added, strict=True))} if added else {}
        inputs = ((latents, timestep, context), named)
        found["unet"] = harden(modules["unet"], inputs)
        last = modules["unet"].conv_out
        last.weight /= modules["unet"](*inputs[0], **named).sample.std()
        vae = modules["vae"]
        heavy_tails(vae)
        drawn = vae.decode(latents).sample
        vae.decoder.conv_out.weight *= 0.4 / drawn.std()
        vae.decoder.conv_out.bias -= drawn.mean((0, 2, 3)) * 0.4 / drawn.std()
    save_file(checkpoint(name, modules, torch.float32), path)
    return found


@pytest.mark.parametrize("family", ["sd1", "sdxl"])
def test_hard_weights_give_the_pictures_of_diffusers(tmp_path, family):
    file = tmp_path / "hard.safetensors"
    found = hard_model(family, file)
    assert all(extremes.score > 999 for extremes in found.values())
    assert 40_000 < found["unet"].activation < 65_504
    command = [sys.executable, ROOT / "scripts" / "check" / "real_model.py", file, "--tiny", family, "--steps", "8", "--size", "96x64", "--dtype", "float32"]
    result = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, text=True, timeout=600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("| float32 | ") == 4
