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
  FilterPlace places[kMaxPairs];
  int filtered[kMaxPairs];
  int which[kMaxPairs];
  int num_filtered = 0;
  int count = 0;
  for (int i = 0; i < pairs; ++i) {
    const uint64_t* row = rows_ + from[i];
    const uint64_t degree = row[1] - row[0];
    arcs[i] = kNoArc;
    const bool has_filter = degree >= kMinFilterDegree;
    places[num_filtered] = PlaceOf(row[0], row[1], to[i]);
    filtered[num_filtered] = i;
    __builtin_prefetch(has_filter ? static_cast<const void*>(
                                        filters_ + places[num_filtered].word)
                                  : targets_ + row[0] + degree / 2);
    if (both_ways_) __builtin_prefetch(rows_ + to[i]);
    num_filtered += has_filter;
    which[count] = i;
    count += !has_filter && degree > 0;
  }
  for (int k = 0; k < num_filtered; ++k) {
    const FilterPlace& place = places[k];
    which[count] = filtered[k];
    count += (filters_[place.word] & place.mask) == place.mask;
  }
  Search(from, to, which, count, arcs);
}

void Adjacency::Search(const uint32_t* from, const uint32_t* to,
                       const int* which, int count, uint64_t* arcs) const {
  // The target is in [base, base + size) if anywhere.
  uint64_t bases[kMaxPairs];
  uint64_t sizes[kMaxPairs];
  uint32_t wanted[kMaxPairs];
  int open[kMaxPairs];  // those of size > 1
  int num_open = 0;
  for (int k = 0; k < count; ++k) {
    const uint64_t* row = rows_ + from[which[k]];
    bases[k] = row[0];
    sizes[k] = row[1] - row[0];
    wanted[k] = to[which[k]];
    if (both_ways_ && sizes[k] >= kMinFilterDegree) {
      const uint64_t* back_row = rows_ + wanted[k];
      const uint64_t back_size = back_row[1] - back_row[0];
      // A row without arcs has none to search.
      if (back_size > 0 && back_size < sizes[k]) {
        bases[k] = back_row[0];
        sizes[k] = back_size;
        wanted[k] = from[which[k]];
      }
    }
    __builtin_prefetch(targets_ + bases[k] + sizes[k] / 2);
    open[num_open] = k;
    num_open += sizes[k] > 1;
  }
  while (num_open > 0) {
    int still_open = 0;
    for (int j = 0; j < num_open; ++j) {
      const int k = open[j];
      const uint64_t half = sizes[k] / 2;
      const bool above = targets_[bases[k] + half] <= wanted[k];
      // By a mask: a branch here is a toss-up.
      bases[k] += half & -static_cast<uint64_t>(above);
      sizes[k] -= half;
      __builtin_prefetch(targets_ + bases[k] + sizes[k] / 2);
      open[still_open] = k;
      still_open += sizes[k] > 1;
    }
    num_open = still_open;
  }
  for (int k = 0; k < count; ++k) {
    if (targets_[bases[k]] == wanted[k]) arcs[which[k]] = bases[k];
  }
}

}  // namespace embed
