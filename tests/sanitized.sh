#!/usr/bin/env bash
# Builds what reads hostile bytes (files, text, requests to embedserve), and no
# more, with Address- and UndefinedBehaviorSanitizer, and runs its tests
# (tests/sanitized). Prints little unless something fails.
#
#   tests/sanitized.sh [BUILD_FOLDER]     default: build-asan
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${1:-$root/build-asan}")
log=$build/sanitized.log

cd "$root"
cmake --preset asan -B "$build" >/dev/null
cmake --build "$build" --target sanitized_test -- --quiet
if ! ctest --test-dir "$build/tests/sanitized" -j2 --output-on-failure \
  >"$log" 2>&1; then
  cat "$log"
  exit 1
fi
echo "With sanitizers: $(grep 'tests passed' "$log")"
