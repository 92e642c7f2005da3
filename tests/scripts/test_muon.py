"""Muon: orthogonal updates of matrices, AdamW for the rest."""

import torch

from training.muon import MuonWithAdamW, orthogonal


def test_orthogonal_keeps_directions_and_evens_their_lengths():
    torch.manual_seed(0)
    for shape in ((8, 20), (20, 8)):
        u, s, v = torch.linalg.svd(torch.randn(shape), full_matrices=False)
        found = torch.linalg.svdvals(orthogonal(u @ torch.diag(torch.linspace(1, 4, len(s))) @ v))
        assert 0.6 < found.min() and found.max() < 1.3


def test_it_minimises_a_squared_error_with_convolutions_and_biases():
    torch.manual_seed(0)
    network = torch.nn.Conv2d(3, 4, 3)
    x, target = torch.randn(8, 3, 6, 6), torch.nn.Conv2d(3, 4, 3)(torch.randn(8, 3, 6, 6)).detach()
    optimizer = MuonWithAdamW(network.parameters(), lr=0.02, weight_decay=0)
    errors = []
    for _ in range(60):
        optimizer.zero_grad()
        error = (network(x) - target).square().mean()
        error.backward()
        optimizer.step()
        errors.append(error.item())
    assert errors[-1] < 0.8 * errors[0]


def test_weights_decay_without_a_gradient_of_use():
    weight = torch.nn.Parameter(torch.ones(2, 2))
    weight.grad = torch.zeros(2, 2)
    MuonWithAdamW([weight], lr=0.1, weight_decay=0.5).step()
    torch.testing.assert_close(weight.detach(), torch.full((2, 2), 0.95))
