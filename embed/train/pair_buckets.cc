#include "embed/train/pair_buckets.h"

namespace embed {

void PairBuckets::Sort(absl::Span<const RowPair> pairs, RowParts parts) {
  parts_ = parts.count();
  const auto bucket_of = [=](const RowPair& pair) {
    return parts.PartOf(pair.input) * parts.count() + parts.PartOf(pair.output);
  };
  ends_.assign(uint64_t{parts_} * parts_ + 1, 0);
  for (const RowPair& pair : pairs) ++ends_[bucket_of(pair) + 1];
  for (size_t b = 1; b < ends_.size(); ++b) ends_[b] += ends_[b - 1];
  next_.assign(ends_.begin(), ends_.end() - 1);
  if (pairs_.size() < pairs.size()) {
    // Chunks differ a little in size; the old pairs need not be copied.
    pairs_ = std::vector<RowPair>(pairs.size() + pairs.size() / 16);
  }
  for (const RowPair& pair : pairs) pairs_[next_[bucket_of(pair)]++] = pair;
}

}  // namespace embed
