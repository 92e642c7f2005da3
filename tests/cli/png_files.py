"""PNGs as other programs write them: a grey picture and their texts."""

import struct
import zlib


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def text(keyword, value, kind=b"tEXt"):
    if kind == b"iTXt":
        return chunk(kind, keyword.encode() + b"\0\0\0\0\0" + value.encode())
    return chunk(kind, keyword.encode() + b"\0" + value.encode("latin-1"))


def png(*texts, width=8, height=8, value=0x80):
    pixels = zlib.compress((b"\0" + bytes([value]) * width) * height)
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(texts) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


A1111 = (
    "a photo of a fox, snow\nNegative prompt: blurry\nSteps: 2, Sampler: Euler a, Schedule type: Karras, CFG scale: 4, "
    "Seed: 965400086, Size: 64x64, Model hash: 6ce0161689, Model: v1-5, Denoising strength: 0.7, Version: v1.10.1"
)
