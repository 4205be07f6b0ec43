#!/usr/bin/env bash
# check_layers.sh must find each of these planted includes, and nothing else.
#   check_layers_test.sh
set -euo pipefail
check=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)/check_layers.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT

fresh_tree() {
  rm -rf "${tree:?}"/*
  mkdir -p "$tree"/embed/{base,kernels,math,model,train,io,eval,index} \
    "$tree"/{graph,text,apps}
}

failures=0
# expect pass|fail FILE INCLUDE: a tree whose only include is this one.
expect() {
  local wanted=$1 file=$2 include=$3 found=pass
  fresh_tree
  printf '#include %s\n' "$include" >"$tree/$file"
  "$check" "$tree" >/dev/null || found=fail
  [[ $found == "$wanted" ]] || {
    echo "$file with $include: wanted $wanted, got $found"
    failures=$((failures + 1))
  }
}

expect fail embed/base/a.h '"embed/kernels/b.h"'
expect fail embed/math/a.h '"embed/model/b.h"'
expect fail embed/model/a.cc '"embed/train/b.h"'
expect fail embed/train/a.cc '"embed/io/b.h"'
expect fail embed/io/a.cc '"embed/index/b.h"'
expect fail embed/train/a.cc '"embed/eval/b.h"'
expect fail embed/eval/a.cc '"embed/index/b.h"'
expect fail embed/train/a.h '"graph/b.h"'
expect fail embed/train/a.h '"text/b.h"'
expect fail embed/io/a.h '"apps/common/b.h"'
expect fail embed/io/a.h '"embed/other/b.h"'
expect fail embed/io/a.h '"b.h"'
expect fail graph/a.h '"text/b.h"'
expect fail text/a.cc '"graph/b.h"'
expect fail graph/a.cc '"embed/index/b.h"'
expect fail embed/kernels/a.h '<hwy/highway.h>'
expect fail embed/train/a.cc '"hwy/highway.h"'
expect fail embed/train/a.cc '"embed/kernels/b-inl.h"'
expect fail embed/io/a.cc '<faiss/IndexFlat.h>'
expect fail apps/a.cc '<faiss/IndexFlat.h>'
expect fail embed/train/a.cc '<boost/graph/adjacency_list.hpp>'
expect fail text/a.cc '<gflags/gflags.h>'
expect fail apps/a.cc '"absl/container/flat_hash_map.h"'
expect fail embed/kernels/a.cc '  <Eigen/Core>'

expect pass embed/base/a.cc '"embed/base/b.h"'
expect pass embed/kernels/a-inl.h '<hwy/highway.h>'
expect pass embed/kernels/a.cc '"embed/kernels/b-inl.h"'
expect pass embed/train/a.cc '"embed/model/b.h"'
expect pass embed/eval/a.cc '"embed/io/b.h"'
expect pass embed/index/a.cc '<faiss/IndexFlat.h>'
expect pass embed/base/hash_table.h '"absl/container/flat_hash_map.h"'
expect pass graph/a.cc '<boost/graph/compressed_sparse_row_graph.hpp>'
expect pass text/a.cc '"embed/train/b.h"'
expect pass apps/a.cc '"graph/b.h"'
expect pass apps/a.cc '<gflags/gflags.h>'
exit $((failures > 0))
