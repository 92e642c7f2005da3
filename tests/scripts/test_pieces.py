"""Weights in pieces: sizes, names, and back again."""

import pytest
import torch

from training.pieces import Pieces, joined, shards_of


def test_shards_are_filled_in_the_order_of_names():
    tensors = {name: torch.zeros(100) for name in "cab"}  # 400 bytes each
    assert [list(shard) for shard in shards_of(tensors, 800)] == [["a", "b"], ["c"]]
    assert [list(shard) for shard in shards_of(tensors, 100)] == [["a"], ["b"], ["c"]]  # larger than a shard: one of its own


def test_pieces_are_written_when_due_and_read_back_in_float32(tmp_path):
    weights = {"a": torch.tensor([1.5, -2.0]), "b": torch.ones(3)}
    late, early = Pieces(tmp_path, seconds=0), Pieces(tmp_path / "none", seconds=1000)
    late.write_if_due(weights)
    early.write_if_due(weights)
    assert [path.name for path in tmp_path.iterdir()] == ["unet-00001-of-00001.safetensors"]
    back = joined(tmp_path)
    assert back["a"].dtype == torch.float32 and back["a"].tolist() == [1.5, -2.0] and back["b"].tolist() == [1, 1, 1]


def test_missing_pieces_are_told(tmp_path):
    (tmp_path / "unet-00001-of-00002.safetensors").write_bytes(b"")
    with pytest.raises(SystemExit, match="1 pieces of a U-Net are not all of them"):
        joined(tmp_path)
