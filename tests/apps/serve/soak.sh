#!/usr/bin/env bash
# embedserve for half an hour under full load, with 1,000 idle connections that
# ask now and then, peers that never finish a request, and a reload (SIGHUP)
# every second: no request fails, no connection is refused, and the memory stays
# within 5 % of what it was after the first quarter.
#
#   tests/apps/serve/soak.sh [BUILD]
#
# SOAK_SECONDS (1800), ROWS (20000), IDLE (1000) may be set. Needs the targets
# embedserve, embedconvert and serve_load, and Python with NumPy.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
build=${1:-$root/build}
seconds=${SOAK_SECONDS:-1800}
python=${PYTHON:-python3}
folder=$(mktemp -d)
ulimit -n 4096 2>/dev/null || true
server=
helpers=()
stop() {
  for one in "${helpers[@]}" $server; do kill "$one" 2>/dev/null || true; done
  rm -r "$folder"
}
trap stop EXIT
fail() {
  echo "soak: FAILED: $*" >&2
  exit 1
}

"$python" "$root/benchmarks/tools/serve_vectors.py" "${ROWS:-20000}" 32 \
  "$folder/items.bin"
"$build/bin/embedconvert" --index hnsw "$folder/items.bin" \
  "$folder/items.faiss" 2>"$folder/log"
"$build/bin/embedserve" --index "$folder/items.faiss" --port 0 \
  --request_timeout 5 >"$folder/out" 2>"$folder/log" &
server=$!
until grep -q listening "$folder/out"; do
  kill -0 "$server" 2>/dev/null || fail "embedserve has ended"
  sleep 0.05
done
port=$(sed 's/.*://' "$folder/out")

"$python" "$here/soak_peers.py" "$port" "$((seconds + 4))" "${IDLE:-1000}" &
peers=$!
sleep 2
"$build/benchmarks/serve_load" http "$folder/items.faiss" "$port" 32 \
  "$seconds" 0 >"$folder/load" &
load=$!
helpers=("$peers" "$load")

: >"$folder/memory"
for ((second = 0; second < seconds; ++second)); do
  sleep 1
  kill -HUP "$server" || fail "embedserve has ended; $(tail -1 "$folder/log")"
  awk '/^RssAnon/ {print $2}' "/proc/$server/status" >>"$folder/memory"
done
wait "$load" || fail "the load ended early"
cat "$folder/load"
grep -q 'failed 0$' "$folder/load" || fail "requests of the load failed"
wait "$peers" || fail "the other peers were not served as they should be"

# KiB of the second quarter against the last one.
awk '{kib[NR] = $1}
  END {
    for (i = 1; i <= NR; ++i) {
      if (i > NR / 4 && i <= NR / 2) { before += kib[i]; ++n }
      if (i > NR * 3 / 4) { after += kib[i]; ++m }
    }
    change = (after / m) / (before / n) - 1
    printf "anonymous memory: %.0f KiB, later %.0f KiB: %+.1f %%\n",
      before / n, after / m, 100 * change
    exit change > 0.05 || change < -0.05
  }' "$folder/memory" || fail "the memory is not flat"

metrics=$("$python" -c "import sys, urllib.request as u
print(u.urlopen('http://127.0.0.1:' + sys.argv[1] + '/metrics').read().decode())" \
  "$port")
grep -q '^embedserve_connections_refused_total 0$' <<<"$metrics" ||
  fail "connections were refused"
grep '^embedserve_reloads_total\|^embedserve_timeouts_total' <<<"$metrics"
grep -q '^embedserve_reloads_failed_total 0$' <<<"$metrics" ||
  fail "reloads failed"
kill "$server"
wait "$server" || fail "the service did not end well"
server=
helpers=()
echo "soak: passed"
