#!/usr/bin/env bash
# Fails on a .cc file that the build does not compile: a test or a source that
# nobody listed in a CMakeLists.txt. Where sources are joined, it looks into the
# sources that include them.
#   check_listed.sh ROOT COMPILE_COMMANDS_JSON DIR...
set -euo pipefail
root=$1
commands=$2
shift 2
cd "$root"

compiled=$(sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$commands")
# grep fails where no sources are joined.
joined=$({ grep '/unity_[0-9]*_cxx\.cxx$' <<<"$compiled" || true; } |
  tr '\n' '\0' | xargs -0 -r sed -n 's/^#include "\(.*\)"$/\1/p')
failures=0
while read -r file; do
  grep -qxF "$root/$file" <<<"$compiled"$'\n'"$joined" || {
    echo "$file is in no CMakeLists.txt"
    failures=$((failures + 1))
  }
done < <(find "$@" -path tests/install -prune -o -name '*.cc' -print | sort)
exit $((failures > 0))
