"""The network that computes and the one that is trained."""

import pytest
import torch

from training import working_copy
from training.working_copy import WorkingCopy

CPU = torch.device("cpu")


@pytest.fixture
def master():
    torch.manual_seed(0)
    return torch.nn.Linear(3, 2)


def test_gradients_and_weights_go_over(master, monkeypatch):
    monkeypatch.setattr(working_copy, "computes_bfloat16", lambda device: True)
    working = WorkingCopy(master, CPU)
    assert {p.dtype for p in master.parameters()} == {torch.float32} and {p.dtype for p in working.network.parameters()} == {torch.bfloat16}
    working.network(torch.ones(1, 3, dtype=torch.bfloat16)).sum().backward()
    working.give_gradients()
    assert master.weight.grad.dtype == torch.float32 and master.weight.grad.tolist() == [[1, 1, 1], [1, 1, 1]]
    assert working.network.weight.grad is None
    with torch.no_grad():
        master.weight.fill_(0.30078125)  # has a bfloat16
    working.take_weights()
    assert (working.network.weight == 0.30078125).all() and master.weight.dtype == torch.float32


def test_small_changes_add_up_in_the_master(master, monkeypatch):
    """Of bfloat16, 1 + 0.001 is 1."""
    monkeypatch.setattr(working_copy, "computes_bfloat16", lambda device: True)
    working = WorkingCopy(master, CPU)
    with torch.no_grad():
        master.bias.fill_(1.0)
        for _ in range(10):
            master.bias += 0.001
            working.take_weights()
    assert (working.network.bias == 1.0078125).all()


def test_without_bfloat16_the_master_computes(master, monkeypatch):
    monkeypatch.setattr(working_copy, "computes_bfloat16", lambda device: False)
    working = WorkingCopy(master, CPU)
    assert working.network is master and working.dtype == torch.float32
    master(torch.ones(1, 3)).sum().backward()
    working.give_gradients()
    working.take_weights()
    assert master.weight.grad.tolist() == [[1, 1, 1], [1, 1, 1]]
