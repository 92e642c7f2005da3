"""Writes the seed inputs of the fuzz targets into tests/fuzz/corpus.

python tests/fuzz/make_corpus.py
"""

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
NEXT = "\n%\n"  # between the texts of one input
VALUES = ("dpm++2m", "euler_a", "lcm", "karras", "discrete", "trailing", "1..4", "0.5..1:0.25", "random", "64x64", "14,7,2,0", "a.png")


def write(target: str, name: str, content: bytes) -> None:
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def text(target: str, name: str, content: str) -> None:
    write(target, name, content.encode())


def gguf_text(value: str) -> bytes:
    return struct.pack("<Q", len(value)) + value.encode()


def gguf(tensors: list[tuple[str, tuple[int, ...], int, int]], data: bytes, value: bytes = b"") -> bytes:
    """tensors: name, sides, type, offset. Without the magic, which the target adds."""
    head = struct.pack("<IQQ", 3, len(tensors), bool(value)) + value
    for name, sides, kind, offset in tensors:
        head += gguf_text(name) + struct.pack(f"<I{len(sides)}QIQ", len(sides), *sides, kind, offset)
    return head + bytes(-(len(head) + 4) % 32) + data


def safetensors(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype: str, shape: list[int], begin: int, end: int) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def model(networks: dict, **more: object) -> bytes:
    files = {name: {"size": 7, "sha256": "0" * 64} for name in ("merges.txt", "graph.ts", "weights.safetensors", "classes.json")}
    description = {
        "format": "sfumato-bundle",
        "format_version": 1,
        "name": "tiny",
        "family": "sd1",
        "license": "MIT",
        "tokenizer": {"kind": "clip", "file": "merges.txt", "max_tokens": 77, "bos": 49406, "eos": 49407, "pad": 49407},
        "networks": networks,
        "conditioning_width": 768,
        "latents": {"channels": 4, "downscale": 8, "scaling_factor": 0.18215},
        "noise_schedule": {
            "train_steps": 1000,
            "beta_schedule": "scaled_linear",
            "beta_start": 0.00085,
            "beta_end": 0.012,
            "prediction_type": "epsilon",
            "timestep_spacing": "leading",
            "steps_offset": 1,
            "set_alpha_to_one": False,
        },
        "defaults": {"width": 512, "height": 512, "steps": 20, "cfg_scale": 7.5, "sampling_method": "dpm++2m", "scheduler": "karras"},
        "files": files,
    }
    return json.dumps(description | more).encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, bit_depth: int = 8, colour_type: int = 2, row: bytes = b"\0" + bytes(6), interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", 2, 2, bit_depth, colour_type, 0, 0, interlace)
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(row * 2)), chunk(b"IEND", b"")])


CODE = b"""class M(Module):
  __parameters__ = ["weight", ]
  weight : Tensor
  _hook : Optional[bool]
  __annotations__["0"] = __torch__.M
  def forward(self: __torch__.M,
    x: Tensor) -> Tensor:
    _0 = getattr(self.layers, "0")
    a, b, = torch.chunk((_0).forward(x, ), 2, -1)
    _1 = int(ops.prim.NumToTensor(torch.size(x, 0)))
    return torch.add(a, CONSTANTS.c0, alpha=1.0000000000000001e-05)
"""
PICKLE = (b"\x80\x02c__torch__\nM\n)\x81}(X\x06\0\0\0weightq\0ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n"
          b"X\x01\0\0\x000X\x03\0\0\0cpuK\x01tQK\0(K\x01t(K\x01t\x89ccollections\nOrderedDict\n)RtRh\0](NK\x02M\x01\x02eub.")


def archive(records: dict[str, bytes], method: int) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as written:
        for name, content in records.items():
            written.writestr(zipfile.ZipInfo(f"m/{name}"), content, method)
    return file.getvalue()


def graphs() -> None:
    records = {"data.pkl": PICKLE, "data/0": bytes(4), "code/__torch__.py": CODE, "constants.pkl": b"\x80\x02).", "version": b"3\n"}
    write("graph", "stored", b"\0" + archive(records, zipfile.ZIP_STORED))
    write("graph", "deflated", b"\0" + archive(records, zipfile.ZIP_DEFLATED))
    write("graph", "code", b"\x01" + CODE)
    write("graph", "pickle", b"\x02" + PICKLE)


