#!/usr/bin/env bash
# What sharing negatives among the contexts of a center costs in quality: beside
# a slow trainer that draws negatives for each pair, on English Wikipedia.
#
#   benchmarks/negatives.sh [DATA [WORK]] [OPTION...]
#
# DATA holds text/en_wiki.txt.zst and eval/*.tsv. Vectors and tables (TSV) go to
# WORK (default: a temporary folder). --help lists the options. Needs zstd,
# python3-numpy and python3-scipy. By default 30 MB, one epoch, three seeds: a
# few minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=$here/benchmarks/tools/compare_negatives.py
. "$here/benchmarks/tools/folders.sh"
needs zstd
[[ -n ${NEGATIVES_QUALITY:-} ]] || "$here/apps/setup.sh" negatives_quality
exec /usr/bin/python3 "$tool" "$data" "$work" \
  --program "${NEGATIVES_QUALITY:-$here/build/benchmarks/negatives_quality}" \
  "${options[@]}"
