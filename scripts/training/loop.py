"""The training loop that every trainer shares: bounded by time or samples, resumable, logged.

    loop = Loop(Path("runs/unet"), minutes=14, optimizer=optimizer, state={"unet": unet, "ema": ema})
    for step in loop.steps():                      # sets the learning rate, checkpoints, ends in time
        loss = ...                                 # forward, backward, optimizer.step(), ema.update()
        loop.record({"loss": loss}, samples=512)   # tensors stay on the device; no synchronisation
    # here the whole budget is spent: evaluate, write the final weights with `write_atomically`

- The budget is wall time, compiling included, or samples, summed over all runs of the same command: a checkpoint holds
  what is already spent, so the same command again continues, and does nothing once the budget is spent.
- The learning rate decays with the fraction of the budget that is spent (`lr_factor`), so it reaches zero at the
  end on any machine. Each parameter group's first `lr` is its peak.
- `OUT/checkpoint.pt` is written to a temporary file, synced and renamed: it is complete or absent.
- `OUT/log.jsonl` gets one line per `log_every` steps or ten seconds: step, samples, elapsed seconds, samples_per_s,
  lr, and the mean of each loss over the steps that recorded it. Reading the losses is the only synchronisation, which also
  keeps the host from running far ahead of the device.
- SIGTERM and Ctrl-C end the current step, save, and exit with status 75 ("stopped early, run again").
"""

import json
import math
import os
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import torch

STOPPED_EARLY = 75
SECONDS_BETWEEN_LOG_LINES = 10.0


class Stateful(Protocol):
    def state_dict(self) -> dict[str, Any]: ...
    def load_state_dict(self, state: dict[str, Any]) -> Any: ...


def lr_factor(fraction: float, step: int, warmup_steps: int = 200, shape: str = "cosine") -> float:
    """Learning rate over its peak: cosine or linear decay to 0 over the budget, or none, and linear warm-up over the first steps.

    Warm-up counts steps: the optimiser's averages need steps, and compiling may take the first minute.
    """
    decay = {"linear": 1.0 - fraction, "cosine": 0.5 * (1.0 + math.cos(math.pi * fraction)), "constant": 1.0}[shape]
    return decay * min((step + 1) / max(warmup_steps, 1), 1.0)


