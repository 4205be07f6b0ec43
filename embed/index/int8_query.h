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

// Scores rows so that larger is nearer. Its scores are ranks: the scores of the
// metric divided by a power of two that keeps them in the range of float32
// whatever the magnitude of query and rows, and of l2 negative.
//
//   cosine  rank = cosine
//   dot     rank = query.row / 2^e
//   l2      rank = -|query - row|^2 / 2^(2 e)
//
// Holds a pointer to the table. Thread-safe.
class Int8TableQuery {
 public:
  // query [dim]: finite; for cosine its length does not matter.
  Int8TableQuery(const Int8Table& table, absl::Span<const float> query);

  // The rank of row `id` (in float16, if the table keeps that) for the float
  // query, summed in double in a fixed order: the same on every CPU.
  float Score(uint32_t id) const;

  // The score of the metric of a rank; the largest float if it is beyond.
  float Reported(float rank) const;
  // The rank of a score of the metric.
  double RankOf(float score) const;

  // For ScanInt8(). Its score times step() is ScanScore(Score()) up to
  // score_error().
  Int8Query ScanQuery() const { return {codes_.data(), offset_factor_}; }
  // For ScoreInt8Rows(): the same score.
  Int8RowQuery RowQuery() const {
    return {codes_.data(), correction_, offset_factor_};
  }
  double ScanScore(double rank) const;
  double step() const { return step_; }
  // Asks for what Score() reads, where that is not what a scan has just read.
  void Prefetch(uint32_t id) const;
  // |query - step codes| times the longest multipliers[i] * codes of row i,
  // plus float32 rounding, plus the error of codes against rows in float16.
  double score_error() const { return score_error_; }

 private:
  // Sets values and, but for cosine, exponents.
  void PrepareValues(const Int8Codec& codec, absl::Span<const float> query);
  // Sums group by group of columns, from one to the next `group_stride` bytes.
  float ScoreCodes(uint32_t id, const uint8_t* codes,
                   size_t group_stride) const;

  float ScoreHalves(uint32_t id) const;

  const Int8Table::Parts* parts_;
  std::vector<double> values_;  // the query in the codec's axes, padded with
                                // zeros to whole groups of columns
  std::vector<int8_t> codes_;   // values / step, rounded, and zeros behind
  int32_t correction_ = 0;      // -128 * the sum of codes
  double step_ = 1;
  double mean_dot_ = 0;  // query . mean
  double score_error_ = 0;
  float offset_factor_ = 0;
  int exponent_ = 0;      // e
  double row_scale_ = 1;  // of l2: 2^(exponent of the rows - e)
  double square_ = 0;     // of l2: |values|^2
};

}  // namespace embed

#endif  // EMBED_INDEX_INT8_QUERY_H_
