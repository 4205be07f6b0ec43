#!/usr/bin/env bash
# What --deterministic costs: speed and quality beside plain Hogwild training, on
# English Wikipedia.
#
#   benchmarks/deterministic.sh DATA [WORK] [OPTION...]
#
# DATA holds text/en_wiki.txt.zst and eval/*.tsv. Vectors and tables (TSV) go to
# WORK (default: a temporary folder). --help lists the options. Needs zstd,
# python3-numpy and python3-scipy. About ten minutes.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=$here/benchmarks/tools/compare_deterministic.py
. "$here/benchmarks/tools/folders.sh"
needs zstd
[[ -n ${EMBEDTRAIN:-} ]] || "$here/apps/setup.sh" embedtrain
exec /usr/bin/python3 "$tool" "$data" "$work" \
  --program "${EMBEDTRAIN:-$here/build/bin/embedtrain}" "${options[@]}"
