#!/usr/bin/env bash
# Trains the default model's next U-Net in the time that the processor would idle: one process, idle priority, two threads.
#   scripts/train/background.sh start     prepares what is missing, then trains; goes on from the last checkpoint
#   scripts/train/background.sh pause     frees processor and caches' bandwidth, for measurements; keeps the memory
#   scripts/train/background.sh go        goes on after a pause
#   scripts/train/background.sh status    running or not, and the last lines of the log
#   scripts/train/background.sh stop      saves a checkpoint and ends; waits for it
# The state lies in ${SFUMATO_RUNS:-~/.local/state/sfumato/train}: data/, words.jsonl, unet/ (checkpoint.pt, log.jsonl).
# The packages with the pictures (models/next/README.md) are looked for in ${SFUMATO_PACKAGES:-../shared/data/npm}.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

runs=${SFUMATO_RUNS:-$HOME/.local/state/sfumato/train}
packages=${SFUMATO_PACKAGES:-../shared/data/npm}
pid_file=$runs/pid
python=$PWD/.venv/bin/python

# After a restart of the machine the number may be another program's.
running() { grep -qa scripts/train/ "/proc/$(cat "$pid_file" 2>/dev/null || echo none)/cmdline" 2>/dev/null; }

# Everything that has to be there before the U-Net; each step writes its product at its end, so that a stopped one is done again.
prepare() {
  [[ -f $runs/data/pictures-128.npy ]] || "$python" scripts/train/prepare_data.py --packages "$packages" --out "$runs/data" --processes 2
  [[ -f $runs/words.jsonl ]] || gunzip -c models/next/words.jsonl.gz >"$runs/words.jsonl"
}

train() {
  # A kernel that shares time between sessions (sched_autogroup) looks at the session's priority first.
  echo 19 >"/proc/$$/autogroup" 2>/dev/null || true
  prepare
  exec "$python" scripts/train/unet.py --data "$runs/data" --words "$runs/words.jsonl" --text models/next --autoencoder models/next \
    --out "$runs/unet" --device auto
}

case "${1:-}" in
  start)
    if running; then
      echo "background.sh: runs already (process group $(<"$pid_file"))"
      exit 0
    fi
    [[ -x $python ]] || { echo "background.sh: $python is not there. Run scripts/setup.sh --training." >&2; exit 69; }
    mkdir -p "$runs"
    export OMP_NUM_THREADS=2
    # chrt: other programs come first. setsid: a process group of its own, which pause, go and stop reach as a whole.
    setsid chrt --idle 0 scripts/train/background.sh train >>"$runs/output.log" 2>&1 </dev/null &
    echo $! >"$pid_file"
    echo "background.sh: started (process group $!), $runs"
    ;;
  train) train ;;
  pause) running && kill -STOP -- "-$(<"$pid_file")" ;;
  go) running && kill -CONT -- "-$(<"$pid_file")" ;;
  status)
    if running; then
      echo "running: $(ps -o stat=,etime=,time= --pid "$(<"$pid_file")" | xargs)"
    else
      echo "not running"
    fi
    tail -n 3 "$runs/unet/log.jsonl" 2>/dev/null || tail -n 3 "$runs/output.log" 2>/dev/null || true
    ;;
  stop)
    running || exit 0
    kill -CONT -- "-$(<"$pid_file")"
    kill -TERM -- "-$(<"$pid_file")"
    for _ in $(seq 600); do
      running || { echo "background.sh: stopped"; exit 0; }
      sleep 0.2
    done
    echo "background.sh: still runs after two minutes (process group $(<"$pid_file"))." >&2
    exit 75
    ;;
  *)
    echo "background.sh: start, pause, go, status or stop is expected." >&2
    exit 64
    ;;
esac
