#!/usr/bin/env bash
# Fails on C++ that clang-format would change. Exit code 77 (skipped) where
# clang-format 14, whose style is the reference, is not installed.
#   check_format.sh ROOT
set -euo pipefail
cd "$1"

formatter=$(command -v clang-format-14 || command -v clang-format || true)
if [[ -z $formatter ]]; then
  echo "SKIPPED: clang-format is not installed"
  exit 77
fi
if ! "$formatter" --version | grep -q 'version 14\.'; then
  echo "SKIPPED: $("$formatter" --version); the reference is version 14"
  exit 77
fi
find embed graph text apps tests benchmarks \
  \( -name '*.h' -o -name '*.cc' \) -print0 |
  sort -z | xargs -0 -r "$formatter" --dry-run -Werror
