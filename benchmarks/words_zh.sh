#!/usr/bin/env bash
# Chinese word vectors: cw2vec beside skip-gram, CBOW, fasttext mode and
# Debian's fasttext, the same corpus and settings, several seeds.
#
#   benchmarks/words_zh.sh [DATA [WORK]] [OPTION...]
#
# The section "Words: Chinese" of quality.sh alone, written to WORK/words_zh.md;
# see there for DATA and WORK, and quality.sh --help for --word_dims (default:
# 100 300), --word_seeds, --large_word_seeds and --leave_out.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
tool=$here/benchmarks/tools/quality.py
. "$here/benchmarks/tools/folders.sh"
exec "$here/benchmarks/quality.sh" "$data" "$work" --only chinese \
  --output "$work/words_zh.md" "${options[@]}"
