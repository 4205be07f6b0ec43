#!/usr/bin/env bash
# Chinese word vectors: cw2vec beside skip-gram, CBOW, fasttext mode and
# Debian's fasttext, the same corpus and settings, several seeds.
#
#   benchmarks/words_zh.sh DATA [WORK]
#
# DATA holds text/zh_modern_seg.txt.zst (words between blanks), and of eval/
# zh_ws240.tsv and zh_analogy1124.tsv. The table (Spearman x 100 on WordSim-240,
# per cent of the analogies by 3CosAdd and 3CosMul, what of them is covered)
# goes to standard output, each run to WORK/words_zh.tsv.
# DIM (default: 100), RUNS (3, with seeds 1, 2, ...), THREADS (all cores),
# LINES (0: all) may be set; EMBEDTRAIN and EMBEDEVAL name the programs
# (default: a release build in build/). Needs zstd; a missing fasttext is named.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
data=${1:?usage: benchmarks/words_zh.sh DATA [WORK]}
work=${2:-$(mktemp -d)}
export EMBEDTRAIN=${EMBEDTRAIN:-$here/build/bin/embedtrain}
export EMBEDEVAL=${EMBEDEVAL:-$here/build/bin/embedeval}
[[ -x $EMBEDTRAIN ]] || "$here/apps/setup.sh" embedtrain
[[ -x $EMBEDEVAL ]] || "$here/apps/setup.sh" embedeval
echo "results go to $work" >&2
export PYTHONDONTWRITEBYTECODE=1
exec /usr/bin/python3 "$here/benchmarks/tools/words_zh.py" "$data" "$work" \
  --dim "${DIM:-100}" --runs "${RUNS:-3}" --lines "${LINES:-0}" \
  --threads "${THREADS:-$(nproc)}"
