"""`sfumato import` of models in several files: a U-Net, a text encoder or an autoencoder from another file, variants, and hub caches."""

import json

import pytest
from checkpoint_files import part, whole, write_file
from conftest import error_of, weights_in

torch = pytest.importorskip("torch")

from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint, ldm_unet, write_folder  # noqa: E402


def small(modules, family, kind):
    return {name: tensor * 2 if tensor.is_floating_point() else tensor for name, tensor in modules(family)[kind].state_dict().items()}


@pytest.mark.parametrize("names", ["diffusers", "ldm", "checkpoint"])
def test_a_unet_in_any_names_takes_the_place_of_the_own(names, importer, modules, tmp_path):
    save_file(checkpoint("sdxl", modules("sdxl"), torch.float32), tmp_path / "base.safetensors")
    unet = small(modules, "sdxl", "unet")
    ldm = ldm_unet(unet, 2)
    save_file({"diffusers": unet, "checkpoint": ldm, "ldm": {name.removeprefix("model.diffusion_model."): tensor for name, tensor in ldm.items()}}[names],
              tmp_path / "unet.safetensors")
    result = importer("sdxl", "base.safetensors", "--unet", "unet.safetensors")
    assert result.returncode == 0, result.stderr
    weights = weights_in(tmp_path / "bundle")["unet"]
    assert weights.keys() == unet.keys() and all(torch.equal(weights[name], tensor) for name, tensor in unet.items())
    assert "parts of its own U-Net" in result.stderr


def test_a_folder_of_a_unet_takes_the_place_of_the_own(importer, modules, tmp_path):
    write_folder("sd1", modules("sd1"), torch.float32, tmp_path / "base", variant=None, shard=None)
    modules("sd1")["unet"].save_pretrained(tmp_path / "unet", max_shard_size="200KB")
    result = importer("sd1", "base", "--unet", "unet")
    assert result.returncode == 0, result.stderr
    alone = importer("sd1", "unet", "--overwrite")
    assert alone.returncode == 65 and "a U-Net alone, without model_index.json" in error_of(alone) and "--unet" in error_of(alone)


def test_what_a_unet_says_of_itself_counts(importer, modules, tmp_path):
    save_file(checkpoint("sdxl", modules("sdxl"), torch.float32), tmp_path / "base.safetensors")
    save_file(ldm_unet(small(modules, "sdxl", "unet"), 2) | {"v_pred": torch.zeros(0)}, tmp_path / "unet.safetensors")
    assert importer("sdxl", "base.safetensors", "--unet", "unet.safetensors").returncode == 0
    assert json.loads((tmp_path / "bundle" / "model.json").read_text())["noise_schedule"]["prediction_type"] == "v_prediction"


def test_text_encoders_take_the_place_of_the_own(importer, modules, tmp_path):
    base = checkpoint("sdxl", modules("sdxl"), torch.float32)
    save_file(base, tmp_path / "base.safetensors")
    for kind, name in (("text_encoder", "clip_l"), ("text_encoder_2", "clip_g")):
        save_file(small(modules, "sdxl", kind) | {"vision_model.post_layernorm.bias": torch.ones(3)}, tmp_path / f"{name}.safetensors")
    result = importer("sdxl", "base.safetensors", "--text-encoder", "clip_l.safetensors", "--text-encoder-2", "clip_g.safetensors")
    assert result.returncode == 0, result.stderr
    weights = weights_in(tmp_path / "bundle")
    for kind in ("text_encoder", "text_encoder_2"):
        own = {name if name.startswith("text_") else f"text_model.{name}": value for name, value in modules("sdxl")[kind].state_dict().items()}
        assert weights[kind] and all(torch.equal(tensor, own[name] * 2) for name, tensor in weights[kind].items())
    # The same in OpenCLIP's names, out of a whole checkpoint.
    prefix = "conditioner.embedders.1.model."
    save_file({name: tensor * 2 for name, tensor in base.items() if name.startswith(prefix)}, tmp_path / "open.safetensors")
    again = importer("sdxl", "base.safetensors", "--text-encoder-2", "open.safetensors", "--overwrite")
    assert again.returncode == 0, again.stderr
    found = weights_in(tmp_path / "bundle")["text_encoder_2"]
    assert all(torch.equal(tensor, weights["text_encoder_2"][name]) for name, tensor in found.items())


@pytest.mark.parametrize("flag, kind, family, words", [
    ("--unet", "unet", "sdxl", "a U-Net of Stable Diffusion XL, and base.safetensors is of Stable Diffusion 1.x. Combine parts of one family"),
    ("--text-encoder", "text_encoder", "sd2", "a text encoder of width 1024 where one of 768 belongs, and base.safetensors is of"),
    ("--vae", "unet", "sd1", "has no autoencoder (VAE)"), ("--unet", "vae", "sd1", "an autoencoder (VAE) alone"),
    ("--text-encoder", "vae", "sd1", "has no text encoder (CLIP)")])
