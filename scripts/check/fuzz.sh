#!/usr/bin/env bash
# Runs the fuzz targets and prints a table: executions, executions a second, inputs that reach code of their own, findings.
#   cmake --preset fuzz && cmake --build --preset fuzz
#   scripts/check/fuzz.sh 1200                     1200 seconds of each, one after another, or 10^7 executions if that is less
#   scripts/check/fuzz.sh 60 png journal           two of them
#   scripts/check/fuzz.sh --processes 2 5          two at a time
# New inputs are kept in build-fuzz/found, so that the next run goes on there; what fails lies in build-fuzz/findings. Exit code 1 if anything does.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
root=$PWD build=$PWD/build-fuzz

processes=1
if [[ ${1:-} == --processes ]]; then
  processes=$2
  shift 2
fi
if [[ ! ${1:-} =~ ^[0-9]+$ ]]; then
  echo "fuzz.sh: how many seconds for each target? scripts/check/fuzz.sh SECONDS [TARGET...]" >&2
  exit 64
fi
seconds=$1
shift
targets=("$@")
if [[ $# == 0 ]]; then
  for path in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$path" _fuzz.cpp)"); done
fi

fuzz_one() {
  local name=$1 log=$build/logs/$1.log options=() corpora=() folder code=0
  mkdir -p "$build/found/$name" "$build/findings"
  [[ -f $root/tests/fuzz/dictionaries/$name.dict ]] && options+=("-dict=$root/tests/fuzz/dictionaries/$name.dict")
  for folder in "$root/tests/fuzz/corpus/$name" "$root/tests/image/golden"; do
    [[ -d $folder && ($folder != */golden || $name == png || $name == jpeg) ]] && corpora+=("$folder")
  done
  "$build/${name}_fuzz" -runs=10000000 -max_total_time="$seconds" -max_len=4096 -timeout=20 -rss_limit_mb=4096 -print_funcs=0 -print_final_stats=1 \
    -artifact_prefix="$build/findings/$name-" "${options[@]}" "$build/found/$name" "${corpora[@]}" >"$log" 2>&1 || code=$?
  local runs rate
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
  printf '%-20s %12s %12s %8s  %s\n' "$name" "${runs:-?}" "${rate:-?}" "$(find "$build/found/$name" -type f | wc -l)" \
    "$([[ $code == 0 ]] && echo - || echo "$log")"
  return "$code"
}
export -f fuzz_one
export root build seconds

mkdir -p "$build/logs"
printf '%-20s %12s %12s %8s  %s\n' target executions "a second" inputs finding
printf '%s\n' "${targets[@]}" | xargs -P "$processes" -I{} bash -c 'fuzz_one {} || exit 1'
