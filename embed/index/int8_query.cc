#include "embed/index/int8_query.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/index/int8_codec.h"

namespace embed {
namespace {

// A row is weight * mean + multiplier * codes and has length 1, the mean is no
// longer than 1 and the weight at most 2.05 (rounding shortens a row by at most
// 0.51: int8_codec.cc), so the last term is no longer than 3.05.
constexpr double kLongestCodes = 3.1;
// Sums of products of int32 and float32, rounded twice; scores are at most 3.
constexpr double kScanRounding = 1e-5;

// Rounds to the nearest integer, ties to even, for |x| < 2^51: the sum has no
// bits left below the units. Unlike a call of nearbyint it can be vectorised.
double RoundToInteger(double x) {
  constexpr double kShift = 0x1.8p52;
  return (x + kShift) - kShift;
}

}  // namespace

absl::Status CheckQueries(const Int8Table& table, const MatrixView& queries,
                          const SearchOptions& options) {
  if (queries.dim != table.dim()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "queries have dim ", queries.dim, ", the index has ", table.dim()));
  }
  const auto bad = FirstNonFiniteRow(queries, options.threads);
  if (bad.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "query ", *bad, " has a value that is not a finite number"));
  }
  if (!options.allowed.empty() &&
      options.allowed.size() < (table.rows() + 63) / 64) {
    return absl::InvalidArgumentError(
        absl::StrCat("the bitmap of allowed rows has ", options.allowed.size(),
                     " words, expected ", (table.rows() + 63) / 64));
  }
  return absl::OkStatus();
}

Int8TableQuery::Int8TableQuery(const Int8Table& table,
                               absl::Span<const float> query)
    : parts_(&table.parts()),
      values_(Int8Groups(table.dim()) * kInt8GroupColumns),
      codes_(Int8RowStride(table.dim())) {
  EMBED_DCHECK(query.size() == static_cast<size_t>(table.dim()));
  std::vector<float> unit(query.size());
  table.codec().ToUnit(query, absl::MakeSpan(unit));
  std::copy(unit.begin(), unit.end(), values_.begin());
  double largest = 0;
  for (size_t j = 0; j < unit.size(); ++j) {
    largest = std::max(largest, std::abs(values_[j]));
    mean_dot_ += values_[j] * parts_->mean[j];
  }
  if (largest > 0) step_ = largest / 127;  // a zero query keeps step 1
  double squared_error = 0;
  for (size_t j = 0; j < unit.size(); ++j) {
    const double code = RoundToInteger(values_[j] / step_);
    codes_[j] = static_cast<int8_t>(std::clamp(code, -127.0, 127.0));
    correction_ -= 128 * codes_[j];
    const double error = values_[j] - step_ * codes_[j];
    squared_error += error * error;
  }
  offset_factor_ = static_cast<float>(mean_dot_ / step_);
  score_error_ = kLongestCodes * std::sqrt(squared_error) + kScanRounding;
}

float Int8TableQuery::Score(uint32_t id) const {
  return ScoreCodes(id,
                    parts_->codes.data() + Int8CodeIndex(id, 0, parts_->dim),
                    kInt8BlockRows * kInt8GroupColumns);
}

float Int8TableQuery::ScoreRow(uint32_t id, const uint8_t* codes) const {
  return ScoreCodes(id, codes, kInt8GroupColumns);
}

float Int8TableQuery::ScoreCodes(uint32_t id, const uint8_t* codes,
                                 size_t group_stride) const {
  const double dot = DotValuesInt8(
      values_.data(), codes, values_.size() / kInt8GroupColumns, group_stride);
  const double score = double{parts_->multipliers[id]} * dot +
                       double{parts_->weights[id]} * mean_dot_;
  // Not a number only in a damaged file opened without its checksums.
  if (std::isnan(score)) return -1;
  return static_cast<float>(std::clamp(score, -1.0, 1.0));
}

}  // namespace embed
