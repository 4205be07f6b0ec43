// The rows that a classifier learns from or scores, some at a time as a matrix,
// for products with all labels at once.
#ifndef EMBED_EVAL_SAMPLE_BLOCKS_H_
#define EMBED_EVAL_SAMPLE_BLOCKS_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/math/matrix_view.h"

namespace embed {

// Sample i is rows.row(indices[i]) and a 1 behind it, for the bias. Views of
// both.
struct SampleBlocks {
  // 256 KiB of 128 doubles each: a cache of the second level.
  static constexpr size_t kBlock = 256;

  size_t width() const { return static_cast<size_t>(rows.dim) + 1; }

  // visit(first, block) for all blocks in their order: the numbers of the
  // samples first, first + 1, ..., [at most kBlock, width], copied from the
  // rows as they are.
  template <typename Number, typename Visit>
  void ForEach(const Visit& visit) const {
    std::vector<Number> block(std::min(kBlock, indices.size()) * width(), 1);
    for (size_t first = 0; first < indices.size(); first += kBlock) {
      const absl::Span<const uint32_t> some = indices.subspan(first, kBlock);
      auto to = block.begin();
      for (const uint32_t index : some) {
        const absl::Span<const float> row = rows.row(index);
        to = std::copy(row.begin(), row.end(), to) + 1;
      }
      visit(first, absl::MakeConstSpan(block).first(some.size() * width()));
    }
  }

  MatrixView rows;
  absl::Span<const uint32_t> indices;
};

}  // namespace embed

#endif  // EMBED_EVAL_SAMPLE_BLOCKS_H_
