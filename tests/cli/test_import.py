"""sfumato import and sfumato model, on small checkpoints of every family in every naming."""

import json
import shutil
import signal
import struct
import subprocess
import time

import pytest
from conftest import BINARY, error_of, pictures_in, weights_in

torch = pytest.importorskip("torch")
numpy = pytest.importorskip("numpy")
Image = pytest.importorskip("PIL.Image")

import diffusers.loaders.single_file_utils as single_file  # noqa: E402
from safetensors.torch import save_file  # noqa: E402

from export.make_checkpoint import checkpoint, write_folder  # noqa: E402

DRAW = ["--trust", "--sampling-method", "ddim", "--scheduler", "discrete", "--steps", "2", "-W", "64", "-H", "64", "-t", "1", "--device", "cpu",
        "--dtype", "float32", "--no-metadata", "-n", "blurred"]
FAMILIES = ["sd1", "sd2", "sdxl"]
DISTILLED = ["ssd-1b", "koala-700m", "bk-sdm-tiny"]
INPAINTING = ["sd1-inpaint", "sd2-inpaint", "sdxl-inpaint"]


def converted_by_diffusers(family, tensors, modules):
    """What diffusers' own conversion makes of a checkpoint in LDM's names."""
    clip = {name: value for name, value in single_file.convert_ldm_clip_checkpoint(dict(tensors)).items() if "position_ids" not in name}
    result = {"unet": single_file.convert_ldm_unet_checkpoint(dict(tensors), dict(modules["unet"].config)),
              "vae": single_file.convert_ldm_vae_checkpoint(dict(tensors), dict(modules["vae"].config))}
    if family.startswith("sd2"):
        clip = single_file.convert_open_clip_checkpoint(modules["text_encoder"], dict(tensors))
    if family.startswith("sdxl"):
        result["text_encoder_2"] = single_file.convert_open_clip_checkpoint(
            modules["text_encoder_2"], dict(tensors), prefix="conditioner.embedders.1.model.")
    result["text_encoder"] = {name if name.startswith("text_model.") else "text_model." + name: value for name, value in clip.items()}
    return result


@pytest.mark.parametrize("family", FAMILIES + INPAINTING)
@pytest.mark.parametrize("bare", [False, True])
def test_every_tensor_lands_as_in_diffusers(family, bare, importer, modules, tmp_path):
    if bare and family.startswith("sd2"):
        pytest.skip("OpenCLIP has one naming")
    tensors = checkpoint(family, modules(family), torch.float32, bare=bare, ema=True)
    save_file(tensors, tmp_path / "x.safetensors")
    result = importer(family, "x.safetensors")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "bundle\n"
    reference = converted_by_diffusers(family, tensors, modules(family))
    for kind, weights in weights_in(tmp_path / "bundle").items():
        wanted = reference["vae" if kind.startswith("vae") else kind]
        assert weights and not weights.keys() - wanted.keys()
        for name, tensor in weights.items():
            assert torch.equal(tensor, wanted[name]), f"{kind} {name}"
    state = modules(family)["unet"].state_dict()
    assert weights_in(tmp_path / "bundle")["unet"].keys() == state.keys()
    assert "EMA copies" in result.stderr and "0 missing" in result.stderr


@pytest.mark.parametrize("family", [*FAMILIES, *DISTILLED])
def test_a_file_and_a_folder_of_the_same_weights_draw_the_same_picture(family, sfumato, importer, modules, tmp_path):
    save_file(checkpoint(family, modules(family), torch.float32), tmp_path / "x.safetensors")
    write_folder(family, modules(family), torch.float32, tmp_path / "folder", variant=None, shard=None)
    for source in ("x.safetensors", "folder"):
        made = importer(family, source, "--overwrite")
        assert made.returncode == 0, made.stderr
        drawn = sfumato("a red fox", "-m", "bundle", *DRAW, "-o", f"{source}.png")
        assert drawn.returncode == 0, drawn.stderr
    assert (tmp_path / "x.safetensors.png").read_bytes() == (tmp_path / "folder.png").read_bytes()


