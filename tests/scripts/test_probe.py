"""The probe of the text encoder: what it reads, what it tells, and that it can be wrong."""

import torch

from training.facts import FACTS
from training.probe import Probe, accuracies, fitted, loss, padding_means, values_of


def test_values_of_facts():
    values = dict(zip(FACTS, values_of([{"count": "3", "time": "night"}, {}])))
    assert values["count"].tolist() == [2, 0] and values["time"].tolist() == [1, 0] and values["worn"].tolist() == [0, 0]


def test_means_are_those_of_even_and_odd_paddings():
    states = torch.arange(12.0).view(1, 6, 2)  # rows (0, 1), (2, 3), ...
    paddings = torch.arange(6)[None] > 1
    assert padding_means(states, paddings).tolist() == [[6, 7, 8, 9]]  # places 2 and 4, places 3 and 5
    assert padding_means(states, torch.zeros(1, 6, dtype=torch.bool)).tolist() == [[0, 0, 0, 0]]


def test_every_fact_has_logits_and_counts_in_the_loss():
    probe, means = Probe(16), torch.randn(2, 32)
    assert [tuple(logits.shape) for logits in probe(means)] == [(2, len(values)) for values in FACTS.values()]
    zeros = [torch.zeros(2, len(values)) for values in FACTS.values()]
    wanted = sum(torch.tensor(float(len(values))).log() for values in FACTS.values())
    torch.testing.assert_close(loss(lambda _: zeros, means, values_of([{}, {}])), wanted)


def test_a_fitted_probe_tells_what_is_there_and_no_more():
    torch.manual_seed(0)
    facts = [{"time": ("", "night", "sunset")[i % 3], "count": str(1 + i % 5)} for i in range(300)]
    means = torch.randn(300, 16)
    means[:, :2] = 6 * torch.nn.functional.one_hot(torch.arange(300) % 3, 3)[:, 1:]  # the time alone can be read
    told = accuracies(fitted(means[:200], facts[:200]), means[200:], facts[200:])
    assert told["fact time"] == 1 and told["fact count"] < 0.5
    assert "fact worn" not in told  # no caption says it
