#include "embed/index/float_table.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/eval/score_rows.h"
#include "embed/index/int8_codec.h"
#include "embed/index/int8_query.h"
#include "embed/kernels/half_rows.h"
#include "embed/kernels/int8_top_k.h"

namespace embed {
namespace {

// Rows and queries of one product: the rows stay in a cache.
constexpr uint64_t kFloatBlockRows = 1024;
constexpr uint64_t kBlockQueries = 64;

// The query as rows are held; of l2 row_scale becomes what a row's square is
// multiplied by.
void PrepareQuery(const Int8Codec& codec, absl::Span<const float> query,
                  absl::Span<float> out, float* row_scale) {
  if (codec.metric == Metric::kCosine) {
    codec.ToUnit(query, out);
    return;
  }
  const int own = ExponentOf(codec.Length(query));
  const bool l2 = codec.metric == Metric::kL2;
  const int scale = l2 ? std::max(own, codec.exponent) : own;
  codec.ToAxes(query, scale, out);
  *row_scale = static_cast<float>(std::ldexp(1.0, codec.exponent - scale));
}

}  // namespace

absl::StatusOr<FloatTable> FloatTable::Build(const MatrixView& vectors,
                                             const FloatTableOptions& options) {
  if (vectors.rows < 1 || vectors.dim < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("a table of ", vectors.rows, " rows of dim ", vectors.dim,
                     ", expected at least 1 of each"));
  }
  const auto bad = FirstNonFiniteRow(vectors, options.threads);
  if (bad.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("row ", *bad, " has a value that is not a finite number"));
  }
  return FloatTable(vectors, options);
}

FloatTable::FloatTable(const MatrixView& vectors,
                       const FloatTableOptions& options)
    : rows_(vectors.rows), zeros_(static_cast<size_t>(vectors.dim)) {
  codec_.mean = zeros_;
  codec_.metric = options.metric;
  codec_.exponent = TableExponent(codec_, vectors, options.threads);
  const size_t dim = zeros_.size();
  (options.half ? halves_.resize(rows_ * dim) : floats_.resize(rows_ * dim));
  if (options.metric == Metric::kL2) half_squares_.resize(rows_);
  ParallelFor(options.threads, rows_, [&](uint64_t begin, uint64_t end) {
    std::vector<float> y(dim);
    for (uint64_t i = begin; i < end; ++i) {
      if (options.metric == Metric::kCosine) {
        codec_.ToUnit(vectors.row(i), absl::MakeSpan(y));
      } else {
        codec_.ToAxes(vectors.row(i), codec_.exponent, absl::MakeSpan(y));
      }
      double squared = 0;
      for (size_t j = 0; j < dim; ++j) {
        if (options.half) {
          halves_[i * dim + j] = FloatToHalf(y[j]);
          y[j] = HalfToFloat(halves_[i * dim + j]);
        } else {
          floats_[i * dim + j] = y[j];
        }
        squared += double{y[j]} * y[j];
      }
      if (options.metric == Metric::kL2) {
        half_squares_[i] = static_cast<float>(0.5 * squared);
      }
    }
  });
}

MatrixView FloatTable::Block(uint64_t first, uint64_t count,
                             std::vector<float>* scratch) const {
  const uint64_t dim = zeros_.size();
  if (halves_.empty()) {
    return {floats_.data() + first * dim, count, codec_.dim(), dim};
  }
  scratch->resize(count * dim);
  const uint16_t* from = halves_.data() + first * dim;
  for (uint64_t i = 0; i < count * dim; ++i) {
    (*scratch)[i] = HalfToFloat(from[i]);
  }
  return {scratch->data(), count, codec_.dim(), dim};
}

void FloatTable::Row(uint64_t id, absl::Span<float> out) const {
  std::vector<float> scratch;
  const absl::Span<const float> row = Block(id, 1, &scratch).row(0);
  for (size_t j = 0; j < out.size(); ++j) {
    out[j] = static_cast<float>(std::ldexp(double{row[j]}, codec_.exponent));
  }
}

void FloatTable::SearchQueries(const MatrixView& queries, uint64_t begin,
                               uint64_t end, uint64_t k,
                               SearchHits* hits) const {
  const uint64_t dim = zeros_.size();
  const uint64_t count = end - begin;
  std::vector<float> values(count * dim);
  std::vector<float> row_scales(count);
  for (uint64_t q = 0; q < count; ++q) {
    PrepareQuery(codec_, queries.row(begin + q),
                 absl::MakeSpan(values).subspan(q * dim, dim), &row_scales[q]);
  }
  const MatrixView prepared = {values.data(), count, codec_.dim(), dim};
  std::vector<Int8TopK> best(count,
                             Int8TopK(std::min(rows_, CandidatesFor(k))));
  std::vector<float> scratch;
  for (uint64_t first = 0; first < rows_; first += kFloatBlockRows) {
    const MatrixView block =
        Block(first, std::min(kFloatBlockRows, rows_ - first), &scratch);
    ScoreRows(prepared, block, /*threads=*/1,
              [&](uint64_t q, absl::Span<const float> scores) {
                float threshold = best[q].threshold();
                for (size_t i = 0; i < scores.size(); ++i) {
                  float score = scores[i];
                  if (!half_squares_.empty()) {
                    score -= row_scales[q] * half_squares_[first + i];
                  }
                  if (!(score > threshold)) continue;
                  threshold =
                      best[q].Push(score, static_cast<uint32_t>(first + i));
                }
              });
  }
  constexpr double kLargest = std::numeric_limits<float>::max();
  const double sign = codec_.metric == Metric::kL2 ? -1 : 1;
  std::vector<float> row(dim);
  for (uint64_t q = 0; q < count; ++q) {
    std::vector<std::pair<double, uint32_t>> found;  // the nearest are smallest
    for (const Int8Hit& hit : best[q].TakeSorted()) {
      Row(hit.row, absl::MakeSpan(row));
      found.emplace_back(-Nearness(codec_.metric, queries.row(begin + q), row),
                         hit.row);
    }
    std::sort(found.begin(), found.end());
    if (found.size() > k) found.resize(k);
    for (const auto& [distance, id] : found) {
      const double score = std::clamp(-sign * distance, -kLargest, kLargest);
      (*hits)[begin + q].push_back({id, static_cast<float>(score)});
    }
  }
}

absl::StatusOr<SearchHits> FloatTable::Search(
    const MatrixView& queries, const SearchOptions& options) const {
  if (queries.dim != dim()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "queries have dim ", queries.dim, ", the table has ", dim()));
  }
  if (options.k == 0) {
    return absl::InvalidArgumentError("k is 0, expected at least 1");
  }
  const auto bad = FirstNonFiniteRow(queries, options.threads);
  if (bad.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "query ", *bad, " has a value that is not a finite number"));
  }
  SearchHits hits(queries.rows);
  const uint64_t k = std::min(options.k, rows_);
  const uint64_t blocks = (queries.rows + kBlockQueries - 1) / kBlockQueries;
  ParallelFor(options.threads, blocks, [&](uint64_t begin, uint64_t end) {
    for (uint64_t block = begin; block < end; ++block) {
      const uint64_t first = block * kBlockQueries;
      SearchQueries(queries, first,
                    std::min(queries.rows, first + kBlockQueries), k, &hits);
    }
  });
  return hits;
}

}  // namespace embed
