#!/usr/bin/env bash
# How fast graphs are loaded and what they take on the way, as TSV: GB/s of text
# parsed (after decompression), seconds in all, and bytes of memory per directed
# arc at the peak and after. Files of an R-MAT graph: plain, .gz and .zst edge
# lists, directed, weighted, typed; 1 and 2 threads.
#
#   benchmarks/load.sh
#
# SCALE (default 20: 1 M nodes), EDGES (8500000) and RUNS (3, the fastest
# counts) may be set.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
bench=${BUILD:-$here/build}/benchmarks/load_bench
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
"$bench" make "${SCALE:-20}" "${EDGES:-8500000}" "$folder/rmat"
gzip -1 -k "$folder/rmat.edges"
zstd -q -1 -k "$folder/rmat.edges"
printf 'file\tkind\tthreads\tmillion_arcs\tparse_GB_per_s\tseconds\t'
printf 'peak_bytes_per_arc\tbytes_per_arc\n'
while read -r file kind; do
  for threads in 1 2; do
    for ((run = 0; run < ${RUNS:-3}; ++run)); do
      "$bench" load "$folder/$file" "$kind" "$threads"
    done | sort -t$'\t' -k6,6g | head -n 1
  done
done <<'END'
rmat.edges edges
rmat.edges.gz edges
rmat.edges.zst edges
rmat.edges directed
rmat.weighted weighted
rmat.weighted directed_weighted
rmat.hin hin
END
