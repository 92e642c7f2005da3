#!/usr/bin/env bash
# Checks everything that CI checks, with the time of each stage: format, lint, rooms, all tests, sanitizers, fuzz targets, the installed library.
# Ends at the first stage that fails. scripts/test.sh is one of the stages.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
times=()

stage() {  # stage NAME COMMAND...
  local begin=$SECONDS name=$1
  shift
  echo "check.sh: $name" >&2
  "$@" || { echo "check.sh: $name failed." >&2; exit 1; }
  times+=("$(printf '%5d s  %s' $((SECONDS - begin)) "$name")")
}

# quietly COMMAND...: shows the output only if the command fails.
quietly() { "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; return 1; }; }

build_with_warnings_as_errors() {
  quietly cmake --preset release -DSFUMATO_TESTS=ON -DCMAKE_COMPILE_WARNING_AS_ERROR=ON && quietly cmake --build build
}

core_tests_with_sanitizers() {
  quietly cmake --preset asan && quietly cmake --build build-asan --target sfumato_core_tests && ASAN_OPTIONS=detect_leaks=0:detect_container_overflow=0 build-asan/sfumato_core_tests --gtest_brief=1
}

fuzz() { quietly cmake --preset fuzz && quietly cmake --build --preset fuzz && scripts/check/fuzz.sh --processes 2 5; }

installed_library() {
  local prefix=$work/prefix
  quietly cmake --install build --prefix "$prefix" &&
    quietly cmake -S examples -B "$work/examples" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release &&
    quietly cmake --build "$work/examples" &&
    "$work/examples/draw" "$prefix/share/sfumato/models/default" "a red apple" 7 5 "$work/example.ppm" &&
    (cd "$work" && "$prefix/bin/sfumato" -q --device cpu "a red apple" -s 7 -o program.png) &&
    .venv/bin/python - "$work/example.ppm" "$work/program.png" <<'PYTHON'
import sys
from PIL import Image
example, program = (Image.open(path).convert("RGB") for path in sys.argv[1:])
sys.exit(example.size != (128, 128) or example.tobytes() != program.tobytes())
PYTHON
}

stage "set-up" scripts/setup.sh --python
stage "format, ruff, order of the rooms" scripts/check/style.sh
stage "build, warnings are errors" build_with_warnings_as_errors
stage "tests" scripts/test.sh
stage "installed library and example" installed_library
stage "core tests with sanitizers" core_tests_with_sanitizers
stage "fuzz targets, 5 s each" fuzz
printf '%s\n' "check.sh: all passed in $SECONDS s" "${times[@]}" >&2