def test_parts_of_another_family_or_kind_are_refused(flag, kind, family, words, sfumato, tmp_path):
    write_file(tmp_path / "base.safetensors", whole("sd1"))
    write_file(tmp_path / "part.safetensors", part(family, kind))
    result = sfumato("import", "base.safetensors", flag, "part.safetensors", "-o", "bundle")
    assert result.returncode == 65 and "part.safetensors: " in error_of(result) and words in error_of(result)


def test_a_family_with_one_text_encoder_takes_no_second(sfumato, tmp_path):
    write_file(tmp_path / "base.safetensors", whole("sd1"))
    write_file(tmp_path / "part.safetensors", part("sdxl", "text_encoder_2"))
    result = sfumato("import", "base.safetensors", "--text-encoder-2", "part.safetensors", "-o", "bundle")
    assert result.returncode == 64 and error_of(result).startswith("--text-encoder-2: base.safetensors is of Stable Diffusion 1.x")
    empty = sfumato("import", "base.safetensors", "--unet", "", "-o", "bundle")
    assert empty.returncode == 64 and "--unet: the name of a file or folder is expected" in error_of(empty)


def test_a_variant_of_one_part_is_taken_with_the_plain_files_of_the_others(importer, modules, tmp_path):
    write_folder("sd1", modules("sd1"), torch.float32, tmp_path / "folder", variant=None, shard=None)
    plain = tmp_path / "folder" / "unet" / "diffusion_pytorch_model.safetensors"
    save_file(small(modules, "sd1", "unet"), plain.with_name("diffusion_pytorch_model.non_ema.safetensors"))
    assert importer("sd1", "folder", "--variant", "non_ema").returncode == 0
    state = modules("sd1")["unet"].state_dict()
    assert torch.equal(weights_in(tmp_path / "bundle")["unet"]["conv_in.weight"], state["conv_in.weight"] * 2)
    result = importer("sd1", "folder", "--variant", "bf16", "--overwrite")
    assert result.returncode == 66 and "folder: no part has weights of variant bf16" in error_of(result)


def test_a_hub_cache_is_known_by_its_name(importer, modules, tmp_path):
    model = tmp_path / "hub" / "models--ann--fine-model"
    commit = "0123456789abcdef0123456789abcdef01234567"
    write_folder("sd1", modules("sd1"), torch.float32, model / "snapshots" / commit, variant=None, shard=None)
    (model / "blobs").mkdir()
    for index, file in enumerate(sorted((model / "snapshots").rglob("*.safetensors"))):
        file.rename(model / "blobs" / str(index))
        file.symlink_to(f"../../../blobs/{index}")
    (model / "refs").mkdir()
    (model / "refs" / "main").write_text(commit)
    for source in (model / "snapshots" / commit, model):
        result = importer("sd1", source, "--overwrite")
        assert result.returncode == 0, result.stderr
        assert json.loads((tmp_path / "bundle" / "model.json").read_text())["name"] == "fine-model"
    link = model / "snapshots" / commit / "vae" / "diffusion_pytorch_model.safetensors"
    link.unlink()
    link.symlink_to("/etc/hostname")
    result = importer("sd1", model, "--overwrite")
    assert result.returncode == 65 and "a link that leads out of the model's folder, to /etc/hostname" in error_of(result)


@pytest.mark.parametrize("dtype", [torch.float8_e4m3fn, torch.float8_e5m2])
def test_fp8_is_widened_as_torch_does(dtype, importer, modules, tmp_path):
    tensors = {name: tensor.to(dtype) if tensor.is_floating_point() and not name.startswith("alphas") and name != "betas" else tensor
               for name, tensor in checkpoint("sd1", modules("sd1"), torch.float32).items()}
    save_file(tensors, tmp_path / "x.safetensors")
    for stored, given in ((torch.float32, "float32"), (torch.bfloat16, "given"), (torch.float16, "float16")):
        assert importer("sd1", "x.safetensors", "--overwrite", dtype=given).returncode == 0
        weights = weights_in(tmp_path / "bundle")["unet"]
        assert weights["conv_in.weight"].dtype == stored
        for name, tensor in modules("sd1")["unet"].state_dict().items():
            assert torch.equal(weights[name], tensor.to(dtype).to(stored)), name


def test_scaled_fp8_is_multiplied_by_its_scales(importer, modules, tmp_path):
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    name = "model.diffusion_model.middle_block.1.proj_in.weight"
    fp8 = (tensors[name] * 64).to(torch.float8_e4m3fn)
    save_file(tensors | {name: fp8, name.replace(".weight", ".scale_weight"): torch.tensor(1 / 64), "scaled_fp8": torch.zeros(2).to(fp8.dtype)},
              tmp_path / "x.safetensors")
    result = importer("sd1", "x.safetensors")
    assert result.returncode == 0 and "2 scales of fp8 weights" in result.stderr
    found = weights_in(tmp_path / "bundle")["unet"]["mid_block.attentions.0.proj_in.weight"]
    assert torch.equal(found, fp8.float() / 64)
