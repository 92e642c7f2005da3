"""Stable Diffusion's networks as graphs: what each takes and gives (the table in docs/bundle-format.md).

    hidden states: entry N-1 is what the family uses by default, entry N-1-k the same k layers earlier. SD 1 and 2 use
    the last layer; SDXL the last but one, without the final layer norm.
"""

import torch
from torch import nn

from stable_diffusion.families import MAX_TOKENS, VOCABULARY, Family, autoencoder, text_encoder, text_encoder_2, unet
from training.graphs import TRACED_SIZE, VERIFIED_SIZES, UnetGraph, VaeDecoderGraph, VaeEncoderGraph, time_embedding


class ClipGraph(nn.Module):
    """tokens int64 [B, 77] -> hidden states [N, B, 77, D], each after the final layer norm."""

    def __init__(self, text_model: nn.Module):
        super().__init__()
        self.network = nn.Module()
        self.network.text_model = text_model
        del text_model.embeddings.position_ids  # a buffer would be lost with the weights

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return self.network.text_model.final_layer_norm(torch.stack(self.layers(tokens)))

    def layers(self, tokens: torch.Tensor) -> list[torch.Tensor]:
        """The output of every layer. Attention is asked for causality, because a mask would bake in a device."""
        text_model = self.network.text_model
        positions = torch.ones_like(tokens).cumsum(1) - 1
        hidden = text_model.embeddings(input_ids=tokens, position_ids=positions)
        outputs = []
        for layer in text_model.encoder.layers:
            hidden = layer(hidden, attention_mask=None, is_causal=True)
            outputs.append(hidden)
        return outputs


class PenultimateClipGraph(ClipGraph):
    """tokens int64 [B, 77] -> hidden states [N, B, 77, D], without the last layer and the final layer norm."""

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        return torch.stack(self.layers(tokens)[:-1])


class PooledClipGraph(ClipGraph):
    """tokens int64 [B, 77] -> hidden states [N, B, 77, D] as above, pooled [B, P]: the projection of the last layer at
    the end of the text, which has the largest id."""

    def __init__(self, with_projection: nn.Module):
        super().__init__(with_projection.text_model)
        self.network.text_projection = with_projection.text_projection

    def forward(self, tokens: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        layers = self.layers(tokens)
        last = self.network.text_model.final_layer_norm(layers[-1])
        end = tokens.argmax(dim=-1)[:, None, None].expand(-1, 1, last.shape[-1])
        return torch.stack(layers[:-1]), self.network.text_projection(last.gather(1, end)[:, 0])


class SizedUnetGraph(UnetGraph):
    """latents [B, C, h, w], timestep float32 [B], conditioning [B, L, D], pooled [B, P], size ids float32 [B, 6]
    (height, width, crop top, crop left, target height, target width), of a refiner [B, 5] (height, width, crop top, crop left, aesthetic
    score) -> prediction [B, C, h, w]."""

    def forward(self, latents: torch.Tensor, timestep: torch.Tensor, conditioning: torch.Tensor, pooled: torch.Tensor,
                size_ids: torch.Tensor) -> torch.Tensor:
        added = {"text_embeds": pooled, "time_ids": size_ids}
        return self.network(latents, timestep, conditioning, added_cond_kwargs=added, return_dict=False)[0]


def networks(family: Family) -> dict[str, tuple]:
    """Of each graph of a family: what builds its network from a configuration, the configuration, what wraps it."""
    clip = {}
    if family.text_encoder:
        clip["text_encoder"] = (text_encoder, family.text_encoder, PenultimateClipGraph if family.is_xl else ClipGraph)
    if family.is_xl:
        clip["text_encoder_2"] = (text_encoder_2, family.text_encoder_2, PooledClipGraph)
    return clip | {
        "unet": (unet, family.unet, SizedUnetGraph if family.is_xl else UnetGraph),
        "vae_decoder": (autoencoder, family.autoencoder, VaeDecoderGraph),
        "vae_encoder": (autoencoder, family.autoencoder, VaeEncoderGraph),
    }


def wrap(network: nn.Module, wrapper: type[nn.Module]) -> nn.Module:
    """`network` itself, in float32, ready to trace."""
    network = network.eval().requires_grad_(False)
    if issubclass(wrapper, UnetGraph):
        network.get_time_embed = lambda sample, timestep: time_embedding(timestep, network.time_proj).type_as(sample)
    if issubclass(wrapper, SizedUnetGraph):
        network.get_aug_embed = lambda emb, encoder_hidden_states, added_cond_kwargs: network.add_embedding(
            torch.cat([added_cond_kwargs["text_embeds"], _size_embedding(network, added_cond_kwargs["time_ids"], emb)], dim=-1))
    return wrapper(network).eval()


def example(kind: str, family: Family, batch: int, height: int, width: int, chunks: int = 1) -> tuple[torch.Tensor, ...]:
    """Random inputs of a graph for latents of height x width; of the U-Net for a prompt of so many times 77 tokens."""
    channels = family.autoencoder["latent_channels"]
    if kind.startswith("text_encoder"):
        tokens = torch.randint(0, VOCABULARY - 1, (batch, MAX_TOKENS))
        tokens[torch.arange(batch), torch.randint(1, MAX_TOKENS, (batch,))] = VOCABULARY - 1  # the end of the text
        return (tokens,)
    if kind == "vae_decoder":
        return (torch.randn(batch, channels, height, width),)
    if kind == "vae_encoder":
        return (torch.rand(batch, 3, height * 8, width * 8) * 2 - 1,)
    conditioning = torch.randn(batch, chunks * MAX_TOKENS, family.unet["cross_attention_dim"])
    inputs = (torch.randn(batch, family.unet["in_channels"], height, width), torch.rand(batch) * 999, conditioning)
    if not family.is_xl:
        return inputs
    size_ids = torch.randint(0, 2048, (batch, family.size_ids)).float()
    return (*inputs, torch.randn(batch, family.text_encoder_2["projection_dim"]), size_ids)


def traced_example(kind: str, family: Family) -> tuple[torch.Tensor, ...]:
    return example(kind, family, *TRACED_SIZE)


def other_examples(kind: str, family: Family) -> list[tuple[torch.Tensor, ...]]:
    return [example(kind, family, *size, chunks=chunks) for chunks, size in enumerate(VERIFIED_SIZES, 1)]


def _size_embedding(network: nn.Module, size_ids: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return time_embedding(size_ids.flatten(), network.add_time_proj).reshape(size_ids.shape[0], -1).type_as(like)
