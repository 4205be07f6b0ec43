// Answers "is there an arc from t to x" for many pairs at a time, at random
// places of a graph that does not fit the caches.
//
// Rows of kMinFilterDegree arcs and more have a Bloom filter (B. Bloom, 1970)
// of one byte an arc, in blocks of 64 bits of which a target sets three, so
// that most pairs without an arc cost one cache miss. A pair that the filter
// lets pass, one in thirty of those without an arc, is searched for in the
// sorted row, and so are all pairs of short rows. All pairs of a call advance
// in turn: the misses of one overlap those of the others, and no row is ever
// scanned. Where all arcs go both ways, the shorter of the two rows is
// searched: pairs that have an arc mostly have a hub in them.
//
// The filter of row v lies in the words between rows[v] / 8, rounded up, and
// rows[v + 1] / 8, rounded down: no table of places, and never more than one
// byte an arc. Answers are exact. Immutable and thread-safe.
//
// A hash table of the arcs answers in one miss whatever the answer. In a simple
// loop of node2vec walks (p 0.25, q 4) over 16 M arcs it was 3 to 13 % faster
// than filters, and took 182 MB instead of 25.
#ifndef EMBED_GRAPH_ADJACENCY_H_
#define EMBED_GRAPH_ADJACENCY_H_

#include <cstdint>
#include <utility>

#include "absl/status/statusor.h"
#include "embed/base/aligned_buffer.h"
#include "graph/graph.h"

namespace embed {

class Adjacency {
 public:
  static constexpr int kMaxPairs = 256;  // in one call
  static constexpr uint64_t kNoArc = ~uint64_t{0};

  // `graph` must outlive it. both_ways: IsSymmetric(graph), and Find() may
  // name either arc. O(arcs), on `threads` threads, the same for any.
  // ResourceExhausted: no memory.
  static absl::StatusOr<Adjacency> Create(const Graph& graph, bool both_ways,
                                          int threads);

  // arcs[i] = the arc from[i] -> to[i], or its reverse if there are
  // `both_ways`, or kNoArc; 0 <= pairs <= kMaxPairs.
  void Find(const uint32_t* from, const uint32_t* to, int pairs,
            uint64_t* arcs) const;

  // The same in steps, for callers with other work to do while memory is under
  // way.
  class Lookup;
  // Asks for the memory of the pairs added since the last call.
  void Ask(Lookup* lookup) const;
  // Looks at the filters of the pairs before number `until`, which have been
  // asked for some time ago. Not needed: Search() does it for those left.
  void Sift(int until, Lookup* lookup) const;
  // Ends the lookup, of which all pairs have been asked for.
  void Search(Lookup* lookup) const;

  uint64_t memory_bytes() const { return memory_.size(); }

 private:
  // Shorter rows are searched at once: they lie in one or two cache lines.
  static constexpr uint64_t kMinFilterDegree = 24;

  struct FilterPlace {
    uint64_t word;
    uint64_t mask;
  };

  Adjacency(const Graph& graph, bool both_ways, AlignedBuffer memory)
      : rows_(graph.rows()),
        targets_(graph.targets()),
        both_ways_(both_ways),
        filters_(static_cast<const uint64_t*>(memory.data())),
        memory_(std::move(memory)) {}

  // Where `target` is noted in the filter of a row that has one.
  static FilterPlace PlaceOf(uint64_t row_begin, uint64_t row_end,
                             uint32_t target) {
    const uint64_t first = (row_begin + 7) / 8;
    const uint64_t words = row_end / 8 - first;
    const uint64_t hash = target * uint64_t{0x9E3779B97F4A7C15};
    return {first + (((hash >> 32) * words) >> 32),
            uint64_t{1} << (hash >> 26 & 63) |
                uint64_t{1} << (hash >> 20 & 63) |
                uint64_t{1} << (hash >> 14 & 63)};
  }

  struct Range;
  Range RangeOf(uint32_t from, uint32_t to) const;

  const uint64_t* rows_;
  const uint32_t* targets_;
  bool both_ways_;
  const uint64_t* filters_;
  AlignedBuffer memory_;  // holds them
};

// Pairs that are looked for together, at most kMaxPairs.
class Adjacency::Lookup {
 public:
  int size() const { return size_; }
  uint32_t to(int i) const { return to_[i]; }
  // Adds the pair if it is `wanted`, without a branch.
  void Add(bool wanted, uint32_t from, uint32_t to) {
    from_[size_] = from;
    to_[size_] = to;
    size_ += wanted;
  }
  // After Search(): the arc of pair i, or kNoArc.
  uint64_t arc(int i) const { return arcs_[i]; }

 private:
  friend class Adjacency;

  int size_ = 0;
  int asked_ = 0;     // pairs asked for: 0 .. asked_ - 1
  int filtered_ = 0;  // of them, those of rows that have a filter
  int sifted_ = 0;    // of those, the ones whose filter has been looked at
  int left_ = 0;      // pairs to be searched for
  // One more than there can be, where Add() leaves a pair that is not wanted.
  uint32_t from_[kMaxPairs + 1];
  uint32_t to_[kMaxPairs + 1];
  uint64_t arcs_[kMaxPairs];
  FilterPlace places_[kMaxPairs + 1];  // of each filtered one
  int which_filtered_[kMaxPairs + 1];
  int which_left_[kMaxPairs + 1];
};

}  // namespace embed

#endif  // EMBED_GRAPH_ADJACENCY_H_
