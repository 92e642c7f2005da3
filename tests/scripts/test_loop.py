"""training/loop.py: budget, resuming, stopping, logging, averaging."""

import json
import os
import signal
import time

import pytest
import torch

from training.loop import STOPPED_EARLY, Ema, Loop, lr_factor, read_checkpoint, replace_folder, write_atomically


def make_loop(out, minutes=0.005, **options):
    torch.manual_seed(0)
    network = torch.nn.Linear(2, 1)
    optimizer = torch.optim.AdamW(network.parameters(), lr=0.1)
    return Loop(out, minutes, optimizer, {"network": network, "ema": Ema(network)}, **options), network


def train(loop, network, steps=None):
    for step in loop.steps():
        loss = network(torch.ones(4, 2)).square().mean()
        loss.backward()
        loop.optimizer.step()
        loop.optimizer.zero_grad()
        loop.state["ema"].update()
        loop.record({"loss": loss}, samples=4)
        if steps is not None and step + 1 == steps:
            os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(0.001)


@pytest.mark.parametrize("fraction, step, shape, factor", [
    (0.0, 0, "cosine", 0.005), (0.0, 99, "cosine", 0.5), (0.0, 500, "cosine", 1.0), (0.5, 500, "cosine", 0.5),
    (1.0, 500, "cosine", 0.0), (0.25, 500, "linear", 0.75), (0.9, 500, "constant", 1.0), (0.9, 19, "constant", 0.1),
])
def test_learning_rate(fraction, step, shape, factor):
    assert lr_factor(fraction, step, warmup_steps=200, shape=shape) == pytest.approx(factor)


def test_ends_with_its_budget_and_writes_a_log(tmp_path):
    loop, network = make_loop(tmp_path, log_every=5)
    train(loop, network)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text().splitlines()]
    assert 0.3 <= loop.elapsed < 1.5
    assert lines[0]["step"] == 5 and lines[0]["samples"] == 20
    assert {"elapsed", "samples_per_s", "lr", "loss"} <= lines[0].keys()
    assert lines[-1]["loss"] < lines[0]["loss"]


def test_ends_with_its_samples(tmp_path):
    loop, network = make_loop(tmp_path, minutes=1, samples_budget=40, shape="constant", warmup_steps=0)
    rates = []
    for _ in loop.steps():
        rates.append(loop.optimizer.param_groups[0]["lr"])
        loop.record({}, samples=4)
    assert loop.samples == 40 and rates == [0.1] * 10
    again, _ = make_loop(tmp_path, minutes=1, samples_budget=48)
    assert again.fraction == pytest.approx(40 / 48) and not again.is_spent


def test_a_linear_decay_follows_the_samples(tmp_path):
    loop, _ = make_loop(tmp_path, minutes=1, samples_budget=16, shape="linear", warmup_steps=0)
    rates = []
    for _ in loop.steps():
        rates.append(loop.optimizer.param_groups[0]["lr"])
        loop.record({}, samples=4)
    assert rates == pytest.approx([0.1, 0.075, 0.05, 0.025])


def test_the_time_also_ends_a_run_of_samples(tmp_path):
    loop, _ = make_loop(tmp_path, minutes=0, samples_budget=40)
    assert loop.is_spent and loop.fraction == 0


def test_a_checkpoint_can_be_read_alone(tmp_path):
    loop, network = make_loop(tmp_path)
    loop.record({}, samples=4)
    loop.save()
    other = torch.nn.Linear(2, 1)
    assert read_checkpoint(tmp_path / "checkpoint.pt", {"network": other}) == {"step": 0, "samples": 4, "elapsed": pytest.approx(0, abs=5)}
    assert torch.equal(other.weight, network.weight)


def test_a_stopped_run_continues(tmp_path):
    loop, network = make_loop(tmp_path, minutes=0.02)
    with pytest.raises(SystemExit) as stopped:
        train(loop, network, steps=7)
    assert stopped.value.code == STOPPED_EARLY
    resumed, again = make_loop(tmp_path, minutes=0.02)
    assert (resumed.step, resumed.samples) == (7, 28)
    assert resumed.elapsed >= loop.elapsed_before
    torch.testing.assert_close(again.weight, network.weight)
    assert resumed.state["ema"].updates == 7
    train(resumed, again)
    finished, _ = make_loop(tmp_path, minutes=0.02)
    assert finished.fraction == 1.0 and list(finished.steps()) == []


def test_log_lines_after_the_checkpoint_are_dropped(tmp_path):
    loop, network = make_loop(tmp_path)
    loop.save()
    (tmp_path / "log.jsonl").write_text('{"step": 0}\n{"step": 3}\n')
    make_loop(tmp_path)
    assert (tmp_path / "log.jsonl").read_text() == '{"step": 0}\n'


def test_a_loss_that_is_not_finite_is_an_error(tmp_path):
    loop, _ = make_loop(tmp_path, log_every=1)
    with pytest.raises(ArithmeticError, match="loss is not finite at step 1"):
        for _ in loop.steps():
            loop.record({"loss": torch.tensor(float("nan"))}, samples=1)
    assert not loop.checkpoint_path.exists()


def test_a_loss_of_some_steps_is_averaged_over_those(tmp_path):
    loop, _ = make_loop(tmp_path)
    for step in range(4):
        loop.record({"always": torch.tensor(1.0)} | ({"late": torch.tensor(3.0)} if step == 3 else {}), samples=1)
    loop._log_window()
    line = json.loads((tmp_path / "log.jsonl").read_text())
    assert (line["always"], line["late"]) == (1.0, 3.0)


def test_due_once_per_share_of_the_budget(tmp_path):
    loop, _ = make_loop(tmp_path, minutes=1)
    answers = []
    for seconds in (0, 10, 31, 32, 59, 61):
        loop.elapsed_before, loop.started = seconds, time.monotonic()
        answers.append(loop.due("report", 0.5))
    assert answers == [False, False, True, False, False, True]


def test_ema_warms_up():
    network = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.zeros_(network.weight)
    ema = Ema(network, decay=0.9995)
    torch.nn.init.ones_(network.weight)
    ema.update()  # decay 2 / 11
    assert ema.weights["weight"].item() == pytest.approx(9 / 11)


def test_a_failed_write_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(OSError):
        write_atomically(path, lambda temporary: (_ for _ in ()).throw(OSError("disk full")))
    assert path.read_text() == "old"


def test_replace_folder(tmp_path):
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "a").touch()
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "b").touch()
    replace_folder(tmp_path / "new", tmp_path / "old")
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["b", "old"]
