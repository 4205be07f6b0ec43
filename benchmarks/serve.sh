#!/usr/bin/env bash
# embedserve on this machine against the index asked in one process: queries a
# second, and how long requests take. Client and server share the cores.
#
#   benchmarks/serve.sh [INDEX.faiss]
#
# Without an index it makes one of ROWS (default 100000) rows of DIM (128), with
# a graph for a recall of 0.95. SECONDS_EACH (5) and CONNECTIONS (32) may be set.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
build=${BUILD:-$here/build}
load=$build/benchmarks/serve_load
seconds=${SECONDS_EACH:-5}
connections=${CONNECTIONS:-32}
folder=$(mktemp -d)
server=
stop() {
  [[ -z $server ]] || kill "$server" 2>/dev/null || true
  rm -r "$folder"
}
trap stop EXIT

index=${1:-}
if [[ -z $index ]]; then
  index=$folder/items.faiss
  "$here/benchmarks/tools/serve_vectors.py" "${ROWS:-100000}" "${DIM:-128}" \
    "$folder/items.bin"
  "$build/bin/embedconvert" --index hnsw --target_recall 0.95 \
    "$folder/items.bin" "$index"
fi

start=$(date +%s%N)
"$build/bin/embedserve" --index "$index" --port 0 >"$folder/out" &
server=$!
until grep -q listening "$folder/out"; do
  kill -0 "$server" 2>/dev/null ||
    { echo "error: embedserve has ended" >&2; exit 1; }
  sleep 0.01
done
printf 'listens after %d ms\n' $((($(date +%s%N) - start) / 1000000))
port=$(sed 's/.*://' "$folder/out")

rate_of() { sed 's/ .*//' <<<"$1"; }
show() { printf '%s\t%s\n' "$1" "$2"; }
for threads in 1 2; do
  show "in one process, $threads threads" \
    "$("$load" direct "$index" "$seconds" "$threads")"
done
"$load" http "$index" "$port" "$connections" 1 0 >/dev/null
most=$("$load" http "$index" "$port" "$connections" "$seconds" 0)
show "as fast as it goes" "$most"
half=$(($(rate_of "$most") / 2))
show "$half queries/s" \
  "$("$load" http "$index" "$port" "$connections" "$seconds" "$half")"
show "one connection" "$("$load" http "$index" "$port" 1 "$seconds" 0)"
for batch in 16 256; do
  show "one connection, batches of $batch" \
    "$("$load" http "$index" "$port" 1 "$seconds" 0 "$batch")"
  show "4 connections, batches of $batch" \
    "$("$load" http "$index" "$port" 4 "$seconds" 0 "$batch")"
done
