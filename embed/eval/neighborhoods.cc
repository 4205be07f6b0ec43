#include "embed/eval/neighborhoods.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>

#include "embed/base/check.h"
#include "embed/eval/correlation.h"
#include "embed/eval/spread.h"
#include "embed/math/cosine.h"

namespace embed {
namespace {

// The ids of the first k, rising.
std::vector<uint32_t> Ids(const std::vector<ScoredRow>& nearest, uint64_t k) {
  std::vector<uint32_t> ids;
  for (size_t i = 0; i < std::min<size_t>(k, nearest.size()); ++i) {
    ids.push_back(nearest[i].id);
  }
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<double> Cosines(const MatrixView& rows, uint32_t query,
                            const std::vector<uint32_t>& ids) {
  std::vector<double> cosines;
  cosines.reserve(ids.size());
  for (const uint32_t id : ids) {
    cosines.push_back(Cosine(rows.row(query), rows.row(id)));
  }
  return cosines;
}

}  // namespace

NeighborhoodAgreement CompareNeighborhoods(
    const MatrixView& unit_a, const MatrixView& unit_b,
    absl::Span<const uint32_t> queries,
    absl::Span<const std::vector<ScoredRow>> nearest_a,
    absl::Span<const std::vector<ScoredRow>> nearest_b, uint64_t k) {
  EMBED_DCHECK(nearest_a.size() == queries.size());
  EMBED_DCHECK(nearest_b.size() == queries.size());
  std::vector<double> overlaps;
  std::vector<double> correlations;
  for (size_t i = 0; i < queries.size(); ++i) {
    const std::vector<uint32_t> in_a = Ids(nearest_a[i], k);
    const std::vector<uint32_t> in_b = Ids(nearest_b[i], k);
    std::vector<uint32_t> in_both;
    std::set_intersection(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(),
                          std::back_inserter(in_both));
    overlaps.push_back(static_cast<double>(in_both.size()) /
                       static_cast<double>(in_a.size()));
    for (const std::vector<uint32_t>& ids : {in_a, in_b}) {
      const double rho = SpearmanCorrelation(Cosines(unit_a, queries[i], ids),
                                             Cosines(unit_b, queries[i], ids));
      if (!std::isnan(rho)) correlations.push_back(rho);
    }
  }
  const Spread overlap = SpreadOf(overlaps);
  return {overlap.mean, overlap.deviation, SpreadOf(correlations).mean};
}

}  // namespace embed
