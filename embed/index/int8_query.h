// One query against an Int8Table: its codes for the scan, and exact scores.
#ifndef EMBED_INDEX_INT8_QUERY_H_
#define EMBED_INDEX_INT8_QUERY_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "embed/index/int8_table.h"
#include "embed/kernels/int8_rows.h"

namespace embed {

// InvalidArgument: queries of another dim or not finite, options.allowed too
// short for the table.
absl::Status CheckQueries(const Int8Table& table, const MatrixView& queries,
                          const SearchOptions& options);

// How many rows to score with the float query for k hits. Rounding the query
// moves neighbours by a few ranks; with four times as many the float scores
// decide.
constexpr uint64_t CandidatesFor(uint64_t k) { return k < 10 ? 40 : 4 * k; }

// Holds a pointer to the table. Thread-safe.
class Int8TableQuery {
 public:
  // query [dim]: finite; its length does not matter.
  Int8TableQuery(const Int8Table& table, absl::Span<const float> query);

  // The cosine of the float query and row `id`, summed in double in a fixed
  // order: the same on every CPU.
  float Score(uint32_t id) const;
  // The same, given the codes of the row as embed/kernels/int8_rows.h lays them
  // out.
  float ScoreRow(uint32_t id, const uint8_t* codes) const;

  // For ScanInt8(). Its score times step() is Score() up to score_error().
  Int8Query ScanQuery() const { return {codes_.data(), offset_factor_}; }
  // For ScoreInt8Rows(): the same score.
  Int8RowQuery RowQuery() const {
    return {codes_.data(), correction_, offset_factor_};
  }
  double step() const { return step_; }
  // |query - step codes| times the longest multipliers[i] * codes of row i,
  // plus float32 rounding.
  double score_error() const { return score_error_; }

 private:
  // Sums group by group of columns, from one to the next `group_stride` bytes.
  float ScoreCodes(uint32_t id, const uint8_t* codes,
                   size_t group_stride) const;

  const Int8Table::Parts* parts_;
  std::vector<double> values_;  // unit query in the codec's axes, padded with
                                // zeros to whole groups of columns
  std::vector<int8_t> codes_;   // values / step, rounded, and zeros behind
  int32_t correction_ = 0;      // -128 * the sum of codes
  double step_ = 1;
  double mean_dot_ = 0;  // query . mean
  double score_error_ = 0;
  float offset_factor_ = 0;
};

}  // namespace embed

#endif  // EMBED_INDEX_INT8_QUERY_H_
