#!/usr/bin/env bash
# Fails on a .cc file that the build does not compile: a test or a source that
# nobody listed in a CMakeLists.txt.
#   check_listed.sh ROOT COMPILE_COMMANDS_JSON DIR...
set -euo pipefail
root=$1
commands=$2
shift 2
cd "$root"

failures=0
while read -r file; do
  grep -qF "\"file\": \"$root/$file\"" "$commands" || {
    echo "$file is in no CMakeLists.txt"
    failures=$((failures + 1))
  }
done < <(find "$@" -path tests/install -prune -o -name '*.cc' -print | sort)
exit $((failures > 0))
