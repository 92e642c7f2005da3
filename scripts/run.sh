#!/usr/bin/env bash
# Installs what is missing, builds, and runs sfumato with the arguments given.
set -euo pipefail
folder=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
"$folder/setup.sh"
"$folder/build.sh"
exec "$folder/../build/sfumato" "$@"
