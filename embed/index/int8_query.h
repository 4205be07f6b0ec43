// One query against an Int8Table: its codes for the scan, and exact scores.
#ifndef EMBED_INDEX_INT8_QUERY_H_
#define EMBED_INDEX_INT8_QUERY_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "embed/index/int8_table.h"

namespace embed {

// Holds a pointer to the table. Thread-safe.
class Int8TableQuery {
 public:
  // query [dim]: finite; its length does not matter.
  Int8TableQuery(const Int8Table& table, absl::Span<const float> query);

  // The cosine of the float query and row `id`, summed in double in a fixed
  // order: the same on every CPU.
  float Score(uint32_t id) const;

  // For ScanInt8(). Its score times step() is Score() up to score_error().
  Int8Query ScanQuery() const { return {codes_.data(), offset_factor_}; }
  double step() const { return step_; }
  // |query - step codes| times the longest multipliers[i] * codes of row i,
  // plus float32 rounding.
  double score_error() const { return score_error_; }

 private:
  const Int8Table::Parts* parts_;
  std::vector<double> values_;  // unit query in the codec's axes, padded with
                                // zeros to whole groups of columns
  std::vector<int8_t> codes_;   // values / step, rounded
  double step_ = 1;
  double mean_dot_ = 0;  // query . mean
  double score_error_ = 0;
  float offset_factor_ = 0;
};

}  // namespace embed

#endif  // EMBED_INDEX_INT8_QUERY_H_
