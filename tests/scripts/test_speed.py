"""How fast a step runs, and which batch is the fastest, by a clock that the steps advance."""

import torch

from training.speed import fastest, samples_per_second

CPU = torch.device("cpu")


class FakeClock:
    def __init__(self):
        self.seconds = 0.0

    def __call__(self):
        return self.seconds


def test_samples_per_second_leaves_the_warm_up_out():
    clock = FakeClock()
    steps = iter([5.0] + [0.01] * 5)

    def step(batch):
        clock.seconds += next(steps)

    assert round(samples_per_second(step, 4, CPU, steps=5, warm_up=1, clock=clock)) == 400


def test_the_fastest_batch_that_fits_is_taken(capsys):
    clock = FakeClock()

    def step(batch):
        if batch == 1024:
            raise torch.OutOfMemoryError
        clock.seconds += 0.004 if batch == 256 else 0.006  # 64,000 and 85,333 samples a second

    assert fastest(step, (256, 512, 1024), CPU, clock=clock) == 512
    assert "batch 256: 64000 samples/s" in capsys.readouterr().out
