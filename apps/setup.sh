#!/usr/bin/env bash
# Makes this checkout ready: installs the packages that are missing (Debian 12,
# apt-get), then builds the named CMake targets, or everything, into build/.
# Where nothing is missing and nothing changed it is silent and instant.
#
#   apps/setup.sh [--with-peers] [TARGET...]
#
# --with-peers (implied by CI=true) also installs the programs that some tests
# and benchmarks compare with; those are skipped where a peer is absent.
set -euo pipefail
export LC_ALL=C.UTF-8

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

needed=(g++ cmake ninja-build libabsl-dev libboost-dev libboost-graph-dev
  libeigen3-dev libfaiss-dev libopenblas-dev libhwy-dev libgflags-dev
  libgtest-dev libgmock-dev libbenchmark-dev liblbfgs-dev liblinear-dev
  nlohmann-json3-dev zlib1g-dev libzstd-dev libxxhash-dev libutf8proc-dev zstd
  rime-data-stroke clang-format)
peers=(chromium clang-tidy fasttext liblinear-tools nodejs python3-faiss
  python3-gensim python3-sklearn python3-zstandard)

say() { printf '%s\n' "$*" >&2; }
fail() {
  say "setup: error: $*"
  exit 1
}

# The packages among the arguments that are not installed, blank-separated.
missing_packages() {
  local installed name
  installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" \
    2>/dev/null | sed -n 's/ installed$//p' || true)
  for name in "$@"; do
    grep -qxF -- "$name" <<<"$installed" || printf '%s ' "$name"
  done
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo "$@"; fi
}

# install_packages NAME...: true if all of them are installed afterwards.
install_packages() {
  [[ $(id -u) == 0 ]] || command -v sudo >/dev/null || return 1
  say "setup: installing $*"
  as_root apt-get update -q >&2 || return 1
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
    --no-install-recommends "$@" >&2
}

check_packages() {
  local with_peers=$1 missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    say "setup: this is not a Debian system: packages are not installed for" \
      "you; needed are (Debian 12 names): ${needed[*]}"
    return
  fi
  missing=$(missing_packages "${needed[@]}")
  # shellcheck disable=SC2086  # package names hold no blanks
  [[ -z $missing ]] || install_packages $missing ||
    fail "needed packages could not be installed; as root:" \
      "apt-get update && apt-get install --no-install-recommends $missing"
  [[ $with_peers == true ]] || return 0
  missing=$(missing_packages "${peers[@]}")
  # shellcheck disable=SC2086
  [[ -z $missing ]] || install_packages $missing ||
    say "setup: not installed: $missing; what compares with them is skipped"
}

# configure: once; afterwards the build itself sees when CMake must run again.
# Sources are compiled eight at a time, in a third of the time that each alone
# takes; where sources change often, a build without CMAKE_UNITY_BUILD is better.
configure() {
  local build=$1 home
  local options=(-DCMAKE_BUILD_TYPE=Release -DCMAKE_UNITY_BUILD=ON
    -DCMAKE_UNITY_BUILD_BATCH_SIZE=8)
  if [[ -e $build/build.ninja || -e $build/Makefile ]]; then
    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' \
      "$build/CMakeCache.txt")
    [[ $home != "$root" ]] || return 0
    say "setup: $build was made for $home; configuring it again"
    options+=(--fresh)
  elif [[ ! -e $build/CMakeCache.txt ]]; then
    options+=(-G Ninja)
  fi
  [[ ${CI:-} != true ]] || options+=(-DEMBED_WARNINGS_AS_ERRORS=ON)
  cmake -S "$root" -B "$build" "${options[@]}" >&2 || fail "CMake failed"
}

build_targets() {
  local build=$1 arguments=()
  shift
  [[ $# == 0 ]] || arguments=(--target "$@")
  cmake --build "$build" --parallel "${arguments[@]}" |
    { grep --line-buffered -v -e '^ninja: no work to do\.$' \
      -e 'Re-checking globbed directories' || true; } >&2 ||
    fail "the build failed; the messages above say where"
}

with_peers=${CI:-false}
if [[ ${1:-} == --with-peers ]]; then
  with_peers=true
  shift
fi
check_packages "$with_peers"
configure "$root/build"
build_targets "$root/build" "$@"
