#!/usr/bin/env bash
# Installs what is missing, builds the tools, trains DeepWalk on Zachary's
# karate club and asks the index for neighbours. Starts from any folder.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
"$root/apps/setup.sh" embedtrain embedquery

run() {
  printf '\n$ %s\n' "$*"
  PATH="$root/build/bin:$PATH" "$@"
}

mkdir -p "$root/build/demo"
cd "$root/build/demo"
cp "$root/apps/data/karate.edgelist" .

printf '%s\n' "The karate club: 34 members, 78 friendships. Member 1 is the" \
  "instructor, member 34 the president; the club later split between them."
# One thread gives the same vectors in every run.
run embedtrain --mode deepwalk --threads 1 karate.edgelist
run embedquery --index karate.faiss --k 5 1 34
printf '\n%s\n%s\n' "Files: $PWD/karate.embed, $PWD/karate.faiss" \
  "Next: $root/build/bin/embedtrain --help"
