#include "graph/adjacency.h"

#include <algorithm>
#include <atomic>

#include "embed/base/check.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"

namespace embed {

absl::StatusOr<Adjacency> Adjacency::Create(const Graph& graph, bool both_ways,
                                            int threads) {
  EMBED_ASSIGN_OR_RETURN(
      AlignedBuffer memory,
      AlignedBuffer::Create(graph.num_arcs() / 8 * sizeof(uint64_t)));
  uint64_t* const filters = static_cast<uint64_t*>(memory.data());
  constexpr uint64_t kPiece = 1024;  // rows that a thread takes at a time
  std::atomic<uint64_t> next{0};
  const uint64_t* const rows = graph.rows();
  RunThreads(threads, [&](int) {
    for (uint64_t begin;
         (begin = next.fetch_add(kPiece)) < graph.num_nodes();) {
      const uint64_t end =
          std::min<uint64_t>(begin + kPiece, graph.num_nodes());
      for (uint64_t v = begin; v < end; ++v) {
        if (rows[v + 1] - rows[v] < kMinFilterDegree) continue;
        for (uint64_t arc = rows[v]; arc < rows[v + 1]; ++arc) {
          const FilterPlace place =
              PlaceOf(rows[v], rows[v + 1], graph.targets()[arc]);
          filters[place.word] |= place.mask;
        }
      }
    }
  });
  return Adjacency(graph, both_ways, std::move(memory));
}

void Adjacency::Find(const uint32_t* from, const uint32_t* to, int pairs,
                     uint64_t* arcs) const {
  EMBED_DCHECK(pairs <= kMaxPairs);
  Lookup lookup;
  for (int i = 0; i < pairs; ++i) lookup.Add(true, from[i], to[i]);
  Ask(&lookup);
  Sift(pairs, &lookup);
  Search(&lookup);
  std::copy_n(lookup.arcs_, pairs, arcs);
}

void Adjacency::Ask(Lookup* lookup) const {
  int filtered = lookup->filtered_;
  int left = lookup->left_;
  const void* asked[kMaxPairs];
  const int first = lookup->asked_;
  for (int i = first; i < lookup->size_; ++i) {
    const uint32_t to = lookup->to_[i];
    const uint64_t* row = rows_ + lookup->from_[i];
    const uint64_t degree = row[1] - row[0];
    lookup->arcs_[i] = kNoArc;
    const bool has_filter = degree >= kMinFilterDegree;
    const FilterPlace place = PlaceOf(row[0], row[1], to);
    lookup->places_[filtered] = place;
    lookup->which_filtered_[filtered] = i;
    asked[i - first] = has_filter
                           ? static_cast<const void*>(filters_ + place.word)
                           : targets_ + row[0] + degree / 2;
    filtered += has_filter;
    lookup->which_left_[left] = i;
    left += !has_filter && degree > 0;
  }
  for (int i = first; i < lookup->size_; ++i) {
    __builtin_prefetch(asked[i - first]);
  }
  lookup->filtered_ = filtered;
  lookup->left_ = left;
  lookup->asked_ = lookup->size_;
}

void Adjacency::Sift(int until, Lookup* lookup) const {
  int k = lookup->sifted_;
  int left = lookup->left_;
  for (; k < lookup->filtered_ && lookup->which_filtered_[k] < until; ++k) {
    const FilterPlace& place = lookup->places_[k];
    const int pair = lookup->which_filtered_[k];
    lookup->which_left_[left] = pair;
    if ((filters_[place.word] & place.mask) != place.mask) continue;
    ++left;
    if (both_ways_) __builtin_prefetch(rows_ + lookup->to_[pair]);
  }
  lookup->sifted_ = k;
  lookup->left_ = left;
}

// Where a target is, if anywhere: in [base, base + size), sorted.
struct Adjacency::Range {
  // Asks for what Halve() compares with, and what a second one will, whichever
  // half is left.
  void Prefetch(const uint32_t* targets) const {
    const uint64_t half = size / 2;
    const uint64_t quarter = (size - half) / 2;
    __builtin_prefetch(targets + base + half);
    __builtin_prefetch(targets + base + quarter);
    __builtin_prefetch(targets + base + half + quarter);
  }
  void Halve(const uint32_t* targets) {
    const uint64_t half = size / 2;
    const bool above = targets[base + half] <= target;
    // By a mask: a branch here is a toss-up.
    base += half & -static_cast<uint64_t>(above);
    size -= half;
  }

  uint64_t base;
  uint64_t size;
  uint32_t target;
};

Adjacency::Range Adjacency::RangeOf(uint32_t from, uint32_t to) const {
  const uint64_t* row = rows_ + from;
  const uint64_t size = row[1] - row[0];
  if (!both_ways_ || size < kMinFilterDegree) return {row[0], size, to};
  const uint64_t* back = rows_ + to;
  const uint64_t back_size = back[1] - back[0];
  // A row without arcs has none to search.
  if (back_size == 0 || back_size >= size) return {row[0], size, to};
  return {back[0], back_size, from};
}

void Adjacency::Search(Lookup* lookup) const {
  Sift(lookup->size_, lookup);
  Range ranges[kMaxPairs];
  int open[kMaxPairs];  // those of size > 1
  int num_open = 0;
  const int count = lookup->left_;
  for (int k = 0; k < count; ++k) {
    const int pair = lookup->which_left_[k];
    ranges[k] = RangeOf(lookup->from_[pair], lookup->to_[pair]);
    ranges[k].Prefetch(targets_);
    open[num_open] = k;
    num_open += ranges[k].size > 1;
  }
  while (num_open > 0) {
    int still_open = 0;
    for (int j = 0; j < num_open; ++j) {
      const int k = open[j];
      Range& range = ranges[k];
      range.Halve(targets_);
      range.Halve(targets_);
      range.Prefetch(targets_);
      open[still_open] = k;
      still_open += range.size > 1;
    }
    num_open = still_open;
  }
  for (int k = 0; k < count; ++k) {
    const Range& range = ranges[k];
    if (targets_[range.base] != range.target) continue;
    lookup->arcs_[lookup->which_left_[k]] = range.base;
  }
}

}  // namespace embed
