"""Networks as TorchScript graphs without weights.

`wrap` gives a diffusers or transformers module a forward from tensors to one tensor (the table in docs/bundle-format.md),
`save_graph` traces it in float32 and saves the trace with its parameters on the meta device, `verify_graph` loads that
file, attaches the weights, and compares it with the module at other sizes and batches. The traced root has one child,
`network`; the graph's parameter `network.a.b.c` is the tensor `a.b.c` of `weights`.

Traces have an odd latent size (13x11) and two samples, so that no shape is baked in. Weights must be real while
tracing: convolution's shape function for meta tensors cannot be traced in torch 2.11.
"""

import copy
import math
import warnings
import zipfile
from pathlib import Path

import torch
from torch import nn

TRACED_SIZE = (2, 13, 11)  # batch, latent height, latent width
VERIFIED_SIZES = ((1, 16, 16), (3, 32, 24), (4, 9, 10))
TOLERANCE = 1e-6


class TextEncoderGraph(nn.Module):
    """tokens int64 [B, L] -> conditioning [B, L, D], the last hidden state after the final layer norm.

    transformers' own forward builds a mask that bakes in a device; asking attention for causality needs no mask.
    """

    def __init__(self, text_model: nn.Module):
        super().__init__()
        self.network = nn.Module()
        self.network.text_model = text_model  # published checkpoints have this prefix

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        text_model = self.network.text_model
        positions = torch.ones_like(tokens).cumsum(1) - 1
        hidden = text_model.embeddings(input_ids=tokens, position_ids=positions)
        hidden = text_model.encoder(inputs_embeds=hidden, attention_mask=None, is_causal=True).last_hidden_state
        return text_model.final_layer_norm(hidden)


class UnetGraph(nn.Module):
    """latents [B, C, h, w], timestep float32 [B], conditioning [B, L, D] -> prediction [B, C, h, w]."""

    def __init__(self, unet: nn.Module):
        super().__init__()
        self.network = unet

    def forward(self, latents: torch.Tensor, timestep: torch.Tensor, conditioning: torch.Tensor) -> torch.Tensor:
        return self.network(latents, timestep, conditioning, return_dict=False)[0]


class VaeDecoderGraph(nn.Module):
    """latents / scaling_factor [B, C, h, w] -> pixels [B, 3, 8h, 8w]."""

    def __init__(self, autoencoder: nn.Module):
        super().__init__()
        self.network = nn.Module()
        self.network.post_quant_conv = autoencoder.post_quant_conv
        self.network.decoder = autoencoder.decoder

    def forward(self, latents: torch.Tensor) -> torch.Tensor:
        return self.network.decoder(self.network.post_quant_conv(latents))


class VaeEncoderGraph(nn.Module):
    """pixels [B, 3, H, W] in [-1, 1] -> moments [B, 2C, H/8, W/8]: mean, then log variance."""

    def __init__(self, autoencoder: nn.Module):
        super().__init__()
        self.network = nn.Module()
        self.network.encoder = autoencoder.encoder
        self.network.quant_conv = autoencoder.quant_conv

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.network.quant_conv(self.network.encoder(pixels))


WRAPPERS = {
    "text_encoder": TextEncoderGraph,
    "unet": UnetGraph,
    "vae_decoder": VaeDecoderGraph,
    "vae_encoder": VaeEncoderGraph,
}


def time_embedding(timestep: torch.Tensor, projection: nn.Module) -> torch.Tensor:
    """What diffusers' `Timesteps` gives: timestep float32 [B] -> [B, channels] float32.

    Written anew because diffusers casts the timestep to float32. In a trace that cast is like those that mean "to the dtype
    I run in", which the program retargets, and in bfloat16 timestep 999 is 1000.
    """
    half = projection.num_channels // 2
    exponent = -math.log(10000) * torch.arange(half, dtype=torch.float32, device=timestep.device)
    angles = timestep[:, None] * torch.exp(exponent / (half - projection.downscale_freq_shift))[None, :]
    parts = (angles.cos(), angles.sin()) if projection.flip_sin_to_cos else (angles.sin(), angles.cos())
    return torch.cat(parts, dim=-1)


