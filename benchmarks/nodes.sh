#!/usr/bin/env bash
# DeepWalk on BlogCatalog, classified as in the DeepWalk paper.
#
#   benchmarks/nodes.sh DATA [WORK]
#
# DATA holds graph/blogcatalog.edges.zst and graph/blogcatalog.labels. Needs
# python3-sklearn. THREADS (default: all cores), SEEDS (default: "1 2 3") and
# WALKS (walks a node, default 80) may be set.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
data=$(cd "${1:?usage: benchmarks/nodes.sh DATA [WORK]}" && pwd)
work=${2:-$(mktemp -d)}
mkdir -p "$work"
printf 'seed\trows\tC\tnodes\ttrain\tsplits\tmicro_f1\tspread\tmacro_f1\tspread\n'
for seed in ${SEEDS:-1 2 3}; do
  "$here/build/bin/embedtrain" --flagfile "$here/configs/deepwalk_blogcatalog.flags" \
    --walks_per_node "${WALKS:-80}" --threads "${THREADS:-$(nproc)}" \
    --seed "$seed" --progress none --export bin --output "$work/blog_$seed" \
    "$data/graph/blogcatalog.edges.zst" 2>"$work/nodes.log"
  for setting in "raw --c 1" "unit --normalize --c 10"; do
    read -r rows options <<<"$setting"
    # shellcheck disable=SC2086
    PYTHONPATH="$here/benchmarks/tools" /usr/bin/python3 \
      "$here/benchmarks/tools/eval_nodes.py" "$work/blog_$seed.bin" \
      "$data/graph/blogcatalog.labels" $options |
      sed "1d; s/^/$seed\t$rows\t${options##*--c }\t/"
  done
done
