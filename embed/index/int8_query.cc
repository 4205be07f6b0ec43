#include "embed/index/int8_query.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "embed/base/check.h"
#include "embed/index/int8_codec.h"
#include "embed/kernels/half_rows.h"

namespace embed {
namespace {

// A row is weight * mean + multiplier * codes and has length 1, the mean is no
// longer than 1 and the weight at most 2.05 (rounding shortens a row by at most
// 0.51: int8_codec.cc), so the last term is no longer than 3.05. Rows of the
// other metrics are no longer: their factors are of rows / 2^exponent.
constexpr double kLongestCodes = 3.1;
// Codes of other codecs are no longer than the row plus the error of its
// numbers or the zero point's part, each at most 1.
double LongestCodes(const Int8Table::Parts& parts) {
  const bool int8 = parts.codec == RowCodec::kInt8;
  return kLongestCodes + (int8 ? 0 : std::sqrt(parts.dim));
}

// Sums of products of int32 and float32, rounded twice; scores are at most 3,
// and so are their parts.
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
      codes_(Int8ReadBytes(table.dim())) {
  EMBED_DCHECK(query.size() == static_cast<size_t>(table.dim()));
  PrepareValues(table.codec(), query);
  double largest = 0;
  for (const double value : values_) {
    largest = std::max(largest, std::abs(value));
    square_ += value * value;
  }
  if (largest > 0) step_ = largest / 127;  // a zero query keeps step 1
  // What is so small beside the rows is no more than their rounding, and the
  // factor of the weights must stay in the range of float32.
  if (parts_->metric == Metric::kL2) {
    step_ = std::max(step_, row_scale_ * 0x1p-100);
  }
  double squared_error = 0;
  for (size_t j = 0; j < query.size(); ++j) {
    const double code = RoundToInteger(values_[j] / step_);
    codes_[j] = static_cast<int8_t>(std::clamp(code, -127.0, 127.0));
    correction_ -= kInt8CodeOffset * codes_[j];
    const double error = values_[j] - step_ * codes_[j];
    squared_error += error * error;
  }
  if (parts_->metric == Metric::kL2) {
    offset_factor_ = static_cast<float>(row_scale_ / step_);
  } else {
    for (size_t j = 0; j < query.size(); ++j) {
      mean_dot_ += values_[j] * parts_->mean[j];
    }
    offset_factor_ = static_cast<float>(mean_dot_ / step_);
  }
  score_error_ = LongestCodes(*parts_) * std::sqrt(squared_error) +
                 kScanRounding + parts_->f16_error;
}

void Int8TableQuery::PrepareValues(const Int8Codec& codec,
                                   absl::Span<const float> query) {
  std::vector<float> y(query.size());
  if (codec.metric == Metric::kCosine) {
    codec.ToUnit(query, absl::MakeSpan(y));
  } else {
    const int exponent = ExponentOf(codec.Length(query));
    const bool l2 = codec.metric == Metric::kL2;
    const int scale = l2 ? std::max(codec.exponent, exponent) : exponent;
    codec.ToAxes(query, scale, absl::MakeSpan(y));
    exponent_ = l2 ? scale : scale + codec.exponent;
    if (l2) row_scale_ = std::ldexp(1.0, codec.exponent - scale);
  }
  std::copy(y.begin(), y.end(), values_.begin());
}

float Int8TableQuery::Reported(float rank) const {
  if (parts_->metric == Metric::kCosine) return rank;
  const bool l2 = parts_->metric == Metric::kL2;
  const double score = l2 ? std::ldexp(-double{rank}, 2 * exponent_)
                          : std::ldexp(double{rank}, exponent_);
  constexpr double kLargest = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(score, -kLargest, kLargest));
}

double Int8TableQuery::RankOf(float score) const {
  if (parts_->metric == Metric::kCosine) return score;
  return parts_->metric == Metric::kL2
             ? std::ldexp(-double{score}, -2 * exponent_)
             : std::ldexp(double{score}, -exponent_);
}

double Int8TableQuery::ScanScore(double rank) const {
  // |query - row|^2 = |query|^2 - 2 row_scale (what is scanned for).
  return parts_->metric == Metric::kL2 ? (square_ + rank) / (2 * row_scale_)
                                       : rank;
}

float Int8TableQuery::Score(uint32_t id) const {
  if (!parts_->f16.empty()) return ScoreHalves(id);
  return ScoreCodes(id, parts_->RowCodes(id), parts_->group_stride());
}

void Int8TableQuery::Prefetch(uint32_t id) const {
  if (parts_->f16.empty()) return;
  constexpr size_t kHalvesPerLine = 32;
  const uint16_t* row = parts_->f16.data() + id * values_.size();
  for (size_t j = 0; j < values_.size(); j += kHalvesPerLine) {
    __builtin_prefetch(row + j);
  }
}

float Int8TableQuery::ScoreHalves(uint32_t id) const {
  const HalfSums sums =
      DotValuesHalf(values_.data(), parts_->f16.data() + id * values_.size(),
                    values_.size() / kInt8GroupColumns);
  if (sums.squared == 0) return 0;
  const double score = sums.dot / std::sqrt(sums.squared);
  // Not a number only in a damaged file opened without its checksums.
  if (std::isnan(score)) return -1;
  return static_cast<float>(std::clamp(score, -1.0, 1.0));
}

float Int8TableQuery::ScoreCodes(uint32_t id, const uint8_t* codes,
                                 size_t group_stride) const {
  const double dot = DotValuesInt8(
      values_.data(), codes, values_.size() / kInt8GroupColumns, group_stride);
  const double multiplier = parts_->multiplier(id);
  double score;
  if (parts_->metric == Metric::kL2) {
    const double scale = multiplier * row_scale_;
    const int32_t squares =
        SquareSumInt8(codes, parts_->mean.size(), group_stride);
    score = std::min(0.0, scale * (2 * dot - scale * squares) - square_);
  } else {
    score = multiplier * dot + double{parts_->weight(id)} * mean_dot_;
  }
  // Not a number only in a damaged file opened without its checksums.
  if (std::isnan(score)) return -1;
  if (parts_->metric == Metric::kCosine) score = std::clamp(score, -1.0, 1.0);
  return static_cast<float>(score);
}

}  // namespace embed
