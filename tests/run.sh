#!/usr/bin/env bash
# Installs what is missing, builds everything and runs all tests. Arguments go
# to ctest: tests/run.sh -R Vocabulary
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/apps/setup.sh"
exec ctest --test-dir "$root/build" -j2 --output-on-failure "$@"
