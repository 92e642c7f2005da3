"""What `sfumato model` and `sfumato import` make of every kind of file that people have, on files whose data are a hole.

A row of KINDS is one kind: what writes it, and what is expected. Of a model that can be imported that is what model.json would state; of
any other the words of the refusal, which both commands say with the same exit code.
"""

import functools
import json
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from conftest import BINARY, error_of

torch = pytest.importorskip("torch")

import checkpoint_files as files  # noqa: E402
from checkpoint_files import alphas_cumprod, meta, write_file  # noqa: E402

whole = functools.cache(files.whole)
part = functools.cache(files.part)
UNET = "model.diffusion_model."
EPSILON, V = "epsilon", "v_prediction"
COSXL = {"sigma_data": 1.0, "sigma_min": 0.002, "sigma_max": 120.0, "prediction_type": V, "sampling_method": "euler", "scheduler": "exponential"}
PLAYGROUND = {"sigma_data": 0.5, "sigma_min": 0.002, "sigma_max": 80.0, "prediction_type": EPSILON, "sampling_method": "dpm++2m", "scheduler": "karras",
              "cfg_scale": 3.0}
MEAN, STD = [-1.6574, 1.886, -1.383, 2.5155], [8.4927, 5.9022, 6.5498, 5.2299]  # of Playground 2.5
ZERO = {"zero_snr": True, "timestep_spacing": "trailing", "sampling_method": "euler", "scheduler": "discrete"}


@dataclass
class Kind:
    name: str
    write: object  # (path of the file or folder to write) -> None
    expected: dict = field(default_factory=dict)
    note: str = ""  # in the notes
    refusal: str = ""
    code: int = 65


def single(tensors, metadata=None):
    """Writes one file; `tensors` gives them when it is called."""
    return lambda path: write_file(path.with_suffix(".safetensors"), tensors(), metadata)


def with_yaml(tensors, text):
    def write(path):
        write_file(path.with_suffix(".safetensors"), tensors())
        path.with_suffix(".yaml").write_bytes(text)

    return write


def folder(*arguments, **options):
    return lambda path: files.folder(path, *arguments, **options)


def of(name, **options):
    return lambda: dict(whole(name, **options))


def more(name, tensors, **options):
    return lambda: whole(name, **options) | tensors


def renamed(name, change):
    return lambda: {change(key): tensor for key, tensor in whole(name).items()}


def without(name, *starts):
    return lambda: {key: tensor for key, tensor in whole(name).items() if not key.startswith(starts)}


def channels(name, count, tensors=None):
    return lambda: whole(name) | {UNET + "input_blocks.0.0.weight": meta(320, count, 3, 3)} | (tensors or {})


def told_weights(deviation):
    bias = torch.cat([torch.full((160,), deviation), torch.full((160,), -deviation)]).half()
    return {UNET + "output_blocks.11.1.transformer_blocks.0.norm1.bias": bias}


def fp8(name, dtype, only=lambda key: True):
    return lambda: {key: meta(*tensor.shape, dtype=dtype) if tensor.dtype == torch.float16 and only(key) else tensor
                    for key, tensor in whole(name).items()}


def scaled(scale):
    weight = UNET + "middle_block.1.proj_in.weight"
    return more("sdxl", {weight: meta(1280, 1280, dtype=torch.float8_e4m3fn), "scaled_fp8": torch.zeros(0).to(torch.float8_e4m3fn),
                         weight.replace(".weight", ".scale_weight"): torch.tensor([scale])})


def sgm(key):
    return key.replace("cond_stage_model.model.", "conditioner.embedders.0.model.")


def not_transposed():
    tensors = of("sdxl")()
    projection = "conditioner.embedders.1.model.text_projection"
    return {key: tensor for key, tensor in tensors.items() if key != projection} | {projection + ".weight": tensors[projection]}


def cosxl(lowest, highest):
    return {"edm_vpred.sigma_max": torch.tensor(highest), "edm_vpred.sigma_min": torch.tensor(lowest)}


def playground(mean, std):
    return {"edm_mean": torch.tensor(mean).view(1, -1, 1, 1), "edm_std": torch.tensor(std).view(1, -1, 1, 1)}


def transformers_refiner():
    encoder = {"text_encoders.clip_g.transformer." + key: tensor for key, tensor in part("sdxl-refiner", "text_encoder_2").items()}
    return without("sdxl-refiner", "conditioner.")() | encoder


