#!/usr/bin/env bash
# Recall@10 against queries a second of flat, HNSW and IVF indexes of this
# project, of Debian's FAISS and, if its header was there when this was built
# (package libhnswlib-dev, or HNSWLIB_INCLUDE names its folder), of hnswlib.
#
#   benchmarks/search.sh VECTORS [WORK [ROWS...]]
#
# VECTORS: a .embed, .vec or .bin file of trained vectors, enlarged by noisy
# copies to ROWS (default 100000). Writes WORK/search_ROWS.tsv, plots, and
# WORK/search.md, as benchmarks/SEARCH.md is. M (16), EF_CONSTRUCTION (100),
# LISTS (0: 4 sqrt(ROWS)), THREADS (1,2) and NAMES (all of search_peers.h,
# separated by semicolons) may be set. FAISS HNSWSQ takes minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
export PYTHONDONTWRITEBYTECODE=1
vectors=${1:?usage: benchmarks/search.sh VECTORS [WORK [ROWS...]]}
work=${2:-$(mktemp -d)}
shift $(($# < 2 ? $# : 2))
mkdir -p "$work"
all="embed flat;embed HNSW;embed HNSW f16;embed IVF;embed IVF f16;FAISS Flat"
all+=";FAISS SQ8;FAISS HNSWFlat;FAISS HNSWSQ;FAISS IVFFlat;hnswlib"
IFS=';' read -r -a names <<<"${NAMES:-$all}"
# A kernel of OpenBLAS chosen for another machine would slow FAISS down; its
# threads would not be counted.
unset OPENBLAS_CORETYPE
export OPENBLAS_NUM_THREADS=1
for rows in "${@:-100000}"; do
  "${BUILD:-$here/build}/benchmarks/search_bench" "$vectors" "$rows" \
    "${M:-16}" "${EF_CONSTRUCTION:-100}" "${LISTS:-0}" "${THREADS:-1,2}" \
    "${names[@]}" >"$work/search_$rows.tsv"
done
/usr/bin/python3 "$here/benchmarks/tools/search_report.py" "$work"
