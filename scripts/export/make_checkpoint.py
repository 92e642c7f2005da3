"""Writes Stable Diffusion checkpoints with random weights in the published formats, to test and measure `sfumato import`.

    scripts/export/make_checkpoint.py --family sd1 --out /tmp/tiny.safetensors              # small networks, LDM's names
    scripts/export/make_checkpoint.py --family sdxl --names bare --out /tmp/x.safetensors   # without "text_model."
    scripts/export/make_checkpoint.py --family sd2 --diffusers /tmp/folder                  # the same weights for diffusers
    scripts/export/make_checkpoint.py --family sd1-inpaint --out /tmp/i.safetensors         # a U-Net with mask input
    scripts/export/make_checkpoint.py --family sd1 --full --dtype float16 --out /tmp/sd15.safetensors    # 2.1 GB

--names: `plain` as in the published files; `bare` omits "text_model." as some trainers do. SD2's and SDXL's second text encoders
use OpenCLIP's names. --ema adds EMA copies of the U-Net with other values. This is the inverse of src/import, written
independently from LDM's module numbering, so that each checks the other.
"""

import argparse
import json
import re
from pathlib import Path

import torch
from safetensors.torch import save_file

from stable_diffusion.families import FAMILIES, INPAINT, TINY_FAMILIES, Family, autoencoder, text_encoder, text_encoder_2, unet

DTYPES = {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}
SCALING_FACTOR = {"sd1": 0.18215, "sd2": 0.18215, "sdxl": 0.13025, "sdxl-refiner": 0.13025}
PREDICTION = {"sd1": "epsilon", "sd2": "v_prediction", "sdxl": "epsilon", "sdxl-refiner": "epsilon"}
REFINER = "sdxl-refiner"
RESNET = {"norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
          "conv2": "out_layers.3", "conv_shortcut": "skip_connection"}
ENDS = {"time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2", "time_embedding.cond_proj": "time_embed.cond_proj",
        "conv_in": "input_blocks.0.0",
        "conv_norm_out": "out.0", "conv_out": "out.2", "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2"}
ATTENTION = {"group_norm": "norm", "to_q": "q", "to_k": "k", "to_v": "v", "to_out.0": "proj_out"}
OPEN_CLIP = {"layer_norm1": "ln_1", "layer_norm2": "ln_2", "mlp.fc1": "mlp.c_fc", "mlp.fc2": "mlp.c_proj", "self_attn.out_proj": "attn.out_proj"}
Tensors = dict[str, torch.Tensor]


def networks_of(family: Family, seed: int) -> dict[str, torch.nn.Module]:
    torch.manual_seed(seed)
    modules = {"text_encoder": text_encoder(family.text_encoder)} if family.text_encoder else {}
    modules |= {"unet": unet(family.unet), "vae": autoencoder(family.autoencoder)}
    if family.is_xl:
        modules["text_encoder_2"] = text_encoder_2(family.text_encoder_2)
    with torch.no_grad():
        for module in modules.values():
            for parameter in module.parameters():
                if parameter.dim() == 1:
                    parameter.add_(0.02 * torch.randn_like(parameter))  # random biases and norms instead of all 0 or 1
        if not family.is_xl and family.text_encoder["hidden_act"] == "gelu":
            # As in Stable Diffusion 2's models of 768 pixels, which predict v: a file does not say so in another way.
            modules["unet"].up_blocks[-1].attentions[-1].transformer_blocks[0].norm1.bias.mul_(10)
    return {name: module.eval() for name, module in modules.items()}


def family_name(name: str) -> str:
    """sd1, sd2, sdxl or sdxl-refiner"""
    return name if name == REFINER else FAMILIES[name].base or name.removesuffix(INPAINT)


def renamed(name: str, table: dict[str, str]) -> str:
    for diffusers, ldm in table.items():
        if name.startswith(diffusers + "."):
            return ldm + name.removeprefix(diffusers)
    raise KeyError(name)


