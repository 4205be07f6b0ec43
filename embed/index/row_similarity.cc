#include "embed/index/row_similarity.h"

#include "embed/base/check.h"
#include "embed/base/parallel.h"

namespace embed {

RowSimilarity::RowSimilarity(const Int8Table& table, int threads)
    : rows_(table.row_table()),
      l2_(table.metric() == Metric::kL2),
      factors_(table.rows()) {
  // l2 does not ask for it, and its mean may be of any magnitude.
  absl::Span<const float> mean;
  if (!l2_) mean = table.parts().mean;
  double mean_squared = 0;
  for (const float value : mean) mean_squared += double{value} * value;
  ParallelFor(threads, rows_.rows, [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      const uint8_t* codes = rows_.row(static_cast<uint32_t>(i));
      double dot = 0;
      for (size_t j = 0; j < mean.size(); ++j) {
        dot += double{mean[j]} * (codes[j] - kInt8CodeOffset);
      }
      const Int8RowScale scale = rows_.scales[i];
      factors_[i] = {scale.multiplier, scale.offset, static_cast<float>(dot),
                     static_cast<float>(scale.offset * mean_squared +
                                        scale.multiplier * dot)};
    }
  });
}

void RowSimilarity::Of(uint32_t i, absl::Span<const uint32_t> rows,
                       float* similarities) const {
  EMBED_DCHECK(rows.size() <= kMostRows);
  int32_t dots[kMostRows];
  DotInt8Rows(rows_, i, rows, dots);
  const Factors a = factors_[i];
  for (size_t k = 0; k < rows.size(); ++k) {
    const Factors& b = factors_[rows[k]];
    const float dot = static_cast<float>(dots[k]);
    similarities[k] =
        l2_ ? a.multiplier * b.multiplier * dot + a.weight + b.weight
            : a.weight * b.mean_row +
                  a.multiplier * (b.weight * a.mean_codes + b.multiplier * dot);
  }
}

}  // namespace embed
