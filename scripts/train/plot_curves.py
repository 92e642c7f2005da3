"""Plots the losses of one or more trainings as one PNG, three panels per row.

    scripts/train/plot_curves.py models/logs/{text,autoencoder,unet}.jsonl --out models/pictures/curves.png

Each panel shows the losses of a log (training/loop.py) over minutes. Its title is the log's name, or its folder's name for
log.jsonl.
"""

import argparse
import json
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
from matplotlib.ticker import LogLocator, NullFormatter

from training.loop import write_atomically

# Fields that are not losses, and values on another scale.
NOT_DRAWN = {"step", "samples", "elapsed", "samples_per_s", "lr", "gradient_norm", "kl"}

COLUMNS = 3


def curves(log: Path) -> dict[str, tuple[list[float], list[float]]]:
    """Name of a loss -> minutes, values. Lines without samples_per_s are reports, not losses."""
    found: dict[str, tuple[list[float], list[float]]] = {}
    for text in log.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        if "samples_per_s" in line:
            for name in line.keys() - NOT_DRAWN:
                minutes, values = found.setdefault(name, ([], []))
                minutes.append(line["elapsed"] / 60)
                values.append(line[name])
    return dict(sorted(found.items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("logs", type=Path, nargs="+", metavar="LOG")
    parser.add_argument("--out", type=Path, required=True, help="PNG to write")
    options = parser.parse_args()

    columns = min(COLUMNS, len(options.logs))
    rows = -(-len(options.logs) // columns)
    figure, panels = plt.subplots(rows, columns, figsize=(4 * columns, 3 * rows), squeeze=False, layout="constrained")
    for panel in panels.flat[len(options.logs):]:
        panel.remove()
    for panel, log in zip(panels.flat, options.logs):
        for name, (minutes, values) in curves(log).items():
            panel.plot(minutes, values, label=name.replace("_", " "), linewidth=1.2)
        panel.set(title=log.parent.name if log.name == "log.jsonl" else log.stem, xlabel="minutes", yscale="log")
        panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        panel.yaxis.set_major_formatter("{x:g}")
        panel.yaxis.set_minor_formatter(NullFormatter())
        panel.grid(alpha=0.3)
        panel.legend(fontsize=8)
    write_atomically(options.out, lambda path: figure.savefig(path, format="png", dpi=110))


if __name__ == "__main__":
    main()
