#include "embed/index/answer.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "embed/base/parallel.h"
#include "embed/base/status_macros.h"
#include "embed/index/csls_scores.h"
#include "embed/index/mmr.h"

namespace embed {
namespace {

// How many candidates to choose k answers from.
uint64_t CandidatesToChoose(uint64_t k) {
  return std::min(std::max(10 * k, kFewestCandidates), k + kMostMoreCandidates);
}

bool IsChosen(const AnswerOptions& options) {
  return options.mmr.has_value() || options.csls > 0;
}

// How many hits a request wants of its search, but for items of its own.
uint64_t HitsToFind(const AnswerOptions& options) {
  return IsChosen(options) ? CandidatesToChoose(options.k) : options.k;
}

// What requests that share a search have in common: the index, the bitmap's
// address, how many hits, exact, ef_search, nprobe and, where all items of a
// score are looked for, that score. The number of hits decides how many
// candidates are looked at, so it is the same for all.
using SharedSearch = std::tuple<const ItemIndex*, const uint64_t*, uint64_t,
                                bool, int, uint64_t, int, std::optional<float>>;

SharedSearch SearchOf(const AnswerRequest& request) {
  const AnswerOptions& options = *request.options;
  // The items of the query come first as a rule; they are taken out again.
  const uint64_t k = std::min(HitsToFind(options), request.index->size()) +
                     request.query->excluded.size();
  const bool all_of_score = options.min_score.has_value() && options.exact;
  return {request.index,
          options.allowed.data(),
          k,
          options.exact,
          options.ef_search,
          options.together,
          options.nprobe,
          all_of_score ? options.min_score : std::nullopt};
}

absl::Status CheckRequest(const AnswerRequest& request, size_t number) {
  const AnswerOptions& options = *request.options;
  EMBED_RETURN_IF_ERROR(options.Validate());
  if (IsChosen(options) && request.index->metric() != Metric::kCosine) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.csls > 0 ? "csls" : "mmr",
                     " takes an index by cosine, this one ranks by ",
                     MetricName(request.index->metric())));
  }
  const size_t found = request.query->vector.size();
  if (found != 0 && found != static_cast<size_t>(request.index->dim())) {
    return absl::InvalidArgumentError(
        absl::StrCat("query ", number, " has dim ", found, ", the index has ",
                     request.index->dim()));
  }
  return absl::OkStatus();
}

// Of what was found, the hits that are no items of the query and score enough.
std::vector<SearchHit> HitsToKeep(const std::vector<SearchHit>& found,
                                  const AnswerRequest& request) {
  const std::vector<uint32_t>& excluded = request.query->excluded;
  const std::optional<float> least = request.options->min_score;
  const bool lower_first = request.index->metric() == Metric::kL2;
  const uint64_t wanted = HitsToFind(*request.options);
  std::vector<SearchHit> kept;
  kept.reserve(std::min<uint64_t>(wanted, found.size()));
  for (const SearchHit& hit : found) {
    if (kept.size() == wanted) break;
    if (least.has_value() &&
        (lower_first ? hit.score > *least : hit.score < *least)) {
      break;
    }
    if (!std::binary_search(excluded.begin(), excluded.end(), hit.id)) {
      kept.push_back(hit);
    }
  }
  return kept;
}

// The k best of each query that have at least `score`, none missed. Those that
// a search by codes finds first need not be the best, but tell which score the
// k best have at least.
absl::StatusOr<SearchHits> BestOfScore(const ItemIndex& index,
                                       const MatrixView& queries, float score,
                                       const SearchOptions& options) {
  // Of so many the best are nearly all.
  if (options.k > kMostChosen) {
    return index.RangeSearch(queries, score, options);
  }
  EMBED_ASSIGN_OR_RETURN(SearchHits hits, index.Search(queries, options));
  // FAISS misses none; what it gives a row may differ in the last digits
  // between several queries and one.
  if (index.faiss() != nullptr) return hits;
  for (uint64_t i = 0; i < queries.rows; ++i) {
    float least = score;
    if (hits[i].size() == options.k) {
      const float last = hits[i].back().score;
      least = index.metric() == Metric::kL2 ? std::min(score, last)
                                            : std::max(score, last);
    }
    const MatrixView query = {queries.row(i).data(), 1, queries.dim,
                              queries.stride};
    EMBED_ASSIGN_OR_RETURN(SearchHits all,
                           index.RangeSearch(query, least, options));
    // Scores that float32 cannot hold do not tell the k best from others.
    if (least != score && all[0].size() < options.k) continue;
    hits[i] = std::move(all[0]);
    if (hits[i].size() > options.k) hits[i].resize(options.k);
  }
  return hits;
}

