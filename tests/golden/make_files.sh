#!/usr/bin/env bash
# Writes files of every format with the commands of a version, to be kept beside
# those of older ones. golden_test.cc tells what is in them.
#   make_files.sh BIN_FOLDER OUTPUT_FOLDER
set -euo pipefail
bin=$(realpath "$1")
mkdir -p "$2"
cd "$2"

PATH=$bin:$PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for _ in 1 2 3 4 5 6; do printf 'a b c a b\nb c a d\nd a b c\n'; done >"$work/words"
for _ in 1 2 3 4 5 6; do printf '北京 大 北\n大 北京 大\n'; done >"$work/chinese"
printf '北\tshhp\n京\tnhsz\n大\thpn\n' >"$work/strokes"
printf 'a b\nb c\nc a\nc d\n' >"$work/graph.edgelist"
printf '%s\n' 'p1 paper by a1 author' 'p1 paper by a2 author' \
  'p2 paper by a2 author' 'p1 paper in v venue' 'p2 paper in v venue' |
  tr ' ' '\t' >"$work/typed.tsv"

train() {
  embedtrain --mode "$@" --threads 1 --progress none --index flat \
    --output "$work/model" 2>/dev/null
}
text() { train "$@" --dim 3 --epochs 2 --min_count 1 --subsample 0; }
nodes() { train "$@" --dim 3 --walks_per_node 2 --walk_length 5; }
keep() { mv "$work/model.embed" "$1.embed"; }

text word2vec --vocab_out vocabulary.txt "$work/words"
keep word2vec
text word2vec --arch cbow --loss hs "$work/words"
keep cbow_hs
text item2vec "$work/words"
keep item2vec
text fasttext --buckets 5 --ngram_max 3 "$work/words"
keep fasttext
text cw2vec --strokes "$work/strokes" --stroke_max 3 "$work/chinese"
keep cw2vec
text cw2vec --strokes "$work/strokes" --stroke_max 3 --output_table both \
  "$work/chinese"
keep cw2vec_both
nodes deepwalk "$work/graph.edgelist"
keep deepwalk
nodes node2vec "$work/graph.edgelist"
keep node2vec
nodes node2vec --p 0.25 --q 4 "$work/graph.edgelist"
keep node2vec_biased
nodes metapath2vec --metapath A-P-A "$work/typed.tsv"
keep metapath2vec
nodes hin2vec --window 2 "$work/typed.tsv"
keep hin2vec
mv "$work/model.faiss" typed.faiss
train line --dim 4 --epochs 2 "$work/graph.edgelist"
keep line

# Stopped in its middle.
embedtrain --mode deepwalk --dim 3 --walks_per_node 2 --walk_length 5 \
  --epochs 4000000 --threads 1 --progress none --output "$work/model" \
  "$work/graph.edgelist" 2>/dev/null &
sleep 1
kill -TERM $!
wait $! || true
mv "$work/model.checkpoint" deepwalk.checkpoint

# Twelve directions; then one goes, one comes, one turns round.
for degrees in 000 030 060 090 120 150 180 210 240 270 300 330; do
  awk -v degrees=$degrees 'BEGIN {
    angle = degrees * atan2(0, -1) / 180
    printf "d%s %.6f %.6f\n", degrees, cos(angle), sin(angle) }'
done >"$work/directions.vec"
printf 'd045 1 1\nd330 0.866025 0.5\n' >"$work/more.vec"
echo d060 >"$work/gone"
index() {
  embedconvert "${@:2}" "$work/directions.vec" "$1.faiss" 2>/dev/null
}
changed() {
  index "$@"
  embedconvert --add "$work/more.vec" --delete "$work/gone" "$1.faiss" \
    2>/dev/null
}
index flat --index flat
index f16 --index flat --rerank f16
index uint8 --index flat --codec uint8
index int4 --index flat --codec int4
index faiss8 --index flat --codec faiss8
index faiss8_hnsw --index hnsw --hnsw_m 2 --codec faiss8 --threads 1
changed flat_changed --index flat
changed dot_changed --index flat --metric dot
index hnsw --index hnsw --hnsw_m 2 --threads 1
changed hnsw_changed --index hnsw --hnsw_m 2 --threads 1
changed hnsw_f16_changed --index hnsw --hnsw_m 2 --rerank f16 --threads 1
index hnsw_packed --index hnsw --hnsw_m 4 --threads 1
changed hnsw_packed_changed --index hnsw --hnsw_m 2 --threads 1
index hnsw_close --index hnsw --hnsw_m 4 --threads 1
changed hnsw_close_changed --index hnsw --hnsw_m 2 --threads 1
changed ivf_changed --index ivf --nlist 3
# The same direction as before, whose bytes are those that a batch starts with.
index flat_marked --index flat
echo 'd000 51.3179054 9.23124982e-40' >"$work/marked.vec"
embedconvert --add "$work/marked.vec" flat_marked.faiss 2>/dev/null