@pytest.mark.parametrize("family", INPAINTING)
def test_a_model_for_inpainting_paints_where_the_mask_says(family, sfumato, importer, modules, tmp_path):
    save_file(checkpoint(family, modules(family), torch.float32), tmp_path / "x.safetensors")
    write_folder(family, modules(family), torch.float32, tmp_path / "folder", variant=None, shard=None)
    picture = numpy.random.default_rng(1).integers(0, 256, (64, 64, 3), numpy.uint8)
    mask = numpy.zeros((64, 64), numpy.uint8)
    mask[16:48, 24:64] = 255
    Image.fromarray(picture).save(tmp_path / "picture.png")
    Image.fromarray(mask).save(tmp_path / "mask.png")
    drawn = {}
    for source in ("x.safetensors", "folder"):
        made = importer(family, source, "--overwrite")
        assert made.returncode == 0, made.stderr
        model = json.loads((tmp_path / "bundle" / "model.json").read_text())
        assert model["family"] == family and model["inpainting"] is True and model["latents"]["channels"] == 4
        assert model["noise_schedule"]["prediction_type"] == "epsilon"
        result = sfumato("a red fox", "-m", "bundle", *DRAW, "-i", "picture.png", "--mask", "mask.png", "-o", f"{source}.png")
        assert result.returncode == 0, result.stderr
        drawn[source] = numpy.asarray(Image.open(tmp_path / f"{source}.png"))
        assert numpy.array_equal(drawn[source][mask == 0], picture[mask == 0])
        assert not numpy.array_equal(drawn[source][mask == 255], picture[mask == 255])
    assert numpy.array_equal(drawn["x.safetensors"], drawn["folder"])
    without = sfumato("a red fox", "-m", "bundle", *DRAW)
    assert without.returncode in (1, 64) and "--mask: this model paints into pictures" in without.stderr


def test_shards_and_variants_of_a_folder_are_one_model(importer, modules, tmp_path):
    write_folder("sd1", modules("sd1"), torch.float32, tmp_path / "plain", variant=None, shard=None)
    write_folder("sd1", modules("sd1"), torch.float32, tmp_path / "cut", variant="fp16", shard="300KB")
    assert len(list((tmp_path / "cut" / "unet").glob("*.fp16-0*.safetensors"))) > 1
    bundles = []
    for source in ("plain", "cut"):
        assert importer("sd1", source, "--overwrite").returncode == 0
        bundles.append(weights_in(tmp_path / "bundle"))
    for kind, weights in bundles[0].items():
        assert weights.keys() == bundles[1][kind].keys()
        assert all(torch.equal(tensor, bundles[1][kind][name]) for name, tensor in weights.items())


def test_an_index_may_name_nothing_outside_its_folder(importer, modules, tmp_path):
    write_folder("sd1", modules("sd1"), torch.float32, tmp_path / "folder", variant=None, shard="300KB")
    index = tmp_path / "folder" / "unet" / "diffusion_pytorch_model.safetensors.index.json"
    index.write_text(index.read_text().replace('"diffusion_pytorch_model-00001', '"../unet/diffusion_pytorch_model-00001'))
    result = importer("sd1", "folder")
    assert result.returncode == 65 and "is not the name of a file in this folder" in error_of(result)


def test_the_schedule_of_a_folder_is_honoured(importer, modules, tmp_path):
    write_folder("sd2", modules("sd2"), torch.float32, tmp_path / "folder", variant=None, shard=None)
    path = tmp_path / "folder" / "scheduler" / "scheduler_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {
        "_class_name": "EulerDiscreteScheduler", "timestep_spacing": "trailing", "rescale_betas_zero_snr": True,
        "prediction_type": "v_prediction", "clip_sample": True}))
    result = importer("sd2", "folder")
    assert result.returncode == 0, result.stderr
    model = json.loads((tmp_path / "bundle" / "model.json").read_text())
    assert model["noise_schedule"] == {
        "train_steps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "prediction_type": "v_prediction",
        "timestep_spacing": "trailing", "steps_offset": 1, "set_alpha_to_one": False, "rescale_betas_zero_snr": True}
    assert model["defaults"]["sampling_method"] == "euler"
    assert "ignored: clip_sample true" in result.stderr