def lone_folder(kind, class_name):
    def write(path):
        path.mkdir()
        write_file(path / "diffusion_pytorch_model.safetensors", part("sd1", kind))
        (path / "config.json").write_text(json.dumps({"_class_name": class_name}))

    return write


def sparse_yaml(path):
    write_file(path.with_suffix(".safetensors"), whole("sd1"))
    with path.with_suffix(".yaml").open("wb") as file:
        file.truncate(1 << 30)


def link_out(path):
    files.folder(path, "sd1")
    file = path / "vae" / "diffusion_pytorch_model.safetensors"
    file.rename(path.parent / (path.name + "-elsewhere.safetensors"))
    file.symlink_to(path.parent / (path.name + "-elsewhere.safetensors"))


REFINER_INDEX = {"_class_name": "StableDiffusionXLImg2ImgPipeline", "text_encoder": [None, None], "requires_aesthetics_score": True,
                 "force_zeros_for_empty_prompt": False}
LORA = {"lora_unet_mid_block_attentions_0_proj_in.lora_down.weight": meta(8, 1280), "lora_unet_mid_block_attentions_0_proj_in.alpha": meta()}
CONTROL = {"control_model.input_blocks.0.0.weight": meta(320, 4, 3, 3), "control_model.input_hint_block.0.weight": meta(16, 3, 3, 3)}
TAESD_DIFFUSERS = {"encoder.layers.0.weight": meta(64, 3, 3, 3), "decoder.layers.0.weight": meta(64, 4, 3, 3)}
FLUX = {"double_blocks.0.img_attn.qkv.weight": meta(9216, 3072, dtype=torch.float8_e4m3fn), "single_blocks.0.linear1.weight": meta(8, 8)}
NF4 = {UNET + "out.2.weight.quant_state.bitsandbytes__nf4": meta(90, dtype=torch.uint8)}

