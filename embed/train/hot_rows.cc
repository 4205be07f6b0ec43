#include "embed/train/hot_rows.h"

#include <algorithm>
#include <numeric>

namespace embed {
namespace {

// The rows with the largest weights, the heaviest first.
std::vector<uint32_t> Heaviest(const std::vector<double>& weights,
                               uint32_t most) {
  std::vector<uint32_t> rows(weights.size());
  std::iota(rows.begin(), rows.end(), 0);
  const size_t count = std::min<size_t>(most, rows.size());
  const auto heavier = [&](uint32_t a, uint32_t b) {
    return weights[a] != weights[b] ? weights[a] > weights[b] : a < b;
  };
  std::partial_sort(rows.begin(), rows.begin() + count, rows.end(), heavier);
  rows.resize(count);
  while (!rows.empty() && weights[rows.back()] == 0) rows.pop_back();
  return rows;
}

// Of a sorted list: the squared length of each run of equal ones, summed.
float SquaredRuns(absl::Span<const uint32_t> sorted) {
  uint64_t sum = 0;
  uint64_t run = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    run = i > 0 && sorted[i] == sorted[i - 1] ? run + 1 : 1;
    sum += 2 * run - 1;  // run^2 - (run - 1)^2
  }
  return static_cast<float>(sum);
}

}  // namespace

HotFeatures::HotFeatures(const FeatureMap* features,
                         absl::Span<const double> weights, uint32_t max_hot)
    : features_(features) {
  std::vector<double> uses(features->num_rows());
  squared_occurrences_.reserve(features->num_ids());
  std::vector<uint32_t> sorted;
  for (uint32_t id = 0; id < features->num_ids(); ++id) {
    const absl::Span<const uint32_t> rows = features->Rows(id);
    for (const uint32_t row : rows) uses[row] += weights[id];
    sorted.assign(rows.begin(), rows.end());
    std::sort(sorted.begin(), sorted.end());
    squared_occurrences_.push_back(SquaredRuns(sorted));
  }
  hot_rows_ = Heaviest(uses, max_hot);
  std::vector<uint32_t> code_of(features->num_rows());
  std::iota(code_of.begin(), code_of.end(), num_hot());
  for (uint32_t hot = 0; hot < num_hot(); ++hot) code_of[hot_rows_[hot]] = hot;
  codes_.reserve(features->rows().size());
  for (const uint32_t row : features->rows()) codes_.push_back(code_of[row]);
}

HotRows::HotRows(const HotFeatures* features, EmbeddingTable* table)
    : features_(features),
      table_(table),
      num_hot_(features->num_hot()),
      stride_(table->stride()),
      // Little beside the table, which is there already.
      memory_(AlignedBuffer::Create(
                  std::max<uint64_t>(1, uint64_t{2} * num_hot_ * stride_) *
                  sizeof(float))
                  .value()),
      copies_(static_cast<float*>(memory_.data())),
      starts_(copies_ + num_hot_ * stride_),
      uses_(num_hot_) {}

void HotRows::Take(uint32_t hot) {
  const float* const row = table_->row(features_->hot_rows()[hot]);
  std::copy(row, row + stride_, copies_ + hot * stride_);
  std::copy(row, row + stride_, starts_ + hot * stride_);
  taken_.push_back(hot);
}

void HotRows::Renew(uint32_t hot) {
  float* const row = table_->row(features_->hot_rows()[hot]);
  float* const copy = copies_ + hot * stride_;
  float* const start = starts_ + hot * stride_;
  for (uint64_t i = 0; i < stride_; ++i) {
    const float now = row[i];
    const float moved = now + (copy[i] - start[i]);
    row[i] = copy[i] = start[i] = now == start[i] ? copy[i] : moved;
  }
  uses_[hot] = 0;
}

void HotRows::Flush() {
  for (const uint32_t hot : taken_) Renew(hot);
  taken_.clear();
}

}  // namespace embed
