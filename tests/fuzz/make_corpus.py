"""Writes the seed inputs of the fuzz targets into tests/fuzz/corpus: python tests/fuzz/make_corpus.py"""
import json
import struct
import zlib
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def write(target: str, name: str, content: bytes) -> None:
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def safetensors(header: object, data: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def tensor(dtype: str, shape: list[int], begin: int, end: int) -> dict:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def model(networks: dict, **more: object) -> bytes:
    files = {name: {"size": 7, "sha256": "0" * 64} for name in ("merges.txt", "graph.ts", "weights.safetensors", "classes.json")}
    description = {
        "format": "sfumato-bundle", "format_version": 1, "name": "tiny", "family": "sd1", "license": "MIT",
        "tokenizer": {"kind": "clip", "file": "merges.txt", "max_tokens": 77, "bos": 49406, "eos": 49407, "pad": 49407},
        "networks": networks, "conditioning_width": 768,
        "latents": {"channels": 4, "downscale": 8, "scaling_factor": 0.18215},
        "noise_schedule": {"train_steps": 1000, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012,
                           "prediction_type": "epsilon", "timestep_spacing": "leading", "steps_offset": 1, "set_alpha_to_one": False},
        "defaults": {"width": 512, "height": 512, "steps": 20, "cfg_scale": 7.5, "sampling_method": "dpm++2m", "scheduler": "karras"},
        "files": files}
    return json.dumps(description | more).encode()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, bit_depth: int = 8, colour_type: int = 2, row: bytes = b"\0" + bytes(6), interlace: int = 0) -> bytes:
    header = struct.pack(">IIBBBBB", 2, 2, bit_depth, colour_type, 0, 0, interlace)
    return b"".join([b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IDAT", zlib.compress(row * 2)), chunk(b"IEND", b"")])


def main() -> None:
    write("safetensors", "empty", safetensors({}))
    write("safetensors", "two", safetensors({"a": tensor("F16", [2, 3], 0, 12), "b": tensor("BF16", [], 12, 14)}, bytes(14)))
    write("safetensors", "metadata", safetensors({"__metadata__": {"format": "pt"}, "a": tensor("F32", [0, 4], 0, 0)}))
    write("safetensors", "gap", safetensors({"a": tensor("U8", [1], 1, 2)}, bytes(2)))
    write("safetensors", "pickle", b"\x80\x02}q\0.")

    network = {"graph": "graph.ts", "weights": ["weights.safetensors"]}
    networks = dict.fromkeys(("text_encoder", "unet", "vae_decoder", "vae_encoder"), network)
    write("model_json", "sd1", model(networks))
    write("model_json", "sdxl", model(networks | {"text_encoder_2": network}, pooled_width=1280, zero_empty_negative_prompt=True))
    segmap = {"classes": "classes.json", "channels": 36, "optional": True}
    write("model_json", "map", model(networks, inpainting=True, weights_layout="channels_last", segmap=segmap))

    write("picture", "rgb.png", png())
    write("picture", "palette.png", png(chunk(b"PLTE", bytes(range(12))), chunk(b"tRNS", b"\x80\xff"), bit_depth=2, colour_type=3, row=b"\0\x1b"))
    write("picture", "grey16.png", png(bit_depth=16, colour_type=0, row=b"\x01" + bytes(4)))
    write("picture", "texts.png", png(chunk(b"tEXt", b"parameters\0a fox"), chunk(b"zTXt", b"prompt\0\0" + zlib.compress(b"{}")),
                                      chunk(b"iTXt", b"workflow\0\0\0\0\0" + "löwe".encode())))
    write("picture", "turned.png", png(chunk(b"eXIf", b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0")))


if __name__ == "__main__":
    main()
