"""The networks of Stable Diffusion's families: their published configurations, and small ones of the same structure.

    sd1    Stable Diffusion 1.x [Rombach et al. 2022]
    sd2    Stable Diffusion 2.x: both the 512 base (epsilon) and the 768 model (v-prediction)
    sdxl   Stable Diffusion XL base [Podell et al. 2024]
    sdxl-refiner  its refiner: one text encoder, the second of sdxl, and five size ids
    sd1-inpaint, sd2-inpaint, sdxl-inpaint: the same, with a U-Net that also takes a mask and the latents of the masked picture
    sd1-instruct-pix2pix, sdxl-instruct-pix2pix: with a U-Net that also takes the latents of a picture to edit [Brooks et al. 2023]; CosXL Edit
    ssd-1b, segmind-vega, koala-1b, koala-700m: U-Nets distilled from sdxl's [Gupta et al. 2024, Lee et al. 2024]
    bk-sdm-base, bk-sdm-small, bk-sdm-tiny: U-Nets distilled from sd1's [Kim et al. 2024]; small-sd and tiny-sd are the first and the last

The numbers are those of the config.json files that are published with the weights. `tiny` networks have as many blocks,
layers and inputs as the real ones and the same names of tensors, with widths of a few channels: for tests.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from diffusers import AutoencoderKL, UNet2DConditionModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

MAX_TOKENS = 77
VOCABULARY = 49408

AUTOENCODER = {
    "in_channels": 3,
    "out_channels": 3,
    "latent_channels": 4,
    "block_out_channels": (128, 256, 512, 512),
    "layers_per_block": 2,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "norm_num_groups": 32,
}
TINY_AUTOENCODER = {**AUTOENCODER, "block_out_channels": (8, 16, 16, 16), "norm_num_groups": 4}

# OpenAI's ViT-L/14, OpenCLIP's ViT-H/14 without its last layer, OpenCLIP's ViT-bigG/14.
CLIP_L = {"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12,
          "hidden_act": "quick_gelu", "projection_dim": 768}
CLIP_H = {"hidden_size": 1024, "intermediate_size": 4096, "num_hidden_layers": 23, "num_attention_heads": 16,
          "hidden_act": "gelu", "projection_dim": 512}
CLIP_BIGG = {"hidden_size": 1280, "intermediate_size": 5120, "num_hidden_layers": 32, "num_attention_heads": 20,
             "hidden_act": "gelu", "projection_dim": 1280}

# `attention_head_dim` is the number of heads of each level, by an old mistake of diffusers.
SD1_UNET = {
    "in_channels": 4,
    "out_channels": 4,
    "block_out_channels": (320, 640, 1280, 1280),
    "layers_per_block": 2,
    "down_block_types": ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",),
    "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3,
    "attention_head_dim": 8,
    "cross_attention_dim": 768,
}
SD2_UNET = {**SD1_UNET, "attention_head_dim": (5, 10, 20, 20), "cross_attention_dim": 1024, "use_linear_projection": True}
SDXL_UNET = {
    "in_channels": 4,
    "out_channels": 4,
    "block_out_channels": (320, 640, 1280),
    "layers_per_block": 2,
    "down_block_types": ("DownBlock2D",) + ("CrossAttnDownBlock2D",) * 2,
    "up_block_types": ("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",),
    "transformer_layers_per_block": (1, 2, 10),
    "attention_head_dim": (5, 10, 20),
    "cross_attention_dim": 2048,
    "use_linear_projection": True,
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 1280 + 6 * 256,
}

REFINER_UNET = {
    **SDXL_UNET,
    "block_out_channels": (384, 768, 1536, 1536),
    "down_block_types": ("DownBlock2D",) + ("CrossAttnDownBlock2D",) * 2 + ("DownBlock2D",),
    "up_block_types": ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 2 + ("UpBlock2D",),
    "transformer_layers_per_block": 4,
    "attention_head_dim": (6, 12, 24, 24),
    "cross_attention_dim": 1280,
    "projection_class_embeddings_input_dim": 1280 + 5 * 256,
}

# Each leaves blocks of its family's U-Net out: by family, then by name.
_BK_SDM_BASE = {"layers_per_block": 1}
_BK_SDM_SMALL = {**_BK_SDM_BASE, "mid_block_type": None}
DISTILLED = {
    "sd1": {
        "bk-sdm-base": _BK_SDM_BASE,
        "bk-sdm-small": _BK_SDM_SMALL,
        "bk-sdm-tiny": {**_BK_SDM_SMALL, "down_block_types": ("CrossAttnDownBlock2D",) * 3, "up_block_types": ("CrossAttnUpBlock2D",) * 3},
    },
    "sdxl": {
        "ssd-1b": {"mid_block_type": "UNetMidBlock2D", "transformer_layers_per_block": (1, 2, 4),
                   "reverse_transformer_layers_per_block": ((4, 4, 10), (2, 1, 1), 1)},
        "segmind-vega": {"mid_block_type": "UNetMidBlock2D", "transformer_layers_per_block": (1, 1, 2)},
        "koala-1b": {"layers_per_block": 1, "transformer_layers_per_block": (1, 2, 6)},
        "koala-700m": {"layers_per_block": 1, "mid_block_type": None, "transformer_layers_per_block": (1, 2, 5)},
    },
}


def _tiny_clip(config: dict, width: int) -> dict:
    return {**config, "hidden_size": width, "intermediate_size": 2 * width, "num_attention_heads": 2, "projection_dim": width}


def _tiny_unet(config: dict, conditioning_width: int) -> dict:
    levels = len(config["block_out_channels"])
    heads = config["attention_head_dim"]
    return {**config, "block_out_channels": (8, 16, 16, 16)[:levels], "norm_num_groups": 4,
            "attention_head_dim": 2 if isinstance(heads, int) else (1, 2, 2, 2)[:levels],
            "cross_attention_dim": conditioning_width}


@dataclass(frozen=True)
class Family:
    """Configurations of the networks; text_encoder or text_encoder_2 is empty for families without it. base: the family whose graphs
    of the other networks it uses, for a U-Net that was distilled from it or edits pictures, and for the refiner."""

    text_encoder: dict
    text_encoder_2: dict
    unet: dict
    autoencoder: dict
    base: str = ""

    @property
    def is_xl(self) -> bool:
        return bool(self.text_encoder_2)

    @property
    def size_ids(self) -> int:
        """Numbers beside the pooled conditioning: of Stable Diffusion XL 6, of its refiner 5."""
        return (self.unet["projection_class_embeddings_input_dim"] - self.text_encoder_2["projection_dim"]) // self.unet["addition_time_embed_dim"]


FAMILIES = {
    "sd1": Family(CLIP_L, {}, SD1_UNET, AUTOENCODER),
    "sd2": Family(CLIP_H, {}, SD2_UNET, AUTOENCODER),
    "sdxl": Family(CLIP_L, CLIP_BIGG, SDXL_UNET, AUTOENCODER),
}
REFINER = Family({}, CLIP_BIGG, REFINER_UNET, AUTOENCODER, base="sdxl")
TINY_FAMILIES = {
    "sd1": Family(_tiny_clip(CLIP_L, 16), {}, _tiny_unet(SD1_UNET, 16), TINY_AUTOENCODER),
    "sd2": Family(_tiny_clip(CLIP_H, 16), {}, _tiny_unet(SD2_UNET, 16), TINY_AUTOENCODER),
    "sdxl": Family(_tiny_clip(CLIP_L, 16), _tiny_clip(CLIP_BIGG, 24),
                   {**_tiny_unet(SDXL_UNET, 40), "addition_time_embed_dim": 8,
                    "projection_class_embeddings_input_dim": 24 + 6 * 8}, TINY_AUTOENCODER),
}
TINY_REFINER = Family({}, _tiny_clip(CLIP_BIGG, 24),
                      {**_tiny_unet(REFINER_UNET, 24), "addition_time_embed_dim": 8, "projection_class_embeddings_input_dim": 24 + 5 * 8},
                      TINY_AUTOENCODER, base="sdxl")


INPAINT, EDIT = "-inpaint", "-instruct-pix2pix"
for _families in (FAMILIES, TINY_FAMILIES):
    _edit = {name: replace(_families[name], unet={**_families[name].unet, "in_channels": 8}, base=name) for name in ("sd1", "sdxl")}
    _families |= {name + INPAINT: replace(family, unet={**family.unet, "in_channels": 9}) for name, family in _families.items()}
    for _base, _distilled in DISTILLED.items():
        for _name, _changes in _distilled.items():
            _unet = {**_families[_base].unet, **_changes}
            _unet["block_out_channels"] = _unet["block_out_channels"][:len(_unet["down_block_types"])]
            _families[_name] = replace(_families[_base], unet=_unet, base=_base)
    _families |= {name + EDIT: family for name, family in _edit.items()}
FAMILIES["sdxl-refiner"], TINY_FAMILIES["sdxl-refiner"] = REFINER, TINY_REFINER


def family_of_folder(folder: Path) -> Family:
    """The configurations of a pipeline that diffusers saved: FOLDER/unet/config.json and its neighbours."""
    def config(name: str) -> dict:
        path = folder / name / "config.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    found = Family(config("text_encoder"), config("text_encoder_2"), config("unet"), config("vae"))
    for name, network in (("text_encoder", found.text_encoder or found.text_encoder_2), ("unet", found.unet), ("vae", found.autoencoder)):
        if not network:
            raise SystemExit(f"{folder / name / 'config.json'}: no such file. Name a folder that diffusers saved a pipeline to.")
    return found


def text_encoder(config: dict) -> CLIPTextModel:
    return CLIPTextModel(clip_config(config))


def text_encoder_2(config: dict) -> CLIPTextModelWithProjection:
    return CLIPTextModelWithProjection(clip_config(config))


def unet(config: dict) -> UNet2DConditionModel:
    return UNet2DConditionModel.from_config(_public(config))


def autoencoder(config: dict) -> AutoencoderKL:
    return AutoencoderKL.from_config(_public(config))


def without_memory(build, config: dict) -> nn.Module:
    """The network `build(config)` with parameters of the right shapes that share one element each: enough to trace a
    network of any size, and no more memory than its largest activations."""
    with torch.device("meta"):
        network = build(config)
    for module in network.modules():
        for name, parameter in list(module.named_parameters(recurse=False)):
            shared = torch.zeros(1).expand(parameter.shape)
            setattr(module, name, nn.Parameter(shared, requires_grad=False))
    return network


def clip_config(config: dict) -> CLIPTextConfig:
    # eos_token_id 2 is what the published files say; transformers then pools at the largest id, which is the true one.
    own = {"vocab_size": VOCABULARY, "max_position_embeddings": MAX_TOKENS, "bos_token_id": 0, "eos_token_id": 2,
           "pad_token_id": 1, **_public(config)}
    return CLIPTextConfig(**own)


def _public(config: dict) -> dict:
    return {key: value for key, value in config.items() if not key.startswith("_")}
