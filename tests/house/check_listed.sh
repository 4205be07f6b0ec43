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
missing=$(LC_ALL=C comm -23 \
  <(find "$@" -path tests/install -prune -o -name '*.cc' -printf "$root/%p\n" |
    LC_ALL=C sort) \
  <(printf '%s\n' "$compiled" "$joined" | LC_ALL=C sort))
[[ -n $missing ]] || exit 0
sed "s|^$root/\(.*\)|\1 is in no CMakeLists.txt|" <<<"$missing"
exit 1
