#include "embed/train/output_layer.h"

#include <algorithm>

namespace embed {

void Targets::Grow() {
  const size_t capacity = std::max<size_t>(16, 2 * rows.size());
  rows.resize(capacity);
  labels.resize(capacity);
  weights.resize(capacity);
}

void NegativeSamplingLayer::Collect(uint32_t id,
                                    absl::Span<const uint32_t> negatives,
                                    Targets* targets) const {
  targets->Clear();
  targets->Add(output_->row(id), 1.0f);
  targets->num_positives = 1;
  for (const uint32_t negative : negatives) {
    if (negative == id) continue;
    float* const row = output_->row(negative);
    // Few rows: looking through them beats any table.
    size_t same = 1;
    while (same < targets->size && targets->rows[same] != row) ++same;
    if (same == targets->size) {
      targets->Add(row, 0.0f);
    } else {
      targets->weights[same] += 1.0f;
    }
  }
}

void NegativeSamplingLayer::Append(uint32_t id,
                                   absl::Span<const uint32_t> negatives,
                                   Targets* targets) const {
  targets->Add(output_->row(id), 1.0f);
  for (const uint32_t negative : negatives) {
    if (negative != id) targets->Add(output_->row(negative), 0.0f);
  }
}

void NegativeSamplingLayer::AppendRows(uint32_t id,
                                       absl::Span<const uint32_t> negatives,
                                       std::vector<const float*>* rows) const {
  rows->push_back(output_->row(id));
  for (const uint32_t negative : negatives) {
    rows->push_back(output_->row(negative));
  }
}

void HierarchicalSoftmaxLayer::Collect(uint32_t id,
                                       absl::Span<const uint32_t> negatives,
                                       Targets* targets) const {
  targets->Clear();
  Append(id, negatives, targets);
  targets->num_positives = tree_.PathOf(id).num_zeros;
}

void HierarchicalSoftmaxLayer::Append(uint32_t id,
                                      absl::Span<const uint32_t> /*negatives*/,
                                      Targets* targets) const {
  const HuffmanTree::Path path = tree_.PathOf(id);
  int left = path.num_zeros;
  for (const uint32_t node : path.nodes) {
    targets->Add(output_->row(node), left-- > 0 ? 1.0f : 0.0f);
  }
}

void HierarchicalSoftmaxLayer::AppendRows(
    uint32_t id, absl::Span<const uint32_t> /*negatives*/,
    std::vector<const float*>* rows) const {
  // The nodes near the root are in the cache already; the others are the last
  // of each kind, but telling them apart would cost more than asking.
  for (const uint32_t node : tree_.PathOf(id).nodes) {
    rows->push_back(output_->row(node));
  }
}

}  // namespace embed
