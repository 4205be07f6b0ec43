#include "embed/train/bucket_order.h"

#include <algorithm>

namespace embed {

void BucketOrder::Start(uint32_t shift) {
  shift_ = shift;
  left_ = uint64_t{parts_} * parts_;
  std::fill(inputs_.begin(), inputs_.end(), 0);
  std::fill(outputs_.begin(), outputs_.end(), 0);
  std::fill(busy_.begin(), busy_.end(), false);
}

std::optional<BucketOrder::Bucket> BucketOrder::Take() {
  std::optional<Bucket> best;
  for (uint32_t i = 0; i < parts_; ++i) {
    const uint32_t diagonal = inputs_[i];
    if (busy_[i] || diagonal == parts_) continue;
    if (best.has_value() && inputs_[best->i] <= diagonal) continue;
    const uint32_t j = (i + diagonal + shift_) % parts_;
    if (outputs_[j] == diagonal) best = {i, j};
  }
  if (best.has_value()) busy_[best->i] = true;
  return best;
}

void BucketOrder::Done(Bucket bucket) {
  busy_[bucket.i] = false;
  ++inputs_[bucket.i];
  ++outputs_[bucket.j];
  --left_;
}

}  // namespace embed
