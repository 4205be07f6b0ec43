#include "embed/eval/alignment.h"

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "embed/base/status_macros.h"
#include "embed/eval/csls.h"
#include "embed/eval/procrustes.h"
#include "embed/eval/unit_rows.h"
#include "embed/model/embedding_table.h"
#include "embed/model/select_rows.h"

namespace embed {
namespace {

MatrixView FirstRows(const MatrixView& view, uint64_t count) {
  return {view.data, std::min(count, view.rows), view.dim, view.stride};
}

absl::StatusOr<std::vector<double>> MapOfPairs(
    const MatrixView& a, const MatrixView& b,
    absl::Span<const AlignedRows> pairs) {
  std::vector<uint32_t> of_a, of_b;
  for (const auto& [row_a, row_b] : pairs) {
    of_a.push_back(row_a);
    of_b.push_back(row_b);
  }
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable rows_a, SelectRows(a, of_a));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable rows_b, SelectRows(b, of_b));
  return OrthogonalMap(rows_a.view(), rows_b.view());
}

// The pairs of rows that are each other's nearest by CSLS.
absl::StatusOr<std::vector<AlignedRows>> MutualNearest(
    const MatrixView& a, const MatrixView& b, absl::Span<const double> map,
    const AlignmentOptions& options) {
  const uint64_t k = options.csls_neighbors;
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable mapped,
                         ApplyMap(a, map, options.threads));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit_a, UnitRows(mapped.view()));
  EMBED_ASSIGN_OR_RETURN(const EmbeddingTable unit_b, UnitRows(b));
  const MatrixView x = unit_a.view();
  const MatrixView y = unit_b.view();
  const auto of_a = NearestOf(
      x, y, MeanNearestCosines(y, x, k, options.threads), 1, options.threads);
  const auto of_b = NearestOf(
      y, x, MeanNearestCosines(x, y, k, options.threads), 1, options.threads);
  std::vector<AlignedRows> pairs;
  for (uint32_t row = 0; row < of_a.size(); ++row) {
    if (of_a[row].empty()) continue;
    const uint32_t partner = of_a[row][0].id;
    if (of_b[partner][0].id == row) pairs.push_back({row, partner});
  }
  return pairs;
}

// The rows of B that belong to each row of A.
using Partners = std::map<uint32_t, std::set<uint32_t>>;

// Of the rows of A, in their order, those with a partner among the first k.
uint64_t CountFound(const Partners& partners,
                    absl::Span<const std::vector<ScoredRow>> nearest,
                    uint64_t k) {
  uint64_t found = 0;
  size_t query = 0;
  for (const auto& entry : partners) {
    const std::vector<ScoredRow>& hits = nearest[query++];
    for (size_t i = 0; i < std::min<uint64_t>(k, hits.size()); ++i) {
      if (entry.second.count(hits[i].id) == 0) continue;
      ++found;
      break;
    }
  }
  return found;
}

}  // namespace

absl::Status AlignmentOptions::Validate() const {
  if (refinements < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("refinements is ", refinements, ", expected 0 or more"));
  }
  if (csls_neighbors < 1) {
    return absl::InvalidArgumentError(
        "csls_neighbors is 0, expected 1 or more");
  }
  return absl::OkStatus();
}

absl::StatusOr<Alignment> Align(const MatrixView& a, const MatrixView& b,
                                absl::Span<const AlignedRows> dictionary,
                                const AlignmentOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (a.dim != b.dim) {
    return absl::InvalidArgumentError(
        absl::StrCat("vectors of ", a.dim, " and of ", b.dim,
                     " numbers; a rotation needs the same dim"));
  }
  Alignment result;
  result.pairs = dictionary.size();
  EMBED_ASSIGN_OR_RETURN(result.map, MapOfPairs(a, b, dictionary));
  const uint64_t rows = options.refinement_rows == 0
                            ? std::numeric_limits<uint64_t>::max()
                            : options.refinement_rows;
  const MatrixView first_a = FirstRows(a, rows);
  const MatrixView first_b = FirstRows(b, rows);
  for (int round = 0; round < options.refinements; ++round) {
    EMBED_ASSIGN_OR_RETURN(
        const std::vector<AlignedRows> pairs,
        MutualNearest(first_a, first_b, result.map, options));
    if (pairs.empty()) {
      return absl::InvalidArgumentError(
          "no two rows are each other's nearest: nothing to refine with");
    }
    result.pairs = pairs.size();
    EMBED_ASSIGN_OR_RETURN(result.map, MapOfPairs(a, b, pairs));
  }
  return result;
}

RetrievalScores EvaluateRetrieval(const MatrixView& mapped_a,
                                  const MatrixView& b,
                                  absl::Span<const AlignedRows> pairs,
                                  RetrievalMeasure measure,
                                  absl::Span<const uint64_t> cutoffs,
                                  uint64_t csls_neighbors, int threads) {
  Partners partners;
  for (const auto& [row_a, row_b] : pairs) partners[row_a].insert(row_b);
  std::vector<float> queries;
  for (const auto& entry : partners) {
    const absl::Span<const float> row = mapped_a.row(entry.first);
    queries.insert(queries.end(), row.begin(), row.end());
  }
  const MatrixView view = {queries.data(), partners.size(), mapped_a.dim,
                           static_cast<uint64_t>(mapped_a.dim)};
  std::vector<float> penalties;
  if (measure == RetrievalMeasure::kCsls) {
    penalties = MeanNearestCosines(b, mapped_a, csls_neighbors, threads);
  }
  uint64_t most = 0;
  for (const uint64_t k : cutoffs) most = std::max(most, k);
  const auto nearest = NearestOf(view, b, penalties, most, threads);
  RetrievalScores scores;
  scores.queries = partners.size();
  for (const uint64_t k : cutoffs) {
    // 0 / 0 is NaN.
    scores.precision.push_back(
        static_cast<double>(CountFound(partners, nearest, k)) /
        static_cast<double>(partners.size()));
  }
  return scores;
}

}  // namespace embed
