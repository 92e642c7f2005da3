"""The networks that deal with words: tokenizer, text encoder and image tower. The U-Net and the autoencoder are in
latent_networks.py; no other file builds a network for training.

    tokenizer:    text -> ids [B, 48] int64: [bos] pieces [eos] pad ...
    text encoder: ids [B, 48] -> last_hidden_state [B, 48, 256], the conditioning; 5.0 M parameters
    image tower:  pixels [B, 3, 128, 128] in [-1, 1] -> embedding [B, 256]; trains the text encoder and measures
                  perceptual distance for the autoencoder; not shipped

The networks are transformers' CLIP classes [Radford et al. 2021]. transformers pools a CLIP text encoder whose
eos_token_id is 2 at the largest id (its legacy rule), which is not eos here. So the projections are our own and read
the hidden state at the position of eos.
"""

import json
from pathlib import Path

import sentencepiece
import torch
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModel, CLIPVisionConfig, CLIPVisionModelWithProjection

from training.loop import write_atomically

CONTEXT_LENGTH = 48
PAD, BOS, EOS, UNK = 0, 1, 2, 3
TEACHER_WIDTH = 256  # train/teach.py
EMBEDDING_WIDTH = 256  # the space in which texts meet pictures


def tokenizer_config() -> dict:
    """Options of sentencepiece's trainer [Kudo and Richardson 2018] that the C++ program relies on."""
    return {
        "model_type": "unigram", "vocab_size": 4096, "normalization_rule_name": "nmt_nfkc_cf", "byte_fallback": False,
        "pad_id": PAD, "bos_id": BOS, "eos_id": EOS, "unk_id": UNK,
        "pad_piece": "<pad>", "bos_piece": "<s>", "eos_piece": "</s>", "unk_piece": "<unk>",
    }


def text_encoder() -> CLIPTextModel:
    return CLIPTextModel(CLIPTextConfig(
        vocab_size=tokenizer_config()["vocab_size"], max_position_embeddings=CONTEXT_LENGTH, hidden_size=256,
        intermediate_size=1024, num_hidden_layers=5, num_attention_heads=4, hidden_act="quick_gelu",
        projection_dim=EMBEDDING_WIDTH, pad_token_id=PAD, bos_token_id=BOS, eos_token_id=EOS))


def image_tower() -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(CLIPVisionConfig(
        image_size=128, patch_size=8, hidden_size=256, intermediate_size=1024, num_hidden_layers=6,
        num_attention_heads=4, hidden_act="quick_gelu", projection_dim=EMBEDDING_WIDTH))


class TextTower(nn.Module):
    """The text encoder and the two projections it is trained through; only the encoder is shipped."""

    def __init__(self):
        super().__init__()
        self.encoder = text_encoder()
        self.to_teacher = nn.Linear(self.encoder.config.hidden_size, TEACHER_WIDTH, bias=False)
        self.to_pictures = nn.Linear(self.encoder.config.hidden_size, EMBEDDING_WIDTH, bias=False)

    def forward(self, ids: torch.Tensor, positions: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """ids [B, 48], positions [B] (where to read the sentence) -> two embeddings [B, 256], not normalised."""
        hidden = self.encoder(input_ids=ids).last_hidden_state
        sentence = hidden[torch.arange(len(ids), device=ids.device), positions]
        return self.to_teacher(sentence), self.to_pictures(sentence)


def eos_positions(ids: torch.Tensor) -> torch.Tensor:
    """ids [B, 48] -> [B]"""
    return (ids == EOS).int().argmax(dim=1)


class Tokenizer:
    """sentencepiece with the framing of the text encoder; longer texts lose their end."""

    def __init__(self, path: Path):
        if not path.is_file():
            raise SystemExit(f"{path}: no such file. Make it with scripts/train/tokenizer.py.")
        self.pieces = sentencepiece.SentencePieceProcessor(model_file=str(path))

    def __call__(self, texts: list[str]) -> torch.Tensor:
        """-> ids [len(texts), 48] int64"""
        framed = ([BOS, *pieces[: CONTEXT_LENGTH - 2], EOS] for pieces in self.pieces.encode(texts))
        return torch.tensor([ids + [PAD] * (CONTEXT_LENGTH - len(ids)) for ids in framed])


def save_network(network: nn.Module, weights: dict[str, torch.Tensor], out: Path, name: str) -> None:
    """Writes OUT/NAME.safetensors and OUT/NAME.json (the transformers config of the network)."""
    contiguous = {key: value.detach().float().cpu().contiguous() for key, value in weights.items()}
    write_atomically(out / f"{name}.safetensors", lambda path: save_file(contiguous, path))
    config = json.dumps(network.config.to_dict(), indent=2, sort_keys=True)
    write_atomically(out / f"{name}.json", lambda path: path.write_text(config + "\n", encoding="utf-8"))


def load_text_encoder(folder: Path) -> CLIPTextModel:
    """A trained text encoder in evaluation mode, from what train/text_encoder.py wrote, or out of a bundle."""
    if (folder / "model.json").is_file():
        network = text_encoder()
        stored = bundled_tensors(folder, "text_encoder")
        network.load_state_dict({name.removeprefix("text_model."): tensor for name, tensor in stored.items()})
        return network.eval()
    return _load(text_encoder(), folder / "text_encoder.safetensors")


def load_image_tower(folder: Path) -> CLIPVisionModelWithProjection:
    return _load(image_tower(), folder / "image_tower.safetensors")


def bundled_tensors(bundle: Path, *networks: str) -> dict[str, torch.Tensor]:
    """The weights of these networks of a bundle (docs/bundle-format.md), under the names and in the type they are stored with."""
    model = json.loads((bundle / "model.json").read_text(encoding="utf-8"))
    files = [file for name in networks for file in model["networks"][name]["weights"]]
    return {name: tensor for file in files for name, tensor in load_file(bundle / file).items()}


def _load(network: nn.Module, path: Path) -> nn.Module:
    if not path.is_file():
        raise SystemExit(f"{path}: no such file. Make it with scripts/train/text_encoder.py.")
    network.load_state_dict(load_file(path))
    return network.eval()
