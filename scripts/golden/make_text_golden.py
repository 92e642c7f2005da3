"""Writes golden conditioning: diffusers' encode_prompt on small random text encoders of each family.

    scripts/golden/make_text_golden.py --merges models/graphs/clip/merges.txt --out tests/text/golden

Writes merges.txt, the first 300 merges of --merges; for sd1, sd2 and sdxl the graphs and weights of small text encoders of the
family's structure; and golden.safetensors, with tensors named FAMILY.skipN.CASE. Unweighted prompts are encoded by diffusers'
pipelines. Weighted prompts are encoded by transformers in chunks and weighted here, per encoder and chunk, as in A1111
(modules/sd_emphasis.py) and ComfyUI (comfy/sd1_clip.py).
"""

import argparse
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from safetensors.torch import save_file

from golden.make_tokenizer_golden import clip_tokenizer
from stable_diffusion.families import TINY_FAMILIES, text_encoder, text_encoder_2
from stable_diffusion.graphs import ClipGraph, PenultimateClipGraph, PooledClipGraph, traced_example, wrap
from training.graphs import save_trace, weights

MERGES = 300
LAYERS = 4
PLAIN = ["a smiling cat, 3D style", "", "caf\u00e9 \u4e2d it's"]
# Parsed "a (smiling:1.3) cat, [3D style] BREAK (dog)": chunks of (text, weight).
WEIGHTED = [[("a ", 1.0), ("smiling", 1.3), (" cat, ", 1.0), ("3D style", 1 / 1.1)], [("dog", 1.1)]]


class Encoder:
    """A text encoder, its tokenizer, and the hidden state that the family uses."""

    def __init__(self, module, tokenizer, penultimate: bool):
        self.module, self.tokenizer, self.penultimate = module, tokenizer, penultimate

    def ids(self, tokens: list[int]) -> torch.Tensor:
        whole = [self.tokenizer.bos_token_id, *tokens, self.tokenizer.eos_token_id]
        return torch.tensor([whole + [self.tokenizer.pad_token_id] * (77 - len(whole))])

    def encode(self, tokens: list[int], skip: int) -> torch.Tensor:
        """-> [1, 77, D]. skip: clip skip as in sfumato; 1 is the family's usual layer."""
        states = self.module(self.ids(tokens), output_hidden_states=True).hidden_states
        if self.penultimate:
            return states[-1 - skip]
        return self.final_norm(states[-skip])

    def final_norm(self, hidden: torch.Tensor) -> torch.Tensor:
        model = getattr(self.module, "text_model", self.module)
        return model.final_layer_norm(hidden)

    def weighted(self, parts: list[tuple[str, float]], rule: str) -> torch.Tensor:
        tokens, factors = [], []
        for text, weight in parts:
            ids = self.tokenizer(text, add_special_tokens=False)["input_ids"]
            tokens += ids
            factors += [weight] * len(ids)
        hidden = self.encode(tokens, 1)
        factor = torch.tensor([1.0, *factors] + [1.0] * (76 - len(factors)))[None, :, None]
        if rule == "comfy":
            empty = self.encode([], 1)
            return (hidden - empty) * factor + empty
        result = hidden * factor
        return result * (hidden.mean() / result.mean()) if rule == "a1111" else result


def with_few_tokens(config: dict, vocabulary: int) -> dict:
    return {**config, "vocab_size": vocabulary, "num_hidden_layers": LAYERS} if config else {}


def write_graph(network, wrapper, family, kind: str, vocabulary: int, stem: Path) -> None:
    wrapped = wrap(network, wrapper)
    tokens = torch.randint(0, vocabulary - 1, traced_example(kind, family)[0].shape)
    save_trace(wrapped, (tokens,), stem.with_suffix(".ts"))
    save_file({name: tensor.contiguous().clone() for name, tensor in weights(wrapped).items()}, stem.with_suffix(".safetensors"))


@torch.no_grad()
def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--merges", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    merges = options.out / "merges.txt"
    merges.write_text("".join(options.merges.read_text(encoding="utf-8").splitlines(keepends=True)[:1 + MERGES]), encoding="utf-8")
    golden: dict[str, torch.Tensor] = {}
    for place, (name, family) in enumerate((name, TINY_FAMILIES[name]) for name in ("sd1", "sd2", "sdxl")):
        torch.manual_seed(place)
        tokenizer = clip_tokenizer(merges)
        vocabulary = len(tokenizer)
        padded_with_0 = clip_tokenizer(merges, pad_token="!")
        first = text_encoder(with_few_tokens(family.text_encoder, vocabulary)).eval()
        # Like a trained encoder: hidden states with a nonzero mean, by which A1111's rule divides.
        torch.nn.init.normal_(first.final_layer_norm.bias, mean=0.3, std=0.2)
        first.__dict__["text_model"] = first  # where diffusers looks up the final layer norm
        encoders = [Encoder(first, padded_with_0 if name == "sd2" else tokenizer, family.is_xl)]
        parts = {"vae": None, "unet": None, "scheduler": None, "text_encoder": first, "tokenizer": encoders[0].tokenizer}
        if family.is_xl:
            second = text_encoder_2(with_few_tokens(family.text_encoder_2, vocabulary)).eval()
            encoders.append(Encoder(second, padded_with_0, True))
            pipeline = StableDiffusionXLPipeline(**parts, text_encoder_2=second, tokenizer_2=padded_with_0, add_watermarker=False)
        else:
            pipeline = StableDiffusionPipeline(**parts, safety_checker=None, feature_extractor=None, requires_safety_checker=False)
        for skip in 1, 2:
            for case, prompt in enumerate(PLAIN):
                made = pipeline.encode_prompt(prompt, device="cpu", num_images_per_prompt=1, do_classifier_free_guidance=False,
                                              clip_skip=None if skip == 1 else skip - 1)
                golden[f"{name}.skip{skip}.{case}"] = made[0]
                if family.is_xl:
                    golden[f"{name}.skip{skip}.{case}.pooled"] = made[2]
        for rule in "a1111", "no_norm", "comfy":
            chunks = [torch.cat([encoder.weighted(chunk, rule) for encoder in encoders], dim=-1) for chunk in WEIGHTED]
            golden[f"{name}.{rule}"] = torch.cat(chunks, dim=1)
        del first.__dict__["text_model"]
        write_graph(first, PenultimateClipGraph if family.is_xl else ClipGraph, family, "text_encoder", vocabulary, options.out / name)
        if family.is_xl:
            write_graph(second, PooledClipGraph, family, "text_encoder_2", vocabulary, options.out / f"{name}_2")
    save_file({name: tensor.contiguous().clone() for name, tensor in golden.items()}, options.out / "golden.safetensors")


if __name__ == "__main__":
    main()
