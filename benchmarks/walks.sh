#!/usr/bin/env bash
# Steps a second of every kind of walk, one thread, as TSV: the best of several
# runs, beside a plain loop in the same run. R-MAT graphs of 1 M nodes / 16 M
# arcs and 4 M / 66 M, or a graph of your own.
#
#   benchmarks/walks.sh [EDGELIST]
#
# RUNS (default 3) and FILTER (a regular expression of benchmarks) may be set.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
if [[ $# -gt 0 ]]; then export EMBED_BENCH_GRAPH=$1; fi
for ((run = 0; run < ${RUNS:-3}; ++run)); do
  "$here/build/benchmarks/walks_bench" --benchmark_format=csv \
    --benchmark_filter="${FILTER:-.}" 2>/dev/null
done | awk -F, '
  BEGIN { OFS = "\t"; print "walk", "million_steps_per_second", "plain", "ratio" }
  $1 == "name" { for (i = 1; i <= NF; ++i) { gsub(/"/, "", $i); at[$i] = i } next }
  $1 ~ /^"BM_/ {
    gsub(/"|BM_|\/min_time.*/, "", $1)
    if (!($1 in best)) order[++names] = $1
    speed = $at["Msteps/s"]
    if (speed > best[$1]) {
      best[$1] = speed; plain[$1] = $at["plain"]; ratio[$1] = $at["vs plain"]
    }
  }
  END {
    for (i = 1; i <= names; ++i) {
      n = order[i]
      printf "%s\t%.1f\t%.2f\t%.1f\n", n, best[n], plain[n], ratio[n]
    }
  }'
