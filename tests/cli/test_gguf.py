"""Checkpoints in GGUF: the weights that stable-diffusion.cpp and ComfyUI-GGUF write, widened exactly."""

import re
import struct

import pytest
from conftest import error_of, weights_in
from gguf_files import F16, F32, Q8_0, write_gguf

torch = pytest.importorskip("torch")
from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint  # noqa: E402


def kind_of(name, values):
    """Tensors of more than one side are quantised where their rows are whole blocks."""
    if values.ndim < 2:
        return F32
    return Q8_0 if values.shape[-1] % 32 == 0 else F16


def sd_cpp_name(name):
    """stable-diffusion.cpp's name of a tensor in LDM's."""
    if match := re.fullmatch(r"(?:conditioner\.embedders\.(\d)|cond_stage_model)\.(transformer|model)\.(.*)", name):
        embedder, library, rest = match.groups()
        prefix = "cond_stage_model.1.transformer." if embedder == "1" else "cond_stage_model.transformer."
        if library == "transformer":
            return prefix + rest
        outer = {"positional_embedding": "embeddings.position_embedding.weight", "token_embedding.weight": "embeddings.token_embedding.weight",
                 "ln_final.weight": "final_layer_norm.weight", "ln_final.bias": "final_layer_norm.bias", "text_projection": "text_projection"}
        if rest in outer:
            return f"{prefix}text_model.{outer[rest]}"
        rest = rest.replace("transformer.resblocks.", "encoder.layers.")
        for old, new in [("ln_1.", "layer_norm1."), ("ln_2.", "layer_norm2."), ("mlp.c_fc.", "mlp.fc1."), ("mlp.c_proj.", "mlp.fc2."),
                         ("attn.in_proj_", "self_attn.in_proj."), ("attn.out_proj.", "self_attn.out_proj.")]:
            rest = rest.replace("." + old, "." + new)
        return f"{prefix}text_model.{rest}"
    return name


@pytest.mark.parametrize("family", ["sd1", "sd2", "sdxl"])
def test_a_file_of_stable_diffusion_cpp_is_what_it_stands_for(family, importer, modules, tmp_path):
    tensors = {name: value for name, value in checkpoint(family, modules(family), torch.float32).items() if "betas" not in name and "alphas" not in name}
    arrays = {name: value.numpy() for name, value in tensors.items()}
    stored = write_gguf(tmp_path / "x.gguf", {sd_cpp_name(name): value for name, value in arrays.items()}, kind_of)
    save_file({name: torch.from_numpy(stored[sd_cpp_name(name)]).float() for name in arrays}, tmp_path / "x.safetensors")
    result = importer(family, "x.gguf", "--prediction-type", "epsilon")
    assert result.returncode == 0, result.stderr
    assert re.search(r"quantised: \d+ Q8_0 tensors are widened exactly", result.stderr)
    found = weights_in(tmp_path / "bundle")
    assert importer(family, "x.safetensors", "--overwrite", "--prediction-type", "epsilon").returncode == 0
    expected = weights_in(tmp_path / "bundle")
    assert found.keys() == expected.keys()
    for kind, weights in expected.items():
        assert found[kind].keys() == weights.keys()
        assert all(torch.equal(found[kind][name], tensor) for name, tensor in weights.items()), kind


def test_a_unet_of_comfyui_gguf_goes_over_its_base(importer, modules, tmp_path):
    """Its convolutions lie in rows of 256 numbers, which blocks do not end with."""
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    save_file(tensors, tmp_path / "base.safetensors")
    prefix = "model.diffusion_model."
    arrays = {name.removeprefix(prefix): value.numpy() * 2 for name, value in tensors.items() if name.startswith(prefix)}
    stored = write_gguf(tmp_path / "unet.gguf", arrays, kind_of, reshape=True, architecture="sd1")
    save_file(tensors | {prefix + name: torch.from_numpy(value).float() for name, value in stored.items()}, tmp_path / "whole.safetensors")
    for layout in ("contiguous", "channels_last"):
        bundles = []
        for source in (["base.safetensors", "--unet", "unet.gguf"], ["whole.safetensors"]):
            result = importer("sd1", *source, "--overwrite", layout=layout)
            assert result.returncode == 0, result.stderr
            bundles.append(weights_in(tmp_path / "bundle")["unet"])
        assert all(torch.equal(bundles[0][name], tensor) for name, tensor in bundles[1].items())
    alone = importer("sd1", "unet.gguf", "--overwrite")
    assert alone.returncode == 65 and "a U-Net alone" in error_of(alone)


def test_a_file_that_does_not_fit_is_refused_by_name(importer, modules, tmp_path):
    arrays = {name: value.numpy() for name, value in checkpoint("sd1", modules("sd1"), torch.float32).items()}
    write_gguf(tmp_path / "x.gguf", arrays, kind_of)
    whole = (tmp_path / "x.gguf").read_bytes()
    (tmp_path / "x.gguf").write_bytes(whole[:-64])
    result = importer("sd1", "x.gguf")
    assert result.returncode == 65 and "so the file was cut" in error_of(result)
    at = whole.index(b"model.diffusion_model.input_blocks.0.0.weight") + len(b"model.diffusion_model.input_blocks.0.0.weight") + 4 + 4 * 8
    (tmp_path / "x.gguf").write_bytes(whole[:at] + struct.pack("<I", 20) + whole[at + 4:])
    result = importer("sd1", "x.gguf")
    assert result.returncode == 65 and "is of type IQ4_NL, which is not read" in error_of(result)
    assert not (tmp_path / "bundle").exists()