def ldm_unet(tensors: Tensors, per_level: int) -> Tensors:
    def translate(name: str) -> str:
        found = re.match(r"(down|up)_blocks\.(\d+)\.(resnets|attentions|downsamplers|upsamplers)\.(\d+)\.(.*)", name)
        if found:
            way, level, kind, place, rest = found.group(1), int(found.group(2)), found.group(3), int(found.group(4)), found.group(5)
            block = level * (per_level + 1) + place
            if kind == "resnets":
                rest = renamed(rest, RESNET)
                return f"input_blocks.{block + 1}.0.{rest}" if way == "down" else f"output_blocks.{block}.0.{rest}"
            if kind == "attentions":
                return f"input_blocks.{block + 1}.1.{rest}" if way == "down" else f"output_blocks.{block}.1.{rest}"
            rest = rest.removeprefix("conv.")
            if kind == "downsamplers":
                return f"input_blocks.{(level + 1) * (per_level + 1)}.0.op.{rest}"
            has_attention = any(other.startswith(f"up_blocks.{level}.attentions.") for other in tensors)
            return f"output_blocks.{(level + 1) * (per_level + 1) - 1}.{2 if has_attention else 1}.conv.{rest}"
        found = re.match(r"mid_block\.(resnets|attentions)\.(\d+)\.(.*)", name)
        if found and found.group(1) == "resnets":
            return f"middle_block.{2 * int(found.group(2))}.{renamed(found.group(3), RESNET)}"
        if found:
            return f"middle_block.1.{found.group(3)}"
        return renamed(name, ENDS)

    return {"model.diffusion_model." + translate(name): tensor for name, tensor in tensors.items()}


def ldm_vae(tensors: Tensors) -> Tensors:
    levels = 1 + max(int(name.split(".")[2]) for name in tensors if name.startswith("decoder.up_blocks."))
    result = {}
    for name, tensor in tensors.items():
        name = name.replace("conv_norm_out", "norm_out")
        name = re.sub(r"down_blocks\.(\d+)\.resnets\.(\d+)", r"down.\1.block.\2", name)
        name = re.sub(r"down_blocks\.(\d+)\.downsamplers\.0", r"down.\1.downsample", name)
        name = re.sub(r"up_blocks\.(\d+)\.resnets\.(\d+)", lambda m: f"up.{levels - 1 - int(m[1])}.block.{m[2]}", name)
        name = re.sub(r"up_blocks\.(\d+)\.upsamplers\.0", lambda m: f"up.{levels - 1 - int(m[1])}.upsample", name)
        name = re.sub(r"mid_block\.resnets\.(\d+)", lambda m: f"mid.block_{int(m[1]) + 1}", name)
        name = name.replace("conv_shortcut", "nin_shortcut")
        coder, attention, rest = name.partition("mid_block.attentions.0.")
        if attention:
            name = coder + "mid.attn_1." + renamed(rest, ATTENTION)
            if tensor.dim() == 2:
                tensor = tensor[:, :, None, None]  # LDM's VAE attention uses 1x1 convolutions
        result["first_stage_model." + name] = tensor
    return result


def clip(tensors: Tensors, prefix: str, bare: bool) -> Tensors:
    result = {}
    for name, tensor in tensors.items():
        name = name.removeprefix("text_model.")
        result[prefix + ("" if bare else "text_model.") + name] = tensor
    positions = torch.arange(77).unsqueeze(0)
    result[prefix + ("" if bare else "text_model.") + "embeddings.position_ids"] = positions
    return result


def open_clip(tensors: Tensors, prefix: str, extra_layer: bool) -> Tensors:
    result = {}
    layers: dict[int, Tensors] = {}
    for name, tensor in tensors.items():
        name = name.removeprefix("text_model.")
        found = re.match(r"encoder\.layers\.(\d+)\.(.*)", name)
        if found:
            layers.setdefault(int(found.group(1)), {})[found.group(2)] = tensor
        elif name == "text_projection.weight":
            result["text_projection"] = tensor.T.contiguous()
        else:
            result[{"embeddings.token_embedding.weight": "token_embedding.weight",
                    "embeddings.position_embedding.weight": "positional_embedding",
                    "final_layer_norm.weight": "ln_final.weight", "final_layer_norm.bias": "ln_final.bias"}[name]] = tensor
    if extra_layer:  # SD2 files hold the 24th layer, which is not used
        layers[len(layers)] = {name: torch.randn_like(tensor) for name, tensor in layers[0].items()}
        width = result["ln_final.weight"].numel()
        result["text_projection"] = torch.randn(width, width).to(result["ln_final.weight"].dtype)
    for index, layer in layers.items():
        start = f"transformer.resblocks.{index}."
        for kind in ("weight", "bias"):
            parts = [layer.pop(f"self_attn.{part}_proj.{kind}") for part in "qkv"]
            result[f"{start}attn.in_proj_{kind}"] = torch.cat(parts)
        for name, tensor in layer.items():
            result[start + renamed(name, OPEN_CLIP)] = tensor
    result["logit_scale"] = torch.tensor(4.6).to(torch.float32)
    return {prefix + name: tensor for name, tensor in result.items()}