def write_atomically(path: Path, write: Callable[[Path], Any]) -> None:
    """Calls `write` on a temporary path beside `path`, syncs what it wrote, and renames it to `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".partial")
    write(temporary)
    with open(temporary, "rb") as file:
        os.fsync(file.fileno())
    os.replace(temporary, path)


def read_checkpoint(path: Path, state: dict[str, Stateful]) -> dict[str, Any]:
    """Gives back their states to what was trained -> step, samples and elapsed (seconds)."""
    checkpoint = torch.load(path, map_location="cpu", weights_only=True)
    for name, thing in state.items():
        thing.load_state_dict(checkpoint["state"][name])
    return {name: checkpoint[name] for name in ("step", "samples", "elapsed")}


def replace_folder(new: Path, old: Path) -> None:
    """Puts the complete folder `new` in the place of `old`."""
    aside = old.with_name(old.name + ".old")
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


class Ema:
    """Exponential moving average of a module's parameters; buffers are copied. Lives on the module's device.

    The decay warms up as (1 + n) / (10 + n), so that the first random weights are soon forgotten.
    """

    def __init__(self, module: torch.nn.Module, decay: float = 0.9995):
        self.module = module
        self.decay = decay
        self.updates = 0
        self.weights = {name: value.detach().clone() for name, value in module.state_dict().items()}

    @torch.no_grad()
    def update(self) -> None:
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        live = self.module.state_dict()
        floating = [name for name, value in self.weights.items() if value.is_floating_point()]
        torch._foreach_lerp_([self.weights[n] for n in floating], [live[n] for n in floating], 1.0 - decay)
        for name in self.weights.keys() - floating:
            self.weights[name].copy_(live[name])

    def copy_to(self, module: torch.nn.Module) -> torch.nn.Module:
        module.load_state_dict(self.weights)
        return module

    def state_dict(self) -> dict[str, Any]:
        return {"updates": self.updates, "weights": self.weights}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.updates = state["updates"]
        for name, value in state["weights"].items():
            self.weights[name].copy_(value)


class Loop:
    def __init__(self, out: Path, minutes: float, optimizer: torch.optim.Optimizer, state: dict[str, Stateful],
                 warmup_steps: int = 200, shape: str = "cosine", log_every: float = 50, checkpoint_minutes: float = 2.0,
                 log_seconds: float = SECONDS_BETWEEN_LOG_LINES, samples_budget: int | None = None):
        """samples_budget: bounds the samples; then minutes bound the time too, but the learning rate follows the samples."""
        self.out, self.budget, self.samples_budget, self.log_seconds = out, minutes * 60.0, samples_budget, log_seconds
        self.optimizer, self.state = optimizer, {"optimizer": optimizer, **state}
        self.warmup_steps, self.shape = warmup_steps, shape
        self.log_every, self.checkpoint_seconds = log_every, checkpoint_minutes * 60.0
        self.step = self.samples = 0
        self.elapsed_before = 0.0
        self.started = time.monotonic()
        self.peak_lrs = [group["lr"] for group in optimizer.param_groups]
        self.stopping = False
        self._sums: dict[str, torch.Tensor] = {}
        self._counts: dict[str, int] = {}  # a loss may be recorded in some steps only
        self._window_steps = self._window_samples = 0
        self._window_started = self.started
        self._due: dict[str, int] = {}
        out.mkdir(parents=True, exist_ok=True)
        if self.checkpoint_path.exists():
            self._resume()

    @property
    def checkpoint_path(self) -> Path:
        return self.out / "checkpoint.pt"

    @property
    def elapsed(self) -> float:
        return self.elapsed_before + time.monotonic() - self.started

    @property
    def fraction(self) -> float:
        spent, budget = (self.samples, self.samples_budget) if self.samples_budget is not None else (self.elapsed, self.budget)
        return min(spent / budget, 1.0) if budget > 0 else 1.0

    @property
    def is_spent(self) -> bool:
        return self.fraction >= 1.0 or self.elapsed >= self.budget

    def steps(self) -> Iterator[int]:
        """Yields step numbers until the budget is spent; exits the process if asked to stop."""
        previous = {number: signal.signal(number, self._stop) for number in (signal.SIGTERM, signal.SIGINT)}
        last_save = time.monotonic()
        try:
            while not self.is_spent and not self.stopping:
                factor = lr_factor(self.fraction, self.step, self.warmup_steps, self.shape)
                for group, peak in zip(self.optimizer.param_groups, self.peak_lrs):
                    group["lr"] = peak * factor
                yield self.step
                self.step += 1
                self._log_if_due()
                if time.monotonic() - last_save > self.checkpoint_seconds:
                    self.save()
                    last_save = time.monotonic()
            self._log_window()
            self.save()
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
        if self.stopping:
            print(f"{self.out}: stopped at step {self.step}, {self.fraction:.0%} of the budget; run again to continue", flush=True)
            raise SystemExit(STOPPED_EARLY)

    def record(self, losses: dict[str, torch.Tensor], samples: int) -> None:
        for name, value in losses.items():
            value = value.detach().float()
            self._sums[name] = self._sums[name] + value if name in self._sums else value.clone()
            self._counts[name] = self._counts.get(name, 0) + 1
        self.samples += samples
        self._window_samples += samples
        self._window_steps += 1

    def due(self, name: str, every: float) -> bool:
        """True once per `every` fraction of the budget, counted from its start; for pictures and evaluations."""
        count = int(self.fraction / every)
        passed = count > self._due.setdefault(name, count)
        self._due[name] = count
        return passed

    def log(self, **fields: Any) -> None:
        line = {"step": self.step, "samples": self.samples, "elapsed": round(self.elapsed, 1), **fields}
        with open(self.out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(f"{self.out.name}: " + " ".join(f"{k}={v:.5g}" if isinstance(v, float) else f"{k}={v}" for k, v in line.items()),
              flush=True)

    def save(self) -> None:
        checkpoint = {
            "step": self.step, "samples": self.samples, "elapsed": self.elapsed,
            "state": {name: thing.state_dict() for name, thing in self.state.items()},
        }
        write_atomically(self.checkpoint_path, lambda path: torch.save(checkpoint, path))

    def _resume(self) -> None:
        checkpoint = read_checkpoint(self.checkpoint_path, self.state)
        self.step, self.samples, self.elapsed_before = (checkpoint[k] for k in ("step", "samples", "elapsed"))
        log = self.out / "log.jsonl"
        if log.exists():  # lines written after the checkpoint would be written twice
            kept = [line for line in log.read_text(encoding="utf-8").splitlines() if json.loads(line)["step"] <= self.step]
            write_atomically(log, lambda path: path.write_text("".join(line + "\n" for line in kept), encoding="utf-8"))
        print(f"{self.out}: resumed at step {self.step}, {self.fraction:.0%} of the budget spent", flush=True)

    def _stop(self, number: int, frame: object) -> None:
        self.stopping = True

    def _log_if_due(self) -> None:
        waited = time.monotonic() - self._window_started
        if self._window_steps >= self.log_every or waited > self.log_seconds:
            self._log_window()

    def _log_window(self) -> None:
        if self._window_steps == 0:
            return
        losses = {name: (total / self._counts[name]).item() for name, total in self._sums.items()}
        seconds = time.monotonic() - self._window_started
        self.log(samples_per_s=round(self._window_samples / seconds, 1), lr=self.optimizer.param_groups[0]["lr"], **losses)
        broken = [name for name, value in losses.items() if not math.isfinite(value)]
        if broken:
            raise ArithmeticError(f"{self.out}: {broken[0]} is not finite at step {self.step}. "
                                  "The last checkpoint is kept: lower --lr and run again.")
        self._sums, self._counts, self._window_steps, self._window_samples = {}, {}, 0, 0
        self._window_started = time.monotonic()
