#include "embed/train/group_steps.h"

#include "embed/train/output_layer.h"

namespace embed {

GroupSteps::GroupSteps(size_t max_pairs, size_t max_negatives,
                       EmbeddingTable* input, EmbeddingTable* output)
    : step_(GetWindowStep()),
      stride_(input->stride()),
      ring_(kAhead + 1,
            {PairGroup(max_pairs, max_negatives, input, output), 0.0f}) {
  const size_t scores = PairGroup::ScratchFor(max_pairs, max_negatives);
  // A few kilobytes up to some megabytes; the tables are there already.
  scores_ = AlignedBuffer::Create(scores * sizeof(float)).value();
  scratch_.scores = static_cast<float*>(scores_.data());
}

void GroupSteps::Push(float rate) {
  Waiting& place = ring_[end_ % ring_.size()];
  place.rate = rate;
  ++end_;
  if (end_ - begin_ <= kAhead) {
    PrefetchRows(place.group.rows(), stride_);
  } else {
    TrainOldest(place.group.rows());
  }
}

void GroupSteps::Finish() {
  while (begin_ != end_) TrainOldest({});
}

void GroupSteps::TrainOldest(absl::Span<const float* const> next) {
  Waiting& place = ring_[begin_ % ring_.size()];
  place.group.Train(step_, place.rate, next, &scratch_);
  ++begin_;
}

}  // namespace embed
