"""Fifty prompts as a stranger would type them (strangers.txt), and their sheet: every picture with its prompt below."""

from pathlib import Path

import torch
from PIL import Image, ImageDraw, ImageFont

from check.evaluation.question import Question
from training.glyphs import fonts
from training.loop import write_atomically

PROMPTS = Path(__file__).with_name("strangers.txt")
COLUMNS = 10
TEXT_SIZE, TEXT_LINES, MARGIN = 11, 3, 2  # pixels; lines below a picture
LEAST_SIDE = 128  # of a picture on the sheet
JPEG_QUALITY = 88


def strangers() -> list[Question]:
    """Lines that begin with # are comments; a prompt's seed is its place among the others, from 1."""
    lines = [line.strip() for line in PROMPTS.read_text(encoding="utf-8").splitlines()]
    return [Question(prompt, seed) for seed, prompt in enumerate([line for line in lines if line and not line.startswith("#")], 1)]


def sheet_with_prompts(pixels: torch.Tensor, prompts: list[str], path: Path) -> None:
    """pixels [N, 3, H, H] in [-1, 1], row by row -> JPEG"""
    side = max(pixels.shape[-1], LEAST_SIDE)
    font = ImageFont.truetype(str(fonts()[0]).replace("-Bold", ""), TEXT_SIZE * side // LEAST_SIDE)
    line_height = (TEXT_SIZE + 2) * side // LEAST_SIDE
    cell = (side + 2 * MARGIN, side + TEXT_LINES * line_height + 3 * MARGIN)
    sheet = Image.new("RGB", (COLUMNS * cell[0], -(-len(pixels) // COLUMNS) * cell[1]), "white")
    draw = ImageDraw.Draw(sheet)
    tiles = ((pixels.clamp(-1, 1) + 1) * 127.5).round().byte().permute(0, 2, 3, 1).numpy()
    for place, (tile, prompt) in enumerate(zip(tiles, prompts)):
        left, top = place % COLUMNS * cell[0] + MARGIN, place // COLUMNS * cell[1] + MARGIN
        sheet.paste(Image.fromarray(tile).resize((side, side)), (left, top))
        for line, words in enumerate(wrapped(prompt, font, side)[:TEXT_LINES]):
            draw.text((left + side / 2, top + side + MARGIN + line * line_height), words, "black", font, anchor="ma")
    write_atomically(path, lambda temporary: sheet.save(temporary, "JPEG", quality=JPEG_QUALITY))


def wrapped(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Lines of whole words, none wider than `width` where its words allow it."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
