#!/usr/bin/env bash
# The speed of the modes that compose words, beside Debian's fasttext at the same
# settings, in turn:
#   fasttext on English, the same 3..6-grams in 2,000,000 buckets;
#   cw2vec on Chinese, n-grams of 3 to 12 strokes. fasttext reads the same text
#   with each word written as its strokes, so that it has the same n-grams and
#   those with the marks of the word's ends.
#
#   benchmarks/subwords.sh [DATA [WORK]] [OPTION...]
#
# DATA holds text/{en_wiki,zh_modern_seg}.txt.zst and text/strokes.tsv.zst. Texts
# and the table subwords.tsv go to WORK (default: a temporary folder). --help
# lists the options. Needs zstd and fasttext. EMBEDTRAIN names the program to
# measure (default: a release build of this checkout in build/). Three minutes by
# default, on an idle machine.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=$here/benchmarks/tools/compare_subwords.py
. "$here/benchmarks/tools/folders.sh"
needs zstd fasttext
[[ -n ${EMBEDTRAIN:-} ]] || "$here/apps/setup.sh" embedtrain
exec /usr/bin/python3 "$tool" "$data" "$work" \
  --embedtrain "${EMBEDTRAIN:-$here/build/bin/embedtrain}" "${options[@]}"