def files_that_people_download() -> None:
    write("safetensors", "empty", safetensors({}))
    write("safetensors", "two", safetensors({"a": tensor("F16", [2, 3], 0, 12), "b": tensor("BF16", [], 12, 14)}, bytes(14)))
    write("safetensors", "metadata", safetensors({"__metadata__": {"format": "pt"}, "a": tensor("F32", [0, 4], 0, 0)}))
    write("safetensors", "gap", safetensors({"a": tensor("U8", [1], 1, 2)}, bytes(2)))
    write("safetensors", "pickle", b"\x80\x02}q\0.")

    write("gguf", "two", gguf([("a", (3, 2), 0, 0), ("b", (32, 2), 8, 32)], bytes(100)))
    write("gguf", "shape", gguf([("b", (256, 1), 14, 0)], bytes(210), gguf_text("comfy.gguf.orig_shape.b") + struct.pack("<IIQ3i", 9, 5, 3, 4, 8, 8)))
    write("gguf", "texts", gguf([], b"", gguf_text("t") + struct.pack("<IIQ", 9, 8, 2) + gguf_text("x") + gguf_text("y")))

    network = {"graph": "graph.ts", "weights": ["weights.safetensors"]}
    networks = dict.fromkeys(("text_encoder", "unet", "vae_decoder", "vae_encoder"), network)
    write("model_json", "sd1", model(networks))
    write("model_json", "sdxl", model(networks | {"text_encoder_2": network}, pooled_width=1280, zero_empty_negative_prompt=True))
    edm = {"kind": "edm", "prediction_type": "v_prediction", "sigma_data": 1.0, "sigma_min": 0.002, "sigma_max": 120.0}
    latents = {"channels": 2, "downscale": 8, "scaling_factor": 0.5, "mean": [-1.5, 2.0], "deviation": [8.5, 5.25]}
    write("model_json", "edm", model(networks, format_version=2, noise_schedule=edm, latents=latents, instruct_pix2pix={"scaled": True}))
    segmap = {"classes": "classes.json", "channels": 36, "optional": True}
    write("model_json", "map", model(networks, inpainting=True, weights_layout="channels_last", segmap=segmap))

    write("png", "rgb.png", png())
    write("png", "palette.png", png(chunk(b"PLTE", bytes(range(12))), chunk(b"tRNS", b"\x80\xff"), bit_depth=2, colour_type=3, row=b"\0\x1b"))
    write("png", "grey16.png", png(bit_depth=16, colour_type=0, row=b"\x01" + bytes(4)))
    write(
        "png",
        "texts.png",
        png(
            chunk(b"tEXt", b"parameters\0a fox"), chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"{}")), chunk(b"iTXt", b"workflow\0\0\0\0\0" + "löwe".encode())
        ),
    )
    write("png", "turned.png", png(chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")))

    text("map_classes", "two", '\x01{"classes": [{"name": "sky", "colour": "#0000ff"}, {"name": "tree", "colour": "#00ff00"}]}')
    merges = "#version: 0.2\nt h\nth e</w>\nc a\nca t</w>\na a\naa aa\n"
    text("merges", "some", merges)
    text("merges", "unknown", merges + "x yz\n")


def prompts_and_jobs() -> None:
    text("json", "all", '{"a": [1, -2, 3.5e10, true, null, "\\u00e9\\n"], "b": {"c": 18446744073709551615}}')
    text("prompt_weights", "weights", "a (red:1.3) fox, [blurry], ((bold)) BREAK \\(plain\\) the cat, l\u00f6we <|endoftext|> 2001")
    text("prompt_weights", "long", "the fox, an inner cat, " * 6)
    text("prompt_grammar", "groups", "\x01a {red|blue|{dark|light} green} fox __colour__ \\{plain\\} {one}")
    text("wildcards", "nested", "\x01a __a__ in __b__" + NEXT + "red\n# none\n{dark|light} __c__\n" + NEXT + "__c__\n" + NEXT + "one\ntwo\n")

    lines = [
        "a red fox --seed 7 --steps 30",
        '"a --b fox" --negative-prompt blurry, dark --seed 1..4 -o {index}.png',
        '--prompt "a fox" --sampler_name "DPM++ 2M Karras" --no-exact-steps',
        '{"prompt": "a {red|blue} fox", "seed": [1, 2], "cfg_scale": 7.5}',
        '{"prompt": "x", "sigmas": [14, 7, 0], "output": "a.png"}',
        "a fox --no-exact-steps x fox",
        "a fox --init-img a.png --strength 0.2..0.8:0.3 --size 64x64,128x64",
    ]
    for number, line in enumerate(lines):
        text("prompt_line", str(number), "\0" + line)
    text("prompt_file", "text", "\0" + "\n".join(lines) + "\n# comment\n\n--bad\n")
    text("prompt_file", "json", "\x01" + "\n".join(lines[3:5]) + "\n")
    for number, value in enumerate(VALUES):
        text("value_list", str(number), chr(number) + value + ",1.." + "9")
    text("output_name", "template", "\x01out/{index:05}-{prompt:20}/{seed}-{key:8}-{sampler}.png\n{line}/{init}.png\na ../fox")
    text("output_name", "folder", "\0out/\n\na fox")
    commands = {
        "plan": "--plan\na fox",
        "json": "--plan\n--json\n-f\np.txt\n-o\nout/",
        "run": "--trust\na fox\n-o\nx.png",
        "runs": "--trust\na {red|__colour__} fox\n--seed\n1..3\n-o\nout/\n--shard\n1/2",
        "status": "status\nout",
        "inspect": "inspect\n--json\na.png",
        "verify": "verify\na.png",
        "model": "model\ndefault",
        "explain": "explain\n(a:1.2) fox",
        "import": "import\na.png\n-o\nb",
        "from": "--from-image\na.png\n--plan",
        "help": "--help\nprompts",
        "sheet": "--trust\na fox\n--seed\n1..2\n--sheet\ns.png\n-o\nout/",
    }
    for name, command in commands.items():
        text("command_line", name, command)


def what_programs_wrote() -> None:
    key = "ab" * 32
    journal = [
        {"event": "opened", "time": "2026-01-01T00:00:00Z", "model": key},
        {"event": "started", "time": "", "job": key},
        {"event": "done", "time": "", "job": key + "+2", "file": "1.png", "bytes": 9, "changed": -5, "sha256": key, "line": 3, "values": {"seed": 7}},
        {"event": "failed", "time": "", "job": key, "reason": "no memory"},
        {"event": "dropped", "time": "", "job": key},
    ]
    text("journal", "all", "".join(json.dumps(entry) + "\n" for entry in journal) + '{"event": "sta')

    other = "bb" * 32
    done = {"event": "done", "time": "", "job": other, "file": "1.png", "bytes": 9, "changed": 5, "sha256": key, "values": {"seed": 7}}
    lines = [{"event": "opened", "time": "", "model": "aa" * 32}, {"event": "started", "time": "", "job": other}]
    for name, file in (("own", "1.png"), ("missing", "2.png"), ("outside", "../victim.txt")):
        text("results_folder", name, NEXT.join(("".join(json.dumps(line) + "\n" for line in [*lines, done | {"file": file}]), "bfloat16\n", "7\n", "")))
    index = json.dumps({"file": "1.png", "key": other, "seed": 7}) + "\n"
    text("results_folder", "index", NEXT.join((json.dumps(lines[0]) + "\n", "float16\n", "-1\n", index)))

    steps = "Steps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x512, Model hash: 6ce0161689, Model: v1-5"
    a1111 = {
        "plain": "a fox, snow\nNegative prompt: blurry\n" + steps,
        "quoted": "a fox\n" + steps + ', Lora hashes: "a: 1, b: 2", Version: v1.9.4',
        "img2img": "x\n" + steps + ", Denoising strength: 0.5, Mask blur: 4, Clip skip: 2, Eta: 0.3, Hires upscale: 2",
        "sfumato": "x\n" + steps + ", Version: sfumato 0.1.0",
        "sd_cpp": "x\nSteps: 20, CFG scale: 7.0, Guidance: 3.5, Seed: 42, Size: 512x512, Model: a.gguf, RNG: cuda, "
        'Sampler: euler_a discrete, Version: stable-diffusion.cpp, SDCPP: {"a": 1}',
    }
    for name, content in a1111.items():
        text("a1111_text", name, content)
    graph = {
        "3": {
            "class_type": "KSampler",
            "inputs": {
                "seed": ["9", 0],
                "steps": 20,
                "cfg": 7.5,
                "sampler_name": "euler_ancestral",
                "scheduler": "karras",
                "denoise": 1.0,
                "positive": ["8", 0],
                "negative": ["7", 0],
                "latent_image": ["5", 0],
            },
        },
        "8": {"class_type": "ConditioningSetArea", "inputs": {"conditioning": ["6", 0]}},
        "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
        "7": {"class_type": "CLIPTextEncode", "inputs": {"text": ["7", 0]}},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
        "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5.safetensors"}},
        "9": {"class_type": "PrimitiveInt", "inputs": {"value": 77}},
    }
    text("comfyui_graph", "usual", json.dumps(graph))
    own = {
        "version": "0.1.0",
        "key": key,
        "model": "tiny",
        "model_digest": key,
        "dtype": "float32",
        "prompt": "a fox",
        "negative_prompt": "",
        "width": 64,
        "height": 64,
        "steps": 4,
        "cfg_scale": 3.5,
        "sampling_method": "euler",
        "scheduler": "discrete",
        "seed": 18446744073709551615,
        "sigmas": [14.6, 0.5, 0],
        "strength": 0.5,
    }
    text("image_record", "own", json.dumps(own))
    text("image_record", "three", "{}" + NEXT + a1111["plain"] + NEXT + json.dumps(graph) + NEXT + "{}")
    text("printable", "all", "\x50a \x1b[31m fox\u202e\u0085 \u00e9\n\t'\"\\ $x")


