#!/usr/bin/env bash
# The speed and quality of training, in one of three modes:
#
#   benchmarks/train.sh [DATA [WORK]] [OPTION...]
#       beside Debian's fasttext (no n-grams) and gensim at the same settings
#   benchmarks/train.sh --scaling [DATA [WORK]] [OPTION...]
#       ours as dim, window, negatives, vocabulary, corpus or threads change
#   benchmarks/train.sh --huge_pages [DATA [WORK]] [OPTION...]
#       ours with and without huge pages, at a vocabulary of a million words
#
# DATA holds text/en_wiki.txt.zst and eval/*.tsv. Texts, vectors, tables (TSV,
# Markdown) and plots (SVG) go to WORK (default: a temporary folder). --help
# lists a mode's options. Needs zstd, python3-numpy; to compare, fasttext,
# python3-gensim and python3-scipy too: a peer that is missing is left out,
# visibly. EMBEDTRAIN names the program to measure (default: a release build of
# this checkout in build/).
#
# By default a quick look of ten minutes or so: 30 MB of text, one epoch, one
# run. Figures to quote need an idle machine and all of the text, where the
# peers take about a day, or with --peer_runs 1 eight hours:
#   benchmarks/train.sh DATA WORK --megabytes 0 --epochs 5 --runs 3 \
#     --dim 100 128 300
#   benchmarks/train.sh --scaling DATA WORK --megabytes 0 --runs 3
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=compare_trainers.py
case ${1:-} in
  --scaling) tool=scaling.py ;;
  --huge_pages) tool=huge_pages.py ;;
esac
[[ $tool == compare_trainers.py ]] || shift
tool=$here/benchmarks/tools/$tool
. "$here/benchmarks/tools/folders.sh"
needs zstd
/usr/bin/python3 -c 'import numpy' 2>/dev/null ||
  fail "python3-numpy is not installed"
[[ -n ${EMBEDTRAIN:-} ]] || "$here/apps/setup.sh" embedtrain
exec /usr/bin/python3 "$tool" "$data" "$work" \
  --embedtrain "${EMBEDTRAIN:-$here/build/bin/embedtrain}" "${options[@]}"
