// Rows of typed arcs in the making.
#ifndef EMBED_GRAPH_TYPED_ROWS_H_
#define EMBED_GRAPH_TYPED_ROWS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "graph/large_vector.h"
#include "graph/scatter.h"

namespace embed {

struct TypedRows {
  uint32_t num_rows() const { return static_cast<uint32_t>(starts.size() - 1); }

  std::vector<uint64_t> starts;
  std::vector<uint32_t> targets;
  std::vector<uint16_t> types;
  std::vector<float> weights;  // empty if unweighted
};

// Rows of the arcs that for_each(visit) tells by visit(source, target, type,
// weight), each row in that order.
template <class ForEach>
TypedRows ScatterTypedRows(uint64_t num_rows, bool weighted, int threads,
                           const ForEach& for_each) {
  const auto each_target = [&](const auto& visit) {
    for_each([&](uint32_t source, uint32_t target, uint16_t, float) {
      visit(source, target);
    });
  };
  const auto each_type = [&](const auto& visit) {
    for_each([&](uint32_t source, uint32_t, uint16_t type, float) {
      visit(source, type);
    });
  };
  const auto each_weight = [&](const auto& visit) {
    for_each([&](uint32_t source, uint32_t, uint16_t, float weight) {
      visit(source, weight);
    });
  };
  TypedRows rows;
  rows.starts = LargeVector<uint64_t>(num_rows + 1);
  CountRowStarts(threads, each_target, &rows.starts);
  rows.targets = LargeVector<uint32_t>(rows.starts.back());
  ScatterColumn(threads, each_target, &rows.starts, rows.targets.data());
  rows.types = LargeVector<uint16_t>(rows.starts.back());
  ScatterColumn(threads, each_type, &rows.starts, rows.types.data());
  if (!weighted) return rows;
  rows.weights = LargeVector<float>(rows.starts.back());
  ScatterColumn(threads, each_weight, &rows.starts, rows.weights.data());
  return rows;
}

// Sorts each row by (target, type) and makes one arc of those that have both
// the same, weights summed in their order. InvalidArgument: a sum that is not
// finite.
absl::Status SortAndJoin(int threads, TypedRows* rows);

// The place of an arc in sorted rows, or the end of its row.
uint64_t FindArc(const TypedRows& rows, uint32_t source, uint32_t target,
                 uint16_t type);

}  // namespace embed

#endif  // EMBED_GRAPH_TYPED_ROWS_H_
