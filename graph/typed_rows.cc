#include "graph/typed_rows.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <utility>

#include "embed/base/parallel.h"

namespace embed {
namespace {

struct TypedArc {
  uint64_t key;  // target and type: the order of a row
  double weight;
};

uint64_t ArcKey(uint32_t target, uint16_t type) {
  return uint64_t{target} << 16 | type;
}

// Sorts and joins one row, in place; returns how many arcs are left.
uint64_t SortRow(uint64_t begin, uint64_t end, TypedRows* rows,
                 std::vector<TypedArc>* scratch) {
  const bool weighted = !rows->weights.empty();
  scratch->clear();
  for (uint64_t arc = begin; arc < end; ++arc) {
    scratch->push_back({ArcKey(rows->targets[arc], rows->types[arc]),
                        weighted ? rows->weights[arc] : 1.0});
  }
  // Stable, so that weights are added in the order of the input.
  std::stable_sort(
      scratch->begin(), scratch->end(),
      [](const TypedArc& a, const TypedArc& b) { return a.key < b.key; });
  size_t kept = 0;
  for (const TypedArc& arc : *scratch) {
    if (kept > 0 && (*scratch)[kept - 1].key == arc.key) {
      (*scratch)[kept - 1].weight += arc.weight;
    } else {
      (*scratch)[kept++] = arc;
    }
  }
  for (size_t i = 0; i < kept; ++i) {
    rows->targets[begin + i] = static_cast<uint32_t>((*scratch)[i].key >> 16);
    rows->types[begin + i] = static_cast<uint16_t>((*scratch)[i].key & 0xFFFF);
    if (weighted) {
      rows->weights[begin + i] = static_cast<float>((*scratch)[i].weight);
    }
  }
  return kept;
}

// Moves rows of these sizes together.
void CloseGaps(const std::vector<uint64_t>& sizes, TypedRows* rows) {
  const bool weighted = !rows->weights.empty();
  uint64_t place = 0;
  for (uint32_t row = 0; row < sizes.size(); ++row) {
    const uint64_t begin = std::exchange(rows->starts[row], place);
    for (uint64_t arc = begin; arc < begin + sizes[row]; ++arc, ++place) {
      rows->targets[place] = rows->targets[arc];
      rows->types[place] = rows->types[arc];
      if (weighted) rows->weights[place] = rows->weights[arc];
    }
  }
  rows->starts.back() = place;
  rows->targets.resize(place);
  rows->types.resize(place);
  if (weighted) rows->weights.resize(place);
}

}  // namespace

absl::Status SortAndJoin(int threads, TypedRows* rows) {
  constexpr uint64_t kPiece = 1024;
  std::vector<uint64_t> sizes(rows->num_rows());
  std::atomic<uint64_t> next{0};
  RunThreads(threads, [&](int) {
    std::vector<TypedArc> scratch;
    for (uint64_t begin; (begin = next.fetch_add(kPiece)) < sizes.size();) {
      const uint64_t end = std::min<uint64_t>(begin + kPiece, sizes.size());
      for (uint64_t row = begin; row < end; ++row) {
        sizes[row] =
            SortRow(rows->starts[row], rows->starts[row + 1], rows, &scratch);
      }
    }
  });
  CloseGaps(sizes, rows);
  for (const float weight : rows->weights) {
    if (!std::isfinite(weight)) {
      return absl::InvalidArgumentError(
          "the weights of one edge add up to a number beyond the range of "
          "float; scale all weights down");
    }
  }
  return absl::OkStatus();
}

uint64_t FindArc(const TypedRows& rows, uint32_t source, uint32_t target,
                 uint16_t type) {
  uint64_t begin = rows.starts[source];
  const uint64_t end = rows.starts[source + uint64_t{1}];
  const uint64_t wanted = ArcKey(target, type);
  for (uint64_t size = end - begin; size > 0;) {
    const uint64_t half = size / 2;
    const uint64_t middle = begin + half;
    if (ArcKey(rows.targets[middle], rows.types[middle]) < wanted) {
      begin = middle + 1;
      size -= half + 1;
    } else {
      size = half;
    }
  }
  const bool found =
      begin < end && ArcKey(rows.targets[begin], rows.types[begin]) == wanted;
  return found ? begin : end;
}

}  // namespace embed
