#!/usr/bin/env bash
# Installs what is missing, builds, and runs every test: CTest for C++, pytest for the program and the scripts.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/setup.sh --python
scripts/build.sh --tests
ctest --test-dir build --output-on-failure --no-tests=error
# One process per core, each with one thread. worksteal: a process that has nothing left takes tests of another's files (a third less
# time on 2 cores than by whole files).
processes=$(nproc) # before the next line, which nproc obeys
export OMP_NUM_THREADS=1
.venv/bin/python -m pytest -q -n "$processes" --dist worksteal tests
