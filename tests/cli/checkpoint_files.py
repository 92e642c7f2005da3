"""Files of every kind of checkpoint without their weights: the whole header, and a hole instead of data, which takes no disk.

Names and shapes come from diffusers' modules on torch's meta device and from `export.make_checkpoint`, which knows LDM's names. A tensor
that is not on the meta device is written: what a file says of itself (alphas_cumprod, scales, a bias that tells what was trained).
"""

import json
import struct
from pathlib import Path

import torch

from export.make_checkpoint import checkpoint
from stable_diffusion.families import FAMILIES, INPAINT, Family, autoencoder, text_encoder, text_encoder_2, unet

Tensors = dict[str, torch.Tensor]
NAMES = {torch.float64: "F64", torch.float32: "F32", torch.float16: "F16", torch.bfloat16: "BF16", torch.int64: "I64", torch.int32: "I32",
         torch.int8: "I8", torch.uint8: "U8", torch.bool: "BOOL", torch.float8_e4m3fn: "F8_E4M3", torch.float8_e5m2: "F8_E5M2"}


def meta(*shape: int, dtype: torch.dtype = torch.float16) -> torch.Tensor:
    return torch.empty(shape, dtype=dtype, device="meta")


def write_file(path: Path, tensors: Tensors, metadata: dict[str, str] | None = None) -> None:
    """A safetensors file of these tensors. Data of those on the meta device are a hole."""
    header: dict = {"__metadata__": metadata} if metadata else {}
    end, written = 0, []
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [end, end + size]}
        if not tensor.is_meta:
            written.append((end, tensor.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()))
        end += size
    text = json.dumps(header).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        file.truncate(8 + len(text) + end)
        for offset, data in written:
            file.seek(8 + len(text) + offset)
            file.write(data)


def modules_of(family: Family) -> dict[str, torch.nn.Module]:
    with torch.device("meta"):
        modules = {"text_encoder": text_encoder(family.text_encoder)} if family.text_encoder else {}
        modules |= {"unet": unet(family.unet), "vae": autoencoder(family.autoencoder)}
        if family.is_xl:
            modules["text_encoder_2"] = text_encoder_2(family.text_encoder_2)
    return modules


def alphas_cumprod(zero_snr: bool = False) -> torch.Tensor:
    alphas = torch.cumprod(1 - torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2, 0)
    if zero_snr:
        roots = alphas.sqrt()
        alphas = ((roots - roots[-1]) * roots[0] / (roots[0] - roots[-1])) ** 2
    return alphas.float()


def whole(name: str, dtype: torch.dtype = torch.float16, *, bare: bool = False, ema: bool = False) -> Tensors:
    """All tensors of a published file, in LDM's names."""
    with torch.device("meta"):
        tensors = checkpoint(name, modules_of(FAMILIES[name]), dtype, bare=bare, ema=ema)
    return {key: tensor.to("meta") for key, tensor in tensors.items()}


def part(name: str, kind: str, dtype: torch.dtype = torch.float16) -> Tensors:
    """One network in diffusers' and transformers' names."""
    state = modules_of(FAMILIES[name])[kind].state_dict()
    return {key: tensor.to(dtype) for key, tensor in state.items() if not key.endswith("position_ids")}


def folder(path: Path, name: str, scheduler: dict | None = None, index: dict | None = None, unet_config: dict | None = None,
           dtype: torch.dtype = torch.float16, variants: dict[str, str] | None = None, vae_config: dict | None = None,
           more: dict[str, Tensors] | None = None) -> None:
    """A pipeline as diffusers saves it. By network: variants of its file's name, more tensors."""
    family = FAMILIES[name]
    root = family.base or name.removesuffix(INPAINT)
    parts = ["text_encoder"] * bool(family.text_encoder) + ["unet", "vae"] + ["text_encoder_2"] * family.is_xl
    classes = {"text_encoder": "CLIPTextModel", "text_encoder_2": "CLIPTextModelWithProjection", "unet": "UNet2DConditionModel",
               "vae": "AutoencoderKL"}
    for kind in parts:
        stem = "model" if kind.startswith("text") else "diffusion_pytorch_model"
        variant = (variants or {}).get(kind, "")
        write_file(path / kind / f"{stem}{'.' + variant if variant else ''}.safetensors", part(name, kind, dtype) | (more or {}).get(kind, {}))
        config = {"text_encoder": family.text_encoder, "text_encoder_2": family.text_encoder_2, "vae": family.autoencoder | (vae_config or {}),
                  "unet": family.unet | (unet_config or {})}[kind]
        (path / kind / "config.json").write_text(json.dumps({"_class_name": classes[kind], **config}))
    index = {"_class_name": f"StableDiffusion{'XL' if root == 'sdxl' else ''}Pipeline",
             **{kind: ["transformers" if kind.startswith("text") else "diffusers", classes[kind]] for kind in parts}} | (index or {})
    (path / "model_index.json").write_text(json.dumps(index))
    (path / "scheduler").mkdir()
    (path / "scheduler" / "scheduler_config.json").write_text(json.dumps(
        {"_class_name": "EulerDiscreteScheduler", "beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear",
         "prediction_type": "epsilon", "steps_offset": 1, "timestep_spacing": "leading"} | (scheduler or {})))
