#!/usr/bin/env bash
# clang-tidy over embed/, graph/, text/ and apps/, by the project's .clang-tidy;
# fails and prints what it tells. Needs clang-tidy, libomp-dev and a build by
# apps/setup.sh, whose joined sources it checks.
#
#   tests/tidy.sh [BUILD_FOLDER]     default: build
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=$(realpath -m "${1:-$root/build}")

# GCC's flags: its -Wconversion leaves changes of sign out, Clang's does not.
grep -oE '"file": "[^"]+"' "$build/compile_commands.json" | cut -d'"' -f4 |
  sort -u | grep -E "^($build|$root)/(embed|graph|text|apps)/" |
  xargs -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet \
    --extra-arg=-Wno-sign-conversion --extra-arg=-Wno-unknown-warning-option
echo "clang-tidy: nothing"