def test_what_stable_diffusion_2_predicts_is_said(importer, modules, tmp_path):
    tensors = checkpoint("sd2", modules("sd2"), torch.float32)
    bias = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
    for scale, predicted in ((0.1, "epsilon"), (1, "v_prediction")):
        save_file(tensors | {bias: tensors[bias] * scale}, tmp_path / "x.safetensors")
        result = importer("sd2", "x.safetensors", "--overwrite")
        assert f"prediction type: {predicted}, by the weights" in result.stderr
    result = importer("sd2", "x.safetensors", "--overwrite", "--prediction-type", "epsilon", "--json")
    assert json.loads(result.stdout)["prediction_type"] == "epsilon"
    save_file(tensors | {"global_step": torch.tensor(875000)}, tmp_path / "x.safetensors")
    assert "prediction type: epsilon, its step count" in importer("sd2", "x.safetensors", "--overwrite").stderr


def test_another_autoencoder_takes_the_place_of_the_own(importer, modules, tmp_path):
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    save_file(tensors, tmp_path / "x.safetensors")
    vae = {name.removeprefix("first_stage_model."): tensor * 2 for name, tensor in tensors.items() if name.startswith("first_stage_model.")}
    save_file(vae, tmp_path / "vae.safetensors")
    result = importer("sd1", "x.safetensors", "--vae", "vae.safetensors")
    assert result.returncode == 0, result.stderr
    weights = weights_in(tmp_path / "bundle")
    assert torch.equal(weights["vae_decoder"]["post_quant_conv.weight"], vae["post_quant_conv.weight"])
    assert "parts of its own VAE" in result.stderr


def test_ema_copies_are_taken_when_asked(importer, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32, ema=True), tmp_path / "x.safetensors")
    assert importer("sd1", "x.safetensors", "--ema").returncode == 0
    state = modules("sd1")["unet"].state_dict()
    assert torch.equal(weights_in(tmp_path / "bundle")["unet"]["conv_in.weight"], state["conv_in.weight"] * 0.5)