def checkpoint(name: str, modules: dict[str, torch.nn.Module], dtype: torch.dtype, bare: bool = False, ema: bool = False) -> Tensors:
    """-> all tensors of a model, named as in the family's published files"""
    name = family_name(name)
    state = {kind: {key: value.to(dtype) for key, value in module.state_dict().items() if not key.endswith("position_ids")}
             for kind, module in modules.items()}
    result = ldm_unet(state["unet"], modules["unet"].config.layers_per_block)
    if ema:
        for key, value in list(result.items()):
            result["model_ema." + "".join(key.split(".")[1:])] = value * 0.5
        result["model_ema.decay"] = torch.tensor(0.9999)
        result["model_ema.num_updates"] = torch.tensor(7, dtype=torch.int32)
    result |= ldm_vae(state["vae"])
    if name == "sdxl":
        result |= clip(state["text_encoder"], "conditioner.embedders.0.transformer.", bare)
        result |= open_clip(state["text_encoder_2"], "conditioner.embedders.1.model.", extra_layer=False)
    elif name == REFINER:
        result |= open_clip(state["text_encoder_2"], "conditioner.embedders.0.model.", extra_layer=False)
    elif name == "sd2":
        result |= open_clip(state["text_encoder"], "cond_stage_model.model.", extra_layer=True)
    else:
        result |= clip(state["text_encoder"], "cond_stage_model.transformer.", bare)
    result["betas"] = torch.linspace(0.00085**0.5, 0.012**0.5, 1000) ** 2
    result["alphas_cumprod"] = torch.cumprod(1 - result["betas"], 0)
    return {key: value.contiguous() for key, value in result.items()}


def write_folder(name: str, modules: dict[str, torch.nn.Module], dtype: torch.dtype, folder: Path, variant: str | None, shard: str | None) -> None:
    """Writes the folder that diffusers loads, without tokenizers."""
    kind = "Inpaint" if name.endswith(INPAINT) else ""
    name = family_name(name)
    index = {"_class_name": f"StableDiffusion{'XL' if name == 'sdxl' else ''}{kind}Pipeline", "_diffusers_version": "0.42.1"}
    if name == "sdxl":
        index["force_zeros_for_empty_prompt"] = True
    if name == REFINER:  # as published
        index |= {"_class_name": "StableDiffusionXLImg2ImgPipeline", "force_zeros_for_empty_prompt": False, "requires_aesthetics_score": True,
                  "text_encoder": [None, None], "tokenizer": [None, None]}
    modules["vae"].register_to_config(scaling_factor=SCALING_FACTOR[name])
    for part, module in modules.items():
        library = "transformers" if part.startswith("text") else "diffusers"
        index[part] = [library, type(module).__name__]
        sizes = {"max_shard_size": shard} if shard else {}
        module.to(dtype).save_pretrained(folder / part, variant=variant, **sizes)
    scheduler = {"_class_name": "PNDMScheduler", "_diffusers_version": "0.42.1", "beta_start": 0.00085, "beta_end": 0.012,
                 "beta_schedule": "scaled_linear", "num_train_timesteps": 1000, "set_alpha_to_one": False, "skip_prk_steps": True,
                 "steps_offset": 1, "trained_betas": None, "clip_sample": False, "prediction_type": "epsilon" if kind else PREDICTION[name]}
    (folder / "scheduler").mkdir(parents=True)
    (folder / "scheduler" / "scheduler_config.json").write_text(json.dumps(scheduler, indent=2))
    (folder / "model_index.json").write_text(json.dumps(index, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=FAMILIES, required=True)
    parser.add_argument("--full", action="store_true", help="the published sizes instead of small ones")
    parser.add_argument("--dtype", choices=DTYPES, default="float32")
    parser.add_argument("--names", choices=("plain", "bare"), default="plain")
    parser.add_argument("--ema", action="store_true", help="add EMA copies of the U-Net")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, metavar="FILE", help="write one checkpoint file")
    parser.add_argument("--diffusers", type=Path, metavar="DIR", help="write the same weights as a diffusers folder")
    parser.add_argument("--variant", help="variant in the folder's file names, such as fp16")
    parser.add_argument("--shard", help="largest size of the folder's files, such as 100KB")
    options = parser.parse_args()
    modules = networks_of((FAMILIES if options.full else TINY_FAMILIES)[options.family], options.seed)
    if options.out:
        save_file(checkpoint(options.family, modules, DTYPES[options.dtype], options.names == "bare", options.ema), options.out)
        options.out.chmod(0o644)
    if options.diffusers:
        write_folder(options.family, modules, DTYPES[options.dtype], options.diffusers, options.variant, options.shard)


if __name__ == "__main__":
    main()
