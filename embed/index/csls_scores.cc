#include "embed/index/csls_scores.h"

#include <algorithm>
#include <utility>

#include "embed/base/hash_table.h"
#include "embed/base/status_macros.h"
#include "embed/index/hit_order.h"

namespace embed {
namespace {

// Items whose surroundings are searched together.
constexpr size_t kScorePart = 1024;

// r of each point: the mean score of its first options.csls hits that are not
// excluded.
absl::StatusOr<std::vector<double>> MeanNearest(
    const ItemIndex& index, absl::Span<const ItemQuery> points,
    const AnswerOptions& options) {
  AnswerOptions plain;
  plain.k = options.csls;
  plain.threads = options.threads;
  plain.ef_search = options.ef_search;
  plain.nprobe = options.nprobe;
  plain.exact = options.exact;
  EMBED_ASSIGN_OR_RETURN(const SearchHits hits,
                         AnswerQueries(index, points, plain));
  std::vector<double> means;
  for (const std::vector<SearchHit>& near : hits) {
    double sum = 0;
    for (const SearchHit& hit : near) sum += double{hit.score};
    means.push_back(near.empty() ? 0 : sum / static_cast<double>(near.size()));
  }
  return means;
}

// r of every item in `hits`.
absl::StatusOr<HashMap<uint32_t, double>> MeanNearestOfItems(
    const ItemIndex& index, const SearchHits& hits,
    const AnswerOptions& options) {
  std::vector<uint32_t> ids;
  for (const std::vector<SearchHit>& of_query : hits) {
    for (const SearchHit& hit : of_query) ids.push_back(hit.id);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  HashMap<uint32_t, double> means;
  for (size_t begin = 0; begin < ids.size(); begin += kScorePart) {
    const size_t end = std::min(ids.size(), begin + kScorePart);
    std::vector<ItemQuery> points;
    for (size_t i = begin; i < end; ++i) {
      points.push_back({index.Vector(ids[i]), {ids[i]}});
    }
    EMBED_ASSIGN_OR_RETURN(const std::vector<double> part,
                           MeanNearest(index, points, options));
    for (size_t i = begin; i < end; ++i) means[ids[i]] = part[i - begin];
  }
  return means;
}

}  // namespace

absl::StatusOr<SearchHits> ScoreByCsls(const ItemIndex& index,
                                       absl::Span<const ItemQuery> queries,
                                       SearchHits hits,
                                       const AnswerOptions& options) {
  EMBED_ASSIGN_OR_RETURN(const std::vector<double> of_queries,
                         MeanNearest(index, queries, options));
  EMBED_ASSIGN_OR_RETURN(const auto of_items,
                         MeanNearestOfItems(index, hits, options));
  for (size_t q = 0; q < hits.size(); ++q) {
    for (SearchHit& hit : hits[q]) {
      hit.score = static_cast<float>(2 * double{hit.score} - of_queries[q] -
                                     of_items.at(hit.id));
    }
    // Higher first, as cosines.
    std::sort(hits[q].begin(), hits[q].end(), HitOrder{Metric::kCosine});
  }
  return hits;
}

}  // namespace embed
