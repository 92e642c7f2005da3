"""How fast a step runs, and which batch is the fastest."""

import time

import torch

from training.speed import fastest, samples_per_second

CPU = torch.device("cpu")


def test_samples_per_second():
    speed = samples_per_second(lambda batch: time.sleep(0.01), 4, CPU, steps=5, warm_up=1)
    assert 50 < speed <= 400


def test_the_fastest_batch_that_fits_is_taken(capsys):
    def step(batch):
        if batch == 1024:
            raise torch.OutOfMemoryError
        time.sleep(0.004 if batch == 256 else 0.002 * batch / 256 + 0.004)

    assert fastest(step, (256, 512, 1024), CPU) == 512
    assert "batch 256: " in capsys.readouterr().out
