#include "embed/index/answer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/csls_scores.h"
#include "embed/index/mmr.h"

namespace embed {
namespace {

// The k nearest items of each query that has a vector.
absl::StatusOr<SearchHits> Nearest(const ItemIndex& index,
                                   absl::Span<const ItemQuery> queries,
                                   uint64_t k, const AnswerOptions& options) {
  std::vector<float> vectors;
  std::vector<size_t> answered;  // the query of each row of `vectors`
  size_t most_excluded = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    const ItemQuery& query = queries[i];
    if (query.vector.empty()) continue;
    if (query.vector.size() != static_cast<size_t>(index.dim())) {
      return absl::InvalidArgumentError(
          absl::StrCat("query ", i, " has dim ", query.vector.size(),
                       ", the index has ", index.dim()));
    }
    answered.push_back(i);
    vectors.insert(vectors.end(), query.vector.begin(), query.vector.end());
    most_excluded = std::max(most_excluded, query.excluded.size());
  }
  SearchHits result(queries.size());
  if (answered.empty()) return result;

  SearchOptions search;
  // The items of the query come first as a rule; they are taken out again.
  search.k = std::min(k, index.size()) + most_excluded;
  search.threads = options.threads;
  search.allowed = options.allowed;
  search.ef_search = options.ef_search;
  search.nprobe = options.nprobe;
  search.exact = options.exact;
  const MatrixView rows = {vectors.data(), answered.size(), index.dim(),
                           static_cast<uint64_t>(index.dim())};
  EMBED_ASSIGN_OR_RETURN(
      const SearchHits hits,
      options.min_score.has_value()
          ? index.RangeSearch(rows, *options.min_score, search)
          : index.Search(rows, search));
  for (size_t row = 0; row < answered.size(); ++row) {
    const std::vector<uint32_t>& excluded = queries[answered[row]].excluded;
    for (const SearchHit& hit : hits[row]) {
      std::vector<SearchHit>& kept = result[answered[row]];
      if (kept.size() == k) break;
      if (!std::binary_search(excluded.begin(), excluded.end(), hit.id)) {
        kept.push_back(hit);
      }
    }
  }
  return result;
}

// How many candidates to choose k answers from.
uint64_t CandidatesToChoose(uint64_t k) {
  return std::min(std::max(10 * k, kFewestCandidates), k + kMostMoreCandidates);
}

}  // namespace

absl::Status AnswerOptions::Validate() const {
  if (k == 0) return absl::InvalidArgumentError("k is 0, expected at least 1");
  if (mmr.has_value() && !(*mmr >= 0 && *mmr <= 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("mmr is ", *mmr, ", expected 0 to 1"));
  }
  if (csls > kMostChosen) {
    return absl::InvalidArgumentError(absl::StrCat(
        "csls is ", csls, " neighbours, expected at most ", kMostChosen));
  }
  if (int{min_score.has_value()} + int{mmr.has_value()} + int{csls > 0} > 1) {
    return absl::InvalidArgumentError(
        "min_score, mmr and csls do not go with one another");
  }
  if ((mmr.has_value() || csls > 0) && k > kMostChosen) {
    return absl::InvalidArgumentError(absl::StrCat(
        "k is ", k, ", expected at most ", kMostChosen, " with mmr or csls"));
  }
  return absl::OkStatus();
}

absl::StatusOr<SearchHits> AnswerQueries(const ItemIndex& index,
                                         absl::Span<const ItemQuery> queries,
                                         const AnswerOptions& options) {
  EMBED_RETURN_IF_ERROR(options.Validate());
  const bool chosen = options.mmr.has_value() || options.csls > 0;
  if (chosen && index.metric() != Metric::kCosine) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.csls > 0 ? "csls" : "mmr",
                     " takes an index by cosine, this one ranks by ",
                     MetricName(index.metric())));
  }
  EMBED_ASSIGN_OR_RETURN(
      SearchHits hits,
      Nearest(index, queries,
              chosen ? CandidatesToChoose(options.k) : options.k, options));
  if (options.mmr.has_value()) {
    ParallelFor(
        options.threads, hits.size(), [&](uint64_t begin, uint64_t end) {
          for (uint64_t i = begin; i < end; ++i) {
            hits[i] = ChooseDiverse(index, hits[i], options.k, *options.mmr);
          }
        });
  }
  if (options.csls > 0) {
    EMBED_ASSIGN_OR_RETURN(
        hits, ScoreByCsls(index, queries, std::move(hits), options));
    for (std::vector<SearchHit>& of_query : hits) {
      if (of_query.size() > options.k) of_query.resize(options.k);
    }
  }
  return hits;
}

}  // namespace embed
