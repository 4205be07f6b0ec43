#!/usr/bin/env bash
# Fails, naming file and line, on an #include that the layers forbid.
#   check_layers.sh ROOT
set -euo pipefail
cd "$1"

# The order of embed/: a folder includes itself and those before it. graph/ and
# text/ include embed/ but embed/index/, never each other; apps/ includes all.
# shellcheck disable=SC2016  # the $ are awk's
awk_program='
BEGIN {
  split("base kernels math model train io eval index", order)
  for (i in order) rank[order[i]] = i
}
function bad(why) {
  printf "%s:%d: %s: %s\n", FILENAME, FNR, $0, why
  failures++
}
# The layer of a project path, "" for a path of somebody else.
function layer(path,   part) {
  split(path, part, "/")
  if (part[1] == "embed") return "embed/" part[2]
  if (part[1] ~ /^(graph|text|apps)$/) return part[1]
  return ""
}
function allowed(from, to,   a, b) {
  if (from == "apps" || from == to) return 1
  if (to !~ /^embed\//) return 0
  b = rank[substr(to, 7)]
  if (from == "graph" || from == "text") return b && to != "embed/index"
  a = rank[substr(from, 7)]
  return a && b && b <= a
}
/^[ \t]*#[ \t]*include[ \t]*[<"]/ {
  match($0, /[<"][^>"]*/)
  path = substr($0, RSTART + 1, RLENGTH - 1)
  from = layer(FILENAME)
  to = layer(path)
  simd_file = from == "embed/kernels" && FILENAME ~ /(\.cc|-inl\.h)$/
  if ($0 ~ /"/ && path !~ /\//)
    bad("includes name the path from the top of the project")
  if (to != "" && !allowed(from, to)) bad(from " must not include " to)
  if (path ~ /^hwy\// && !simd_file)
    bad("Highway belongs into .cc and -inl.h of embed/kernels")
  if (path ~ /-inl\.h$/ && path !~ /^hwy\// && !simd_file)
    bad("-inl.h files are for .cc and -inl.h of embed/kernels")
  if (path ~ /^faiss\// && from != "embed/index")
    bad("FAISS belongs into embed/index")
  if (path ~ /^boost\/graph\// && from != "graph")
    bad("Boost.Graph belongs into graph")
  if (path ~ /^absl\/container\/(flat|node)_hash_/ && FILENAME !~ /embed\/base\/hash_table\.h$/)
    bad("hash tables are those of embed/base/hash_table.h")
  if (path ~ /^gflags\// && from != "apps") bad("gflags belongs into apps")
  if (path ~ /^Eigen\// && from ~ /^embed\/(base|kernels)$/)
    bad("Eigen starts at embed/math")
}
END { exit failures > 0 }
'

find embed graph text apps \( -name '*.h' -o -name '*.cc' \) -print0 |
  sort -z | xargs -0 -r awk "$awk_program"
