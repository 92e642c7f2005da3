#!/usr/bin/env bash
# Installs what is missing, and nothing else. Debian 12; root or sudo for apt.
#   scripts/setup.sh            what the program needs: compiler, libraries, LibTorch (1.5 GB, in .venv)
#   scripts/setup.sh --cuda     and CUDA's libraries, for --device cuda (5 GB)
#   scripts/setup.sh --python   and what tests, training and export need: Python (5.5 GB, CUDA's libraries included), clang
#   scripts/setup.sh --training and also what draws the pictures that the default model is trained on (150 MB)
# Once everything is there it takes a few hundredths of a second.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(g++ cmake ninja-build pkg-config python3-venv libcli11-dev nlohmann-json3-dev libstb-dev libsentencepiece-dev
  libdeflate-dev libyaml-dev libpng-dev libjpeg62-turbo-dev libssl-dev libjemalloc-dev
  fonts-dejavu-core)
level=program
case "${1:-}" in
  "") ;;
  --cuda) level=cuda ;;
  --python | --training)
    level=${1#--}
    packages+=(libgtest-dev clang libclang-rt-14-dev wordnet-base unicode-cldr-core fonts-lato fonts-comic-neue)
    [[ $level == python ]] || packages+=(openclipart-svg)
    ;;
  *)
    echo "setup.sh: $1: unknown option. Give --cuda, --python, --training or nothing." >&2
    exit 64
    ;;
esac

install_packages() {
  local missing=() package
  for package in "${packages[@]}"; do
    [[ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -eq 0 ]] && return
  local apt=(apt-get)
  if [[ $EUID -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
      echo "setup.sh: these packages are missing, and installing them needs root: ${missing[*]}" >&2
      exit 73
    fi
    apt=(sudo apt-get)
  fi
  echo "setup.sh: installing ${missing[*]}" >&2
  "${apt[@]}" update -qq >&2
  DEBIAN_FRONTEND=noninteractive "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >&2
}

# install_python LEVEL FILE PIP-ARGUMENTS...: installs what FILE lists, once per content of FILE. Only files with the listed SHA-256 are
# taken, and only wheels: what builds a package would come without.
install_python() {
  local stamp=.venv/installed-$1 file=scripts/requirements/$2
  shift 2
  cmp -s "$file" "$stamp" && return
  [[ -x .venv/bin/pip ]] || python3 -m venv .venv
  echo "setup.sh: installing Python packages of $file" >&2
  .venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r "$file" "$@" >&2
  cp "$file" "$stamp"
}

install_packages
install_python program libtorch.txt --no-deps
if [[ $level == cuda ]]; then
  install_python cuda cuda.txt
elif [[ $level == python || $level == training ]]; then
  install_python python python.txt
  # Scripts of every folder find the packages in scripts/.
  for packages in .venv/lib/python3*/site-packages; do
    [[ "$(cat "$packages/sfumato.pth" 2>/dev/null)" == "$PWD/scripts" ]] || echo "$PWD/scripts" >"$packages/sfumato.pth"
  done
  if [[ $level == training ]]; then
    install_python data data.txt
  fi
fi
