#!/usr/bin/env bash
# Checks what needs no build: clang-format, ruff, the order of the rooms. Changes nothing; exit code 1 if anything is wrong.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
status=0
git ls-files -z '*.cpp' '*.h' | xargs -0 .venv/bin/clang-format --dry-run --Werror || status=1
.venv/bin/ruff check -q scripts tests || status=1
python3 scripts/check/rooms.py || status=1
exit "$status"
