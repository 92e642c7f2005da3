#!/usr/bin/env bash
# Writes the lists of packages that setup.sh installs: for each NAME.in, which names what is needed, a NAME.txt with every package
# that pip will install for it, and the SHA-256 of each of its files on PyPI. pip takes no others (--require-hashes).
#   scripts/requirements/lock.sh             after a change of a .in file; other versions stay
#   scripts/requirements/lock.sh --upgrade   all to the newest that the .in files allow
# Needs uv (pip install uv, into an environment of its own) and the network.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# lock NAME ARGUMENTS...
lock() {
  local name=$1
  shift
  uv pip compile --quiet --no-header --no-config --generate-hashes --python-version 3.11 --python-platform x86_64-manylinux_2_36 \
    "${upgrade[@]}" -o "$name.txt" "$@" >/dev/null
  sed -i '/^# The following packages were excluded/,$d' "$name.txt" && sed -i '${/^$/d}' "$name.txt"
}
upgrade=("$@")

lock libtorch --no-deps libtorch.in # 1.5 GB instead of 5; the program needs no more
lock python libtorch.in python.in
# These are installed beside python.txt, and list only what that has not.
omitted=()
for package in $(grep -oE '^[A-Za-z0-9._-]+==' python.txt | tr -d =); do omitted+=(--no-emit-package "$package"); done
lock cuda libtorch.in -c python.txt
lock data libtorch.in python.in data.in -c python.txt "${omitted[@]}"
lock teacher libtorch.in python.in teacher.in -c python.txt "${omitted[@]}"
lock golden --no-deps golden.in
lock peers-compile peers-compile.in # this and the next into a folder of their own
lock peers peers.in
