// The pairs of a chunk, sorted by bucket (embed/train/row_pairs.h).
#ifndef EMBED_TRAIN_PAIR_BUCKETS_H_
#define EMBED_TRAIN_PAIR_BUCKETS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/train/row_pairs.h"

namespace embed {

// Reused from chunk to chunk, it keeps its memory.
class PairBuckets : public PairChunk {
 public:
  // Pairs of one bucket keep their order. O(pairs + parts^2).
  void Sort(absl::Span<const RowPair> pairs, RowParts parts);

  // The bucket (i, j), i the part of the input rows.
  absl::Span<const RowPair> bucket(uint32_t i, uint32_t j) const {
    const uint64_t* const end = &ends_[uint64_t{i} * parts_ + j];
    return absl::MakeConstSpan(pairs_).subspan(end[0], end[1] - end[0]);
  }

 private:
  uint32_t parts_ = 1;
  std::vector<RowPair> pairs_;  // as long as the last of ends_, or longer
  std::vector<uint64_t> ends_;  // bucket b ends at ends_[b + 1]
  std::vector<uint64_t> next_;
};

}  // namespace embed

#endif  // EMBED_TRAIN_PAIR_BUCKETS_H_