def wrap(kind: str, module: nn.Module) -> nn.Module:
    """A wrapped float32 copy of `module`, ready to trace."""
    module = copy.deepcopy(module).float().cpu().eval().requires_grad_(False)
    if kind == "text_encoder":
        del module.embeddings.position_ids  # a buffer would be lost with the weights; the wrapper computes it
    if kind == "unet":
        module.get_time_embed = lambda sample, timestep: time_embedding(timestep, module.time_proj).type_as(sample)
    return WRAPPERS[kind](module).eval()


def weights(wrapped: nn.Module) -> dict[str, torch.Tensor]:
    """The tensors that belong to a graph, without the leading `network.`."""
    return {name.removeprefix("network."): tensor for name, tensor in wrapped.state_dict().items()}


def example(kind: str, batch: int, height: int, width: int, wrapped: nn.Module, max_tokens: int) -> tuple[torch.Tensor, ...]:
    """Random inputs of the graph for latents of height x width."""
    if kind == "text_encoder":
        return (torch.randint(0, wrapped.network.text_model.config.vocab_size, (batch, max_tokens)),)
    if kind == "vae_encoder":
        return (torch.rand(batch, 3, height * 8, width * 8) * 2 - 1,)
    if kind == "vae_decoder":
        return (torch.randn(batch, wrapped.network.post_quant_conv.in_channels, height, width),)
    config = wrapped.network.config
    return (torch.randn(batch, config.in_channels, height, width), torch.rand(batch) * 999,
            torch.randn(batch, max_tokens, config.cross_attention_dim))


def save_graph(kind: str, wrapped: nn.Module, path: Path, max_tokens: int) -> None:
    save_trace(wrapped, example(kind, *TRACED_SIZE, wrapped, max_tokens), path)


@torch.no_grad()
def save_trace(wrapped: nn.Module, inputs: tuple[torch.Tensor, ...], path: Path) -> None:
    with warnings.catch_warnings():
        # the tracer warns of each shape check in the libraries; verify_graph shows that none was baked in
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        traced = torch.jit.trace(wrapped, inputs, check_trace=False)
    baked = [name for name, _ in traced.named_buffers()]
    if baked:
        raise ValueError(f"{path.name}: buffer {baked[0]} would be saved without its values. Compute it in the wrapper.")
    traced.to_empty(device="meta").save(str(path))
    strip_debug_records(path)


def strip_debug_records(path: Path) -> None:
    """Rewrites a TorchScript archive without the source positions, which name folders of this machine, without the
    checksum over them, and with fixed dates: the same network gives the same bytes anywhere."""
    with zipfile.ZipFile(path) as archive:
        records = {name: archive.read(name) for name in archive.namelist() if not name.endswith((".debug_pkl", "/serialization_id"))}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in records.items():
            archive.writestr(zipfile.ZipInfo(name), content)


def verify_graph(kind: str, wrapped: nn.Module, path: Path, max_tokens: int) -> float:
    return verify_trace(wrapped, [example(kind, *size, wrapped, max_tokens) for size in VERIFIED_SIZES], path)


@torch.no_grad()
def verify_trace(wrapped: nn.Module, examples: list[tuple[torch.Tensor, ...]], path: Path) -> float:
    """Largest difference between the saved graph with `wrapped`'s weights and `wrapped`; an error above TOLERANCE."""
    graph = torch.jit.load(str(path))
    tensors = weights(wrapped)
    given = {name.removeprefix("network.") for name, _ in graph.named_parameters()}
    if given != tensors.keys():
        odd = sorted(given ^ tensors.keys())[0]
        raise ValueError(f"{path.name}: {odd} is not both a parameter of the graph and a tensor of the weights.")
    for name, tensor in tensors.items():
        *parents, leaf = name.split(".")
        owner = graph.network
        for parent in parents:
            owner = getattr(owner, parent)
        setattr(owner, leaf, nn.Parameter(tensor, requires_grad=False))
    worst = 0.0
    for inputs in examples:
        for found, wanted in zip(_all_of(graph(*inputs)), _all_of(wrapped(*inputs)), strict=True):
            difference = (found - wanted).abs().max().item()
            if not difference <= TOLERANCE:  # so, and not the other way round, because of NaN
                raise ValueError(f"{path.name}: differs from the module by {difference:.2g}, more than {TOLERANCE:.0g}. Not written.")
            worst = max(worst, difference)
    return worst


def _all_of(outputs: torch.Tensor | tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, ...]:
    return (outputs,) if isinstance(outputs, torch.Tensor) else outputs
