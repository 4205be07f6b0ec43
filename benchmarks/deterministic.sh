#!/usr/bin/env bash
# What --deterministic costs: speed and quality beside plain Hogwild training, of
# words on English Wikipedia and of nodes on BlogCatalog.
#
#   benchmarks/deterministic.sh [DATA [WORK]] [OPTION...]
#
# DATA holds text/en_wiki.txt.zst, eval/*.tsv and graph/blogcatalog.edges.zst and
# .labels. Vectors and tables (TSV) go to WORK (default: a temporary folder).
# --help lists the options. EMBEDTRAIN may name another program, with embedeval
# beside it. Needs zstd, python3-numpy and python3-scipy. About 20 minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=$here/benchmarks/tools/compare_deterministic.py
. "$here/benchmarks/tools/folders.sh"
needs zstd
[[ -n ${EMBEDTRAIN:-} ]] || "$here/apps/setup.sh" embedtrain embedeval
exec /usr/bin/python3 "$tool" "$data" "$work" \
  --program "${EMBEDTRAIN:-$here/build/bin/embedtrain}" \
  --config "$here/configs/deepwalk_blogcatalog.flags" "${options[@]}"
