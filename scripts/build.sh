#!/usr/bin/env bash
# Builds build/sfumato, and with --tests the tests too. Prints the build's output only if it fails.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tests=OFF
targets=(sfumato)
if [[ "${1:-}" == --tests ]]; then
  tests=ON
  targets=()
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
configured=$(sed -n 's/^SFUMATO_TESTS:BOOL=//p' build/CMakeCache.txt 2>/dev/null || true)
# A build folder that has tests keeps them: they cost nothing when only the program is built.
if [[ -z $configured || ($tests == ON && $configured == OFF) ]]; then
  cmake --preset release -DSFUMATO_TESTS=$tests >"$log" 2>&1 || { cat "$log" >&2; exit 70; }
fi
[[ -x build/sfumato ]] || echo "build.sh: building, this takes some minutes" >&2
cmake --build build ${targets[@]:+--target "${targets[@]}"} >"$log" 2>&1 || { cat "$log" >&2; exit 70; }