def test_channels_last_is_another_order_of_the_same_numbers(sfumato, graphs, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    pictures = []
    for layout in ("contiguous", "channels_last"):
        made = sfumato("import", "x.safetensors", "-o", layout, "--graphs", graphs("sd1"), "--trust", "--dtype", "float32", "--weights-layout", layout)
        assert made.returncode == 0, made.stderr
        assert sfumato("a fox", "-m", layout, *DRAW, "-o", f"{layout}.png").returncode == 0
        pictures.append(numpy.asarray(Image.open(tmp_path / f"{layout}.png")).astype(int))
    assert abs(pictures[0] - pictures[1]).max() <= 1  # other kernels, another order of sums
    one, other = weights_in(tmp_path / "contiguous")["unet"]["conv_in.weight"], weights_in(tmp_path / "channels_last")["unet"]["conv_in.weight"]
    assert torch.equal(one, other.flatten().reshape(*[one.shape[i] for i in (0, 2, 3, 1)]).permute(0, 3, 1, 2))


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_numbers_are_rounded_as_torch_rounds(dtype, importer, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    assert importer("sd1", "x.safetensors", dtype=dtype).returncode == 0
    state = modules("sd1")["unet"].state_dict()
    for name, tensor in weights_in(tmp_path / "bundle")["unet"].items():
        assert torch.equal(tensor, state[name].to(getattr(torch, dtype)))


@pytest.mark.parametrize("value, dtype, words", [
    (float("nan"), "float32", "number 5 is nan"), (float("inf"), "bfloat16", "number 5 is inf"), (1e5, "float16", "number 5 is 100000, which is too large")])
def test_numbers_that_cannot_be_are_refused(value, dtype, words, importer, modules, tmp_path):
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    name = "model.diffusion_model.out.2.weight"
    tensors[name] = tensors[name].clone()
    tensors[name].view(-1)[5] = value
    save_file(tensors, tmp_path / "x.safetensors")
    result = importer("sd1", "x.safetensors", dtype=dtype)
    assert result.returncode == 65 and f"{name}: {words}" in error_of(result)
    assert pictures_in(tmp_path) == ["x.safetensors"]


def test_missing_tensors_are_counted(importer, modules, tmp_path):
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    for name in ("model.diffusion_model.out.0.weight", "model.diffusion_model.out.0.bias"):
        del tensors[name]
    save_file(tensors, tmp_path / "x.safetensors")
    result = importer("sd1", "x.safetensors")
    assert result.returncode == 65 and "the unet lacks 2 of its 684 tensors; the first is conv_norm_out.bias" in error_of(result)


def test_a_full_disk_leaves_nothing(importer, modules, graphs, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    graphs("sd1")
    limit = ["bash", "-c", 'ulimit -f 600; exec "$@"', "-", str(BINARY), "import", "x.safetensors", "-o", "bundle", "--graphs", graphs("sd1"),
             "--trust", "--dtype", "float32"]
    result = subprocess.run(limit, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert result.returncode == 74 and "Free some space" in error_of(result)
    assert pictures_in(tmp_path) == ["x.safetensors"]


def test_ctrl_c_leaves_nothing(modules, graphs, tmp_path):
    tensors = checkpoint("sd1", modules("sd1"), torch.float32)
    save_file(tensors, tmp_path / "x.safetensors")
    process = subprocess.Popen([BINARY, "import", "x.safetensors", "-o", "bundle", "--graphs", graphs("sd1"), "--trust"], cwd=tmp_path,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    left = pictures_in(tmp_path)
    assert process.returncode in (130, 0, -signal.SIGINT)
    assert left == (["bundle", "x.safetensors"] if process.returncode == 0 else ["x.safetensors"])


def test_a_killed_import_is_cleared_away_by_the_next(importer, modules, graphs, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    command = [BINARY, "import", "x.safetensors", "-o", "bundle", "--graphs", graphs("sd1"), "--trust"]

    def staged():
        return list(tmp_path.glob(".sfumato-*.part"))

    for _ in range(50):
        process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not staged():
            pass
        process.kill()
        process.wait()
        if staged():
            break
        shutil.rmtree(tmp_path / "bundle")  # it was faster
    assert len(staged()) == 1
    result = importer("sd1", "x.safetensors")
    assert result.returncode == 0, result.stderr
    assert staged() == []
    assert pictures_in(tmp_path) == ["bundle", "x.safetensors"]


def test_only_a_bundle_is_replaced(importer, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "diary.txt").write_text("dear")
    assert "is there already" in error_of(importer("sd1", "x.safetensors"))
    result = importer("sd1", "x.safetensors", "--overwrite")
    assert result.returncode == 73 and "is not a bundle, so it is not replaced" in error_of(result)
    assert (tmp_path / "bundle" / "diary.txt").read_text() == "dear"
    # A Keras or TensorFlow.js project has a model.json, too.
    (tmp_path / "bundle" / "model.json").write_text('{"format": "layers-model", "modelTopology": {}}')
    result = importer("sd1", "x.safetensors", "--overwrite")
    assert result.returncode == 73 and "is not a bundle of this format (bundle/model.json: " in error_of(result)
    assert (tmp_path / "bundle" / "diary.txt").read_text() == "dear"


def test_a_file_beside_a_bundle_is_in_the_way(importer, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    assert importer("sd1", "x.safetensors").returncode == 0
    (tmp_path / "bundle" / "thesis.txt").write_text("years")
    before = pictures_in(tmp_path / "bundle")
    result = importer("sd1", "x.safetensors", "--overwrite")
    assert result.returncode == 73 and "bundle: holds thesis.txt, which its model.json does not list, so it is not replaced" in error_of(result)
    assert pictures_in(tmp_path / "bundle") == before
    (tmp_path / "bundle" / "thesis.txt").unlink()
    assert importer("sd1", "x.safetensors", "--overwrite").returncode == 0
    assert pictures_in(tmp_path) == ["bundle", "x.safetensors"]


def test_an_index_names_files_of_its_folder_only(importer, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    index = tmp_path / "vae" / "diffusion_pytorch_model.safetensors.index.json"
    index.parent.mkdir()
    for shard in ["../secret.safetensors", "/etc/passwd", "sub/x.safetensors", "..", ".hidden", "a\0b"]:
        index.write_text(json.dumps({"weight_map": {"x": shard}}))
        result = importer("sd1", "x.safetensors", "--vae", "vae")
        reason = "a string with a NUL" if "\0" in shard else "is not the name of a file in this folder"
        assert result.returncode == 65 and reason in error_of(result)


def test_graphs_that_are_not_known_need_trust(sfumato, graphs, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    result = sfumato("import", "x.safetensors", "-o", "bundle", "--graphs", graphs("sd1"))
    assert result.returncode == 78 and "add --trust" in error_of(result)


def test_a_small_model_is_not_taken_for_the_real_one(sfumato, modules, tmp_path):
    save_file(checkpoint("sd1", modules("sd1"), torch.float32), tmp_path / "x.safetensors")
    result = sfumato("import", "x.safetensors", "-o", "bundle")
    assert result.returncode == 65 and "has shape" in error_of(result) and "It is of another architecture." in error_of(result)


@pytest.mark.parametrize("content, words", [
    (b"PK\x03\x04" + bytes(26) + b"archive/data.pkl", "a PyTorch checkpoint"), (b"\x80\x02\x8a\nl\xfc", "a PyTorch checkpoint"),
    (b"GGUF\x03\0\0\0", "so it was cut"), (b"", "is empty"), (b"123", "only 3 bytes"),
    (struct.pack("<Q", 10**12) + b"{}", "a header of 1000000000000 bytes is announced, at most 100000000 are read")])
def test_foreign_files_are_named(content, words, sfumato, tmp_path):
    (tmp_path / "x.ckpt").write_bytes(content)
    for command in (["import", "x.ckpt", "-o", "bundle"], ["model", "x.ckpt"]):
        result = sfumato(*command)
        assert result.returncode == 65 and words in error_of(result)


@pytest.mark.parametrize("arguments, code, words", [
    ([], 64, "no checkpoint"), (["a", "b"], 64, "2 checkpoints are given, one is expected"), (["x"], 64, "--output: name the folder of the new bundle"),
    (["x", "-o", "b"], 66, "No such file or directory"), (["x", "-o", "b", "--dtype", "int8"], 64, "one of float32, bfloat16, float16, given, auto"),
    (["x", "-o", "b", "--outpt", "c"], 64, "Did you mean --output?"), (["x", "-o"], 64, "--output: a value is missing"),
    (["x", "-o", "b", "--prediction-type", "noise"], 64, "one of epsilon, v_prediction"), (["x", "-o", "b", "--ema=1"], 64, "takes no value")])
def test_wrong_words_are_told(arguments, code, words, sfumato):
    result = sfumato("import", *arguments)
    assert result.returncode == code and words in error_of(result)


def test_model_tells_what_a_checkpoint_and_its_bundle_are(sfumato, importer, modules, tmp_path):
    save_file(checkpoint("sdxl", modules("sdxl"), torch.float16), tmp_path / "x.safetensors")
    told = json.loads(sfumato("model", "x.safetensors", "--json").stdout)
    assert (told["kind"], told["family"], told["license"]) == ("checkpoint", "sdxl", "not stated")
    assert set(told["stored_as"]) == {"F16"} and len(told["sha256"]["x.safetensors"]) == 64
    assert importer("sdxl", "x.safetensors", "--license", "MIT", "--name", "mine", dtype="bfloat16").returncode == 0
    bundle = json.loads(sfumato("model", "bundle", "--json").stdout)
    assert (bundle["kind"], bundle["family"], bundle["license"], bundle["name"]) == ("bundle", "sdxl", "MIT", "mine")
    assert bundle["trust"] == "needs --trust" and set(bundle["stored_as"]) == {"BF16"}
    # position ids are no parameters, and LDM's fused projections are the same numbers
    assert bundle["parameters"] == told["parameters"]
    assert "family: sdxl" in sfumato("model", "bundle").stdout
