#!/usr/bin/env bash
# Word vectors: ours beside Debian's fasttext (without n-grams) and gensim, the
# same corpus, the same settings, one run; similarity and analogies of each.
#
#   benchmarks/words.sh DATA [WORK]
#
# train.sh with the settings of configs/word2vec_wikipedia.flags; see there for
# DATA, WORK and what is needed. Scores of each seed are in WORK/train_runs.tsv.
# THREADS (default: all cores) and RUNS (default: 3, with seeds 1, 2, ...; the
# peers train in the first only) may be set.
set -euo pipefail
: "${1:?usage: benchmarks/words.sh DATA [WORK]}"
exec "$(dirname "$0")/train.sh" "$@" --megabytes 0 --objectives skipgram \
  --dim 100 --window 5 --negatives 5 --epochs 5 --min_count 5 --subsample 1e-4 \
  --learning_rate 0.05 --threads "${THREADS:-$(nproc)}" --runs "${RUNS:-3}" \
  --peer_runs 1