// Answers the requests of these numbers, which share a search.
absl::Status SearchTogether(absl::Span<const AnswerRequest> requests,
                            absl::Span<const size_t> numbers, int threads,
                            SearchHits* hits) {
  const AnswerRequest& first = requests[numbers[0]];
  const ItemIndex& index = *first.index;
  const auto [same_index, bits, k, exact, ef_search, together, nprobe, score] =
      SearchOf(first);
  std::vector<float> vectors;
  vectors.reserve(numbers.size() * static_cast<size_t>(index.dim()));
  for (const size_t number : numbers) {
    const std::vector<float>& vector = requests[number].query->vector;
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  SearchOptions search;
  search.k = k;
  search.threads = threads;
  search.allowed = first.options->allowed;
  search.ef_search = ef_search;
  search.together = together;
  search.nprobe = nprobe;
  search.exact = exact;
  const MatrixView rows = {vectors.data(), numbers.size(), index.dim(),
                           static_cast<uint64_t>(index.dim())};
  EMBED_ASSIGN_OR_RETURN(const SearchHits found,
                         score.has_value()
                             ? BestOfScore(index, rows, *score, search)
                             : index.Search(rows, search));
  for (size_t row = 0; row < numbers.size(); ++row) {
    (*hits)[numbers[row]] = HitsToKeep(found[row], requests[numbers[row]]);
  }
  return absl::OkStatus();
}

// The nearest items of each request that has a vector.
absl::StatusOr<SearchHits> NearestOf(absl::Span<const AnswerRequest> requests,
                                     int threads) {
  SearchHits hits(requests.size());
  std::vector<std::pair<SharedSearch, size_t>> searches;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (requests[i].query->vector.empty()) continue;
    searches.emplace_back(SearchOf(requests[i]), i);
  }
  std::sort(searches.begin(), searches.end());
  std::vector<size_t> numbers;
  for (size_t i = 0; i < searches.size(); ++i) {
    numbers.push_back(searches[i].second);
    if (i + 1 < searches.size() && searches[i + 1].first == searches[i].first) {
      continue;
    }
    EMBED_RETURN_IF_ERROR(SearchTogether(requests, numbers, threads, &hits));
    numbers.clear();
  }
  return hits;
}

// Chooses by options->mmr where it is set.
void ChooseByMmr(absl::Span<const AnswerRequest> requests, int threads,
                 SearchHits* hits) {
  ParallelFor(threads, requests.size(), [&](uint64_t begin, uint64_t end) {
    for (uint64_t i = begin; i < end; ++i) {
      const AnswerOptions& options = *requests[i].options;
      if (!options.mmr.has_value()) continue;
      (*hits)[i] = ChooseDiverse(*requests[i].index, (*hits)[i], options.k,
                                 *options.mmr);
    }
  });
}

// Scores anew by options->csls where it is set: requests in a row with the same
// options together.
absl::Status ChooseByCsls(absl::Span<const AnswerRequest> requests, int threads,
                          SearchHits* hits) {
  size_t end;
  for (size_t begin = 0; begin < requests.size(); begin = end) {
    const AnswerRequest& first = requests[begin];
    std::vector<ItemQuery> queries;
    SearchHits candidates;
    for (end = begin;
         end < requests.size() && requests[end].options == first.options &&
         requests[end].index == first.index;
         ++end) {
      if (first.options->csls == 0) continue;
      queries.push_back(*requests[end].query);
      candidates.push_back(std::move((*hits)[end]));
    }
    if (queries.empty()) continue;
    AnswerOptions options = *first.options;
    options.threads = threads;
    EMBED_ASSIGN_OR_RETURN(
        SearchHits scored,
        ScoreByCsls(*first.index, queries, std::move(candidates), options));
    for (size_t i = 0; i < scored.size(); ++i) {
      if (scored[i].size() > options.k) scored[i].resize(options.k);
      (*hits)[begin + i] = std::move(scored[i]);
    }
  }
  return absl::OkStatus();
}

template <typename Predicate>
bool AnyOptions(absl::Span<const AnswerRequest> requests,
                const Predicate& predicate) {
  return std::any_of(requests.begin(), requests.end(),
                     [&](const AnswerRequest& request) {
                       return predicate(*request.options);
                     });
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
  if (min_score.has_value() && std::isnan(*min_score)) {
    return absl::InvalidArgumentError("min_score is not a number");
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
  std::vector<AnswerRequest> requests;
  requests.reserve(queries.size());
  for (const ItemQuery& query : queries) {
    requests.push_back({&index, &query, &options});
  }
  return AnswerRequests(requests, options.threads);
}

absl::StatusOr<SearchHits> AnswerRequests(
    absl::Span<const AnswerRequest> requests, int threads) {
  for (size_t i = 0; i < requests.size(); ++i) {
    EMBED_RETURN_IF_ERROR(CheckRequest(requests[i], i));
  }
  EMBED_ASSIGN_OR_RETURN(SearchHits hits, NearestOf(requests, threads));
  if (AnyOptions(requests, [](const AnswerOptions& options) {
        return options.mmr.has_value();
      })) {
    ChooseByMmr(requests, threads, &hits);
  }
  if (AnyOptions(requests, [](const AnswerOptions& options) {
        return options.csls > 0;
      })) {
    EMBED_RETURN_IF_ERROR(ChooseByCsls(requests, threads, &hits));
  }
  return hits;
}

}  // namespace embed
