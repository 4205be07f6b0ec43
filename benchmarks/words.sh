#!/usr/bin/env bash
# Word vectors: ours beside Debian's fasttext (without n-grams) and gensim, the
# same corpus, the same settings, one run; similarity and analogies of each.
#
#   benchmarks/words.sh DATA [WORK]
#
# DATA holds text/en_wiki.txt.zst and eval/*.tsv; WORK (default: a temporary
# folder) keeps the vectors; vectors of a peer that are there already are not
# trained again. Needs fasttext, python3-gensim, python3-scipy; a peer that is
# missing is left out, visibly. THREADS (default: all cores) and SEEDS
# (default: "1 2 3") may be set.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
data=$(cd "${1:?usage: benchmarks/words.sh DATA [WORK]}" && pwd)
work=${2:-$(mktemp -d)}
threads=${THREADS:-$(nproc)}
seeds=${SEEDS:-1 2 3}
mkdir -p "$work"
corpus=$work/en_wiki.txt
[ -s "$corpus" ] || zstd -dcq "$data/text/en_wiki.txt.zst" >"$corpus"

score() {  # name, vectors
  PYTHONPATH="$here/benchmarks/tools" /usr/bin/python3 \
    "$here/benchmarks/tools/eval_words.py" "$2" \
    --similarity "$data/eval/ws353.tsv" "$data/eval/rw.tsv" \
    --analogies "$data/eval/google_analogy.tsv" | sed "1d; s/^/$1\t/"
}

printf 'trainer\tset\tscore\tused\ttotal\n'
for seed in $seeds; do
  "$here/build/bin/embedtrain" --mode word2vec --dim 100 --window 5 \
    --negatives 5 --epochs 5 --min_count 5 --subsample 1e-4 \
    --learning_rate 0.05 --threads "$threads" --seed "$seed" --progress none \
    --export bin --output "$work/embed_$seed" "$corpus" 2>"$work/embed.log"
  score "embed_seed_$seed" "$work/embed_$seed.bin"
done

if command -v fasttext >/dev/null; then
  [ -s "$work/fasttext.vec" ] || fasttext skipgram -input "$corpus" \
    -output "$work/fasttext" -dim 100 -ws 5 -neg 5 -epoch 5 -minCount 5 \
    -minn 0 -maxn 0 -t 1e-4 -lr 0.05 -thread "$threads" >/dev/null 2>&1
  score fasttext "$work/fasttext.vec"
else
  echo "SKIPPED: fasttext is not installed"
fi

if /usr/bin/python3 -c 'import gensim' 2>/dev/null; then
  [ -s "$work/gensim.bin" ] || /usr/bin/python3 - "$corpus" "$work/gensim.bin" \
    "$threads" <<'EOF'
import sys
from gensim.models import Word2Vec
corpus, output, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
model = Word2Vec(corpus_file=corpus, sg=1, vector_size=100, window=5,
                 negative=5, epochs=5, min_count=5, sample=1e-4, alpha=0.05,
                 workers=threads, seed=1)
model.wv.save_word2vec_format(output, binary=True)
EOF
  score gensim "$work/gensim.bin"
else
  echo "SKIPPED: python3-gensim is not installed"
fi