KINDS = [
    # Drawn as their authors meant them.
    Kind("SD1", single(of("sd1")), {"family": "sd1", "prediction_type": EPSILON, "width": 512, "sampling_method": "dpm++2m", "timestep_spacing": None}),
    Kind("SD1 without text_model", single(of("sd1", bare=True)), {"family": "sd1"}),
    Kind("SD1 with EMA", single(of("sd1", ema=True)), {"family": "sd1"}),
    Kind("SD1 for inpainting", single(of("sd1-inpaint")), {"family": "sd1-inpaint"}),
    Kind("SDXL", single(of("sdxl")), {"family": "sdxl", "prediction_type": EPSILON, "width": 1024, "scheduler": "karras", "timestep_spacing": "leading"}),
    Kind("SDXL for inpainting", single(of("sdxl-inpaint")), {"family": "sdxl-inpaint"}),
    Kind("NoobAI-XL V-Pred", single(more("sdxl", {"v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)})),
         {"family": "sdxl", "prediction_type": V, "cfg_scale": 5.0} | ZERO, note="the file marks it (v_pred)"),
    Kind("SDXL v with markers of one number", single(more("sdxl", {"v_pred": torch.ones(1), "ztsnr": torch.tensor(True)})),
         {"prediction_type": V} | ZERO),
    Kind("SD2 base by its weights", single(more("sd2", told_weights(0.03))), {"family": "sd2", "prediction_type": EPSILON, "width": 512},
         note="by the weights"),
    Kind("SD2 768 by its weights", single(more("sd2", told_weights(0.2))), {"family": "sd2", "prediction_type": V, "width": 768},
         note="by the weights"),
    Kind("SD2 768 by its metadata", single(of("sd2"), {"modelspec.architecture": "stable-diffusion-v2-768-v"}),
         {"prediction_type": V, "width": 768}, note="(modelspec.architecture)"),
    Kind("SD2 512 by its metadata", single(more("sd2", told_weights(0.2)), {"modelspec.architecture": "stable-diffusion-v2-512"}),
         {"prediction_type": EPSILON, "width": 512}),
    Kind("SD2 base by its step count", single(more("sd2", {"global_step": torch.tensor(875000)} | told_weights(0.2))), {"prediction_type": EPSILON}),
    Kind("SD2 for inpainting", single(of("sd2-inpaint")), {"family": "sd2-inpaint", "prediction_type": EPSILON}),
    Kind("EasyFluff", with_yaml(of("sd1"), b'model:\n  params:\n    parameterization: "v"\n'), {"family": "sd1", "prediction_type": V},
         note=".yaml states it"),
    Kind("SD1 with v1-inference.yaml", with_yaml(of("sd1"), b"model:\n  params:\n    linear_start: 0.00085\n"), {"prediction_type": EPSILON}),
    Kind("SDXL v of ComfyUI", single(of("sdxl"), {"modelspec.predict_key": "v"}), {"prediction_type": V}, note="(modelspec.predict_key)"),
    Kind("SDXL v of kohya", single(of("sdxl"), {"modelspec.prediction_type": "v"}), {"prediction_type": V}, note="(modelspec.prediction_type)"),
    Kind("SD1 with alphas_cumprod", single(more("sd1", {"alphas_cumprod": alphas_cumprod()})), {"zero_snr": False, "sampling_method": "dpm++2m"}),
    Kind("SD1 with alphas_cumprod in float16", single(more("sd1", {"alphas_cumprod": alphas_cumprod().half()})), {"zero_snr": False}),
    Kind("OneTrainer's zero SNR", single(more("sd1", {"alphas_cumprod": alphas_cumprod(zero_snr=True)})), {"family": "sd1"} | ZERO,
         note="alphas_cumprod end at 0"),
    Kind("sd_turbo", single(renamed("sd2", sgm)), {"family": "sd2", "prediction_type": EPSILON}),
    Kind("SDXL from diffusers", single(not_transposed), {"family": "sdxl"}),
    Kind("SD1 in F8_E4M3", single(fp8("sd1", torch.float8_e4m3fn)), {"family": "sd1"}, note="widened exactly"),
    Kind("SDXL in F8_E5M2", single(fp8("sdxl", torch.float8_e5m2)), {"family": "sdxl"}, note="widened exactly"),
    Kind("SDXL with a U-Net in fp8", single(fp8("sdxl", torch.float8_e4m3fn, lambda key: key.startswith(UNET))), {"family": "sdxl"}),
    Kind("SDXL in scaled fp8", single(scaled(0.25)), {"family": "sdxl"}, note="1 of them multiplied by their scales"),
    Kind("SD1 behind state_dict.", single(renamed("sd1", lambda key: "state_dict." + key)), {"family": "sd1"}),
    Kind("SDXL behind module.", single(renamed("sdxl", lambda key: "module." + key)), {"family": "sdxl"}),
    Kind("SD1 with a LoRA's rest", single(more("sd1", LORA)), {"family": "sd1", "unused": {"LoRA tensors": 2}}),
    Kind("SD1 with a ControlNet's rest", single(more("sd1", CONTROL)), {"family": "sd1", "unused": {"ControlNet tensors": 2}}),
    Kind("SSD-1B", single(of("ssd-1b")), {"family": "ssd-1b"}),
    Kind("Segmind Vega", single(of("segmind-vega")), {"family": "segmind-vega"}),
    Kind("KOALA 1B", single(of("koala-1b")), {"family": "koala-1b"}),
    Kind("KOALA 700M", folder("koala-700m"), {"family": "koala-700m"}),
    Kind("small-sd", folder("bk-sdm-base"), {"family": "bk-sdm-base"}),
    Kind("BK-SDM small", folder("bk-sdm-small"), {"family": "bk-sdm-small"}),
    Kind("tiny-sd", folder("bk-sdm-tiny"), {"family": "bk-sdm-tiny"}),
    Kind("tiny-sd in one file", single(of("bk-sdm-tiny")), {"family": "bk-sdm-tiny"}),
    Kind("SSD-1B, a folder", folder("ssd-1b"), {"family": "ssd-1b"}),
    Kind("SD1, a folder", folder("sd1"), {"family": "sd1", "sampling_method": "euler"}),
    Kind("SDXL, a folder", folder("sdxl"), {"family": "sdxl"}),
    Kind("SDXL with ControlNet, a folder", folder("sdxl", index={"_class_name": "StableDiffusionXLControlNetPipeline",
                                                               "controlnet": ["diffusers", "ControlNetModel"]}), {"family": "sdxl"}),
    Kind("SD1 with PAG, a folder", folder("sd1", index={"_class_name": "StableDiffusionPAGPipeline"}), {"family": "sd1"}),
    Kind("SD1 with a pipeline of its own", folder("sd1", index={"_class_name": "MyOwnPipeline"}), {"family": "sd1"}),
    Kind("SD2 v of zero SNR, a folder", folder("sd2", scheduler={"prediction_type": V, "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}),
         {"family": "sd2", "prediction_type": V} | ZERO),
    Kind("SD1 with the metadata of SDXL", single(of("sd1"), {"modelspec.architecture": "stable-diffusion-xl-v1-base"}), {"family": "sd1"},
         note="ignored: modelspec.architecture stable-diffusion-xl-v1-base of its metadata"),
    Kind("full LCM", single(more("sd1", {UNET + "time_embed.cond_proj.weight": meta(320, 256)})),
         {"family": "sd1", "sampling_method": "lcm", "scheduler": "discrete"}, note="a guidance scale of 7.5 is a part of it now"),
    Kind("LCM_Dreamshaper_v7", folder("sd1", unet_config={"time_cond_proj_dim": 256}, scheduler={"_class_name": "LCMScheduler"},
                                      more={"unet": {"time_embedding.cond_proj.weight": meta(320, 256)}}),
         {"family": "sd1", "sampling_method": "lcm"}, note="a guidance scale of 7.5 is a part of it now"),
    Kind("CosXL", single(more("sdxl", cosxl(0.002, 120.0))), {"family": "sdxl"} | COSXL, note="the file marks CosXL (edm_vpred)"),
    Kind("CosXL with other sigmas", single(more("sdxl", cosxl(0.01, 90.0))), {"sigma_min": 0.01, "sigma_max": 90.0}),
    Kind("CosXL, a folder", folder("sdxl", scheduler={"_class_name": "EDMEulerScheduler", "sigma_max": 120.0, "sigma_data": 1.0, "prediction_type": V,
                                                      "sigma_schedule": "exponential"}), {"family": "sdxl"} | COSXL),
    Kind("CosXL Edit", single(channels("sdxl", 8, cosxl(0.002, 120.0))), {"family": "sdxl-instruct-pix2pix"} | COSXL),
    Kind("Playground 2.5", single(more("sdxl", playground(MEAN, STD))), {"family": "sdxl"} | PLAYGROUND,
         note="the file marks Playground 2.5 (edm_mean)"),
    Kind("Playground 2.5, a folder", folder("sdxl", scheduler={"_class_name": "EDMDPMSolverMultistepScheduler", "rho": 7.0},
                                            vae_config={"scaling_factor": 0.5, "latents_mean": MEAN, "latents_std": STD}), {"family": "sdxl"} | PLAYGROUND),
    Kind("InstructPix2Pix", single(channels("sd1", 8)), {"family": "sd1-instruct-pix2pix", "kind": "checkpoint", "cfg_scale": 7.5}),
    Kind("InstructPix2Pix, a folder", folder("sd1-instruct-pix2pix", index={"_class_name": "StableDiffusionInstructPix2PixPipeline"}),
         {"family": "sd1-instruct-pix2pix"}),
    Kind("InstructPix2Pix of SDXL, a folder", folder("sdxl-instruct-pix2pix"), {"family": "sdxl-instruct-pix2pix"}),
    Kind("SDXL refiner", single(of("sdxl-refiner")), {"family": "sdxl-refiner", "prediction_type": EPSILON, "width": 1024}),
    Kind("SDXL refiner with transformers' names of its text encoder", single(transformers_refiner), {"family": "sdxl-refiner"}),
    Kind("SDXL refiner, a folder", folder("sdxl-refiner", index=REFINER_INDEX), {"family": "sdxl-refiner", "timestep_spacing": "leading"}),
    # Named for what they are.
    Kind("Marigold", folder("sd2", unet_config={"in_channels": 8}, index={"_class_name": "MarigoldDepthPipeline"}),
         refusal="takes 8 channels (Marigold, or an InstructPix2Pix model of this family)"),
    Kind("SD2 with 8 channels", single(channels("sd2", 8)), refusal="a U-Net of Stable Diffusion 2.x that takes 8 channels"),
    Kind("SD2 depth", single(channels("sd2", 5, {"depth_model.model.pretrained.cls_token": meta(1, 1, 768)})),
         refusal="the depth-guided model of Stable Diffusion 2"),
    Kind("unCLIP", single(more("sd2", {UNET + "label_emb.0.0.weight": meta(1280, 1536), "embedder.model.visual.proj": meta(8, 8)})), refusal="an unCLIP model"),
    Kind("unCLIP, a folder", folder("sd2", unet_config={"class_embed_type": "projection"}), refusal="class_embed_type: an unCLIP model"),
    Kind("x4 upscaler", single(channels("sd2", 7, {"low_scale_model.betas": meta(1000)})), refusal="the x4 upscaler of Stable Diffusion 2"),
    Kind("SVD", single(channels("sd2", 8, {UNET + "input_blocks.1.1.time_stack.0.norm1.bias": meta(320)})), refusal="a Stable Video Diffusion model (SVD)"),
    Kind("Zero123", single(channels("sd1", 8, {"cc_projection.weight": meta(768, 772)})), refusal="a Zero123 model"),
    Kind("NF4", single(more("sdxl", NF4)), refusal="a model in NF4 (bitsandbytes)"),
    Kind("TAESD in diffusers' names", single(lambda: TAESD_DIFFUSERS), refusal="TAESD, a small autoencoder for previews"),
    Kind("TAESD in its own names", single(lambda: {"1.weight": meta(64, 4, 3, 3), "3.conv.0.weight": meta(64, 64, 3, 3)}), refusal="TAESD"),
    Kind("TAESD in a pipeline", folder("sd1", index={"vae": ["diffusers", "AutoencoderTiny"]}), refusal="vae is AutoencoderTiny (TAESD, for previews)"),
    Kind("TAESD, a folder", lone_folder("vae", "AutoencoderTiny"), refusal="TAESD, a small autoencoder for previews"),
    Kind("a U-Net, a folder", lone_folder("unet", "UNet2DConditionModel"), refusal="a U-Net alone, without model_index.json"),
    Kind("SVD, a folder", folder("sd2", index={"_class_name": "StableVideoDiffusionPipeline", "unet": ["diffusers", "UNetSpatioTemporalConditionModel"]}),
         refusal="a StableVideoDiffusionPipeline whose unet is UNetSpatioTemporalConditionModel"),
    Kind("Flux in fp8", single(lambda: FLUX), refusal="a Flux model"),
    Kind("a LoRA", single(lambda: LORA), refusal="a LoRA (kohya's names, 2 tensors)"),
    Kind("a ControlNet", single(lambda: CONTROL), refusal="a ControlNet (2 tensors)"),
    Kind("SDXL-Lightning, a U-Net alone", single(lambda: part("sdxl", "unet")), refusal="a U-Net alone, without text encoder and autoencoder"),
    Kind("an autoencoder alone", single(lambda: part("sdxl", "vae")), refusal="an autoencoder (VAE) alone. Give it with --vae"),
    Kind("a text encoder alone", single(lambda: part("sdxl", "text_encoder_2")), refusal="a text encoder alone"),
    # Wrong.
    Kind("two families", single(more("sd1", {"conditioner.embedders.1.model.ln_final.bias": meta(1280)})), refusal="of two families: its U-Net is of Stable"),
    Kind("a U-Net and Flux", single(more("sd1", FLUX)), refusal="of two families: it has a U-Net of Stable Diffusion, and is a Flux model"),
    Kind("a marker that is a matrix", single(more("sdxl", {"v_pred": meta(4, 4)})), refusal="v_pred: a marker is empty or one number"),
    Kind("alphas_cumprod of integers", single(more("sd1", {"alphas_cumprod": torch.arange(1000)})), refusal="it is of I64 and has 1000"),
    Kind("alphas_cumprod that rises", single(more("sd1", {"alphas_cumprod": torch.linspace(0, 1, 1000)})), refusal="the numbers do not descend"),
    Kind("alphas_cumprod of NaN", single(more("sd1", {"alphas_cumprod": torch.full((1000,), float("nan"))})), refusal="the numbers do not descend"),
    Kind("alphas_cumprod of another schedule", single(more("sd1", {"alphas_cumprod": torch.linspace(1, 0.1, 1000)})),
         refusal="a noise schedule that is not supported"),
    Kind("EDM noise from 0", single(more("sdxl", cosxl(0.0, 120.0))), refusal="edm_vpred.sigma_min: 0 is no noise level"),
    Kind("EDM noise of NaN", single(more("sdxl", cosxl(0.002, float("nan")))), refusal="edm_vpred.sigma_max: nan is no noise level"),
    Kind("EDM noise that falls", single(more("sdxl", cosxl(120.0, 100.0))), refusal="edm_vpred.sigma_min: 120 is not below sigma_max, 100"),
    Kind("EDM noise of a folder, from 0", folder("sdxl", scheduler={"_class_name": "EDMEulerScheduler", "sigma_min": 0.0}),
         refusal="sigma_min: a number from 1e-06 to 100000 is expected"),
    Kind("latents with a deviation of 0", single(more("sdxl", playground(MEAN, [8.0, 0.0, 6.0, 5.0]))), refusal="edm_std: 0 is no standard deviation"),
    Kind("latents of 3 channels", single(more("sdxl", playground(MEAN[:3], STD[:3]))),
         refusal="states mean and deviation of 3 channels of latents, and its U-Net draws 4"),
    Kind("latents with a mean alone", folder("sdxl", vae_config={"latents_mean": MEAN}), refusal="has one of latents_mean and latents_std"),
    Kind("CosXL and Playground 2.5", single(more("sdxl", playground(MEAN, STD) | cosxl(0.002, 120.0))), refusal="marks CosXL, and edm_mean"),
    Kind("a .yaml that is none", with_yaml(of("sd1"), b"model: [\n"), refusal=".yaml: not YAML in line 2"),
    Kind("a .yaml of bytes", with_yaml(of("sd1"), bytes(range(256))), refusal=".yaml: not YAML in line 1"),
    Kind("a .yaml of 1 GB", sparse_yaml, refusal=".yaml: 1073741824 bytes, at most 1048576 are read"),
    Kind("a scale of 0", single(scaled(0.0)), refusal="scale_weight: the scale of fp8 weights is 0.000000, a positive number is expected"),
    Kind("a scale of NaN", single(scaled(float("nan"))), refusal="scale_weight: the scale of fp8 weights is nan"),
    Kind("weights in I8", single(more("sd1", {UNET + "out.2.weight": meta(4, 320, 3, 3, dtype=torch.int8)})), refusal="out.2.weight is stored as I8"),
    Kind("SDXL without its first text encoder, a folder", folder("sdxl-refiner", index={"text_encoder": ["transformers", "CLIPTextModel"]}),
         refusal="without a folder text_encoder"),
    Kind("a refiner with the U-Net of SDXL", single(lambda: without("sdxl", "conditioner.embedders.0.")() | {
        key.replace("embedders.1", "embedders.0"): tensor for key, tensor in whole("sdxl").items() if "embedders.1." in key}),
         refusal="of two families: its U-Net is of Stable Diffusion XL"),
    Kind("a file that was cut", single(without("sd1", UNET + "output_blocks.1")), refusal="or the file was cut"),
    Kind("a folder with a link out of it", link_out, refusal="a link that leads out of the model's folder"),
]


def run(*arguments):
    return subprocess.run([BINARY, *map(str, arguments)], capture_output=True, text=True, timeout=100)


def found_at(path):
    return path if path.is_dir() else path.with_suffix(".safetensors")


def problems_of(kind, path):
    """What is not as expected, in one text; empty if all is."""
    kind.write(path)
    said = run("model", found_at(path), "--json", "--no-digest")
    if kind.refusal:
        refused = run("import", found_at(path), "-o", str(path) + "-bundle")
        if (said.returncode, refused.returncode) != (kind.code, kind.code):
            return f"exit codes {said.returncode}, {refused.returncode}; {said.stderr}{refused.stderr}"
        words = error_of(refused)
        return "" if kind.refusal in words and error_of(said) == "cannot be imported: " + words else f"{words} | {said.stderr}"
    if said.returncode != 0:
        return said.stderr
    told = json.loads(said.stdout)
    flat = told | told["noise_schedule"] | told["defaults"]
    flat |= {"zero_snr": told["noise_schedule"].get("rescale_betas_zero_snr", False)}
    flat |= {"unused": {group: count for group, count in told["unused_tensors"].items() if group in kind.expected.get("unused", {})}}
    wrong = {key: flat.get(key) for key, value in kind.expected.items() if flat.get(key) != value}
    if wrong:
        return f"{wrong} instead of {kind.expected}"
    return "" if any(kind.note in note for note in told["notes"]) or not kind.note else f"notes: {told['notes']}"


def test_every_kind_of_checkpoint_is_what_it_is(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        paths = [tmp_path / kind.name.replace(" ", "-").replace(".", "").replace("/", "") for kind in KINDS]
        problems = list(pool.map(problems_of, KINDS, paths))
    assert [f"{kind.name}: {problem}" for kind, problem in zip(KINDS, problems, strict=True) if problem] == []