def checkpoints() -> None:
    ldm = (
        "model.diffusion_model.input_blocks.0.0.weight 320,4,3,3",
        "model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight 320,768",
        "model.diffusion_model.time_embed.0.bias 1280",
        "model.diffusion_model.middle_block.1.proj_in.weight 1280,1280,1,1",
        "model.diffusion_model.out.2.weight 4,320,3,3",
        "first_stage_model.encoder.conv_in.weight 128,3,3,3",
        "first_stage_model.decoder.up.3.block.0.norm1.weight 512",
        "first_stage_model.quant_conv.bias 8",
        "cond_stage_model.transformer.text_model.embeddings.token_embedding.weight 49408,768",
        "cond_stage_model.transformer.text_model.encoder.layers.0.mlp.fc1.bias 3072",
        "model_ema.diffusion_modelout2weight 4,320,3,3",
        "betas 1000",
    )
    text("checkpoint", "sd1", "\n".join(ldm))
    text(
        "checkpoint",
        "sd2",
        "\n".join(
            (*ldm[:8], "cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight 3072,1024", "cond_stage_model.model.text_projection 1024,1024")
        ),
    )
    text(
        "checkpoint",
        "sdxl",
        "\n".join(
            (
                *ldm[:8],
                "model.diffusion_model.label_emb.0.0.weight 1280,2816",
                "v_pred 0",
                "ztsnr 0",
                "=modelspec.prediction_type v",
                "conditioner.embedders.1.model.ln_final.weight 1280",
                "conditioner.embedders.0.transformer.text_model.final_layer_norm.bias 768",
            )
        ),
    )
    text("checkpoint", "edm", "\n".join((*ldm[:8], "edm_mean 1,4,1,1", "edm_std 1,4,1,1", "edm_vpred.sigma_max", "edm_vpred.sigma_min")))
    text("checkpoint", "nameless", ldm[0] + "\n\nbetas 1000")
    text("checkpoint", "lora", "lora_unet_down_blocks_0_attentions_0_proj_in.lora_down.weight 4,320\nlora_te_text_model_encoder_layers_0_mlp_fc1.alpha")
    text(
        "checkpoint",
        "diffusers",
        "conv_in.weight 320,4,3,3\ndown_blocks.0.resnets.0.norm1.weight 320\n"
        "encoder.mid_block.attentions.0.to_q.weight 512,512\ntext_model.final_layer_norm.weight 768",
    )
    scheduler = {
        "_class_name": "PNDMScheduler",
        "beta_end": 0.012,
        "beta_schedule": "scaled_linear",
        "beta_start": 0.00085,
        "num_train_timesteps": 1000,
        "set_alpha_to_one": False,
        "skip_prk_steps": True,
        "steps_offset": 1,
        "trained_betas": None,
        "clip_sample": False,
        "prediction_type": "epsilon",
        "timestep_spacing": "leading",
        "rescale_betas_zero_snr": False,
        "use_karras_sigmas": True,
        "algorithm_type": "dpmsolver++",
        "solver_order": 2,
        "thresholding": False,
    }
    text("original_config", "v", 'model:\n  base_learning_rate: 1.0e-4\n  params: &all\n    parameterization: "v"\n    betas: [0.00085, {end: 0.012}]\n')
    text("original_config", "flow", "{model: {params: {parameterization: eps}}, other: *all}\n")
    text("scheduler_config", "pndm", json.dumps(scheduler))
    edm = {"sigma_data": 1.0, "sigma_min": 0.002, "sigma_max": 120.0, "sigma_schedule": "exponential", "prediction_type": "v_prediction", "rho": 7.0}
    text("scheduler_config", "edm", json.dumps({"_class_name": "EDMEulerScheduler"} | edm))
    text("scheduler_config", "euler", json.dumps(scheduler | {"_class_name": "EulerDiscreteScheduler", "prediction_type": "v_prediction"}))
    folder = (
        {"_class_name": "StableDiffusionPipeline", "text_encoder": ["transformers", "CLIPTextModel"]},
        {"in_channels": 4, "cross_attention_dim": 768, "sample_size": 64},
        {"scaling_factor": 0.18215},
        scheduler,
        {"weight_map": {}},
    )
    text("diffusers_folder", "sd1", NEXT.join(json.dumps(file) for file in folder) + NEXT + "---\nlicense: mit\n---\n")


def main() -> None:
    files_that_people_download()
    graphs()
    prompts_and_jobs()
    what_programs_wrote()
    checkpoints()


if __name__ == "__main__":
    main()
