#!/usr/bin/env bash
# Line coverage of embed/, graph/ and text/ by their own tests, without those of
# the commands: builds without optimization in a folder of its own, runs each
# test program once, and names the lines that none reached. Fails below 92 %.
#   tests/coverage.sh [BUILD_FOLDER]
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${1:-$root/build-coverage}
jobs=${EMBED_JOBS:-$(nproc)}

cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Coverage \
  -DCMAKE_UNITY_BUILD=ON -DCMAKE_UNITY_BUILD_BATCH_SIZE=8 \
  -DCMAKE_CXX_FLAGS_COVERAGE="-O0 --coverage" \
  -DCMAKE_EXE_LINKER_FLAGS_COVERAGE=--coverage \
  -DCMAKE_SHARED_LINKER_FLAGS_COVERAGE=--coverage >/dev/null
cmake --build "$build" -j "$jobs" --target \
  tests/embed/all tests/graph/all tests/text/all tests/golden/all \
  fuzz_replay_test

# Counts of former runs are of no use.
find "$build" -name '*.gcda' -delete
failed=0
for program in "$build"/tests/*_test; do
  if "$program" --gtest_brief=1 >"$program.log" 2>&1; then continue; fi
  failed=1
  echo "$program failed:"
  grep -E 'FAILED|Failure' "$program.log" | head -20
done

python3 "$root/tests/coverage.py" "$build" 92
exit $failed
