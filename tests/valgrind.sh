#!/usr/bin/env bash
# Small runs of every command and mode under valgrind's memcheck: reads of what
# nobody wrote, which the sanitizers do not see, and memory that is lost. Fails
# at the first finding. Needs valgrind and a build by apps/setup.sh; takes some
# minutes.
#
#   tests/valgrind.sh [BUILD_FOLDER]     default: build
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bin=$(realpath "${1:-$root/build}")/bin
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

runs=0
# check COMMAND ARGUMENT...: AVX-512 is beyond valgrind.
check() {
  local command=$1
  shift
  if ! OPENBLAS_CORETYPE=Haswell valgrind --quiet --error-exitcode=99 \
    --leak-check=full --errors-for-leak-kinds=definite --trace-children=no \
    "$bin/$command" "$@" >log 2>&1; then
    echo "valgrind: $command $*"
    cat log
    exit 1
  fi
  runs=$((runs + 1))
}

cp "$root/apps/data/karate.edgelist" graph
for _ in 1 2 3 4 5 6; do printf 'a b c a b\nb c a d\nd a b c\n'; done >words
for _ in 1 2 3 4 5 6; do printf '北京 大 北\n大 北京 大\n'; done >chinese
printf '北\tshhp\n京\tnhsz\n大\thpn\n' >strokes
printf '%s\n' 'p1 paper by a1 author' 'p1 paper by a2 author' \
  'p2 paper by a2 author' 'p1 paper in v venue' 'p2 paper in v venue' |
  tr ' ' '\t' >typed
printf 'a\tb\t5\nb\tc\t3\na\td\t1\n' >pairs
printf '%s\tone\n' 1 2 3 4 5 6 7 8 >labels
printf '%s\ttwo\n' 34 33 32 31 30 29 28 27 >>labels
printf '2\n3\n' >gone
printf '1 0 0 0 0 0 0 0 1\nnew 1 1 1 1 0 0 0 0\n' >more.vec

text=(--threads 2 --dim 8 --epochs 2 --min_count 1 --subsample 0)
nodes=(--threads 2 --dim 8 --walks_per_node 2 --walk_length 8)
check embedtrain --mode word2vec "${text[@]}" --export vec,bin,npy words
check embedtrain --mode word2vec "${text[@]}" --deterministic words
check embedtrain --mode word2vec "${text[@]}" --arch cbow --loss hs words
check embedtrain --mode word2vec "${text[@]}" --optimizer adagrad words
check embedtrain --mode item2vec "${text[@]}" words
check embedtrain --mode cw2vec "${text[@]}" --strokes strokes chinese
check embedtrain --mode fasttext "${text[@]}" --buckets 50 --output sub words
check embedtrain --mode metapath2vec "${nodes[@]}" --metapath A-P-A typed
check embedtrain --mode hin2vec "${nodes[@]}" --window 2 typed
check embedtrain --mode line --dim 8 --epochs 2 graph
check embedtrain --mode node2vec "${nodes[@]}" --p 0.25 --q 4 graph
check embedtrain --mode deepwalk "${nodes[@]}" --deterministic graph
check embedtrain --mode deepwalk "${nodes[@]}" --checkpoint_every 0.01 graph

check embedconvert --codec int8 graph.embed flat.faiss
check embedconvert --index hnsw --rerank f16 graph.embed hnsw.faiss
check embedconvert --index ivf --nlist 4 graph.embed lists.faiss
check embedconvert --codec faiss8 --index hnsw graph.embed peer.faiss
check embedconvert words.bin words.npy
for index in flat hnsw lists peer; do
  check embedquery --index $index.faiss --k 5 1 34
done
check embedconvert --delete gone --add more.vec hnsw.faiss
check embedquery --index hnsw.faiss --k 5 1 new
check embedconvert --compact hnsw.faiss

check embedeval wordsim --model words.embed pairs
check embedeval classify --model graph.embed --splits 2 labels
check embedeval recall --model graph.embed lists.faiss flat.faiss
check embedeval cluster --model graph.embed labels
check embedeval neighbors --model graph.embed --html page.html 1 34
check embedeval map --model graph.embed --html map.html
check embedalign --same_keys --output aligned words.embed sub.embed
echo "valgrind: $runs runs, nothing"
