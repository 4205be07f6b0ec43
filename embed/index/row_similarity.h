// How near two rows of an Int8Table are, by their codes.
#ifndef EMBED_INDEX_ROW_SIMILARITY_H_
#define EMBED_INDEX_ROW_SIMILARITY_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/kernels/int8_rows.h"

namespace embed {

// From the codes and from numbers of each row:
//   row i = w_i mean + m_i c_i, so
//   row i . row j = w_i (mean . row j) + m_i (w_j (mean . c_i) + m_j c_i .
//   c_j), of l2 -|row i - row j|^2 / 2 = m_i m_j c_i . c_j + w_i + w_j
// 16 bytes a row. The table, which is laid out in rows, must outlive it.
// Thread-safe; the same on every CPU.
class RowSimilarity {
 public:
  RowSimilarity(const Int8Table& table, int threads);

  static constexpr size_t kMostRows = 64;  // of a call

  // similarities[k]: of row i and rows[k], of which there are kMostRows or
  // less. Larger is nearer.
  void Of(uint32_t i, absl::Span<const uint32_t> rows,
          float* similarities) const;

 private:
  struct Factors {
    float multiplier;
    float weight;
    float mean_codes;  // mean . codes
    float mean_row;    // mean . row
  };
  const Int8RowTable rows_;
  const bool l2_;
  std::vector<Factors> factors_;
};

}  // namespace embed

#endif  // EMBED_INDEX_ROW_SIMILARITY_H_
